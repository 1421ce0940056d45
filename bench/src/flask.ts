import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { inTurn, machine, median, timesOf } from './measure.ts';
import type { Report, Row } from './report.ts';
import { load } from './servers.ts';

const PROGRAM = fileURLToPath(new URL('../src/flask_routes.py', import.meta.url));
const SDK = fileURLToPath(new URL('../../libs/sdk-python/', import.meta.url));
const CONNECTIONS = 4;
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
      const jobs = Object.keys(GUARDS).map((guard) => ({
        path: `/${route}${guard}`,
        headers: HEADERS,
        body: '',
        connections: CONNECTIONS,
        seconds,
      }));
      const measured = await inTurn(
        runs,
        jobs.map((job) => () => load(job, server)),
      );
      const plain = measured[0] ?? [];
      for (const [index, guard] of Object.values(GUARDS).entries()) {
        const own = measured[index] ?? [];
        const part = (of: (run: (typeof own)[number]) => number) => timesOf(own.map(of), plain.map(of));
        rows.push({
          route: `${words}, ${guard}`,
          'requests/s': median(own.map(({ perSecond }) => perSecond)),
          'part of without': part(({ perSecond }) => perSecond),
          'p50 ms': median(own.map(({ p50 }) => p50)),
          'p99 ms': median(own.map(({ p99 }) => p99)),
          'CPU µs/request': median(own.map(({ cpu }) => cpu)),
          'times the CPU': part(({ cpu }) => cpu),
        });
      }
    }
  } finally {
    await server.stop();
  }
  return {
    bench: 'flask',
    machine: before,
    method: `Flask by waitress with 4 threads in one process, ${CONNECTIONS} connections; medians of ${runs} alternating runs of ${seconds} s`,
    rows,
    notes: [
      'part of without: requests/s with @require, as a part of those without it in the same run',
      'CPU: of the whole server process for each request, the upload of the decision log included, up to the control plane, which is none here; ' +
        'it says more where other work shares the machine',
    ],
  };
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
