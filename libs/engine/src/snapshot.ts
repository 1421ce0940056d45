import {
  DEFAULT_TENANT,
  POLICY_KINDS,
  splitKey,
  type Delta,
  type Effect,
  type PolicyKind,
  type PolicyRow,
  type SnapshotDocument,
} from '@licet/contract';
import { addTo, byKind, byUnit, KEPT_KINDS, type Change, type Changes, type KeptKind, type RowTables } from './change.ts';
import { compact, eachUser } from './compact.ts';
import { compileCondition, type Condition } from './condition.ts';
import { denialsAt, type Denials } from './denial.ts';
import { editUsers, isWorn } from './edit-users.ts';
import { gatherUsers, type UserAssignment } from './gather.ts';
import { editGroups, NO_GROUPS, type Groups } from './group.ts';
import { createCatalog, createGrid, editGrid, GrantChains, type Catalog, type ClosureChange, type Grid } from './permission.ts';
import { rowOfUser, type Users } from './users.ts';
import { isRegistered, keyOf, readAssignments, readMemberships } from './record.ts';
import { closureOf, editRoles, type Closure, type Role } from './role.ts';
import { Table } from './table.ts';
import { sumOfSizes } from './terms.ts';

/** The whole policy at a revision, compiled for decisions. Immutable: a change makes a new one, which shares what did not change. */
export interface Snapshot {
  readonly revision: number;
  /** When the revision was committed, as in the document or the delta that led here. */
  readonly at: string | undefined;
  readonly denials: Denials;
  /** Whether users and pools are in order: nothing was edited since. */
  readonly ordered: boolean;
  /** The rows as they came, but for users and what users hold. */
  readonly rows: RowTables;
  readonly users: Users;
  readonly groups: Groups;
  /** The tenants that there are, with their numbers. */
  readonly tenants: Table<number>;
  /** The number of the tenant of a question that names none: most questions name none. */
  readonly defaultTenant: number | undefined;
  readonly roles: Table<Role>;
  /** What each role reaches, by number. */
  readonly closures: readonly (Closure | undefined)[];
  readonly catalog: Catalog;
  readonly grid: Grid;
  readonly chains: Chains;
  readonly conditions: ReadonlyMap<string, Condition>;
  /** Registered resources by type and id. */
  readonly resources: ReadonlyMap<string, Table<PolicyRow<'resources'>>>;
}

type Version = { readonly revision: number; readonly at?: string | undefined };
type Chains = Readonly<Record<Effect, GrantChains>>;

const NOTHING: Closure = [];

function noChains(): Chains {
  return { allow: new GrantChains(), deny: new GrantChains() };
}

/**
 * Compiles a policy.
 * @param document the rows of each kind; kinds that are left out are empty. The rows are kept, not copied: do not change them afterwards
 * @returns the snapshot at the document's revision. Rows that name what does not exist are kept, and grant nothing
 * @throws Error where the document has another format than this engine reads
 */
export function createSnapshot(document: SnapshotDocument): Snapshot {
  if (document.format !== 1) throw new Error(`this engine reads snapshots of format 1, not ${String(document.format)}: update it`);
  const all = <K extends PolicyKind>(kind: K) => lastOfEach((document.rows[kind] ?? []) as PolicyRow<K>[]);
  const assignments = all('assignments');
  const rows = byKind<RowTables>((kind) => {
    const kept = kind === 'assignments' ? assignments.filter(({ user }) => user === null) : all(kind);
    return Table.of<PolicyRow>(kept);
  });
  const held = assignments.filter((row): row is UserAssignment => row.user !== null);
  const { users, keys } = gatherUsers(all('users'), all('group-members'), held);
  return assemble(document, rows, compact(users, rows, keys));
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
  const after = lastRows(delta);
  const { changes, rows } = changeRows(snapshot.rows, after);
  const users = editUsers(snapshot.users, {
    users: (after.get('users') ?? NO_ROWS) as Map<string, PolicyRow<'users'> | undefined>,
    'group-members': (after.get('group-members') ?? NO_ROWS) as Map<string, PolicyRow<'group-members'> | undefined>,
    assignments: mapRows(after.get('assignments') ?? NO_ROWS, (row) =>
      (row as UserAssignment).user === null ? undefined : (row as UserAssignment),
    ),
  });
  if (isWorn(users)) return assemble(delta, rows, compact(users, rows));
  return compile({ ...snapshot, users }, delta, rows, changes);
}

/**
 * The rows of a snapshot.
 * @returns a document that gives the same snapshot again; rows are sorted by id, by UTF-16 code unit. They are the snapshot's own: do not
 * change them
 */
export function toDocument(snapshot: Snapshot): SnapshotDocument {
  const rows = { ...byKind<Record<string, PolicyRow[]>>((kind) => [...snapshot.rows[kind].values()]), ...rowsOfUsers(snapshot.users) };
  rows['assignments'] = [...snapshot.rows.assignments.values(), ...rows['assignments']!];
  const sorted = POLICY_KINDS.map((kind) => [kind, rows[kind]!.sort((a, b) => byUnit(a.id, b.id))]);
  const { revision, at } = snapshot;
  return { format: 1, revision, ...(at === undefined ? {} : { at }), rows: Object.fromEntries(sorted) as SnapshotDocument['rows'] };
}

function rowsOfUsers(users: Users): Record<string, PolicyRow[]> {
  const { pools } = users;
  const rows = { users: [] as PolicyRow[], 'group-members': [] as PolicyRow[], assignments: [] as PolicyRow[] };
  for (const parts of eachUser(users)) {
    const user = keyOf(parts);
    if (isRegistered(parts)) rows.users.push(rowOfUser(parts, user, pools.values));
    for (const { id, group } of readMemberships(parts, pools)) rows['group-members'].push({ id, group, user });
    for (const { id, terms } of readAssignments(parts, pools)) {
      const { group, ...row } = pools.terms.row(terms, pools);
      rows.assignments.push({ id, ...row, user, group });
    }
  }
  return rows;
}

/**
 * Compiles everything anew.
 * @param users in order, with pools that nothing else uses yet
 */
export function assemble(version: Version, rows: RowTables, users: Users): Snapshot {
  // The catalog that this begins with knows all permissions.
  const changes = byKind<Changes>((kind) =>
    kind === 'permissions' || kind === 'resource-types'
      ? []
      : rows[kind].values().map((row) => ({ id: row.id, before: undefined, after: row })),
  );
  const nothing: Snapshot = {
    revision: 0,
    at: undefined,
    denials: denialsAt(0),
    ordered: false,
    rows,
    users,
    groups: NO_GROUPS,
    tenants: Table.empty(),
    defaultTenant: undefined,
    roles: Table.empty(),
    closures: [],
    catalog: createCatalog(rows, users.pools.permissions),
    grid: createGrid(users.pools.roles.size),
    chains: noChains(),
    conditions: new Map(),
    resources: new Map(),
  };
  const snapshot = compile(nothing, version, rows, changes);
  return { ...snapshot, ordered: true, users: { ...users, settled: sumOfSizes(users.pools) } };
}

/** Compiles what the changes touch; everything else is taken over from the snapshot before. Users are edited already. */
function compile(before: Snapshot, { revision, at }: Version, rows: RowTables, changes: Changes): Snapshot {
  const { users } = before;
  const edits = changes.tenants.map(({ id, after }) => [id, after && users.pools.tenants.add(id)] as const);
  const tenants = edits.length === 0 ? before.tenants : before.tenants.with(edits);
  return {
    revision,
    at: typeof at === 'string' ? at : undefined,
    denials: denialsAt(revision),
    ordered: false,
    rows,
    users,
    ...compileRoles(before, rows, changes),
    groups: editGroups(before.groups, rows, changes, users.pools),
    tenants,
    defaultTenant: tenants.get(DEFAULT_TENANT),
    conditions: editConditions(before.conditions, changes),
    resources: editResources(before.resources, changes),
  };
}

type Compiled = Pick<Snapshot, 'catalog' | 'grid' | 'chains' | 'closures' | 'roles'>;

function compileRoles(before: Snapshot, rows: RowTables, changes: Changes): Compiled {
  const { catalog: known, grid } = before;
  const { roles: names, permissions } = before.users.pools;
  const { roles, changed } = editRoles(before.roles, rows, changes, permissions);
  const otherPermissions = changes.permissions.length > 0 || changes['resource-types'].length > 0;
  for (const id of changed) names.add(id);
  // Roles that do not exist may have numbers, too: assignments name them.
  const fits = !otherPermissions && names.size <= grid.allow.columns;
  if (fits && changed.size === 0) {
    const chains = changes.conditions.length === 0 ? before.chains : noChains();
    return { roles, closures: before.closures, catalog: known, grid, chains };
  }
  const closures = before.closures.slice();
  const edits: ClosureChange[] = [];
  for (const id of changed) {
    const role = names.add(id);
    const after = closureOf(id, roles);
    edits.push({ role, before: closures[role] ?? NOTHING, after });
    closures[role] = after;
  }
  const compiled = { roles, closures, chains: noChains() };
  if (fits) return { ...compiled, catalog: known, grid: editGrid(grid, known, edits) };
  const catalog = otherPermissions ? createCatalog(rows, permissions) : known;
  const all = Array.from(closures, (closure, role) => ({ role, before: NOTHING, after: closure ?? NOTHING }));
  return { ...compiled, catalog, grid: editGrid(createGrid(names.size), catalog, all) };
}

/** The rows without those that a later one of the same id replaces. */
function lastOfEach<R extends { id: string }>(rows: readonly R[]): readonly R[] {
  // Rows that come in order, as those of a document do, need no table to compare them.
  if (rows.every((row, i) => i === 0 || rows[i - 1]!.id < row.id)) return rows;
  return [...new Map(rows.map((row) => [row.id, row])).values()];
}

type RowsById = ReadonlyMap<string, PolicyRow | undefined>;

const NO_ROWS: RowsById = new Map();
const NO_CHANGES = byKind<Changes>(() => []);
const KINDS: ReadonlySet<string> = new Set(POLICY_KINDS);

/** The last operation on each row, by kind and id. Kinds without operations are not there. */
function lastRows(delta: Delta): ReadonlyMap<string, RowsById> {
  const rows = new Map<string, Map<string, PolicyRow | undefined>>();
  for (const { kind, id, row } of delta.ops) {
    if (!KINDS.has(kind)) continue;
    if (row && row.id !== id) throw new Error(`an operation on \`${kind}\` names \`${id}\`, but its row is \`${row.id}\``);
    let ofKind = rows.get(kind);
    if (!ofKind) rows.set(kind, (ofKind = new Map<string, PolicyRow | undefined>()));
    ofKind.set(id, row ?? undefined);
  }
  return rows;
}

function mapRows<R>(rows: RowsById, map: (row: PolicyRow) => R | undefined): ReadonlyMap<string, R | undefined> {
  return new Map(Array.from(rows, ([id, row]) => [id, row && map(row)]));
}

/** Makes the changes to the rows that are kept: most deltas touch one kind, and nothing is asked about the others. */
function changeRows(before: RowTables, after: ReadonlyMap<string, RowsById>): { changes: Changes; rows: RowTables } {
  const changes: Record<KeptKind, readonly Change<PolicyRow>[]> = { ...NO_CHANGES };
  const rows: Record<KeptKind, Table<PolicyRow>> = { ...before };
  for (const kind of KEPT_KINDS) {
    const ofKind = after.get(kind);
    if (!ofKind) continue;
    const made = changesOf(ofKind, kind, rows[kind]);
    changes[kind] = made;
    if (made.length > 0) rows[kind] = rows[kind].with(made.map(({ id, after: row }) => [id, row]));
  }
  return { changes, rows } as { changes: Changes; rows: RowTables };
}

function changesOf(after: RowsById, kind: KeptKind, rows: Table<PolicyRow>): readonly Change<PolicyRow>[] {
  const changes: Change<PolicyRow>[] = [];
  for (const [id, row] of after) {
    const held = kind === 'assignments' && row !== undefined && (row as PolicyRow<'assignments'>).user !== null;
    changes.push({ id, before: rows.get(id), after: held ? undefined : row });
  }
  return kind === 'assignments' ? changes.filter((change) => change.before ?? change.after) : changes;
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
