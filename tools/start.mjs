// `npm start`: installs and builds if need be, then serves API and console. The api itself migrates its database and prints its address.
import { spawn } from 'node:child_process';
import { build } from './build.mjs';
import { isMain, main, ROOT } from './run.mjs';
import { setup } from './setup.mjs';

const SIGNAL_NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15, SIGKILL: 9 };

/** @returns the api's exit code, once it has stopped */
export async function start(args = []) {
  const node = await setup();
  await build(node);
  return serve(node, 'apps/api/dist/main.js', args);
}

/** Runs a server of the workspace until it has stopped. @returns its exit code */
export function serve(node, program, args) {
  const server = spawn(node, ['--enable-source-maps', program, ...args], { cwd: ROOT, stdio: 'inherit' });
  passSignalsTo(server);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.once('exit', (code, signal) => resolve(code ?? 128 + (SIGNAL_NUMBERS[signal] ?? 0)));
  });
}

/**
 * Ctrl-C reaches the whole terminal, npm repeats it, and `kill` reaches only this process: the server is told once, and then waited for.
 * If npm itself is ended by force, nobody is left to repeat anything: then the server is told when the parent is gone.
 */
function passSignalsTo(server) {
  let told = false;
  const tell = () => {
    if (!told) server.kill('SIGTERM');
    told = true;
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, tell);
  const parent = process.ppid;
  if (['start', 'pdp'].includes(process.env.npm_lifecycle_event)) setInterval(() => process.ppid === parent || tell(), 500).unref();
}

if (isMain(import.meta.url)) await main(() => start(process.argv.slice(2)));
