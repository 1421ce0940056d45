import { afterEach, describe, expect, it } from '@jest/globals';
import { Licet } from './licet.ts';
import { MemoryControlPlane } from './testing.ts';
import { KEY, closeServed, connectTo as connect, listen, serve } from './served.fixture.ts';
import { TASKS, admitBob, until } from './tasks.fixture.ts';

afterEach(closeServed);

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

  it('a kept connection that the other side closed is no denial', async () => {
    const [used, closed] = [new WeakSet(), [] as unknown[]];
    const { url } = await listen((request, response) => {
      if (used.has(request.socket) && closed.length === 0) return void closed.push(request.socket.destroy());
      used.add(request.socket);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"decision":true}');
    });
    const remote = new Licet({ url, apiKey: KEY, mode: 'remote' });
    const answers = [];
    for (let turn = 0; turn < 5; turn += 1) answers.push((await remote.check('alice', 'task:read')).decision);
    expect([answers, closed.length]).toEqual([[true, true, true, true, true], 1]);
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
