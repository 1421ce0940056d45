import type { PolicyRow } from '@licet/contract';
import { addTo, editList, editsByOwner, type Changes, type RowTables } from './change.ts';

/** A role's own rows. Rows may name a role that does not exist: it grants nothing, and nothing is inherited through it. */
export interface Role {
  readonly exists: boolean;
  /** In ascending id. */
  readonly grants: readonly PolicyRow<'grants'>[];
  /** In ascending id of the inherited role. */
  readonly inherits: readonly PolicyRow<'role-inherits'>[];
}

export type Roles = ReadonlyMap<string, Role>;

/** A grant as it is reached from an assigned role. */
export interface RoleGrant extends Omit<PolicyRow<'grants'>, 'role'> {
  /** From the assigned role to the one that holds the grant. */
  readonly roles: readonly string[];
}

const NO_ROLE: Role = { exists: false, grants: [], inherits: [] };

/**
 * Makes the changes to roles.
 * @param rows all rows, after the change
 * @returns the roles, and which of them grant something else than before: those that changed and those that inherit from them
 */
export function editRoles(before: Roles, rows: RowTables, changes: Changes): { roles: Roles; changed: ReadonlySet<string> } {
  const grants = editsByOwner(changes.grants, (row) => row.role);
  const inherits = editsByOwner(changes['role-inherits'], (row) => row.role);
  const edited = new Set([...changes.roles.map(({ id }) => id), ...grants.keys(), ...inherits.keys()]);
  if (edited.size === 0) return { roles: before, changed: edited };

  const roles = new Map(before);
  for (const id of edited) {
    const role = roles.get(id) ?? NO_ROLE;
    const next: Role = {
      exists: rows.roles.get(id) !== undefined,
      grants: editList(role.grants, grants.get(id), (row) => row.id),
      inherits: editList(role.inherits, inherits.get(id), (row) => row.inherits),
    };
    if (next.exists || next.grants.length > 0 || next.inherits.length > 0) roles.set(id, next);
    else roles.delete(id);
  }
  return { roles, changed: withHeirs(edited, roles) };
}

/**
 * All grants of a role: its own, in ascending id, then those of the roles that it inherits from, breadth first, inherited roles in
 * ascending id; each role once, by the path found first.
 */
export function grantsOf(id: string, roles: Roles): RoleGrant[] {
  return pathsFrom(id, roles).flatMap((path) => {
    const { grants } = roles.get(path.at(-1)!)!;
    return grants.map((row) => ({ id: row.id, permission: row.permission, effect: row.effect, condition: row.condition, roles: path }));
  });
}

function pathsFrom(id: string, roles: Roles): readonly (readonly string[])[] {
  if (!roles.get(id)?.exists) return [];
  const seen = new Set([id]);
  // Frozen, because decisions hand them out. The list grows while it is read.
  const paths: (readonly string[])[] = [Object.freeze([id])];
  for (const path of paths) {
    for (const { inherits } of roles.get(path.at(-1)!)!.inherits) {
      if (seen.has(inherits) || !roles.get(inherits)?.exists) continue;
      seen.add(inherits);
      paths.push(Object.freeze([...path, inherits]));
    }
  }
  return paths;
}

/** The given roles, and all that inherit from them, directly or not. */
function withHeirs(ids: ReadonlySet<string>, roles: Roles): ReadonlySet<string> {
  const heirs = new Map<string, string[]>();
  for (const [id, role] of roles) {
    for (const { inherits } of role.inherits) addTo(heirs, inherits, id);
  }
  const found = new Set(ids);
  for (const id of found) for (const heir of heirs.get(id) ?? []) found.add(heir); // The set grows while it is read.
  return found;
}
