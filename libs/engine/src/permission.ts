import { isReserved, splitKey, type Effect } from '@licet/contract';
import { addTo, type RowTables } from './change.ts';
import { grantsOf, type RoleGrant, type Roles } from './role.ts';

/** Who is granted a permission: role -> the grants, its own and inherited, that match the permission, in the order of consideration. */
export type Permission = Readonly<Record<Effect, ReadonlyMap<string, readonly RoleGrant[]>>>;

/** The permissions that there are, each with a number. */
export interface Catalog {
  readonly size: number;
  /** Resource type -> action -> number: what a request asks for. A type without actions is there, too. */
  readonly types: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** Permission, `type:*`, `*:action` or `*:*` -> numbers: what a grant matches. */
  readonly patterns: ReadonlyMap<string, readonly number[]>;
}

const NO_GRANTS: Permission['allow'] = new Map();
const NOT_GRANTED: Permission = { allow: NO_GRANTS, deny: NO_GRANTS };

/** Arranges the rows of `resource-types` and `permissions`. */
export function createCatalog(rows: Pick<RowTables, 'resource-types' | 'permissions'>): Catalog {
  const types = new Map<string, Map<string, number>>();
  for (const { id } of rows['resource-types'].values()) types.set(id, new Map());
  const patterns = new Map<string, number[]>();
  let number = 0;
  for (const { id } of rows.permissions.values()) {
    const { type, rest: action } = splitKey(id);
    types.get(type)?.set(action, number);
    // A wildcard in place of the type never reaches the reserved types.
    const matching = isReserved(type) ? [id, `${type}:*`] : [id, `${type}:*`, `*:${action}`, '*:*'];
    for (const pattern of matching) addTo(patterns, pattern, number);
    number++;
  }
  return { size: number, types, patterns };
}

/** @returns the catalog's permissions by number, granted to no role */
export function createPermissions({ size }: Catalog): readonly Permission[] {
  return Array.from({ length: size }, () => NOT_GRANTED);
}

/**
 * Makes the changes to who is granted what.
 * @param changed the roles that grant something else than before; what all others grant is taken over
 */
export function editPermissions(
  before: readonly Permission[],
  catalog: Catalog,
  roles: Roles,
  changed: ReadonlySet<string>,
): readonly Permission[] {
  if (changed.size === 0) return before;
  const granted = { allow: new Map<number, Granted>(), deny: new Map<number, Granted>() };
  for (const role of changed) {
    for (const grant of grantsOf(role, roles)) {
      // Anything but `allow` denies.
      const effect = grant.effect === 'allow' ? 'allow' : 'deny';
      for (const number of catalog.patterns.get(grant.permission) ?? []) addGrant(granted[effect], number, role, grant);
    }
  }
  return before.map((permission, number) => {
    const allow = replaceRoles(permission.allow, changed, granted.allow.get(number));
    const deny = replaceRoles(permission.deny, changed, granted.deny.get(number));
    return allow === permission.allow && deny === permission.deny ? permission : { allow, deny };
  });
}

type Granted = Map<string, RoleGrant[]>;

function addGrant(granted: Map<number, Granted>, number: number, role: string, grant: RoleGrant): void {
  const byRole = granted.get(number) ?? new Map<string, RoleGrant[]>();
  granted.set(number, byRole);
  addTo(byRole, role, grant);
}

/** @returns `before` itself where these roles neither were nor are granted anything */
function replaceRoles(before: Permission['allow'], roles: ReadonlySet<string>, granted: Granted | undefined): Permission['allow'] {
  const outdated = [...roles].filter((role) => before.has(role));
  if (!granted && outdated.length === 0) return before;
  const next = new Map(before);
  for (const role of outdated) next.delete(role);
  for (const [role, grants] of granted ?? []) next.set(role, grants);
  return next;
}
