import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ControlPlaneProcess, TASKS, textUntil, within } from './control-plane.fixture.ts';

const MAIN = join(import.meta.dirname, '../dist/main.js');
const QUESTION = { subject: { type: 'user', id: 'alice' }, action: { name: 'read' }, resource: { type: 'task', id: 't1' } };

let plane: ControlPlaneProcess;
let own: { secret: string };
let app: { secret: string };
const children = new Set<ChildProcess>();

beforeAll(async () => {
  plane = await ControlPlaneProcess.start();
  await plane.call('POST', '/api/v1/policy/apply', { file: TASKS, reason: 'test' });
  own = await plane.key('pdp', 'licet.decision-point');
  app = await plane.key('tasks');
});
afterEach(() => {
  children.forEach((child) => child.kill('SIGKILL'));
  children.clear();
});
afterAll(() => plane.remove());

function run(env: Record<string, string>): ChildProcess {
  const child = spawn(process.execPath, [MAIN], { env: { PATH: process.env['PATH'], ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  children.add(child);
  return child;
}

async function start(workers: number, env: Record<string, string> = {}): Promise<{ child: ChildProcess; url: string }> {
  const settings = { LICET_URL: plane.url, LICET_API_KEY: own.secret, LICET_PDP_PORT: '0', LICET_WORKERS: String(workers) };
  const child = run({ ...settings, ...env });
  const output = await textUntil(child, /workers?\)\n/);
  return { child, url: /is ready at (\S+)/.exec(output)?.[1]?.replace('localhost', '127.0.0.1') ?? output };
}

async function exitOf(child: ChildProcess): Promise<{ code: number | null; output: string }> {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, output };
}

const ask = (url: string, headers: Record<string, string> = {}) =>
  fetch(`${url}/access/v1/evaluation`, {
    method: 'POST',
    headers: { authorization: `Bearer ${app.secret}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(QUESTION),
  });
const metrics = async (url: string) => (await fetch(`${url}/metrics`)).text();
const workersIn = (text: string) => [...text.matchAll(/^licet_ready{worker="(\d+)"} 1$/gm)].map(([, worker]) => worker);

describe('the process of a decision point', () => {
  it('answers from several workers, and says what each of them holds', async () => {
    const { url } = await start(2);
    // A connection stays with its worker: each of these is a new one.
    for (let count = 0; count < 8; count += 1)
      expect(await (await ask(url, { connection: 'close' })).json()).toMatchObject({ decision: true });
    const text = await metrics(url);
    expect(workersIn(text)).toEqual(['1', '2']);
    const allowed = [...text.matchAll(/decision="allow"} (\d+)/g)].map(([, count]) => Number(count));
    expect([allowed.length, allowed[0]! + allowed[1]!, Math.min(...allowed) > 0]).toEqual([2, 8, true]);
  });

  it('starts a worker again that died, and answers meanwhile', async () => {
    const { child, url } = await start(2);
    const memory = /process_resident_memory_bytes{worker="\d"} (\d+)/;
    expect(await metrics(url)).toMatch(memory);
    const died = textUntil(child, /worker \d ended by SIGKILL; it is started again/);
    process.kill(childrenOf(child.pid!)[0]!, 'SIGKILL');
    await died;
    expect((await ask(url, { connection: 'close' })).status).toBe(200);
    await within(10_000, async () => workersIn(await metrics(url)).length === 2);
  });

  it.each([1, 2])('stops cleanly with %i workers: answers under way go out, and the decision log is complete', async (workers) => {
    const name = `stopped-${workers}`;
    const { child, url } = await start(workers, { LICET_NAME: name });
    for (let count = 0; count < 5; count += 1) expect((await ask(url)).status).toBe(200);
    const exit = exitOf(child);
    // Half of a request is under way when the signal comes.
    const slow = await slowRequest(url);
    child.kill('SIGTERM');
    // A new connection that is refused says that the stop has begun; where the machine is slow to say so, it is not waited for.
    const refused = () =>
      fetch(`${url}/healthz`, { headers: { connection: 'close' }, signal: AbortSignal.timeout(500) }).then(
        () => false,
        () => true,
      );
    await within(1_500, refused).catch(() => undefined);
    expect(await slow.finish()).toMatchObject({ decision: true });
    const { code, output } = await exit;
    expect([code, output]).toEqual([0, 'Stopped.\n']);
    expect(await plane.call('GET', `/api/v1/decisions?source=${name}`)).toMatchObject({ total: 6 });
  });

  it('does not start without its settings, and names them', async () => {
    const { code, output } = await exitOf(run({}));
    expect([code, output]).toEqual([1, expect.stringMatching(/could not start: LICET_URL: set it to .+\nLICET_API_KEY: set it to /)]);
  });

  it.each([1, 2])('does not start with %i workers on a port that is taken, and says which setting to change', async (workers) => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as { port: number };
    const settings = { LICET_URL: plane.url, LICET_API_KEY: own.secret, LICET_PDP_PORT: String(port), LICET_WORKERS: String(workers) };
    const { code, output } = await exitOf(run(settings));
    taken.close();
    expect([code, output]).toEqual([1, expect.stringContaining('Set LICET_PDP_PORT to a free one.')]);
  });
});

/** The processes that a process started. */
function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
}

/** Sends a request but for its last byte. */
async function slowRequest(url: string): Promise<{ finish: () => Promise<unknown> }> {
  const body = JSON.stringify(QUESTION);
  const sent = request(`${url}/access/v1/evaluation`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${app.secret}`,
      'content-type': 'application/json',
      'content-length': body.length,
      expect: '100-continue',
    },
  });
  sent.flushHeaders();
  // Now its worker has the head of this request.
  await new Promise((resolve) => sent.once('continue', resolve));
  const answer = new Promise<IncomingMessage>((resolve, reject) => sent.once('response', resolve).once('error', reject));
  await new Promise((resolve) => sent.write(body.slice(0, -1), resolve));
  return {
    finish: async () => {
      sent.end(body.slice(-1));
      const chunks: Buffer[] = [];
      for await (const chunk of await answer) chunks.push(chunk as Buffer);
      return JSON.parse(Buffer.concat(chunks).toString()) as unknown;
    },
  };
}
