import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { BINARY_TYPE, createSnapshot, toBinary } from '@licet/engine';
import { FAULTS, OLDER } from './faults.fixture.ts';
import { closeServed, connectTo, serve } from './served.fixture.ts';
import { MemoryControlPlane, snapshotDocument } from './testing.ts';
import { TASKS, admitBob, closeAll, connect, dismissBob, until } from './tasks.fixture.ts';

afterEach(async () => {
  jest.useRealTimers();
  await closeServed();
  await closeAll();
});

describe('under fire', () => {
  it('every answer of a thousand edits is right for the revision that it names, whatever happens to the connection meanwhile', async () => {
    const { licet, plane, errors } = connect({ decisionLog: false });
    await licet.ready();
    let edits = 0;
    const seen = new Set<number>();
    const wrong: unknown[] = [];
    /** Bob is a member at even revisions. */
    const askWhile = async () => {
      while (edits < 1000) {
        const answer = licet.check('bob', 'task:read');
        seen.add(answer.revision);
        if (answer.decision !== (answer.revision % 2 === 0)) wrong.push(answer);
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    const edit = async () => {
      for (; edits < 1000; edits += 1) {
        plane.commit(edits % 2 === 0 ? admitBob : dismissBob);
        if (edits % 100 === 30) plane.cut(new Error('reset'));
        if (edits % 100 === 50) plane.forget();
        if (edits % 100 === 70) plane.send('event: change\ndata: {"revision":"garbage"}\n\n');
        plane.refuse = edits % 100 > 80 && edits % 100 < 85 ? 500 : undefined;
        await new Promise((resolve) => setImmediate(resolve));
      }
      plane.refuse = undefined;
    };
    await Promise.all([edit(), ...Array.from({ length: 200 }, askWhile)]);
    await licet.reach(plane.revision);
    expect(wrong).toEqual([]);
    expect([licet.revision, licet.check('bob', 'task:read').decision]).toEqual([1001, false]);
    expect(seen.size).toBeGreaterThan(100);
    expect(errors.length).toBeGreaterThan(0);
  }, 30_000);

  it('memory stays as it is through edits, questions and cut connections, and nothing is thrown into the application', async () => {
    const program = fileURLToPath(new URL('flat-memory.fixture.ts', import.meta.url));
    const options = ['--expose-gc', '--no-warnings', '--conditions=@licet/source', program];
    const { stdout } = await promisify(execFile)(process.execPath, options);
    const [, , warm, , last] = JSON.parse(stdout) as number[];
    expect(last! - warm!).toBeLessThan(400 * 1000); // two rounds of 200 edits: a snapshot that is kept has some 2 kB
  }, 60_000);

  it('a clock that is set back makes no answer older or younger, and lets nothing in', async () => {
    const { licet, plane } = connect({ decisionLog: false, maxStalenessMs: 3_600_000 });
    await licet.ready();
    const now = Date.now();
    const until = new Date(now + 1000).toISOString();
    await licet.reach(
      plane.commit({ ...admitBob, row: { ...admitBob.row, startsAt: new Date(now - 1000).toISOString(), expiresAt: until } }),
    );
    jest.useFakeTimers({ doNotFake: ['setTimeout', 'setImmediate', 'setInterval', 'nextTick', 'queueMicrotask', 'performance'] });
    jest.setSystemTime(now - 86_400_000);
    expect(licet.check('bob', 'task:read')).toMatchObject({ decision: false, revision: 2 });
    expect(licet.check('alice', 'task:read')).toMatchObject({ decision: true, revision: 2 });
    expect(licet.ageMs).toBeLessThan(3_600_000);
    await licet.reach(plane.commit(dismissBob));
    expect(licet.revision).toBe(3);
  });
});

describe('a control plane that does wrong, on real sockets', () => {
  const TIMING = { timeoutMs: 20, silenceMs: 30 };
  const started = async () => {
    const plane = new MemoryControlPlane(TASKS);
    const at = await serve(plane);
    return { plane, at, meets: (count: number) => ((met) => until(() => at.seen.length >= met + count))(at.seen.length) };
  };

  it.each(Object.entries(FAULTS))('at the start denies everything until that passes: %s', async (_, fault) => {
    const { at, meets } = await started();
    at.fault = fault;
    const { licet } = connectTo(at.url, { timing: TIMING });
    await meets(3);
    expect(licet.check('alice', 'task:read')).toMatchObject({ decision: false, reason: 'not_ready', revision: 0 });
    at.fault = undefined;
    await licet.ready({ fresh: true });
    expect(licet.check('alice', 'task:read')).toMatchObject({ decision: true, revision: 1 });
  });

  it.each([...Object.entries(FAULTS), ['an older policy', OLDER] as const])(
    'later leaves the last policy in force until that passes: %s',
    async (_, fault) => {
      const { plane, at, meets } = await started();
      const { licet } = connectTo(at.url, { timing: TIMING });
      await licet.ready({ fresh: true });
      await until(() => plane.listeners === 1);
      at.fault = fault;
      plane.cut();
      plane.commit({ kind: 'assignments', id: 'a-alice', row: null });
      await meets(4);
      expect(licet.check('alice', 'task:read')).toMatchObject({ decision: true, revision: 1 });
      at.fault = undefined;
      await licet.reach(2);
      expect(licet.check('alice', 'task:read')).toMatchObject({ decision: false, revision: 2 });
    },
  );

  it.each(Object.entries(FAULTS))('denies in remote mode as long as that lasts: %s', async (_, fault) => {
    const { at } = await started();
    const { licet } = connectTo(at.url, { mode: 'remote', timing: TIMING });
    at.fault = fault;
    expect(await licet.check('alice', 'task:read')).toMatchObject({ decision: false, reason: 'unreachable' });
    expect((await licet.checkMany('alice', ['task:read', 'task:delete'])).map(({ reason }) => reason)).toEqual([
      'unreachable',
      'unreachable',
    ]);
    expect(await licet.filterPlan('alice', 'task:read')).toMatchObject({ kind: 'never' });
    expect((await licet.explain('alice', 'task:read')).decision.decision).toBe(false);
    await expect(licet.whoCan('task:read')).rejects.toThrow('the search has no answer');
    at.fault = undefined;
    while (!(await licet.check('alice', 'task:read')).decision); // a healthy answer may take longer than 20 ms
  });

  it('that falls silent in the middle of its stream is noticed, and what was missed is asked for', async () => {
    const { plane, at } = await started();
    const { licet, errors } = connectTo(at.url, { timing: { silenceMs: 30 } });
    await licet.ready();
    let opened = 0;
    at.fault = (request, response) => {
      if (request.headers.accept !== 'text/event-stream') return at.answer(request, response);
      opened += 1;
      return void response.writeHead(200, { 'content-type': 'text/event-stream' }).write('event: heartbeat\ndata: {"revision":1}\n\n');
    };
    plane.cut();
    await until(() => opened === 1);
    const revision = plane.commit({ kind: 'assignments', id: 'a-alice', row: null });
    expect(licet.check('alice', 'task:read')).toMatchObject({ decision: true, revision: 1 });
    at.fault = undefined;
    await licet.reach(revision);
    expect(licet.check('alice', 'task:read').decision).toBe(false);
    expect(errors.map(({ message }) => message)).toContain('the stream of changes fell silent');
  });

  it('and answers slowly holds up no check', async () => {
    const { plane, at } = await started();
    const { licet } = connectTo(at.url);
    await licet.ready({ fresh: true });
    const waiting: (() => void)[] = [];
    at.fault = (_request, response) => void waiting.push(() => response.writeHead(500).end());
    plane.cut();
    await until(() => waiting.length > 0);
    expect(licet.check('alice', 'task:read')).toMatchObject({ decision: true, revision: 1 });
    at.fault = undefined;
    for (const answer of waiting) answer();
    await licet.reach(plane.commit(admitBob));
    expect(licet.check('bob', 'task:read').decision).toBe(true);
  });

  const forms: [string, string, Buffer][] = [
    ['as JSON', 'application/json', Buffer.from(JSON.stringify(snapshotDocument(TASKS)))],
    ['in the binary form', BINARY_TYPE, Buffer.from(toBinary(createSnapshot(snapshotDocument(TASKS))))],
  ];

  it.each(forms)('and stops in the middle of a snapshot %s is given up', async (_, type, bytes) => {
    const { at } = await started();
    at.fault = (request, response) => {
      if (request.url !== '/replica/v1/snapshot') return void response.writeHead(404).end();
      response.writeHead(200, { 'content-type': type }).write(bytes.subarray(0, bytes.length / 2));
    };
    const { errors } = connectTo(at.url, { timing: { timeoutMs: 60 } });
    await until(() => errors.length > 0);
    expect(errors[0]?.message).toContain('the snapshot does not come');
  });

  it.each(forms)('and takes its time over a snapshot %s is waited for, as long as pieces come', async (_, type, bytes) => {
    const { at } = await started();
    at.fault = (request, response) => {
      if (request.url !== '/replica/v1/snapshot') return void response.writeHead(404).end();
      response.writeHead(200, { 'content-type': type });
      let sent = 0;
      const more = () => {
        if (sent >= bytes.length) return response.end();
        response.write(bytes.subarray(sent, (sent += Math.ceil(bytes.length / 8))));
        return setTimeout(more, 15);
      };
      more();
    };
    const { licet } = connectTo(at.url, { timing: { timeoutMs: 60 } }); // which all of it takes twice
    await licet.ready();
    expect(licet.check('alice', 'task:read').decision).toBe(true);
  });

  it('does not keep close() from returning while it says nothing', async () => {
    const { at } = await started();
    at.fault = FAULTS['no answer, over an open connection'];
    const { licet } = connectTo(at.url, { timing: { timeoutMs: 20 } });
    await until(() => at.seen.length > 0);
    licet.check('alice', 'task:read');
    await licet.close();
    expect(licet.droppedDecisions).toBe(1);
  });
});
