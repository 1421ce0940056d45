import type { PolicyRow } from '@licet/contract';
import { ascending } from './change.ts';
import { inOrder, ownData, type UserAssignment } from './gather.ts';
import { keyOf, partsOf, readUser, sizeOfUser, writeUser, type Records, type UserData } from './record.ts';
import { ID_WORDS } from './row-id.ts';
import { sumOfSizes, type Pools } from './terms.ts';
import { findHolderInBase, findRecord, type HeldKind, type Users } from './users.ts';

/** What changes among users: rows by id, each once; undefined where the row is deleted. */
export interface UserChanges {
  readonly users: ReadonlyMap<string, PolicyRow<'users'> | undefined>;
  readonly 'group-members': ReadonlyMap<string, PolicyRow<'group-members'> | undefined>;
  /** An assignment that no user holds any more counts as deleted here. */
  readonly assignments: ReadonlyMap<string, UserAssignment | undefined>;
}

/** What changes of one user. */
interface Edit {
  /** Null where the row is deleted; undefined where it stays as it is. */
  row: PolicyRow<'users'> | null | undefined;
  readonly left: Record<HeldKind, Set<string>>;
  readonly memberships: PolicyRow<'group-members'>[];
  readonly assignments: UserAssignment[];
}

/** Makes the changes to users. */
export function editUsers(users: Users, changes: UserChanges): Users {
  if (changes.users.size + changes['group-members'].size + changes.assignments.size === 0) return users;
  const edits = new Map<string, Edit>();
  const editOf = (key: string): Edit => {
    let edit = edits.get(key);
    if (!edit) {
      edit = { row: undefined, left: { 'group-members': new Set(), assignments: new Set() }, memberships: [], assignments: [] };
      edits.set(key, edit);
    }
    return edit;
  };
  const hold = <R extends { readonly user: string }>(kind: HeldKind, rows: ReadonlyMap<string, R | undefined>, enter: (row: R) => void) => {
    if (rows.size === 0) return users.places[kind];
    const places: [string, string | undefined][] = [];
    for (const [id, row] of rows) {
      const before = users.places[kind].get(id) ?? holderInBase(users, kind, id);
      if (before !== undefined) editOf(before).left[kind].add(id);
      if (row) enter(row);
      places.push([id, row?.user]);
    }
    return users.places[kind].with(places);
  };
  for (const [id, row] of changes.users) editOf(id).row = row ?? null;
  const places = {
    'group-members': hold('group-members', changes['group-members'], (row) => editOf(row.user).memberships.push(row)),
    assignments: hold('assignments', changes.assignments, (row) => editOf(row.user).assignments.push(row)),
  };
  if (edits.size === 0) return users;
  return { ...users, edits: users.edits.with(Array.from(edits, ([key, edit]) => [key, recordOf(users, key, edit)])), places };
}

/** Whether so much has changed that users are better put in order anew: the work is spread over the edits that led to it. */
export function isWorn({ base, edits, places, pools, settled }: Users): boolean {
  const changed = edits.size + places['group-members'].size + places.assignments.size;
  return changed > 256 + (base.users + base.rows) / 8 || sumOfSizes(pools) - settled > 1024 + (base.users + base.rows) / 8;
}

/** @returns the key of the user who held a row in the base, perhaps no longer; undefined where nobody did */
function holderInBase({ base, pools }: Users, kind: HeldKind, id: string): string | undefined {
  const at = findHolderInBase(base, kind, id, pools.values);
  return at < 0 ? undefined : keyOf(partsOf(base, at));
}

function recordOf(users: Users, key: string, edit: Edit): Records {
  const data = edited(userData(users, key), edit, users.pools);
  const rows = data.memberships.length + data.assignments.length;
  const record = { words: new Int32Array(sizeOfUser(data)), ids: new Int32Array(rows * ID_WORDS) };
  writeUser(record, 0, 0, data, users.pools);
  return record;
}

function userData(users: Users, key: string): UserData {
  const parts = findRecord(users, key);
  if (parts) return readUser(parts, key, users.pools);
  return { key, registered: false, enabled: false, attributes: undefined, memberships: [], assignments: [] };
}

function edited(data: UserData, { row, left, memberships, assignments }: Edit, pools: Pools): UserData {
  const newMemberships = memberships.map(({ id, group }) => ({ id, text: undefined, group }));
  const newAssignments = assignments.map((each) => ({ id: each.id, text: undefined, terms: pools.terms.add(each, pools) }));
  return {
    ...data,
    ...(row === undefined ? {} : ownData(row ?? undefined, pools)),
    memberships: inOrder([...data.memberships.filter(({ id }) => !left['group-members'].has(id)), ...newMemberships]),
    assignments: ascending([...data.assignments.filter(({ id }) => !left.assignments.has(id)), ...newAssignments], ({ id }) => id),
  };
}
