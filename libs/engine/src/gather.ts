import type { PolicyRow } from '@licet/contract';
import { ascending, byUnit } from './change.ts';
import { sizeOfUser, writeUser, type UserData } from './record.ts';
import { ID_WORDS } from './row-id.ts';
import { createPools, sizesOf, type Pools } from './terms.ts';
import type { Users } from './users.ts';
import { withoutEdits } from './compact.ts';

/** An assignment that a user holds. */
export type UserAssignment = PolicyRow<'assignments'> & { readonly user: string };

/**
 * Gathers rows by user. Every id stands once among the rows of a kind.
 * @returns users who are still to be compacted, for nobody can be found yet, and their keys in ascending order
 */
export function gatherUsers(
  users: readonly PolicyRow<'users'>[],
  memberships: readonly PolicyRow<'group-members'>[],
  assignments: readonly UserAssignment[],
): { users: Users; keys: readonly string[] } {
  const numbers = new Map<string, number>();
  const numberOf = (key: string): number => {
    let number = numbers.get(key);
    if (number === undefined) numbers.set(key, (number = numbers.size));
    return number;
  };
  const ownerOfRow = ({ user }: { readonly user: string }) => numberOf(user);
  const usersOf = byOwner(users, ({ id }) => numberOf(id));
  const membershipsOf = byOwner(memberships, ownerOfRow);
  const assignmentsOf = byOwner(assignments, ownerOfRow);

  const pools = createPools();
  const ids = new Int32Array((memberships.length + assignments.length) * ID_WORDS);
  let words = new Int32Array(8 * users.length + 2 * (memberships.length + assignments.length) + 64);
  let end = 0;
  let rows = 0;
  const keys = ascending([...numbers.keys()], (each) => each);
  for (const key of keys) {
    const number = numbers.get(key)!;
    const user = dataOf(key, usersOf(number)[0], membershipsOf(number), assignmentsOf(number), pools);
    const size = sizeOfUser(user);
    if (end + size > words.length) {
      const grown = new Int32Array(Math.ceil((end + size) * 1.5));
      grown.set(words);
      words = grown;
    }
    writeUser({ words, ids }, end, rows, user, pools);
    end += size;
    rows += user.memberships.length + user.assignments.length;
  }
  return { users: withoutEdits({ ...NOTHING, words: words.subarray(0, end), ids }, pools), keys };
}

const NOTHING = {
  ofFew: undefined,
  idsOfFew: undefined,
  byKey: new Int32Array(1),
  byRowId: new Int32Array(1),
  users: 0,
  rows: 0,
  sizes: sizesOf(createPools()),
};

function dataOf(
  key: string,
  row: PolicyRow<'users'> | undefined,
  memberships: readonly PolicyRow<'group-members'>[],
  assignments: readonly UserAssignment[],
  pools: Pools,
): UserData {
  return {
    key,
    ...ownData(row, pools),
    memberships: inOrder(memberships.map(({ id, group }) => ({ id, text: undefined, group }))),
    assignments: ascending(
      assignments.map((assignment) => ({ id: assignment.id, text: undefined, terms: pools.terms.add(assignment, pools) })),
      ({ id }) => id,
    ),
  };
}

/** What the user's own row says. */
export function ownData(row: PolicyRow<'users'> | undefined, { values }: Pools): Pick<UserData, 'registered' | 'enabled' | 'attributes'> {
  const attributes = row?.attributes;
  const some = typeof attributes === 'object' && attributes !== null && Object.keys(attributes).length > 0;
  // Anything but true disables.
  return { registered: row !== undefined, enabled: row?.enabled === true, attributes: some ? values.add(attributes) : undefined };
}

/** Memberships in ascending group; of one group, in ascending id. */
export function inOrder<M extends { readonly id: string; readonly group: string }>(memberships: M[]): M[] {
  return memberships.length < 2 ? memberships : memberships.sort((a, b) => byUnit(a.group, b.group) || byUnit(a.id, b.id));
}

const NONE: readonly never[] = Object.freeze([]);

/** @returns a function that gives the rows of an owner, in the order of the rows */
function byOwner<R>(rows: readonly R[], ownerOf: (row: R) => number): (owner: number) => readonly R[] {
  // For each owner the last row, for each row the one before it that has the same owner.
  const before = new Int32Array(rows.length);
  const last: number[] = [];
  rows.forEach((row, i) => {
    const owner = ownerOf(row);
    before[i] = last[owner] ?? -1;
    while (last.length < owner) last.push(-1); // Without holes, which would make it slow.
    last[owner] = i;
  });
  return (owner) => {
    const first = last[owner] ?? -1;
    if (first < 0) return NONE;
    const found: R[] = [];
    for (let i = first; i >= 0; i = before[i]!) found.push(rows[i]!);
    return found.reverse();
  };
}
