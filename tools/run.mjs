// What every tool here shares: how it speaks, how it starts other programs, how it stops with one clear sentence.
// The tools run before anything is installed: plain Node 20.19, built-in modules only.
import { spawn } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's folder. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** A failure that a person can do something about: its message is the one sentence shown, without a stack. */
export class Stop extends Error {}

export function say(line) {
  process.stdout.write(`${line}\n`);
}

/** @returns a duration for people: `0.4 s`, `28 s`, `2 min 31 s` */
export function duration(ms) {
  const seconds = ms / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/** @returns text without terminal colours */
export function plain(text) {
  // eslint-disable-next-line no-control-regex -- the escape character is what begins a colour code
  return text.replace(/\u001b\[[0-9;]*m/g, '');
}

/** The environment for programs of the workspace: its own `node`, `tsc`, `eslint` first; no colours in what is captured. */
export function workspaceEnv(extra = {}) {
  const path = [join(ROOT, 'node_modules', '.bin'), process.env.PATH].filter(Boolean).join(delimiter);
  return { ...process.env, PATH: path, NX_DAEMON: 'false', NX_TUI: 'false', FORCE_COLOR: '0', ...extra };
}

const ended = new AbortController();

/** Ends every program that still runs. */
export function endAll() {
  ended.abort();
}

/**
 * Runs a program to its end and keeps what it prints.
 * @param options cwd, env; `waiting`: what to say now and then while it takes long
 * @returns `{ code, output }`; code is 127 where there is no such program
 */
export function run(command, args, { cwd = ROOT, env = workspaceEnv(), waiting } = {}) {
  return new Promise((resolve) => {
    const started = Date.now();
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], signal: ended.signal });
    const chunks = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stderr.on('data', (chunk) => chunks.push(chunk));
    const release = endsWithThis(child);
    const clock = waiting && setInterval(() => say(`  ${waiting} (${duration(Date.now() - started)})`), 20_000);
    const end = (code, more = '') => {
      clearInterval(clock);
      release();
      resolve({ code, output: Buffer.concat(chunks).toString('utf8') + more });
    };
    child.once('error', (error) => end(127, String(error)));
    child.once('close', (code, signal) => end(code ?? 1, signal ? `\nended by ${signal}\n` : ''));
  });
}

/** A signal to this process ends the child first: an install that nobody waits for would get in the way of the next one. */
function endsWithThis(child) {
  const stop = (signal, number) => {
    const hasReachedIt = signal === 'SIGINT' && process.stdin.isTTY;
    if (!hasReachedIt) child.kill(signal);
    child.once('close', () => process.exit(128 + number));
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, stop);
  return () => signals.forEach((signal) => process.off(signal, stop));
}

/** Whether a module is the program that was started, not one imported by it. */
export function isMain(url) {
  return process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(url);
}

/** Runs a tool's main function; a Stop ends it with its sentence, anything else with its stack. */
export async function main(tool) {
  try {
    process.exitCode = (await tool()) ?? 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Stop ? error.message : (error.stack ?? error)}\n`);
    process.exitCode = 1;
  }
}
