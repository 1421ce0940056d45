import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { Fetcher } from './fetcher.ts';
import { MemoryControlPlane } from './testing.ts';
import { TASKS, admitBob, closeAll, connect, until } from './tasks.fixture.ts';

afterEach(closeAll);

describe('a network that does not stream', () => {
  it('is asked at intervals instead', async () => {
    const plane = new MemoryControlPlane(TASKS);
    plane.streaming = false;
    const at = connect({}, plane);
    await at.licet.ready();
    await at.licet.reach(plane.commit(admitBob));
    expect([at.licet.check('bob', 'task:read').decision, plane.listeners, at.errors]).toEqual([true, 0, []]);
  });

  it.each([
    ['at once', ''],
    ['after the first bytes', ':\n\n'],
  ])('that holds streams back %s is found out: a silent stream is cut', async (_, first) => {
    const plane = new MemoryControlPlane(TASKS);
    const { fetcher } = plane;
    const mute: Fetcher = async (path, request) => {
      if (request.headers['accept'] !== 'text/event-stream') return fetcher(path, request);
      const { signal } = request;
      const start = (stream: ReadableStreamDefaultController) => {
        if (first !== '') stream.enqueue(new TextEncoder().encode(first));
        signal.addEventListener('abort', () => stream.error(signal.reason));
      };
      return new Response(new ReadableStream({ start }), { headers: { 'content-type': 'text/event-stream' } });
    };
    const at = connect({ fetcher: mute, timing: { silenceMs: 10 } }, plane);
    await at.licet.ready();
    await at.licet.reach(plane.commit(admitBob));
    expect(at.errors.map((error) => error.message)).toEqual(['the stream of changes fell silent', 'the stream of changes fell silent']);
  });

  it('is asked at intervals too where the control plane gives no further stream by this key', async () => {
    const plane = new MemoryControlPlane(TASKS);
    const full: Fetcher = async (path, request) => {
      if (request.headers['accept'] !== 'text/event-stream') return plane.fetcher(path, request);
      return Response.json({ code: 'too_many_requests', detail: '50 streams are open' }, { status: 429, headers: { 'retry-after': '60' } });
    };
    const at = connect({ fetcher: full }, plane);
    await at.licet.ready();
    await at.licet.reach(plane.commit(admitBob));
    expect([at.licet.check('bob', 'task:read').decision, at.errors.length]).toEqual([true, 1]);
  });

  it('is tried for streams again later', async () => {
    const plane = new MemoryControlPlane(TASKS);
    plane.streaming = false;
    connect({ timing: { streamAgainMs: 5 } }, plane);
    await until(() => plane.requests.length > 10);
    plane.streaming = true;
    await until(() => plane.listeners === 1);
  });
});

describe('a control plane that refuses the key', () => {
  it.each([
    [401, 'check LICET_API_KEY'],
    [403, 'give the service account of this key the role `licet.application`'],
  ])('with %i is named with the remedy, and asked again at long intervals only', async (status, remedy) => {
    const plane = new MemoryControlPlane(TASKS);
    const asked: number[] = [];
    const fetcher: Fetcher = (path, request) => {
      if (plane.refuse !== undefined && path.startsWith('/replica/v1/changes')) asked.push(performance.now());
      return plane.fetcher(path, request);
    };
    const at = connect({ fetcher, timing: { refusedMs: 100 } }, plane);
    await at.licet.ready();
    await until(() => plane.listeners === 1);
    plane.refuse = status;
    plane.cut();
    await until(() => asked.length > 1);
    expect(at.errors[0]?.message).toContain(remedy);
    expect((asked[1] ?? 0) - (asked[0] ?? 0)).toBeGreaterThanOrEqual(49); // half of it is the least that jitter leaves
    expect(at.licet.check('alice', 'task:read').decision).toBe(true);
  });
});

describe('a control plane that gives snapshots, and never the changes after them', () => {
  it('is asked for them ever more seldom', async () => {
    const plane = new MemoryControlPlane(TASKS);
    const taken: number[] = [];
    const fetcher: Fetcher = (path, request) => {
      if (path === '/replica/v1/snapshot') taken.push(performance.now());
      return plane.fetcher(path.replace(/since=\d+/, 'since=99'), request); // 409: as if another one answered
    };
    connect({ fetcher, timing: { backoffMs: 4, maxBackoffMs: 1000 } }, plane);
    await until(() => taken.length > 5);
    expect((taken[5] ?? 0) - (taken[4] ?? 0)).toBeGreaterThan(4 * 16 * 0.5 - 1);
  });
});

it('a control plane in memory sends heartbeats, as the real one does', async () => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask', 'nextTick', 'performance', 'Date'] });
  const { licet, plane, errors } = connect();
  await until(() => plane.listeners === 1);
  await jest.advanceTimersByTimeAsync(60_000);
  expect([plane.listeners, licet.revision, errors]).toEqual([1, 1, []]);
  jest.useRealTimers();
});

describe('bad data from the control plane', () => {
  it.each([
    ['a change that is no JSON', 'event: change\ndata: {\n\n'],
    ['a change without operations', 'event: change\ndata: {"revision":2}\n\n'],
    ['a heartbeat without a revision', 'event: heartbeat\ndata: {}\n\n'],
    ['a row under another id', 'event: change\ndata: {"revision":2,"ops":[{"kind":"roles","id":"x","row":{"id":"y"}}]}\n\n'],
  ])('%s is reported, and changes nothing', async (_, text) => {
    const at = connect();
    await at.licet.ready();
    await until(() => at.plane.listeners === 1);
    at.plane.send(text);
    await until(() => at.errors.length > 0 && at.plane.listeners === 1);
    expect([at.errors[0]?.name, at.licet.revision, at.licet.check('alice', 'task:read').decision]).toEqual(['SnapshotError', 1, true]);
    await at.licet.reach(at.plane.commit(admitBob));
    expect(at.licet.check('bob', 'task:read').decision).toBe(true);
  });

  it('events of a kind that this version does not know are passed over', async () => {
    const at = connect();
    await at.licet.ready();
    await until(() => at.plane.listeners === 1);
    at.plane.send(': a comment\n\nevent: greeting\ndata: hello\n\n');
    await at.licet.reach(at.plane.commit(admitBob));
    expect(at.errors).toEqual([]);
  });
});

describe('the status report', () => {
  it('follows each change, and says who holds what', async () => {
    const { licet, plane } = connect();
    await licet.ready();
    await licet.reach(plane.commit(admitBob));
    const reported = () => plane.posted('/replica/v1/status') as { revision: number; instance: string }[];
    await until(() => reported().at(-1)?.revision === 2);
    expect(reported().at(-1)).toEqual({
      instance: expect.stringMatching(/^[0-9a-f-]{36}$/),
      name: 'tasks',
      sdk: 'node 0.1.0',
      revision: 2,
      ageMs: expect.any(Number),
    });
    expect(new Set(reported().map(({ instance }) => instance)).size).toBe(1);
  });

  it('also comes at intervals', async () => {
    const { licet, plane } = connect({ timing: { statusMs: 2 } });
    await licet.ready();
    await until(() => plane.posted('/replica/v1/status').length > 3);
  });
});
