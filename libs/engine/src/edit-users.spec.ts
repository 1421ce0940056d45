import { emptyRows, type DeltaOp } from '@licet/contract';
import { describe, expect, it } from '@jest/globals';
import { applyDelta, createSnapshot, toDocument } from './snapshot.ts';

const USERS = 800;
const held = { group: null, role: 'r1', tenant: 'default', resource: null, startsAt: null, expiresAt: null };

/** So many users, each with an assignment. */
function start() {
  const keys = Array.from({ length: USERS }, (_, n) => `user${n}`);
  const rows = {
    ...emptyRows(),
    roles: [{ id: 'r1' }],
    groups: [{ id: 'g1' }],
    users: keys.map((id) => ({ id, enabled: true, attributes: {} })),
    assignments: keys.map((user, n) => ({ ...held, id: `a-${n}`, user })),
  };
  return createSnapshot({ format: 1, revision: 1, rows });
}

/** How many edits, one after the other, it takes until users are laid out anew. */
function editsUntilAnew(edit: (n: number) => DeltaOp): number {
  let snapshot = start();
  const { base } = snapshot.users;
  for (let n = 0; n < 5_000; n++) {
    snapshot = applyDelta(snapshot, { revision: snapshot.revision + 1, ops: [edit(n)] });
    if (snapshot.users.base === base) continue;
    const { edits, places } = snapshot.users;
    expect([edits.size, places.assignments.size, places['group-members'].size]).toEqual([0, 0, 0]);
    const anew = createSnapshot(toDocument(snapshot));
    expect(toDocument(snapshot)).toEqual(toDocument(anew));
    return n + 1;
  }
  return Infinity;
}

describe('users that are edited', () => {
  // A few hundred, and an eighth of all users and what they hold: the work is spread over as many edits as it is worth.
  it.each([
    ['users', (n: number) => ({ kind: 'users', id: `user${n}`, row: { id: `user${n}`, enabled: false, attributes: {} } })],
    ['assignments of one user', (n: number) => ({ kind: 'assignments', id: `b-${n}`, row: { ...held, id: `b-${n}`, user: 'user0' } })],
    [
      'memberships of one user',
      (n: number) => ({ kind: 'group-members', id: `m-${n}`, row: { id: `m-${n}`, group: 'g1', user: 'user0' } }),
    ],
  ])('are laid out anew when some hundred %s have changed, and not before', (_, edit) => {
    const edits = editsUntilAnew(edit as (n: number) => DeltaOp);
    expect([edits > 440, edits < 470]).toEqual([true, true]);
  });

  it('are laid out anew when one of them left a thousand values behind, so that these do not pile up', () => {
    const edits = editsUntilAnew((n) => ({ kind: 'users', id: 'user0', row: { id: 'user0', enabled: true, attributes: { n } } }));
    expect([edits > 1_200, edits < 1_250]).toEqual([true, true]);
  });

  it('keep all that was, where what changes is not theirs', () => {
    const snapshot = start();
    const op: DeltaOp = { kind: 'roles', id: 'r2', row: { id: 'r2' } };
    expect(applyDelta(snapshot, { revision: 2, ops: [op] }).users.places).toBe(snapshot.users.places);
  });
});
