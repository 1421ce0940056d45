import { afterEach, describe, expect, it } from '@jest/globals';
import type { SnapshotDocument } from '@licet/contract';
import { BINARY_TYPE, createSnapshot, toBinary } from '@licet/engine';
import { SnapshotError } from './errors.ts';
import type { Fetcher } from './fetcher.ts';
import { MemoryControlPlane } from './testing.ts';
import { TASKS, admitBob, closeAll, connect, dismissBob, until } from './tasks.fixture.ts';

afterEach(closeAll);

const mayBob = ({ licet }: ReturnType<typeof connect>) => licet.check('bob', 'task:read', 't1').decision;

describe('an application that starts', () => {
  it('denies with reason not_ready until it has a snapshot, then answers', async () => {
    const { licet } = connect();
    expect(licet.check('alice', 'task:read', 't1')).toMatchObject({ decision: false, reason: 'not_ready', revision: 0 });
    expect([licet.revision, licet.ageMs]).toEqual([0, Infinity]);
    await licet.ready();
    expect(licet.check('alice', 'task:read', 't1')).toMatchObject({ decision: true, reason: 'allowed_by_grant', revision: 1 });
  });

  it('says after the time limit of ready() what is wrong', async () => {
    const plane = new MemoryControlPlane(TASKS);
    plane.down = true;
    const { licet } = connect({}, plane);
    await expect(licet.ready(50)).rejects.toThrow('no policy after 50 ms: cannot reach the control plane in memory: it is down');
  });

  it('gets through as soon as the control plane is there', async () => {
    const plane = new MemoryControlPlane(TASKS);
    plane.down = true;
    const { licet, errors } = connect({}, plane);
    await until(() => errors.length > 2);
    plane.down = false;
    await licet.ready();
    expect(licet.revision).toBe(1);
  });
});

describe('a control plane that writes the binary form', () => {
  /** @param change what becomes of the bytes on their way */
  function binary(change: (bytes: Uint8Array) => Uint8Array, type = BINARY_TYPE) {
    const plane = new MemoryControlPlane(TASKS);
    const fetcher: Fetcher = async (path, request) => {
      const answer = await plane.fetcher(path, request);
      if (path !== '/replica/v1/snapshot' || !request.headers['accept']?.startsWith(`${BINARY_TYPE},`)) return answer;
      const bytes = toBinary(createSnapshot((await answer.json()) as SnapshotDocument));
      return new Response(Uint8Array.from(change(bytes)), { headers: { 'content-type': type } });
    };
    return connect({ fetcher }, plane);
  }

  it('is followed from there, as from JSON', async () => {
    const { licet, plane, errors } = binary((bytes) => bytes, BINARY_TYPE.replace(';', '; '));
    await licet.ready();
    expect(licet.check('alice', 'task:read')).toMatchObject({ decision: true, revision: 1 });
    await licet.reach(plane.commit(admitBob));
    expect([licet.check('bob', 'task:read').decision, errors]).toEqual([true, []]);
  });

  it.each<[string, (bytes: Uint8Array) => Uint8Array]>([
    ['damaged on its way', (bytes) => bytes.map((byte, i) => (i === 200 ? byte ^ 1 : byte))],
    ['cut off', (bytes) => bytes.slice(0, -8)],
    ['of another version than it says', (bytes) => bytes.map((byte, i) => (i === 4 ? 9 : byte))],
  ])('is not believed where that is %s', async (_, change) => {
    const { licet, errors } = binary(change);
    await until(() => errors.length > 0);
    expect(errors[0]).toBeInstanceOf(SnapshotError);
    expect(licet.check('alice', 'task:read').reason).toBe('not_ready');
  });
});

describe('a change', () => {
  it('is in force once its revision is reached', async () => {
    const at = connect();
    await at.licet.ready();
    expect(mayBob(at)).toBe(false);
    await at.licet.reach(at.plane.commit(admitBob));
    expect(mayBob(at)).toBe(true);
    await at.licet.reach(at.plane.commit(dismissBob));
    expect(mayBob(at)).toBe(false);
  });

  it('can be asked for: a question that needs a later revision is denied as stale', async () => {
    const { licet, plane } = connect();
    await licet.ready();
    const revision = plane.commit(admitBob);
    expect(licet.check('bob', 'task:read', 't1', { atLeast: revision })).toMatchObject({ decision: false, reason: 'stale', revision: 1 });
    await licet.reach(revision);
    expect(licet.check('bob', 'task:read', 't1', { atLeast: revision })).toMatchObject({ decision: true, revision: 2 });
  });

  it('that comes twice counts once', async () => {
    const { licet, plane, errors } = connect();
    await licet.ready();
    await until(() => plane.listeners === 1);
    const again = `event: change\ndata: ${JSON.stringify({ revision: 2, ops: [admitBob] })}\n\n`;
    await licet.reach(plane.commit(admitBob));
    plane.send(again);
    await licet.reach(plane.commit(dismissBob));
    expect([licet.revision, licet.check('bob', 'task:read').decision, errors]).toEqual([3, false, []]);
  });

  it('is told to listeners', async () => {
    const { licet, plane } = connect();
    const seen: number[] = [];
    const stop = licet.on('change', ({ revision }) => seen.push(revision));
    await licet.ready();
    await licet.reach(plane.commit(admitBob));
    stop();
    await licet.reach(plane.commit(dismissBob));
    expect(seen).toEqual([1, 2]);
  });
});

describe('a lost change', () => {
  const snapshots = (plane: MemoryControlPlane) => plane.requests.filter((request) => request.path === '/replica/v1/snapshot').length;

  it('in the stream leads to a new snapshot', async () => {
    const at = connect();
    await at.licet.ready();
    await until(() => at.plane.listeners === 1);
    at.plane.restore({ ...TASKS, assignments: [admitBob.row] }, 5); // open streams hear nothing of it
    at.plane.commit({ kind: 'groups', id: 'g', row: { id: 'g' } });
    await at.licet.reach(6);
    expect([mayBob(at), at.licet.check('alice', 'task:read').decision, snapshots(at.plane)]).toEqual([true, false, 2]);
    expect(at.errors).toEqual([]);
  });

  it('is noticed by the next heartbeat, and asked for', async () => {
    const at = connect();
    await at.licet.ready();
    await until(() => at.plane.listeners === 1);
    const send = at.plane.send.bind(at.plane);
    at.plane.send = () => undefined;
    at.plane.commit(admitBob);
    at.plane.send = send;
    at.plane.heartbeat();
    await at.licet.reach(2);
    expect([mayBob(at), snapshots(at.plane)]).toEqual([true, 1]);
  });

  it('that the control plane has forgotten leads to a new snapshot', async () => {
    const at = connect();
    await at.licet.ready();
    await until(() => at.plane.listeners === 1);
    at.plane.down = true;
    at.plane.cut(new Error('connection reset'));
    at.plane.commit(admitBob);
    at.plane.forget();
    at.plane.down = false;
    await at.licet.reach(2);
    expect([mayBob(at), snapshots(at.plane)]).toEqual([true, 2]);
  });
});

describe('an outage', () => {
  it('leaves the answers as they are, and the replica says how old it is', async () => {
    let now = 0;
    const at = connect({ clock: () => now });
    await at.licet.ready();
    await until(() => at.plane.listeners === 1);
    at.plane.down = true;
    at.plane.cut();
    await until(() => at.errors.length > 0);
    now += 60_000;
    expect(at.licet.check('alice', 'task:read', 't1').decision).toBe(true);
    expect(at.licet.ageMs).toBe(60_000);
  });

  it('ends with what was missed, from where it broke off', async () => {
    const at = connect();
    await at.licet.ready();
    await until(() => at.plane.listeners === 1);
    at.plane.down = true;
    at.plane.cut(new Error('connection reset'));
    await until(() => at.errors.length > 1);
    at.plane.commit(admitBob);
    at.plane.commit({ kind: 'groups', id: 'g', row: { id: 'g' } });
    let online = 0;
    at.licet.on('online', () => (online += 1));
    at.plane.down = false;
    await at.licet.reach(3);
    expect([mayBob(at), online]).toEqual([true, 1]);
    const resumed = at.plane.requests.findLast((request) => request.path.startsWith('/replica/v1/changes'));
    expect([resumed?.path.replace(/&at=.*/, ''), resumed?.headers['last-event-id']]).toEqual(['/replica/v1/changes?since=1', '1']);
  });

  it('is not over for the age with the first change that was missed, but with word that what is held is the newest', async () => {
    let now = 0;
    const at = connect({ clock: () => now });
    await at.licet.ready();
    await at.licet.reach(at.plane.commit(admitBob)); // what the stream began with was read before
    now += 60_000;
    await at.licet.reach(at.plane.commit(dismissBob));
    expect(at.licet.ageMs).toBe(60_000);
    at.plane.heartbeat();
    await until(() => at.licet.ageMs === 0);
  });

  it('longer than maxStalenessMs makes every answer a denial, until the control plane is back', async () => {
    let now = 0;
    const at = connect({ clock: () => now, maxStalenessMs: 1000 });
    await at.licet.ready();
    await until(() => at.plane.listeners === 1);
    at.plane.down = true;
    at.plane.cut();
    now += 1000;
    expect(at.licet.check('alice', 'task:read').decision).toBe(true);
    now += 1;
    expect(at.licet.check('alice', 'task:read')).toMatchObject({ decision: false, reason: 'stale', revision: 1 });
    at.plane.down = false;
    await until(() => at.licet.ageMs < 1000);
    expect(at.licet.check('alice', 'task:read').decision).toBe(true);
  });

  it('does not keep close() from returning', async () => {
    const { licet, plane } = connect();
    await licet.ready();
    plane.down = true;
    licet.check('alice', 'task:read');
    await licet.close();
    expect(licet.droppedDecisions).toBe(1);
  });
});

describe('a control plane that is behind', () => {
  it('never takes a replica back', async () => {
    const at = connect();
    await at.licet.ready();
    await at.licet.reach(at.plane.commit(dismissBob));
    await at.licet.reach(at.plane.commit(dismissBob));
    at.plane.restore({ ...TASKS, assignments: [] }, 2);
    at.plane.heartbeat();
    await until(() => at.errors.some((error) => error.message.includes('never goes back')));
    expect([at.licet.revision, at.licet.check('alice', 'task:read').decision]).toEqual([3, true]);
  });

  it('does not make the replica younger', async () => {
    let now = 0;
    const at = connect({ clock: () => now });
    await at.licet.ready();
    await at.licet.reach(at.plane.commit(dismissBob));
    at.plane.restore(TASKS, 1);
    now += 5000;
    at.plane.heartbeat();
    await until(() => at.errors.length > 2);
    expect(at.licet.ageMs).toBe(5000);
  });

  it('is followed again with a whole snapshot, for its changes lead on from another policy', async () => {
    const at = connect();
    await at.licet.ready();
    await at.licet.reach(at.plane.commit(admitBob));
    await at.licet.reach(at.plane.commit(admitBob));
    at.plane.restore(TASKS, 2); // a backup from before bob was admitted
    at.plane.cut();
    await until(() => at.errors.length > 0);
    at.plane.commit({ kind: 'groups', id: 'g', row: { id: 'g' } });
    at.plane.commit({ kind: 'groups', id: 'h', row: { id: 'h' } });
    await at.licet.reach(4);
    expect(mayBob(at)).toBe(false);
  });

  it.each(['stream', 'page'])('is found out by a %s where it has come to the same number again meanwhile', async (way) => {
    const at = connect();
    at.plane.streaming = way === 'stream';
    await at.licet.ready();
    await at.licet.reach(at.plane.commit(admitBob));
    await until(() => mayBob(at));
    at.plane.down = true;
    at.plane.cut();
    at.plane.restore(TASKS, 1); // a backup from before bob was admitted
    at.plane.commit({ kind: 'groups', id: 'g', row: { id: 'g' } });
    expect([at.plane.revision, at.licet.revision]).toEqual([2, 2]);
    at.plane.down = false;
    await until(() => !mayBob(at));
    expect(at.licet.revision).toBe(2);
  });
});
