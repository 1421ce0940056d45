import { type Attributes, type Effect, type Expr, type PolicyRow } from '@licet/contract';
import { byUnit } from './change.ts';
import { eachUser } from './compact.ts';
import type { Group } from './group.ts';
import { grantsOf } from './permission.ts';
import { ENABLED, isRegistered, keyOf, readAssignments, type Parts } from './record.ts';
import type { RoleGrant } from './role.ts';
import type { Snapshot } from './snapshot.ts';
import type { Terms } from './terms.ts';
import { attributesOf, findRecord } from './users.ts';

// What explanations, searches and filter plans read of a snapshot, whatever its layout: rows and names, where decisions compare numbers.

export type { RoleGrant, Terms };

/** Who holds assignments that count for a user: the user itself (`group` is null), or a group. */
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

/** @returns the registered user with this key; undefined where there is none */
export function findUser(snapshot: Snapshot, key: string): FoundUser | undefined {
  const user = findRecord(snapshot.users, key);
  return user && isRegistered(user) ? foundUser(snapshot, user, key) : undefined;
}

/**
 * Who holds assignments that count for a user, in the order of consideration: the user itself, its groups in ascending name, `everyone`,
 * `anyone`.
 * @param key undefined, or the key of nobody who is registered, for a subject that is only `anyone`
 */
export function* holdersOf(snapshot: Snapshot, key: string | undefined): Generator<Holder> {
  const { users, groups } = snapshot;
  const user = key === undefined ? undefined : findRecord(users, key);
  if (user && isRegistered(user)) {
    const own = readAssignments(user, users.pools);
    yield { group: null, assignments: own.map(({ id, terms }) => ({ id, terms: users.pools.terms.read(terms, users.pools) })) };
    for (const group of groupsOf(snapshot, user)) yield holderOf(snapshot, group);
    yield holderOf(snapshot, groups.everyone);
  }
  yield holderOf(snapshot, groups.anyone);
}

/**
 * Makes a test for many users in a row: whether one of the assignments passes that a registered user holds, itself or through groups. It
 * says the same as looking through {@link holdersOf}, and reads all terms once.
 */
export function holdsAny(snapshot: Snapshot, passes: (terms: Terms) => boolean): (key: string) => boolean {
  const { users, groups } = snapshot;
  const { pools } = users;
  const known: (boolean | undefined)[] = [];
  const passed = (terms: number): boolean => (known[terms] ??= passes(pools.terms.read(terms, pools)));
  const ofGroup = ({ terms }: Group): boolean => terms.some(passed);
  const all = ofGroup(groups.everyone) || ofGroup(groups.anyone);
  return (key) => {
    if (all) return true;
    const user = findRecord(users, key);
    if (!user) return false;
    for (let i = 0; i < user.assignments; i++) if (passed(user.words[user.termsAt + i]!)) return true;
    return groupsOf(snapshot, user).some(ofGroup);
  };
}

/** All registered users, in ascending key by UTF-16 code unit. */
export function* registeredUsers(snapshot: Snapshot): Generator<FoundUser> {
  for (const user of eachUser(snapshot.users)) if (isRegistered(user)) yield foundUser(snapshot, user, keyOf(user));
}

/** The registered resources of a type, in ascending id. */
export function registeredResources(snapshot: Snapshot, type: string): Iterable<PolicyRow<'resources'>> {
  const resources = [...(snapshot.resources.get(type)?.entries() ?? [])];
  return resources.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

/** @returns the registered resource; undefined where there is none */
export function findResource(snapshot: Snapshot, type: string, id: string): PolicyRow<'resources'> | undefined {
  return snapshot.resources.get(type)?.get(id);
}

/** @returns the actions on a type, ascending; undefined where there is no such type */
export function actionsOf(snapshot: Snapshot, type: string): readonly string[] | undefined {
  const actions = snapshot.catalog.types.get(type);
  return actions && [...actions.keys()].sort(byUnit);
}

/** The grants on a permission that a role has, its own and inherited ones, in the order of consideration. */
export function grantsOn(snapshot: Snapshot, type: string, action: string, role: string, effect: Effect): readonly RoleGrant[] {
  const permission = snapshot.catalog.types.get(type)?.get(action);
  const number = snapshot.users.pools.roles.find(role);
  const closure = number === undefined ? undefined : snapshot.closures[number];
  return permission === undefined || !closure ? [] : grantsOf(closure, effect, permission, snapshot.catalog);
}

/** The roles with a grant, own or inherited, that matches a permission, in ascending order. */
export function rolesGranted(snapshot: Snapshot, type: string, action: string, effect: Effect): readonly string[] {
  const permission = snapshot.catalog.types.get(type)?.get(action);
  if (permission === undefined) return [];
  const { roles } = snapshot.users.pools;
  return Array.from(snapshot.roles.entries(), ([id]) => id)
    .filter((id) => {
      const number = roles.find(id); // A role that is only named, as inherited, may have none.
      return number !== undefined && snapshot.grid[effect].has(permission, number);
    })
    .sort(byUnit);
}

/** @returns the tree of a condition; undefined where there is none */
export function conditionTree(snapshot: Snapshot, id: string): Expr | undefined {
  return snapshot.rows.conditions.get(id)?.tree;
}

/** Whether there is such a tenant. */
export function tenantExists(snapshot: Snapshot, id: string): boolean {
  return snapshot.tenants.get(id) !== undefined;
}

/** All tenants, in ascending order. */
export function tenantIds(snapshot: Snapshot): readonly string[] {
  return Array.from(snapshot.tenants.entries(), ([id]) => id).sort(byUnit);
}

/** The groups that a user belongs to, in ascending name. Two rows may say the same; it is one membership. */
function groupsOf({ groups }: Snapshot, { words, memberships, groupsAt }: Parts): Group[] {
  const found: Group[] = [];
  for (let i = 0; i < memberships; i++) {
    const group = groups.byNumber[words[groupsAt + i]!];
    if (group?.exists && group !== found.at(-1)) found.push(group);
  }
  return found;
}

function foundUser({ users }: Snapshot, user: Parts, key: string): FoundUser {
  return { key, enabled: (user.head & ENABLED) !== 0, attributes: attributesOf(user, users.pools.values) };
}

function holderOf({ users: { pools } }: Snapshot, { name, rows, terms }: Group): Holder {
  return { group: name, assignments: rows.map(({ id }, i) => ({ id, terms: pools.terms.read(terms[i]!, pools) })) };
}
