import { isDeepStrictEqual } from 'node:util';
import { ANY_TENANT, ANYONE, DEFAULT_TENANT, EVERYONE, isReserved, parseUserKey, RESERVED_ROLES, splitKey } from '@licet/contract';
import { type DesiredAssignment, type DesiredPolicy, type DesiredRole, inlineConditionId } from '@licet/policy';
import type { EntityClass } from '@mikro-orm/core';
import { Assignment } from '../assignments/assignment.entity.ts';
import { Condition } from '../conditions/condition.entity.ts';
import type { EntityManager } from '../database/orm.ts';
import { Group, GroupMember } from '../groups/group.entity.ts';
import { demandExists } from '../http/collection.ts';
import { Operator } from '../operators/operator.entity.ts';
import { setActions } from '../resource-types/resource-types.collection.ts';
import { ResourceType } from '../resource-types/resource-type.entity.ts';
import { Resource } from '../resources/resource.entity.ts';
import { Grant, Role, RoleInherit } from '../roles/role.entity.ts';
import { setInherits } from '../roles/roles.collection.ts';
import { Tenant } from '../tenants/tenant.entity.ts';
import { User } from '../users/user.entity.ts';
import { keyHolders } from './export.ts';
import { demandNotInTheWay } from './in-the-way.ts';

/** How many rows one question to the database is about. */
const AT_ONCE = 1000;

export interface ApplyOptions {
  /** The user key of whoever applies. */
  by: string;
  /** Also delete what the file's sections do not name. */
  prune?: boolean;
}

/** Makes the policy equal to what is desired, for what that names. Runs inside a commit, which judges the whole. */
export async function applyPolicy(em: EntityManager, desired: DesiredPolicy, { by, prune = false }: ApplyOptions): Promise<void> {
  const usedBefore = await usedConditions(em);
  await upsert(em, Tenant, desired.tenants);
  await upsert(em, ResourceType, desired.resourceTypes, ({ id, description, attributes }) => ({ id, description, attributes }));
  await upsert(em, Condition, desired.conditions);
  await upsert(em, Role, desired.roles, ({ id, name, description }) => ({ id, name, description }));
  await upsert(em, Group, desired.groups, ({ id, name, description }) => ({ id, name, description }));
  await upsert(em, User, desired.users, (user) => ({ ...user, type: parseUserKey(user.id).type }));
  await em.flush();
  for (const { id, actions } of desired.resourceTypes) await setActions(em, id, actions);
  for (const { id, tenant } of desired.resources) {
    await demandExists(em, ResourceType, `resources.${id}.type`, splitKey(id).type);
    if (tenant) await demandExists(em, Tenant, `resources.${id}.tenant`, tenant);
  }
  await upsert(em, Resource, desired.resources, (resource) => ({ ...resource, type: splitKey(resource.id).type }));
  await setRoles(em, desired.roles);
  await setMembers(em, desired.groups, by);
  await setAssignments(em, desired.assignments, by);
  await em.flush();
  if (prune) await removeUnnamed(em, desired);
  await removeUnusedInlineConditions(em, desired, usedBefore);
}

const isInline = ({ id, expression }: Condition) => id === inlineConditionId(expression);

async function upsert<E extends { id: string }, W extends { id: string }>(
  em: EntityManager,
  entity: EntityClass<E>,
  wanted: readonly W[],
  dataOf: (row: W) => object = (row) => row,
): Promise<void> {
  const found = (await em.find(entity, { id: { $in: wanted.map(({ id }) => id) } } as never)) as unknown as E[];
  const known = new Map(found.map((row) => [row.id, row]));
  for (const row of wanted) {
    const current = known.get(row.id);
    const data = dataOf(row);
    if (!current) em.create(entity, data as never);
    // An assignment of an equal value would count as an edit where the database orders the members of JSON in its own way.
    else
      for (const [name, value] of Object.entries(data))
        if (!isDeepStrictEqual(current[name as keyof E], value)) current[name as keyof E] = value as never;
  }
}

async function setRoles(em: EntityManager, roles: readonly DesiredRole[]): Promise<void> {
  const ofThese = { role: { $in: roles.map(({ id }) => id) } };
  const inherited = Map.groupBy(await em.find(RoleInherit, ofThese), ({ role }) => role);
  const granted = Map.groupBy(await em.find(Grant, ofThese), ({ role }) => role);
  for (const { id, inherits, grants } of roles) {
    await setInherits(em, id, inherits, `roles.${id}.inherits`, inherited.get(id) ?? []);
    await setGrants(em, id, grants, granted.get(id) ?? []);
  }
}

async function setGrants(em: EntityManager, role: string, grants: DesiredRole['grants'], known: readonly Grant[]): Promise<void> {
  const keyOf = ({ permission, effect, condition }: DesiredRole['grants'][number]) =>
    JSON.stringify([permission, effect, condition ?? null]);
  const wanted = new Map(grants.map((grant) => [keyOf(grant), grant]));
  for (const grant of known) if (!wanted.delete(keyOf(grant))) em.remove(grant);
  for (const { permission, effect, condition } of wanted.values()) {
    if (condition) await demandExists(em, Condition, `roles.${role}.grants`, condition);
    em.create(Grant, { role, permission, effect, condition });
  }
}

async function setMembers(em: EntityManager, groups: DesiredPolicy['groups'], by: string): Promise<void> {
  const known = Map.groupBy(await em.find(GroupMember, { group: { $in: groups.map(({ id }) => id) } }), ({ group }) => group);
  for (const { id: group, members } of groups) {
    const wanted = new Set(members);
    for (const row of known.get(group) ?? []) if (!wanted.delete(row.user)) em.remove(row);
    for (const user of wanted) {
      await demandExists(em, User, `groups.${group}.members`, user);
      em.create(GroupMember, { group, user, createdBy: by });
    }
  }
}

const timesOf = ({ startsAt, expiresAt }: DesiredAssignment) => ({
  startsAt: startsAt ? new Date(startsAt) : null,
  expiresAt: expiresAt ? new Date(expiresAt) : null,
});

type AssignmentKey = Pick<DesiredAssignment, 'user' | 'group' | 'role' | 'tenant' | 'resource'>;
const keyOfAssignment = ({ user, group, role, tenant, resource }: AssignmentKey) => JSON.stringify([user, group, role, tenant, resource]);
const keyOfRow = ({ user, group, role, tenant, resource }: Assignment) =>
  keyOfAssignment({ user, group, role, tenant: tenant ?? ANY_TENANT, resource });

async function setAssignments(em: EntityManager, wanted: readonly DesiredAssignment[], by: string): Promise<void> {
  const known = await assignmentsLike(em, wanted);
  for (const [key, same] of Map.groupBy(wanted, keyOfAssignment)) {
    const { user, group, role, tenant, resource } = same[0]!;
    if (user) await demandExists(em, User, 'assignments.user', user);
    if (group) await demandExists(em, Group, 'assignments.group', group);
    await demandExists(em, Role, 'assignments.role', role);
    if (tenant !== ANY_TENANT) await demandExists(em, Tenant, 'assignments.tenant', tenant);
    const present = known.get(key) ?? [];
    const missing = same.filter((row) => {
      const at = present.findIndex(({ startsAt, expiresAt }) => isDeepStrictEqual({ startsAt, expiresAt }, timesOf(row)));
      const [match] = at < 0 ? [] : present.splice(at, 1);
      if (match && match.reason !== row.reason) match.reason = row.reason;
      return !match;
    });
    for (const row of missing) {
      const other = present.shift();
      const data = { ...timesOf(row), reason: row.reason };
      if (other) Object.assign(other, data);
      else em.create(Assignment, { user, group, role, tenant: tenant === ANY_TENANT ? null : tenant, resource, ...data, createdBy: by });
    }
    em.remove(present);
  }
}

/** The assignments that are there for the same users and groups, by what they say: one question for many. */
async function assignmentsLike(em: EntityManager, wanted: readonly DesiredAssignment[]): Promise<Map<string, Assignment[]>> {
  const keys = new Set(wanted.map(keyOfAssignment));
  const found: Assignment[] = [];
  for (let at = 0; at < wanted.length; at += AT_ONCE) {
    const some = wanted.slice(at, at + AT_ONCE);
    const of = (name: 'user' | 'group' | 'role') => [...new Set(some.map((row) => row[name]).filter((value) => value !== null))];
    const where = { role: { $in: of('role') }, $or: [{ user: { $in: of('user') } }, { group: { $in: of('group') } }] };
    found.push(...(await em.find(Assignment, where)));
  }
  return Map.groupBy(new Set(found.filter((row) => keys.has(keyOfRow(row)))), keyOfRow);
}

/** Deletes what the sections of a file could name and do not. What is built in stays, and so do accounts. */
async function removeUnnamed(em: EntityManager, desired: DesiredPolicy): Promise<void> {
  const has = (section: DesiredPolicy['sections'][number]) => desired.sections.includes(section);
  // Only what goes is brought into the unit of work, which every flush goes through.
  const gone = async <E extends { id: string }>(
    entity: EntityClass<E>,
    named: readonly { id: string }[],
    keep: (row: E) => boolean = () => false,
  ) => {
    const ids = new Set(named.map(({ id }) => id));
    const all = (await em.find(entity, {} as never, { disableIdentityMap: true })) as unknown as E[];
    const going = all.filter((row) => !ids.has(row.id) && !isReserved(row.id) && !keep(row)).map(({ id }) => id);
    const rows: E[] = [];
    for (let at = 0; at < going.length; at += AT_ONCE) {
      rows.push(...((await em.find(entity, { id: { $in: going.slice(at, at + AT_ONCE) } } as never)) as unknown as E[]));
    }
    return rows;
  };
  const accounts = has('users') ? await accountsIn(em) : new Set<string>();
  const users = has('users') ? await gone(User, desired.users, ({ id }) => accounts.has(id)) : [];
  const groups = has('groups') ? await gone(Group, desired.groups, ({ id }) => id === EVERYONE || id === ANYONE) : [];
  const roles = has('roles') ? await gone(Role, desired.roles) : [];
  const types = has('resourceTypes') ? await gone(ResourceType, desired.resourceTypes) : [];
  const tenants = has('tenants') ? await gone(Tenant, desired.tenants, ({ id }) => id === DEFAULT_TENANT) : [];
  if (has('assignments')) {
    const keys = new Set(desired.assignments.map(keyOfAssignment));
    const withKey = await keyHolders(em);
    const goneRoles = new Set(roles.map(({ id }) => id));
    const goneTenants = new Set(tenants.map(({ id }) => id));
    const goneTypes = new Set(types.map(({ id }) => id));
    // No export names what accounts of keys may do: that goes only with its role, its tenant or the type of its resource.
    const stays = ({ user, role, tenant, resource }: Assignment) =>
      user &&
      withKey.has(user) &&
      !goneRoles.has(role) &&
      !(tenant && goneTenants.has(tenant)) &&
      !(resource && goneTypes.has(splitKey(resource).type));
    const rows = await em.find(Assignment, { role: { $nin: Object.keys(RESERVED_ROLES) } });
    em.remove(rows.filter((row) => !isReserved(row.role) && !keys.has(keyOfRow(row)) && !stays(row)));
  }
  const ofTheGone = { $or: [{ user: { $in: users.map(({ id }) => id) } }, { group: { $in: groups.map(({ id }) => id) } }] };
  em.remove(await em.find(GroupMember, ofTheGone));
  em.remove(await em.find(Assignment, ofTheGone));
  await setRoles(
    em,
    roles.map(({ id }) => ({ id, name: '', description: '', inherits: [], grants: [] })),
  );
  for (const { id } of types) await setActions(em, id, []);
  if (has('resources')) em.remove(await gone(Resource, desired.resources));
  await em.flush();
  await demandNotInTheWay(em, { roles, tenants, resourceTypes: types }, desired.sections);
  em.remove([...users, ...groups, ...roles, ...types, ...tenants]);
  if (has('conditions')) {
    const used = await usedConditions(em);
    const conditions = await gone(Condition, desired.conditions, (condition) => isInline(condition) && used.has(condition.id));
    await demandNotInTheWay(em, { conditions }, desired.sections);
    em.remove(conditions);
  }
  await em.flush();
}

/** Who may sign in or has an API key. */
async function accountsIn(em: EntityManager): Promise<Set<string>> {
  const operators = await em.find(Operator, {}, { fields: ['user'], disableIdentityMap: true });
  return new Set([...operators.map(({ user }) => user), ...(await keyHolders(em))]);
}

/** Inline conditions go with the last grant that used them, unless the file names them. */
async function removeUnusedInlineConditions(em: EntityManager, desired: DesiredPolicy, usedBefore: ReadonlySet<string>): Promise<void> {
  await em.flush();
  const kept = new Set([...(await usedConditions(em)), ...desired.conditions.map(({ id }) => id)]);
  const unused = [...usedBefore].filter((id) => !kept.has(id));
  if (unused.length > 0) em.remove((await em.find(Condition, { id: { $in: unused } })).filter(isInline));
}

async function usedConditions(em: EntityManager): Promise<Set<string>> {
  const asked = await em.find(Grant, { condition: { $ne: null } }, { fields: ['condition'], disableIdentityMap: true });
  return new Set(asked.map(({ condition }) => condition!));
}
