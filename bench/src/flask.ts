import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { cpuOf, machine, median, timesOf } from './measure.ts';
import type { Report, Row } from './report.ts';

const PROGRAM = fileURLToPath(new URL('../src/flask_routes.py', import.meta.url));
const SDK = fileURLToPath(new URL('../../libs/sdk-python/', import.meta.url));
const CONNECTIONS = 4;
const SLICE = 40;
const WARM_UPS = 20;
const HEADERS = { 'x-user': 'user7' };
const ROUTES = { answer: 'nothing but an answer', page: 'a page: a row of SQLite in a template' };
const GUARDS = { '': 'without', '-role': '@require, roles only', '-owner': '@require, owner condition' };

/** A Flask route with `@require`, against the same route without it, served by one process. */
export async function benchFlask({ runs, seconds }: { runs: number; seconds: number }): Promise<Report> {
  const before = machine();
  const server = await serve();
  const rows: Row[] = [];
  try {
    const { port } = server;
    const refused = await fetch(`http://127.0.0.1:${port}/answer-owner`, { method: 'POST', headers: { 'x-user': 'user8' } });
    if (refused.status !== 403) throw new Error(`a stranger got ${refused.status} instead of 403`);
    for (const [route, words] of Object.entries(ROUTES)) {
      const measured = await alternate(
        Object.keys(GUARDS).map((guard) => `/${route}${guard}`),
        server,
        runs * seconds,
      );
      const plain = measured[0] ?? [];
      for (const [index, guard] of Object.values(GUARDS).entries()) {
        const own = measured[index] ?? [];
        const part = (of: (slice: Slice) => number) => timesOf(own.map(of), plain.map(of));
        rows.push({
          route: `${words}, ${guard}`,
          'requests/s': median(own.map(({ perSecond }) => perSecond)),
          'part of without': part(({ perSecond }) => perSecond),
          'CPU µs/request': median(own.map(({ cpu }) => cpu)),
          'times the CPU': part(({ cpu }) => cpu),
          slices: own.length,
        });
      }
    }
  } finally {
    await server.stop();
  }
  return {
    bench: 'flask',
    machine: before,
    method:
      `Flask by waitress with 4 threads in one process, ${CONNECTIONS} connections; medians of slices of ${SLICE} requests, one of each route ` +
      'in turn, each held against the one without @require beside it',
    rows,
    notes: [
      'part of without: requests/s with @require, as a part of those without it in the same run',
      'CPU: of the server process for each request; what it takes to upload the decision log, a few µs for each, falls into slices of all routes',
    ],
  };
}

/** So many requests of one route. */
interface Slice {
  perSecond: number;
  /** CPU time of the server for each request, in µs. */
  cpu: number;
}

/**
 * Asks for the routes in turn, in slices so short that what else the machine does meanwhile hits all of them alike.
 * @returns the slices of each route; those of one round have the same index
 */
async function alternate(paths: readonly string[], { port, pid }: { port: number; pid: number }, seconds: number): Promise<Slice[][]> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const slice = async (path: string): Promise<Slice> => {
    const [began, cpu] = [process.hrtime.bigint(), cpuOf(pid) ?? NaN];
    await Promise.all(Array.from({ length: SLICE }, () => post(agent, port, path)));
    const took = Number(process.hrtime.bigint() - began);
    return { perSecond: SLICE / (took / 1e9), cpu: ((cpuOf(pid) ?? NaN) - cpu) / SLICE };
  };
  const slices: Slice[][] = paths.map(() => []);
  for (let warm = 0; warm < WARM_UPS; warm += 1) for (const path of paths) await slice(path);
  const end = performance.now() + seconds * 1000 * paths.length;
  for (let round = 0; performance.now() < end; round += 1) {
    // Each is the first as often as the others.
    for (let turn = 0; turn < paths.length; turn += 1) {
      const index = (round + turn) % paths.length;
      slices[index]!.push(await slice(paths[index]!));
    }
  }
  agent.destroy();
  return slices;
}

function post(agent: Agent, port: number, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request({ agent, port, path, host: '127.0.0.1', method: 'POST', headers: HEADERS }, (answer) => {
      if (answer.statusCode !== 200) reject(new Error(`${path} answered ${answer.statusCode}`));
      answer.resume().once('end', resolve);
    });
    sent.once('error', reject).end();
  });
}

async function serve(): Promise<{ port: number; pid: number; stop: () => Promise<void> }> {
  const python = process.env['LICET_PYTHON'] ?? `${SDK}.venv/bin/python`;
  if (!existsSync(python)) throw new Error(`there is no ${python}: run \`node tools/python.mjs\`, which makes it`);
  const env = { PATH: process.env['PATH'], PYTHONPATH: `${SDK}src` };
  const child = spawn(python, [PROGRAM], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<undefined>((resolve) => child.once('close', () => resolve(undefined)));
  const line = new Promise<string>((resolve) => createInterface({ input: child.stdout }).once('line', resolve));
  const port = await Promise.race([line, ended]);
  if (port === undefined) throw new Error('the Flask application ended before it was ready');
  const stop = async () => {
    child.kill();
    await ended;
  };
  return { port: Number(port), pid: child.pid ?? 0, stop };
}
