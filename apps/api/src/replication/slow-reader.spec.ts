import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startApi, type TestApi } from '../../test/api.ts';
import { EventStream, listen } from '../../test/http.ts';

const LARGE = 'x'.repeat(900_000);

describe('a replica that does not read', () => {
  let api: TestApi;
  let port: number;
  let key: { authorization: string };
  beforeEach(async () => {
    api = await startApi('sqlite');
    key = await api.key('app');
    ({ port } = await listen(api));
  });
  afterEach(() => api.stop());

  const openAndStop = async (since: number): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(
      `GET /replica/v1/changes?since=${since} HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nAuthorization: ${key.authorization}\r\n\r\n`,
    );
    await once(socket, 'data');
    socket.pause();
    return socket;
  };
  const edit = async (count: number) => {
    let revision = 0;
    for (let index = 0; index < count; index++) {
      const id = `large-${index}-${revision}`;
      ({ revision } = await api.create('users', { id, attributes: { text: LARGE } }));
    }
    return revision;
  };
  const connections = () => new Promise<number>((resolve) => api.fastify.server.getConnections((_error, count) => resolve(count)));

  it('is cut off before it fills the memory, and gets all of it when it comes back', async () => {
    const { revision } = await api.create('users', { id: 'first' });
    const slow = await openAndStop(revision);
    expect(await connections()).toBe(1);
    const last = await edit(20);
    expect(await connections()).toBe(0);
    slow.destroy();
    const stream = await EventStream.open(`http://127.0.0.1:${port}/replica/v1/changes?since=${revision}`, key);
    expect((await stream.changes(20)).at(-1)!.data.revision).toBe(last);
    stream.close();
  });

  it('is cut off too when its key is revoked', async () => {
    await edit(16);
    const slow = await openAndStop(0);
    expect(await connections()).toBe(1);
    const { body } = await api.call('GET', '/api/v1/api-keys');
    await api.call('DELETE', `/api/v1/api-keys/${body.items[0].id}`, undefined, { 'if-match': '"1"' });
    const begun = performance.now();
    while ((await connections()) > 0 && performance.now() - begun < 5_000) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(performance.now() - begun).toBeLessThan(3_000);
    slow.destroy();
  });

  it('holds up neither the others nor a stop', async () => {
    const last = await edit(16);
    const slow = await openAndStop(0);
    const stream = await EventStream.open(`http://127.0.0.1:${port}/replica/v1/changes?since=0`, key);
    expect((await stream.changes(last)).at(-1)!.data.revision).toBe(last);
    const begun = performance.now();
    await api.close();
    expect(performance.now() - begun).toBeLessThan(3_000);
    slow.destroy();
  });

  it('is refused a further stream where its key has as many as are set, and is told to ask in pages', async () => {
    const { revision } = await api.create('users', { id: 'first' });
    const slow = await Promise.all(Array.from({ length: api.settings.streamsPerKey }, () => openAndStop(revision)));
    const at = `http://127.0.0.1:${port}/replica/v1/changes?since=${revision}`;
    const open = (headers: { authorization: string }) => fetch(at, { headers: { ...headers, accept: 'text/event-stream' } });
    const refused = await open(key);
    expect([refused.status, refused.headers.get('retry-after'), await refused.json()]).toEqual([
      429,
      '60',
      expect.objectContaining({ code: 'too_many_requests' }),
    ]);
    const page = await fetch(at, { headers: key });
    expect([page.status, await page.json()]).toEqual([200, { revision, deltas: [], more: false }]);
    const other = await EventStream.open(at, await api.key('other'));
    expect(other.status).toBe(200);
    other.close();
    const before = await connections();
    slow.pop()!.destroy();
    while ((await connections()) === before) await new Promise(setImmediate);
    const again = await EventStream.open(at, key);
    expect(again.status).toBe(200);
    again.close();
    slow.forEach((socket) => socket.destroy());
  });
});
