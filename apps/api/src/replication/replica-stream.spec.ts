import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Delta } from '@licet/contract';
import Fastify, { type FastifyInstance } from 'fastify';
import { EventStream } from '../../test/http.ts';
import { ChangeEvents } from './change-events.ts';
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
      const stream = new ReplicaStream(reply, { id: 'key', user: 'service:app', expiresAt: Infinity }, 0, new ChangeEvents());
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

describe('a stream that finds nothing of what was missed', () => {
  it('ends, rather than looking again', async () => {
    let looked = 0;
    class EmptyState extends PolicyState {
      override deltasSince(): Promise<Delta[]> {
        looked += 1;
        return looked > 9 ? Promise.reject(new Error('looked too often')) : Promise.resolve([]);
      }
    }
    const state = new EmptyState();
    state.announce({ revision: 1, ops: [] });
    const server = Fastify({ forceCloseConnections: true });
    server.get('/', async (_request, reply) => {
      reply.hijack();
      await new ReplicaStream(reply, { id: 'key', user: 'service:app', expiresAt: Infinity }, 0, new ChangeEvents()).resume(state, noDatabase);
      return reply;
    });
    const stream = await EventStream.open(await server.listen({ port: 0, host: '127.0.0.1' }), {});
    expect([await stream.rest(), looked]).toEqual([[], 1]);
    await server.close();
  });
});

describe('a large change', () => {
  let server: FastifyInstance;
  let url: string;
  const state = new PolicyState();
  const events = new ChangeEvents();
  const streams: { stream: ReplicaStream; raw: ServerResponse }[] = [];

  beforeEach(async () => {
    server = Fastify({ forceCloseConnections: true });
    server.get('/', async (_request, reply) => {
      reply.hijack();
      const stream = new ReplicaStream(reply, { id: 'key', user: 'service:app', expiresAt: Infinity }, state.revision, events);
      streams.push({ stream, raw: reply.raw });
      await stream.resume(state, noDatabase);
      return reply;
    });
    url = await server.listen({ port: 0, host: '127.0.0.1' });
  });
  afterEach(() => {
    streams.length = 0;
    return server.close();
  });

  const open = async () => {
    const stream = await EventStream.open(url, {});
    await stream.next();
    return stream;
  };
  const announce = (size: number): Delta => {
    const row = { id: 'large', enabled: true, attributes: { text: 'x'.repeat(size) } };
    const delta: Delta = { revision: state.revision + 1, ops: [{ kind: 'users', id: 'large', row }] };
    state.announce(delta);
    return delta;
  };

  it('is made into an event once, for all streams that it waits in', async () => {
    const readers = await Promise.all(Array.from({ length: 5 }, open));
    const delta = announce(1_000);
    let made = 0;
    const toJSON = () => {
      made += 1;
      return { revision: delta.revision, ops: [] };
    };
    for (const { stream } of streams) stream.send(Object.assign(delta, { toJSON }));
    for (const reader of readers) expect((await reader.changes(1))[0]!.data.revision).toBe(delta.revision);
    expect(made).toBe(1);
    readers.forEach((reader) => reader.close());
  });

  it('reaches a replica that keeps up, however large it is, and whatever is said meanwhile', async () => {
    const reader = await open();
    const { stream } = streams[0]!;
    const delta = announce(9_000_000);
    stream.send(delta);
    stream.heartbeat(delta.revision);
    expect((await reader.changes(1))[0]!.data).toEqual(delta);
    stream.send(announce(10));
    expect((await reader.changes(1))[0]!.data.revision).toBe(state.revision);
    reader.close();
  });

  it('cuts a replica off that has not read what came before it', async () => {
    const reader = await open();
    const { stream, raw } = streams[0]!;
    stream.send(announce(1_000_000));
    expect(raw.writableLength).toBeGreaterThan(0);
    stream.send(announce(4_000_000));
    expect(raw.destroyed).toBe(true);
    reader.close();
  });
});
