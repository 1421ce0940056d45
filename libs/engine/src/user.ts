import { ANYONE, EVERYONE, type Attributes, type PolicyRow } from '@licet/contract';
import { editAssignments, NO_ASSIGNMENTS, type Assignments, type TermsPool } from './assignment.ts';
import { editList, editsByOwner, type Changes, type RowTables } from './change.ts';
import type { Table } from './table.ts';

/** A user with memberships and assignments. Rows may name a user who does not exist: `registered` is false then. */
export interface User extends Assignments {
  readonly registered: boolean;
  readonly enabled: boolean;
  readonly attributes: Attributes | undefined;
  /** In ascending group. The built-in groups are not among them. */
  readonly memberships: readonly PolicyRow<'group-members'>[];
}

/** A group with what is assigned to it. Rows may name a group that does not exist; the built-in ones need no row. */
export interface Group extends Assignments {
  readonly exists: boolean;
}

const NO_MEMBERSHIPS: readonly never[] = Object.freeze([]);
export const NO_GROUP: Group = { exists: false, ...NO_ASSIGNMENTS };

/**
 * Makes the changes to users.
 * @param rows all rows, after the change
 */
export function editUsers(users: Table<User>, rows: RowTables, changes: Changes, pool: TermsPool): Table<User> {
  const memberships = editsByOwner(changes['group-members'], (row) => (isBuiltIn(row.group) ? null : row.user));
  const assignments = editsByOwner(changes.assignments, (row) => row.user);
  const edited = new Set([...changes.users.map(({ id }) => id), ...memberships.keys(), ...assignments.keys()]);
  const edit = (key: string): User | undefined => {
    const before = users.get(key);
    const row = rows.users.get(key);
    const { ids, terms } = editAssignments(before ?? NO_ASSIGNMENTS, assignments.get(key), pool);
    const groups = editList(before?.memberships ?? NO_MEMBERSHIPS, memberships.get(key), (membership) => membership.group);
    if (!row && groups.length === 0 && ids.length === 0) return undefined;
    // Anything but true disables.
    return { registered: row !== undefined, enabled: row?.enabled === true, attributes: row?.attributes, memberships: groups, ids, terms };
  };
  return users.with(Array.from(edited, (key) => [key, edit(key)]));
}

/**
 * Makes the changes to groups.
 * @param rows all rows, after the change
 */
export function editGroups(groups: Table<Group>, rows: RowTables, changes: Changes, pool: TermsPool): Table<Group> {
  const assignments = editsByOwner(changes.assignments, (row) => (row.user === null ? row.group : null));
  const edited = new Set([...changes.groups.map(({ id }) => id), ...assignments.keys()]);
  const edit = (id: string): Group | undefined => {
    const { ids, terms } = editAssignments(groups.get(id) ?? NO_ASSIGNMENTS, assignments.get(id), pool);
    const exists = rows.groups.get(id) !== undefined;
    return exists || ids.length > 0 ? { exists, ids, terms } : undefined;
  };
  return groups.with(Array.from(edited, (id) => [id, edit(id)]));
}

function isBuiltIn(group: string): boolean {
  return group === EVERYONE || group === ANYONE;
}
