import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { admitBob, closeAll, connect, dismissBob } from './tasks.fixture.ts';

afterEach(async () => {
  jest.useRealTimers();
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
        const [one, two] = licet.checkMany('bob', ['task:read', 'task:read']);
        seen.add(one!.revision);
        if (one!.decision !== (one!.revision % 2 === 0) || two!.revision !== one!.revision) wrong.push(one);
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
    await Promise.all([edit(), ...Array.from({ length: 50 }, askWhile)]);
    await licet.reach(plane.revision);
    expect(wrong).toEqual([]);
    expect([licet.revision, licet.check('bob', 'task:read').decision]).toEqual([1001, false]);
    expect(seen.size).toBeGreaterThan(100);
    expect(errors.length).toBeGreaterThan(0);
  });

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
