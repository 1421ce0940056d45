import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Licet } from './licet.ts';
import { MemoryControlPlane } from './testing.ts';
import { QUICK, TASKS, admitBob, until } from './tasks.fixture.ts';

const KEY = 'lct_1_secret';
const open: { close: () => unknown }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing.close();
});

async function listen(handler: (request: IncomingMessage, response: ServerResponse) => void): Promise<{ url: string; server: Server }> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({ close: () => new Promise((resolve) => server.close(resolve).closeAllConnections()) });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

/** Serves a control plane in memory over real sockets. */
async function serve(plane: MemoryControlPlane) {
  const seen: IncomingMessage[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    seen.push(request);
    const chunks = (await request.toArray()) as Buffer[];
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    const given = await plane.fetcher(request.url ?? '', {
      method: request.method as 'GET' | 'POST',
      headers: request.headers as Record<string, string>,
      signal: gone.signal,
      ...(chunks.length > 0 ? { body: Buffer.concat(chunks).toString() } : {}),
    });
    response.writeHead(given.status, Object.fromEntries(given.headers));
    for await (const piece of given.body ?? []) response.write(piece);
    response.end();
  };
  const { url, server } = await listen((request, response) => void answer(request, response).catch(() => response.destroy()));
  return { url, server, seen };
}

function connect(url: string) {
  const licet = new Licet({ url, apiKey: KEY, name: 'tasks', timing: QUICK });
  open.push(licet);
  const errors: Error[] = [];
  licet.on('error', (error) => errors.push(error));
  return { licet, errors };
}

describe('over real sockets', () => {
  it('an application follows, reports and uploads', async () => {
    const plane = new MemoryControlPlane(TASKS);
    const { url, seen } = await serve(plane);
    const { licet, errors } = connect(url);
    await licet.ready();
    await licet.reach(plane.commit(admitBob));
    expect(licet.check('bob', 'task:read')).toMatchObject({ decision: true, revision: 2 });
    await until(() => plane.posted('/replica/v1/decisions').length > 0 && plane.posted('/replica/v1/status').length > 0);
    expect(new Set(seen.map((request) => request.headers.authorization))).toEqual(new Set([`Bearer ${KEY}`]));
    expect(seen.every((request) => request.headers['user-agent'] === 'licet-node/0.1.0')).toBe(true);
    expect(errors).toEqual([]);
  });

  it('an application comes back after every connection was cut', async () => {
    const plane = new MemoryControlPlane(TASKS);
    const { url, server } = await serve(plane);
    const { licet, errors } = connect(url);
    await licet.ready();
    await until(() => plane.listeners === 1);
    server.closeAllConnections();
    await until(() => errors.length > 0);
    await licet.reach(plane.commit(admitBob));
    expect(licet.check('bob', 'task:read').decision).toBe(true);
  });

  it('remote mode asks', async () => {
    const { url } = await serve(new MemoryControlPlane(TASKS));
    const remote = new Licet({ url, apiKey: KEY, mode: 'remote' });
    expect(await remote.check('alice', 'task:read')).toMatchObject({ decision: true, revision: 1 });
  });

  it('remote mode does not wait longer than its time limit', async () => {
    const { url } = await listen(() => undefined);
    const remote = new Licet({ url, apiKey: KEY, mode: 'remote', timeoutMs: 20 });
    const answer = await remote.check('alice', 'task:read');
    expect([answer.decision, answer.reason, answer.message]).toEqual([false, 'unreachable', expect.stringContaining('timeout')]);
  });

  it('nobody there is said with the address and the reason', async () => {
    const { url, server } = await listen(() => undefined);
    await new Promise((resolve) => server.close(resolve));
    const { errors } = connect(url);
    await until(() => errors.length > 0);
    expect(errors[0]?.message).toContain(`cannot reach ${url}: connect ECONNREFUSED`);
  });
});

describe('a redirect', () => {
  it('is never followed: the key goes nowhere else', async () => {
    const stolen: unknown[] = [];
    const thief = await listen((request, response) => {
      stolen.push(request.headers.authorization);
      response.end('{"decision":true}');
    });
    for (const status of [301, 302, 303, 307, 308]) {
      const { url } = await listen((_request, response) => void response.writeHead(status, { location: thief.url }).end());
      const { errors } = connect(url);
      await until(() => errors.length > 0);
      expect(errors[0]?.message).toContain(`${url} redirects to ${thief.url}`);
      const remote = new Licet({ url, apiKey: KEY, mode: 'remote' });
      expect(await remote.check('alice', 'task:read')).toMatchObject({ decision: false, reason: 'unreachable' });
    }
    expect(stolen).toEqual([]);
  });
});
