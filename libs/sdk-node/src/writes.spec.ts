import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Licet } from './licet.ts';
import { closeAll, connect, TASKS } from './tasks.fixture.ts';
import { MemoryControlPlane } from './testing.ts';

afterEach(async () => {
  jest.useRealTimers();
  await closeAll();
});

const ready = async () => {
  const connected = connect();
  await connected.licet.ready();
  return connected;
};

describe('a write', () => {
  it('is in force here when it comes back, and gives its revision', async () => {
    const { licet } = await ready();
    const assigned = await licet.assign('bob', 'member');
    expect([assigned, licet.revision, licet.check('bob', 'task:read').decision]).toEqual([2, 2, true]);
    const revoked = await licet.revoke('bob', 'member');
    expect([revoked, licet.check('bob', 'task:read', 't1', { atLeast: revoked }).decision]).toEqual([3, false]);
    const { revision } = await licet.users.sync([{ id: 'dora' }]);
    expect([revision, licet.revision]).toEqual([4, 4]);
  });

  it('that is repeated changes nothing', async () => {
    const { licet } = await ready();
    expect(await licet.assign('alice', 'member')).toBe(1);
    expect(await licet.revoke('bob', 'member')).toBe(1);
  });

  it('says who, where, from when until when and why', async () => {
    const { licet, plane } = await ready();
    const until = new Date('2027-01-01T00:00:00Z');
    await licet.assign({ id: 'service:x' }, 'member', {
      tenant: '*',
      resource: { type: 'task', id: 't1' },
      expiresAt: until,
      reason: 'CR-1',
    });
    await licet.assign({ group: 'staff' }, 'member', { tenant: 'acme', startsAt: '2026-01-01T00:00:00Z' });
    await licet.revoke('service:x', 'member', { resource: 'task:t1' });
    const none = { startsAt: null, expiresAt: null };
    expect(plane.posted('/api/v1/assignments/assign')).toEqual([
      { user: 'user:service:x', role: 'member', tenant: '*', resource: 'task:t1', reason: 'CR-1', ...none, expiresAt: until.toISOString() },
      { group: 'staff', role: 'member', tenant: 'acme', resource: null, reason: '', ...none, startsAt: '2026-01-01T00:00:00Z' },
    ]);
    expect(plane.posted('/api/v1/assignments/revoke')).toEqual([
      { user: 'service:x', role: 'member', tenant: 'default', resource: 'task:t1', reason: '' },
    ]);
  });

  it('comes back after two seconds where it is not known here, and does not fail: it was made', async () => {
    const { fetcher } = new MemoryControlPlane(TASKS);
    const deaf = new Licet({
      fetcher: (path, request) => (path.startsWith('/replica/') ? new Promise(() => undefined) : fetcher(path, request)),
      decisionLog: false,
    });
    jest.useFakeTimers();
    const written = deaf.assign('bob', 'member');
    await jest.advanceTimersByTimeAsync(1_999);
    let back: number | undefined;
    void written.then((revision) => (back = revision));
    await Promise.resolve();
    expect(back).toBeUndefined();
    await jest.advanceTimersByTimeAsync(1);
    expect(await written).toBe(2);
    expect(deaf.check('bob', 'task:read', 't1', { atLeast: 2 })).toMatchObject({ decision: false, reason: 'not_ready' });
    void deaf.close();
  });

  it('does not wait in remote mode, where the decision point is asked with the revision', async () => {
    const plane = new MemoryControlPlane(TASKS);
    const licet = new Licet({ mode: 'remote', fetcher: plane.fetcher });
    expect(await licet.assign('bob', 'member')).toBe(2);
    expect(await licet.check('bob', 'task:read', 't1', { atLeast: 2 })).toMatchObject({ decision: true, revision: 2 });
  });

  it('fails where the control plane refuses it, and where it does not say its revision', async () => {
    const { licet, plane } = await ready();
    plane.refuse = 403;
    await expect(licet.assign('bob', 'member')).rejects.toMatchObject({ name: 'FetchError', status: 403 });
    const vague = new Licet({ mode: 'remote', fetcher: () => Promise.resolve(Response.json({ revision: '2' })) });
    await expect(vague.revoke('bob', 'member')).rejects.toMatchObject({ name: 'SnapshotError' });
    await expect(vague.users.sync([{ id: 'bob' }])).rejects.toMatchObject({ name: 'SnapshotError' });
  });

  const wrong: [string, unknown[], string][] = [
    ['a number as the holder', [5, 'member'], 'name the subject'],
    ['nobody', [null, 'member'], 'name the subject'],
    ['a Date that is none', ['bob', 'member', { expiresAt: new Date(NaN) }], '`expiresAt` must be a valid Date'],
    ['a number as a time', ['bob', 'member', { startsAt: 5 }], '`startsAt` must be a valid Date'],
  ];
  it.each(wrong)('that is none is a promise that rejects: %s', async (_, given, message) => {
    const { licet, plane } = await ready();
    const written = licet.assign(...(given as Parameters<typeof licet.assign>));
    await expect(written).rejects.toThrow(expect.objectContaining({ name: 'TypeError', message: expect.stringContaining(message) }));
    expect(plane.posted('/api/v1/assignments/assign')).toEqual([]);
  });
});
