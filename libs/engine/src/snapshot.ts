import {
  ANYONE,
  EVERYONE,
  splitKey,
  type Delta,
  type PolicyKind,
  type PolicyRow,
  type PolicyRows,
  type SnapshotDocument,
} from '@licet/contract';
import type { TermsPool } from './assignment.ts';
import { addTo, byKind, byUnit, type Change, type Changes, type RowTables } from './change.ts';
import { compileCondition, type Condition } from './condition.ts';
import { createCatalog, createPermissions, editPermissions, type Catalog, type Permission } from './permission.ts';
import { editRoles, type Roles } from './role.ts';
import { Table } from './table.ts';
import { editGroups, editUsers, NO_GROUP, type Group, type User } from './user.ts';

/** The whole policy at a revision, compiled for decisions. Immutable: a change makes a new one, which shares what did not change. */
export interface Snapshot {
  readonly revision: number;
  /** The rows as they came. */
  readonly rows: RowTables;
  readonly catalog: Catalog;
  /** By number, as in the catalog. */
  readonly permissions: readonly Permission[];
  readonly conditions: ReadonlyMap<string, Condition>;
  readonly roles: Roles;
  readonly users: Table<User>;
  readonly groups: Table<Group>;
  /** The built-in groups. */
  readonly everyone: Group;
  readonly anyone: Group;
  /** Registered resources by type and id. */
  readonly resources: ReadonlyMap<string, Table<PolicyRow<'resources'>>>;
  readonly terms: TermsPool;
}

/**
 * Compiles a policy.
 * @param document the rows of each kind; kinds that are left out are empty. The rows are kept, not copied: do not change them afterwards
 * @returns the snapshot at the document's revision. Rows that name what does not exist are kept, and grant nothing
 * @throws Error where the document has another format than this engine reads
 */
export function createSnapshot(document: SnapshotDocument): Snapshot {
  if (document.format !== 1) throw new Error(`this engine reads snapshots of format 1, not ${String(document.format)}: update it`);
  const rows = byKind<RowTables>((kind) => Table.empty<PolicyRow>().with((document.rows[kind] ?? []).map((row) => [row.id, row])));
  const changes = byKind<Changes>((kind) => Array.from(rows[kind].values(), (row) => ({ id: row.id, before: undefined, after: row })));
  return compile(emptySnapshot(), document.revision, rows, changes);
}

/**
 * Makes the snapshot of the next revision. The given one stays as it is.
 * @param delta rows that changed, in any order; a later operation on the same row wins. Kinds that this engine does not know are passed over
 * @throws Error where the delta does not lead on from the snapshot's revision, or where an operation's id is not its row's
 */
export function applyDelta(snapshot: Snapshot, delta: Delta): Snapshot {
  if (delta.revision !== snapshot.revision + 1) {
    throw new Error(`the delta leads to revision ${delta.revision}, but the snapshot is at ${snapshot.revision}: take a new snapshot`);
  }
  const changes = byKind<Changes>((kind) => changesOf(delta, kind, snapshot.rows[kind]));
  const rows = byKind<RowTables>((kind) => changeRows(snapshot.rows[kind], changes[kind]));
  return compile(snapshot, delta.revision, rows, changes);
}

/**
 * The rows of a snapshot.
 * @returns a document that gives the same snapshot again; rows are sorted by id, by UTF-16 code unit. They are the snapshot's own: do not
 * change them
 */
export function toDocument(snapshot: Snapshot): SnapshotDocument {
  const rows = byKind<PolicyRows>((kind) => [...snapshot.rows[kind].values()].sort((a, b) => byUnit(a.id, b.id)));
  return { format: 1, revision: snapshot.revision, rows };
}

function emptySnapshot(): Snapshot {
  const rows = byKind<RowTables>(() => Table.empty());
  return {
    revision: 0,
    rows,
    catalog: createCatalog(rows),
    permissions: [],
    conditions: new Map(),
    roles: new Map(),
    users: Table.empty(),
    groups: Table.empty(),
    everyone: NO_GROUP,
    anyone: NO_GROUP,
    resources: new Map(),
    terms: new Map(),
  };
}

/** Compiles what the changes touch; everything else is taken over from the snapshot before. */
function compile(before: Snapshot, revision: number, rows: RowTables, changes: Changes): Snapshot {
  const groups = editGroups(before.groups, rows, changes, before.terms);
  return {
    ...compilePermissions(before, rows, changes),
    revision,
    rows,
    conditions: editConditions(before.conditions, changes),
    users: editUsers(before.users, rows, changes, before.terms),
    groups,
    everyone: groups.get(EVERYONE) ?? NO_GROUP,
    anyone: groups.get(ANYONE) ?? NO_GROUP,
    resources: editResources(before.resources, changes),
    terms: before.terms,
  };
}

function compilePermissions(before: Snapshot, rows: RowTables, changes: Changes): Pick<Snapshot, 'catalog' | 'permissions' | 'roles'> {
  const { roles, changed } = editRoles(before.roles, rows, changes);
  if (changes.permissions.length === 0 && changes['resource-types'].length === 0) {
    return { catalog: before.catalog, roles, permissions: editPermissions(before.permissions, before.catalog, roles, changed) };
  }
  // Other permissions: wildcards match others, and the numbers are new.
  const catalog = createCatalog(rows);
  return { catalog, roles, permissions: editPermissions(createPermissions(catalog), catalog, roles, new Set(roles.keys())) };
}

function changesOf<K extends PolicyKind>(delta: Delta, kind: K, rows: Table<PolicyRow<K>>): Change<PolicyRow<K>>[] {
  const last = new Map<string, PolicyRow<K> | undefined>();
  for (const { kind: opKind, id, row } of delta.ops) {
    if (opKind !== kind) continue;
    if (row && row.id !== id) throw new Error(`an operation on \`${kind}\` names \`${id}\`, but its row is \`${row.id}\``);
    last.set(id, (row as PolicyRow<K> | null) ?? undefined);
  }
  return Array.from(last, ([id, after]) => ({ id, before: rows.get(id), after }));
}

function changeRows<R>(rows: Table<R>, changes: readonly Change<R>[]): Table<R> {
  return changes.length === 0 ? rows : rows.with(changes.map(({ id, after }) => [id, after]));
}

function editConditions(conditions: ReadonlyMap<string, Condition>, changes: Changes): ReadonlyMap<string, Condition> {
  if (changes.conditions.length === 0) return conditions;
  const edited = new Map(conditions);
  for (const { id, after } of changes.conditions) {
    if (after) edited.set(id, compileCondition(after.tree));
    else edited.delete(id);
  }
  return edited;
}

function editResources(resources: Snapshot['resources'], changes: Changes): Snapshot['resources'] {
  if (changes.resources.length === 0) return resources;
  const edited = new Map(resources);
  const edits = new Map<string, [string, PolicyRow<'resources'> | undefined][]>();
  for (const { id, after } of changes.resources) {
    const { type, rest } = splitKey(id);
    addTo(edits, type, [rest, after]);
  }
  for (const [type, edit] of edits) edited.set(type, (edited.get(type) ?? Table.empty<PolicyRow<'resources'>>()).with(edit));
  return edited;
}
