import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DIALECTS, openApi, startApi, type TestApi } from '../../test/api.ts';
import { listen } from '../../test/http.ts';
import { DATABASES } from '../database/database.module.ts';
import type { Databases } from '../database/orm.ts';

/** Makes commits wait until what it returns is called, where the database lets another connection do that. */
async function holdCommits(api: TestApi): Promise<() => Promise<void>> {
  const { policy, dialect } = api.app.get<Databases>(DATABASES);
  if (dialect === 'sqlite') return async () => undefined;
  const em = policy.em.fork();
  await em.begin();
  await em.execute('update head set revision = revision');
  return () => em.rollback();
}

describe.each(DIALECTS)('a clean stop (%s)', (dialect) => {
  let first: TestApi;
  let api: TestApi;
  let port: number;

  beforeEach(async () => {
    first = await startApi(dialect);
    api = await openApi(first.settings);
    ({ port } = await listen(api));
  });
  afterEach(() => first.stop());

  const stop = async () => {
    const begun = performance.now();
    await api.close();
    return performance.now() - begun;
  };
  const socketTo = async () => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    return socket;
  };

  it('does not wait for connections on which nothing is asked', async () => {
    const never = await socketTo();
    const half = await socketTo();
    half.write('GET /healthz HTT');
    const idle = await socketTo();
    idle.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(idle, 'data');
    expect(await stop()).toBeLessThan(2_000);
    for (const socket of [never, half, idle]) if (!socket.closed) await once(socket, 'close');
  });

  it('answers what it was asked before', async () => {
    const key = await api.key('late', 'licet.policy-editor');
    const release = await holdCommits(first);
    const body = JSON.stringify({ id: 'at-the-last-moment' });
    const socket = await socketTo();
    const chunks: string[] = [];
    socket.on('data', (chunk) => chunks.push(chunk.toString()));
    socket.write(
      `POST /api/v1/tenants HTTP/1.1\r\nHost: x\r\nAuthorization: ${key.authorization}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    await once(api.fastify.server, 'request');
    const stopping = stop();
    setTimeout(() => void release(), 300);
    const took = await stopping;
    expect(took).toBeLessThan(3_000);
    if (!socket.closed) await once(socket, 'close');
    expect(chunks.join('')).toMatch(/^HTTP\/1.1 201 /);
    expect((await first.call('GET', '/api/v1/tenants/at-the-last-moment')).status).toBe(200);
  });
});
