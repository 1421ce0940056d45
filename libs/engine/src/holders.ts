import { type Attributes, type Effect, type Expr, type PolicyRow } from '@licet/contract';
import { forEachUser } from './compact.ts';
import type { Group } from './group.ts';
import { grantsOf } from './permission.ts';
import { ENABLED, isRegistered, keyOf, readAssignments, type Parts } from './record.ts';
import type { RoleGrant } from './role.ts';
import type { Snapshot } from './snapshot.ts';
import type { Terms } from './terms.ts';
import { attributesOf, findRecord } from './users.ts';

// What explanations and searches read of a snapshot, whatever its layout: rows and names, where decisions compare numbers.

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
 * @param userKey undefined for a subject that is not registered, for whom only `anyone` counts
 */
export function* holdersOf(snapshot: Snapshot, userKey: string | undefined): Generator<Holder> {
  const { users, groups } = snapshot;
  if (userKey !== undefined) {
    const user = findRecord(users, userKey);
    if (user) {
      const own = readAssignments(user, users.pools);
      yield { group: null, assignments: own.map(({ id, terms }) => ({ id, terms: users.pools.terms.read(terms, users.pools) })) };
      for (let i = 0; i < user.memberships; i++) {
        const group = groups.byNumber[user.words[user.groupsAt + i]!];
        if (group?.exists) yield holderOf(snapshot, group);
      }
    }
    yield holderOf(snapshot, groups.everyone);
  }
  yield holderOf(snapshot, groups.anyone);
}

/** All registered users, in ascending key. */
export function registeredUsers(snapshot: Snapshot): Iterable<FoundUser> {
  const found: FoundUser[] = [];
  forEachUser(snapshot.users, (user) => {
    if (isRegistered(user)) found.push(foundUser(snapshot, user, keyOf(user)));
  });
  return found;
}

/** The registered resources of a type, in ascending id. */
export function registeredResources(snapshot: Snapshot, type: string): Iterable<PolicyRow<'resources'>> {
  const resources = [...(snapshot.resources.get(type)?.entries() ?? [])];
  return resources.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

export function findResource(snapshot: Snapshot, type: string, id: string): PolicyRow<'resources'> | undefined {
  return snapshot.resources.get(type)?.get(id);
}

/** @returns the actions on a type, ascending; undefined where there is no such type */
export function actionsOf(snapshot: Snapshot, type: string): readonly string[] | undefined {
  const actions = snapshot.catalog.types.get(type);
  return actions && [...actions.keys()].sort();
}

/** The grants on a permission that a role has, its own and inherited ones, in the order of consideration. */
export function grantsOn(snapshot: Snapshot, type: string, action: string, role: string, effect: Effect): readonly RoleGrant[] {
  const permission = snapshot.catalog.types.get(type)?.get(action);
  const number = snapshot.users.pools.roles.find(role);
  const closure = number === undefined ? undefined : snapshot.closures[number];
  return permission === undefined || !closure ? [] : grantsOf(closure, effect, permission, snapshot.catalog);
}

export function conditionTree(snapshot: Snapshot, id: string): Expr | undefined {
  return snapshot.rows.conditions.get(id)?.tree;
}

export function tenantExists(snapshot: Snapshot, id: string): boolean {
  return snapshot.tenants.get(id) !== undefined;
}

function foundUser({ users }: Snapshot, user: Parts, key: string): FoundUser {
  return { key, enabled: (user.head & ENABLED) !== 0, attributes: attributesOf(user, users.pools.values) };
}

function holderOf({ users: { pools } }: Snapshot, { name, rows, terms }: Group): Holder {
  return { group: name, assignments: rows.map(({ id }, i) => ({ id, terms: pools.terms.read(terms[i]!, pools) })) };
}
