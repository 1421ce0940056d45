import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Licet } from '@licet/sdk-node';
import { startApi, type Api } from './api.ts';
import { machine, median, quantile } from './measure.ts';
import type { Report, Row } from './report.ts';

const PERMISSION = 'task:read';
const LIMIT_MS = 10_000;
const PYTHON = fileURLToPath(new URL('../src/follow.py', import.meta.url));
const PYTHON_SDK = fileURLToPath(new URL('../../libs/sdk-python/src', import.meta.url));

/** An application that tells when its answer changes. Times are of the machine's monotonic clock, in ms. */
interface Follower {
  name: string;
  /** Resolves with the time at which the answer became `wanted`. */
  changed(wanted: boolean): Promise<number>;
  stop(): Promise<void>;
}

/** From the edit of a role (its request is sent) to the changed answer in applications that follow a real api process. */
export async function benchPropagation({ edits }: { edits: number }): Promise<Report> {
  const before = machine();
  const api = await startApi();
  const followers: Follower[] = [];
  const notes = ['an edit gives a grant to a role, or takes it away; it is sent by the admin API to a real api process on SQLite'];
  try {
    await api.apply({
      licet: 1,
      resourceTypes: { task: { actions: ['read'] } },
      roles: { reader: {} },
      users: { alice: {} },
      assignments: [{ user: 'alice', role: 'reader' }],
    });
    followers.push(await followInNode(api));
    const python = await followInPython(api);
    if (typeof python === 'string') notes.push(python);
    else followers.push(python);
    const { rows } = await edit(api, followers, edits);
    return { bench: 'propagation', machine: before, method: `${edits} edits of a role, one after the other`, rows, notes };
  } finally {
    await Promise.all(followers.map((follower) => follower.stop()));
    await api.stop();
  }
}

async function edit(api: Api, followers: readonly Follower[], edits: number): Promise<{ rows: Row[] }> {
  const answered: number[] = [];
  const delays = followers.map((): number[] => []);
  let grant: { id: string; version: number } | undefined;
  for (let count = 0; count < edits; count += 1) {
    const waits = followers.map((follower) => follower.changed(grant === undefined));
    const began = now();
    if (grant === undefined) {
      grant = (await api.call('POST', '/api/v1/grants', { role: 'reader', permission: PERMISSION })).body as NonNullable<typeof grant>;
    } else {
      await api.call('DELETE', `/api/v1/grants/${grant.id}`, undefined, { 'if-match': `"${grant.version}"` });
      grant = undefined;
    }
    answered.push(now() - began);
    for (const [index, wait] of waits.entries()) delays[index]?.push((await within(wait)) - began);
  }
  const row = (name: string, values: number[]): Row => ({
    until: name,
    'p50 ms': median(values),
    'p90 ms': quantile(values, 0.9),
    'p99 ms': quantile(values, 0.99),
    'max ms': Math.max(...values),
  });
  const rows = followers.map((follower, index) => row(`the answer changed in ${follower.name}`, delays[index] ?? []));
  return { rows: [row('the edit was answered', answered), ...rows] };
}

async function followInNode(api: Api): Promise<Follower> {
  const licet = new Licet({ url: api.url, apiKey: await api.key('bench-node'), name: 'bench-node' });
  await licet.ready();
  const answer = () => licet.check('alice', PERMISSION, 't1', { log: false }).decision;
  return {
    name: 'the Node SDK',
    changed: (wanted) =>
      new Promise((resolve) => {
        const stop = licet.on('change', () => {
          if (answer() !== wanted) return;
          const at = now();
          stop();
          resolve(at);
        });
      }),
    stop: () => licet.close(),
  };
}

/** @returns the follower, or why there is none */
async function followInPython(api: Api): Promise<Follower | string> {
  if (!existsSync(PYTHON_SDK)) return 'the Python SDK was not measured: it is not here';
  const env = { ...process.env, PYTHONPATH: PYTHON_SDK, LICET_URL: api.url, LICET_API_KEY: await api.key('bench-python') };
  const child = spawn(process.env['LICET_PYTHON'] ?? 'python3', [PYTHON, PERMISSION], { env, stdio: ['pipe', 'pipe', 'pipe'] });
  let problem = '';
  child.stderr.on('data', (chunk: Buffer) => (problem += chunk.toString()));
  child.once('error', (error) => (problem = error.message));
  const ended = new Promise<undefined>((resolve) => child.once('close', () => resolve(undefined)));
  const lines = createInterface({ input: child.stdout });
  const waiting = new Map<boolean, (at: number) => void>();
  const ready = new Promise<true>((resolve) => {
    lines.on('line', (line) => {
      const [word, at] = line.split(' ');
      if (word === 'ready') resolve(true);
      else waiting.get(word === 'True')?.(Number(at) / 1e6);
    });
  });
  if ((await Promise.race([ready, ended])) === undefined) {
    return `the Python SDK was not measured: ${problem.trim().split('\n').at(-1) ?? 'it ended'} (LICET_PYTHON names the interpreter)`;
  }
  return {
    name: 'the Python SDK',
    changed: (wanted) => new Promise((resolve) => waiting.set(wanted, resolve)),
    stop: async () => {
      child.kill();
      await ended;
    },
  };
}

/** ms of CLOCK_MONOTONIC, which Python's time.monotonic_ns() reads too. */
function now(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

async function within(wait: Promise<number>): Promise<number> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no changed answer after ${LIMIT_MS} ms`)), LIMIT_MS);
  });
  try {
    return await Promise.race([wait, late]);
  } finally {
    clearTimeout(timer);
  }
}
