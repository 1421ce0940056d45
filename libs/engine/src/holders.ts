import { ANYONE, EVERYONE, type Attributes, type Effect, type Expr, type PolicyRow } from '@licet/contract';
import type { Assignments, Terms } from './assignment.ts';
import { byUnit } from './change.ts';
import type { Permission } from './permission.ts';
import type { RoleGrant } from './role.ts';
import type { Snapshot } from './snapshot.ts';

// What explain, search and filter plans read of a snapshot. They read it through these functions alone, so that how a snapshot is laid
// out is the business of decisions.

export type { RoleGrant, Terms };

/** Who holds assignments: the user itself (`group` is null), or a group it belongs to. */
export interface Holder {
  readonly group: string | null;
  /** In ascending id. */
  readonly assignments: Iterable<{ readonly id: string; readonly terms: Terms }>;
}

/** A registered user. */
export interface FoundUser {
  readonly key: string;
  readonly enabled: boolean;
  readonly attributes: Attributes | undefined;
}

const NO_GRANTS: readonly RoleGrant[] = Object.freeze([]);
/** What was sorted, by the rows that it was sorted for, which never change. */
const sortedUsers = new WeakMap<object, readonly FoundUser[]>();
const sortedKeys = new WeakMap<object, readonly string[]>();

/** @returns the registered user of this key; undefined where there is none */
export function findUser(snapshot: Snapshot, key: string): FoundUser | undefined {
  const user = snapshot.users.get(key);
  return user?.registered ? { key, enabled: user.enabled, attributes: user.attributes } : undefined;
}

/**
 * The holders in the order of consideration: the user itself, its groups in ascending order, `everyone`, `anyone`.
 * @param key the key of a user; undefined, or the key of nobody who is registered, for a subject that is only `anyone`
 */
export function* holdersOf(snapshot: Snapshot, key: string | undefined): Generator<Holder> {
  const user = key === undefined ? undefined : snapshot.users.get(key);
  if (user?.registered) {
    yield holder(null, user);
    // Two rows may say the same; it is one membership.
    for (const id of new Set(user.memberships.map(({ group }) => group))) {
      const group = snapshot.groups.get(id);
      if (group?.exists) yield holder(id, group);
    }
    yield holder(EVERYONE, snapshot.everyone);
  }
  yield holder(ANYONE, snapshot.anyone);
}

function holder(group: string | null, assigned: Assignments): Holder {
  return { group, assignments: { [Symbol.iterator]: () => entriesOf(assigned) } };
}

function* entriesOf({ ids, terms }: Assignments): Generator<{ id: string; terms: Terms }> {
  for (let i = 0; i < terms.length; i++) yield { id: ids[i]!, terms: terms[i]! };
}

/**
 * Whether one of the assignments passes that a registered user holds, itself or through groups: the same as looking through holdersOf(),
 * for many users in a row.
 */
export function holdsAny(snapshot: Snapshot, key: string, passes: (terms: Terms) => boolean): boolean {
  const user = snapshot.users.get(key);
  if (user?.terms.some(passes)) return true;
  for (const { group } of user?.memberships ?? []) {
    const found = snapshot.groups.get(group);
    if (found?.exists && found.terms.some(passes)) return true;
  }
  return snapshot.everyone.terms.some(passes) || snapshot.anyone.terms.some(passes);
}

/** All registered users, in ascending key by UTF-16 code unit. */
export function registeredUsers(snapshot: Snapshot): Iterable<FoundUser> {
  const { users } = snapshot.rows;
  const known = sortedUsers.get(users);
  if (known) return known;
  const found = Array.from(users.values(), (row) => ({ key: row.id, enabled: row.enabled === true, attributes: row.attributes }));
  found.sort((a, b) => byUnit(a.key, b.key));
  sortedUsers.set(users, found);
  return found;
}

/** The registered resources of a type, in ascending id by UTF-16 code unit. */
export function* registeredResources(snapshot: Snapshot, type: string): Generator<PolicyRow<'resources'>> {
  const resources = snapshot.resources.get(type);
  if (resources) for (const id of sorted(resources, resources.entries())) yield resources.get(id)!;
}

function sorted(owner: object, entries: Iterable<[string, unknown]>): readonly string[] {
  const keys = sortedKeys.get(owner) ?? Array.from(entries, ([key]) => key).sort(byUnit);
  sortedKeys.set(owner, keys);
  return keys;
}

/** @returns the registered resource; undefined where there is none */
export function findResource(snapshot: Snapshot, type: string, id: string): PolicyRow<'resources'> | undefined {
  return snapshot.resources.get(type)?.get(id);
}

/** @returns the actions of a resource type in ascending order; undefined where there is no such type */
export function actionsOf(snapshot: Snapshot, type: string): readonly string[] | undefined {
  const actions = snapshot.catalog.types.get(type);
  return actions && [...actions.keys()].sort(byUnit);
}

/** The grants of a role, own and inherited, that match a permission, in the order of consideration. */
export function grantsOn(snapshot: Snapshot, type: string, action: string, role: string, effect: Effect): readonly RoleGrant[] {
  return permissionOf(snapshot, type, action)?.[effect].get(role) ?? NO_GRANTS;
}

/** The roles with a grant, own or inherited, that matches a permission, in ascending order. */
export function rolesGranted(snapshot: Snapshot, type: string, action: string, effect: Effect): readonly string[] {
  return [...(permissionOf(snapshot, type, action)?.[effect].keys() ?? [])].sort(byUnit);
}

function permissionOf(snapshot: Snapshot, type: string, action: string): Permission | undefined {
  const number = snapshot.catalog.types.get(type)?.get(action);
  return number === undefined ? undefined : snapshot.permissions[number];
}

/** @returns the tree of a condition; undefined where there is none */
export function conditionTree(snapshot: Snapshot, id: string): Expr | undefined {
  return snapshot.rows.conditions.get(id)?.tree;
}

/** Whether there is such a tenant. */
export function tenantExists(snapshot: Snapshot, id: string): boolean {
  return snapshot.rows.tenants.get(id) !== undefined;
}

/** All tenants, in ascending order. */
export function tenantIds(snapshot: Snapshot): readonly string[] {
  return sorted(snapshot.rows.tenants, snapshot.rows.tenants.entries());
}
