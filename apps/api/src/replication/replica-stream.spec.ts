import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Delta } from '@licet/contract';
import Fastify, { type FastifyInstance } from 'fastify';
import { EventStream } from '../../test/http.ts';
import { PolicyState } from './policy-state.ts';
import { ReplicaStream } from './replica-stream.ts';

const noDatabase = () => {
  throw new Error('asked the database');
};

/** A policy whose older deltas come from a database that takes its time. */
class SlowState extends PolicyState {
  readonly asked = Promise.withResolvers<void>();
  readonly answer = Promise.withResolvers<void>();

  override async deltasSince(since: number, limit: number): Promise<Delta[]> {
    const deltas = await super.deltasSince(since, limit, noDatabase);
    this.asked.resolve();
    await this.answer.promise;
    return deltas;
  }
}

describe('a stream that is still resuming', () => {
  let server: FastifyInstance;
  let state: SlowState;
  let url: string;

  beforeEach(async () => {
    state = new SlowState();
    for (const revision of [1, 2, 3]) state.announce({ revision, ops: [] });
    server = Fastify({ forceCloseConnections: true });
    server.get('/', async (_request, reply) => {
      reply.hijack();
      const stream = new ReplicaStream(reply, { id: 'key', user: 'service:app', expiresAt: Infinity }, 0);
      state.follow((delta) => stream.send(delta));
      await stream.resume(state, noDatabase);
      return reply;
    });
    url = await server.listen({ port: 0, host: '127.0.0.1' });
  });
  afterEach(() => server.close());

  it('sends what is committed meanwhile after what was missed, and neither twice nor never', async () => {
    const stream = await EventStream.open(url, {});
    await state.asked.promise;
    for (const revision of [4, 5]) state.announce({ revision, ops: [] });
    state.answer.resolve();
    expect((await stream.changes(5)).map(({ id }) => Number(id))).toEqual([1, 2, 3, 4, 5]);
    expect(await stream.next()).toMatchObject({ event: 'heartbeat', data: { revision: 5 } });
    for (const revision of [6, 7]) state.announce({ revision, ops: [] });
    expect((await stream.changes(2)).map(({ id }) => Number(id))).toEqual([6, 7]);
    stream.close();
  });

  it('ends where the database fails, so that the replica asks again', async () => {
    const stream = await EventStream.open(url, {});
    await state.asked.promise;
    state.answer.reject(new Error('the database is gone'));
    expect(await stream.rest()).toEqual([]);
  });
});
