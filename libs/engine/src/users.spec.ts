import { emptyRows, type PolicyRow } from '@licet/contract';
import { describe, expect, it } from '@jest/globals';
import { createSnapshot } from './snapshot.ts';
import { keyOf, partsOf } from './record.ts';
import { findHolderInBase, findInBase, idOfRow, placeOf, type Base } from './users.ts';

const held = { group: null, role: 'r1', tenant: 'default', resource: null, startsAt: null, expiresAt: null };

/** Users with these keys, each with an assignment with the id of the same place, and what a base of a million users does without. */
function usersOf(keys: readonly string[], ids: readonly string[] = []) {
  const users = keys.map((id) => ({ id, enabled: true, attributes: {} }));
  const assignments = ids.map((id, n): PolicyRow<'assignments'> => ({ ...held, id, user: keys[n % keys.length]! }));
  const snapshot = createSnapshot({ format: 1, revision: 1, rows: { ...emptyRows(), users, assignments } });
  const few: Base = snapshot.users.base;
  return { snapshot, few, many: { ...few, ofFew: undefined, idsOfFew: undefined } };
}

/** Keys of which many begin with another one, and differ in their last letter, so that they lie side by side in the table. */
const KEYS = Array.from({ length: 300 }, (_, n) => (n % 3 === 0 ? 'a'.repeat(n / 3 + 1) : n % 3 === 1 ? `user${n}` : `王${n}`));
/** Keys of subjects of another type, and of a user whose id has a colon. */
const WITH_COLONS = ['service:user1', 'user:service:user1'];
const ABSENT = ['', 'b', 'a'.repeat(101), 'A', 'user', 'user2', '王', '王3', '\u0073\u738b', 'service:user2', 'user:user1'];

describe('a user', () => {
  it('is found by the key, and nobody else, be there few users or many', () => {
    const { few, many } = usersOf([...KEYS, ...WITH_COLONS]);
    for (const base of [few, many]) {
      for (const key of [...KEYS, ...WITH_COLONS]) expect(keyOf(partsOf(base, findInBase(base, key)))).toBe(key);
      for (const key of ABSENT) expect(findInBase(base, key)).toBe(-1);
    }
  });

  it('is told from a subject of another type whose key is the same as the id', () => {
    const { snapshot } = usersOf(['bob', ...WITH_COLONS]);
    const found = (type: string, id: string) => {
      const { records, at } = placeOf(snapshot.users, { type, id });
      return at < 0 ? undefined : keyOf(partsOf(records, at));
    };
    expect([found('user', 'bob'), found('service', 'user1')]).toEqual(['bob', 'service:user1']);
    expect([found('user', 'service:user1'), found('service', 'bob'), found('user:service', 'user1')]).toEqual([
      WITH_COLONS[1],
      undefined,
      undefined,
    ]);
  });

  it('is not taken for one whose letters take the same bytes', () => {
    // `sR` in two bytes each has the bytes of one letter of the other kind.
    const { many } = usersOf(['\u5273', 'sR', '\u0073\u0100']);
    for (const key of ['\u5273', 'sR', '\u0073\u0100']) expect(keyOf(partsOf(many, findInBase(many, key)))).toBe(key);
    for (const key of ['s', 'R', '\u5200', '\u0052\u0073']) expect(findInBase(many, key)).toBe(-1);
  });

  it('is found by the id of what the user holds, be it a UUID of which a word differs or a text', () => {
    const uuid = (word: number, n: number) => {
      const words = ['0197f3a0', '5c1b7000', '81230123', '456789ab'];
      words[word] = (parseInt(words[word]!, 16) ^ n).toString(16).padStart(8, '0');
      const digits = words.join('');
      return [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20)].join('-');
    };
    const all = [0, 1, 2, 3].flatMap((word) => Array.from({ length: 60 }, (_, n) => uuid(word, n + 1)));
    const texts = Array.from({ length: 40 }, (_, n) => `a-${n}`);
    const ids = [...all.filter((_, n) => n % 2 === 0), ...texts];
    const { snapshot, many } = usersOf(['alice', 'bob', 'carol'], ids);
    const { values } = snapshot.users.pools;
    const holders = ids.map((id) => {
      const at = findHolderInBase(many, 'assignments', id, values);
      return at < 0 ? undefined : keyOf(partsOf(many, at));
    });
    expect(holders).toEqual(ids.map((_, n) => ['alice', 'bob', 'carol'][n % 3]));
    const absent = [...all.filter((_, n) => n % 2 === 1), 'a-40', ''];
    expect(absent.filter((id) => findHolderInBase(many, 'assignments', id, values) >= 0)).toEqual([]);
    expect(ids.filter((id) => findHolderInBase(many, 'group-members', id, values) >= 0)).toEqual([]);
  });

  it('has what the user holds read by its id, be it kept or read anew', () => {
    const ids = ['a-1', '0197f3a0-5c1b-7000-8123-0123456789ab', 'a-2'];
    const { snapshot, many } = usersOf(['alice', 'bob'], ids);
    for (const base of [snapshot.users.base, snapshot.users.base, many]) {
      const users = { ...snapshot.users, base };
      const read = ['alice', 'bob'].flatMap((key) => {
        const { assignmentRows, assignments } = partsOf(base, findInBase(base, key));
        return Array.from({ length: assignments }, (_, i) => idOfRow(users, base, assignmentRows + i));
      });
      expect(read.sort()).toEqual([...ids].sort());
    }
  });
});

describe('users in order', () => {
  it('have names numbered in ascending order, those too that are only named', () => {
    const rows = {
      ...emptyRows(),
      roles: [{ id: 'r2' }],
      tenants: [{ id: 't2' }],
      groups: [{ id: 'g2' }],
      users: [{ id: 'alice', enabled: true, attributes: {} }],
      'group-members': [{ id: 'm-1', group: 'g9', user: 'alice' }],
      assignments: [
        { ...held, id: 'a-1', user: 'alice', role: 'r9', tenant: 't9' },
        { ...held, id: 'a-2', user: 'alice', role: 'r1', tenant: 't1', group: 'g1' },
        { ...held, id: 'a-3', user: null, group: 'g5', role: 'r5', tenant: 't5' },
      ],
    };
    const { roles, tenants, groups } = createSnapshot({ format: 1, revision: 1, rows }).users.pools;
    expect([roles.all(), tenants.all(), groups.all()]).toEqual([
      ['r1', 'r2', 'r5', 'r9'],
      ['*', 't1', 't2', 't5', 't9'],
      ['g1', 'g2', 'g5', 'g9'],
    ]);
  });

  it('share terms and times that recur', () => {
    const limited = { ...held, resource: 'task:1', startsAt: '2026-06-01T12:00:00Z' };
    const assignments = Array.from({ length: 40 }, (_, n) => ({ ...(n % 2 ? held : limited), id: `a-${n}`, user: `user${n % 20}` }));
    const { terms, values } = createSnapshot({ format: 1, revision: 1, rows: { ...emptyRows(), assignments } }).users.pools;
    // Forty ids, the resource's type and id, and the time.
    expect([terms.size, values.size]).toEqual([2, 43]);
  });
});
