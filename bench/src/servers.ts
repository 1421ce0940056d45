import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Job, Measured } from './load.ts';
import { cpuOf } from './measure.ts';
import { PEERS } from './peers/peer.ts';

const SET_BY_NODE = new Set(['date', 'connection', 'keep-alive', 'transfer-encoding']);
const PDP = fileURLToPath(new URL('../../apps/pdp/dist/main.js', import.meta.url));
const START_MS = 30_000;

/** A server in a process of its own. */
export interface Server {
  port: number;
  pid: number;
  stop(): Promise<void>;
}

/** A bare server that answers with these headers and this body. */
export async function startBare(headers: Headers, body: string): Promise<Server> {
  const fixed = Object.fromEntries([...headers].filter(([name]) => !SET_BY_NODE.has(name)));
  const answer = JSON.stringify({ headers: fixed, body });
  const child = spawn(process.execPath, [script('bare-server.js'), answer], { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise<number>((resolve) => child.stdout.once('data', (line: Buffer) => resolve(Number(line.toString()))));
  return { port, pid: child.pid ?? 0, stop: async () => void child.kill() };
}

/** Puts load on a server. `cpu` is the CPU time of its process for one request, in µs. */
export async function load(job: Omit<Job, 'port'>, { port, pid }: { port: number; pid: number }): Promise<Measured & { cpu: number }> {
  const before = cpuOf(pid);
  const { stdout } = await promisify(execFile)(process.execPath, [script('load.js'), JSON.stringify({ ...job, port })]);
  const measured = JSON.parse(stdout) as Measured;
  return { ...measured, cpu: ((cpuOf(pid) ?? NaN) - (before ?? NaN)) / measured.total };
}

function script(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

/** A standalone decision point that follows an api. */
export async function startPdp(url: string, apiKey: string, workers: number): Promise<Server> {
  if (!existsSync(PDP)) throw new Error('there is no built decision point: run `npm run build` first');
  const settings = {
    LICET_URL: url,
    LICET_API_KEY: apiKey,
    LICET_PDP_PORT: '0',
    LICET_WORKERS: String(workers),
    LICET_DECISION_LOG: 'off',
  };
  const child = spawn(process.execPath, [PDP], {
    env: { PATH: process.env['PATH'], NODE_ENV: 'production', ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await said(child, /is ready at http:\/\/localhost:(\d+)/);
  return { port: Number(port), pid: child.pid ?? 0, stop: () => ended(child) };
}

/**
 * The Cerbos PDP with policies from a folder that holds just these files.
 * @param cores how many it may use
 * @returns undefined where its binary is not installed for this machine
 */
export async function startCerbos(policies: Record<string, object>, cores: number): Promise<Server | undefined> {
  const program = cerbosProgram();
  if (program === undefined) return undefined;
  const folder = await mkdtemp(join(tmpdir(), 'licet-cerbos-'));
  const [port, grpcPort] = [await freePort(), await freePort()];
  // Its files are YAML, and every JSON text is one.
  for (const [name, policy] of Object.entries(policies)) await writeFile(join(folder, `${name}.json`), JSON.stringify(policy));
  const settings = [
    `server.httpListenAddr=127.0.0.1:${port}`,
    `server.grpcListenAddr=127.0.0.1:${grpcPort}`,
    'storage.driver=disk',
    `storage.disk.directory=${folder}`,
    'storage.disk.watchForChanges=false',
    'audit.enabled=false',
    'telemetry.disabled=true',
  ];
  const env = { PATH: process.env['PATH'], GOMAXPROCS: String(cores), CERBOS_NO_TELEMETRY: '1' };
  const args = ['server', '--log-level=error', ...settings.map((setting) => `--set=${setting}`)];
  const child = spawn(program, args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const stop = async () => {
    await ended(child);
    await rm(folder, { recursive: true, force: true });
  };
  if (!(await answers(`http://127.0.0.1:${port}/_cerbos/health`, child))) {
    await stop();
    throw new Error('Cerbos did not start');
  }
  return { port, pid: child.pid ?? 0, stop };
}

function cerbosProgram(): string | undefined {
  const name = `cerbos-${process.platform}-${process.arch}`;
  try {
    return join(dirname(createRequire(`${PEERS}package.json`).resolve(`@cerbos/${name}/package.json`)), name);
  } catch {
    return undefined;
  }
}

/** Waits for a line in the output of a program. @returns what the pattern captures */
function said(child: ChildProcess, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    child.once('exit', (code) => reject(new Error(`it ended with ${code}:\n${output}`)));
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const found = pattern.exec(output)?.[1];
      if (found !== undefined) resolve(found);
    });
  });
}

async function answers(url: string, child: ChildProcess): Promise<boolean> {
  const until = performance.now() + START_MS;
  while (performance.now() < until && child.exitCode === null) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await gone;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
