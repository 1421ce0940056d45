import type { Effect, PolicyRow } from '@licet/contract';
import { addTo, editList, editsByOwner, type Changes, type Edit, type RowTables } from './change.ts';
import type { Names } from './names.ts';
import type { Table } from './table.ts';

/** A role's own rows. Rows may name a role that does not exist: it grants nothing, and nothing is inherited through it. */
export interface Role {
  readonly exists: boolean;
  /** In ascending id. */
  readonly grants: readonly PolicyRow<'grants'>[];
  /** In ascending id of the inherited role. */
  readonly inherits: readonly PolicyRow<'role-inherits'>[];
  /** The rows by which others inherit from it, in ascending id of the heir. */
  readonly heirs: readonly PolicyRow<'role-inherits'>[];
  readonly granted: Granted;
}

/** The grants of one role. */
export type Granted = Readonly<Record<Effect, GrantsByName>>;

/** Grants by the number of what they name, a permission or a pattern; each list in ascending id. */
export type GrantsByName = ReadonlyMap<number, readonly PolicyRow<'grants'>[]>;

/** A role as it is reached from an assigned one. */
export interface Reached {
  /** From the assigned role to this one. Frozen, because decisions hand it out. */
  readonly roles: readonly string[];
  readonly granted: Granted;
}

/** A role and all that it inherits from, breadth first, inherited roles in ascending id; each role once, by the path found first. */
export type Closure = readonly Reached[];

/** A grant as it is reached from an assigned role. */
export interface RoleGrant extends Omit<PolicyRow<'grants'>, 'role'> {
  /** From the assigned role to the one that holds the grant. */
  readonly roles: readonly string[];
}

const NO_ROLE: Role = {
  exists: false,
  grants: [],
  inherits: [],
  heirs: [],
  granted: { allow: new Map(), deny: new Map() },
};
const NO_IDS: ReadonlySet<string> = new Set();
const NOTHING: Closure = Object.freeze([]);

/**
 * Makes the changes to roles.
 * @param rows all rows, after the change
 * @param names what grants name gets a number there
 * @returns the roles, and which of them grant something else than before: those that changed and those that inherit from them
 */
export function editRoles(
  before: Table<Role>,
  rows: RowTables,
  changes: Changes,
  names: Names,
): { roles: Table<Role>; changed: ReadonlySet<string> } {
  if (changes.roles.length + changes.grants.length + changes['role-inherits'].length === 0) return { roles: before, changed: NO_IDS };
  const grants = editsByOwner(changes.grants, (row) => row.role);
  const inherits = editsByOwner(changes['role-inherits'], (row) => row.role);
  const heirs = editsByOwner(changes['role-inherits'], (row) => row.inherits);
  const changed = new Set([...changes.roles.map(({ id }) => id), ...grants.keys(), ...inherits.keys()]);
  const edit = (id: string): Role | undefined => {
    const role = before.get(id) ?? NO_ROLE;
    const edited: Role = {
      exists: rows.roles.get(id) !== undefined,
      grants: editList(role.grants, grants.get(id), (row) => row.id),
      inherits: editList(role.inherits, inherits.get(id), (row) => row.inherits),
      heirs: editList(role.heirs, heirs.get(id), (row) => row.role),
      granted: role.granted,
    };
    if (!edited.exists && edited.grants.length === 0 && edited.inherits.length === 0 && edited.heirs.length === 0) return undefined;
    return grants.has(id) ? { ...edited, granted: editGranted(role, edited.grants, grants.get(id)!, names) } : edited;
  };
  const roles = before.with(Array.from(new Set([...changed, ...heirs.keys()]), (id) => [id, edit(id)]));
  return { roles, changed: withHeirs(changed, roles) };
}

export function closureOf(id: string, roles: Table<Role>): Closure {
  const first = roles.get(id);
  if (!first?.exists) return NOTHING;
  const seen = new Set([id]);
  const reached: Reached[] = [{ roles: Object.freeze([id]), granted: first.granted }];
  // The list grows while it is read.
  for (const { roles: path } of reached) {
    for (const { inherits } of roles.get(path.at(-1)!)!.inherits) {
      const role = roles.get(inherits);
      if (seen.has(inherits) || !role?.exists) continue;
      seen.add(inherits);
      reached.push({ roles: Object.freeze([...path, inherits]), granted: role.granted });
    }
  }
  return reached;
}

/** Sorts the grants anew that name what an edit of them touches; the others stay as they are. */
function editGranted(
  { grants: before, granted }: Role,
  after: readonly PolicyRow<'grants'>[],
  { left, entered }: Edit<PolicyRow<'grants'>>,
  names: Names,
): Granted {
  if (before.length === 0) return grantedBy(after, names);
  const touched = new Set(entered.map(({ permission }) => permission));
  const gone = new Set(left);
  for (const { id, permission } of gone.size === 0 ? [] : before) if (gone.has(id)) touched.add(permission);
  const lists = grantedBy(
    after.filter(({ permission }) => touched.has(permission)),
    names,
  );
  const numbers = Array.from(touched, (name) => names.add(name));
  const edit = (known: GrantsByName, lists: GrantsByName): GrantsByName => {
    if (lists.size === 0 && !numbers.some((number) => known.has(number))) return known;
    const edited = new Map(known);
    for (const number of numbers) {
      const list = lists.get(number);
      if (list) edited.set(number, list);
      else edited.delete(number);
    }
    return edited;
  };
  return { allow: edit(granted.allow, lists.allow), deny: edit(granted.deny, lists.deny) };
}

function grantedBy(grants: readonly PolicyRow<'grants'>[], names: Names): Granted {
  const lists = { allow: new Map<number, PolicyRow<'grants'>[]>(), deny: new Map<number, PolicyRow<'grants'>[]>() };
  // Anything but `allow` denies.
  for (const grant of grants) addTo(lists[grant.effect === 'allow' ? 'allow' : 'deny'], names.add(grant.permission), grant);
  return lists;
}

/** The given roles, and all that inherit from them, directly or not. */
function withHeirs(ids: ReadonlySet<string>, roles: Table<Role>): ReadonlySet<string> {
  const found = new Set(ids);
  for (const id of found) for (const { role } of roles.get(id)?.heirs ?? []) found.add(role); // The set grows while it is read.
  return found;
}
