import { isDeepStrictEqual } from 'node:util';
import { ANY_TENANT, ANYONE, DEFAULT_TENANT, EVERYONE, isReserved, parseUserKey, splitKey } from '@licet/contract';
import { type DesiredAssignment, type DesiredPolicy, type DesiredRole, inlineConditionId } from '@licet/policy';
import type { EntityClass } from '@mikro-orm/core';
import { ApiKey } from '../api-keys/api-key.entity.ts';
import { Assignment } from '../assignments/assignment.entity.ts';
import { Condition } from '../conditions/condition.entity.ts';
import type { EntityManager } from '../database/orm.ts';
import { Group, GroupMember } from '../groups/group.entity.ts';
import { demandExists } from '../http/collection.ts';
import { Operator } from '../operators/operator.entity.ts';
import { setActions } from '../resource-types/resource-types.collection.ts';
import { ResourceType } from '../resource-types/resource-type.entity.ts';
import { Resource } from '../resources/resource.entity.ts';
import { Grant, Role } from '../roles/role.entity.ts';
import { setInherits } from '../roles/roles.collection.ts';
import { Tenant } from '../tenants/tenant.entity.ts';
import { User } from '../users/user.entity.ts';

export interface ApplyOptions {
  /** The user key of whoever applies. */
  by: string;
  /** Also delete what the file's sections do not name. */
  prune?: boolean;
}

/** Makes the policy equal to what is desired, for what that names. Runs inside a commit, which judges the whole. */
export async function applyPolicy(em: EntityManager, desired: DesiredPolicy, { by, prune = false }: ApplyOptions): Promise<void> {
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
  for (const role of desired.roles) await setRole(em, role);
  for (const { id, members } of desired.groups) await setMembers(em, id, members, by);
  await setAssignments(em, desired.assignments, by);
  await em.flush();
  if (prune) await removeUnnamed(em, desired);
  await removeUnusedInlineConditions(em);
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
    else for (const [name, value] of Object.entries(data)) if (!isDeepStrictEqual(current[name as keyof E], value)) current[name as keyof E] = value as never;
  }
}

async function setRole(em: EntityManager, { id, inherits, grants }: DesiredRole): Promise<void> {
  await setInherits(em, id, inherits, `roles.${id}.inherits`);
  const keyOf = ({ permission, effect, condition }: DesiredRole['grants'][number]) => JSON.stringify([permission, effect, condition ?? null]);
  const wanted = new Map(grants.map((grant) => [keyOf(grant), grant]));
  for (const grant of await em.find(Grant, { role: id })) {
    if (!wanted.delete(keyOf(grant))) em.remove(grant);
  }
  for (const { permission, effect, condition } of wanted.values()) {
    if (condition) await demandExists(em, Condition, `roles.${id}.grants`, condition);
    em.create(Grant, { role: id, permission, effect, condition });
  }
}

async function setMembers(em: EntityManager, group: string, members: readonly string[], by: string): Promise<void> {
  const wanted = new Set(members);
  for (const row of await em.find(GroupMember, { group })) {
    if (!wanted.delete(row.user)) em.remove(row);
  }
  for (const user of wanted) {
    await demandExists(em, User, `groups.${group}.members`, user);
    em.create(GroupMember, { group, user, createdBy: by });
  }
}

const timesOf = ({ startsAt, expiresAt }: DesiredAssignment) => ({
  startsAt: startsAt ? new Date(startsAt) : null,
  expiresAt: expiresAt ? new Date(expiresAt) : null,
});

async function setAssignments(em: EntityManager, wanted: readonly DesiredAssignment[], by: string): Promise<void> {
  const byKey = Map.groupBy(wanted, ({ user, group, role, tenant, resource }) => JSON.stringify([user, group, role, tenant, resource]));
  for (const same of byKey.values()) {
    const { user, group, role, tenant, resource } = same[0]!;
    const where = { user, group, role, tenant: tenant === ANY_TENANT ? null : tenant, resource };
    if (user) await demandExists(em, User, 'assignments.user', user);
    if (group) await demandExists(em, Group, 'assignments.group', group);
    await demandExists(em, Role, 'assignments.role', role);
    if (tenant !== ANY_TENANT) await demandExists(em, Tenant, 'assignments.tenant', tenant);
    const present = await em.find(Assignment, where);
    const missing = same.filter((row) => {
      const at = present.findIndex(({ startsAt, expiresAt }) => isDeepStrictEqual({ startsAt, expiresAt }, timesOf(row)));
      const [match] = at < 0 ? [] : present.splice(at, 1);
      if (match && match.reason !== row.reason) match.reason = row.reason;
      return !match;
    });
    for (const row of missing) {
      const other = present.shift();
      if (other) Object.assign(other, timesOf(row), { reason: row.reason });
      else em.create(Assignment, { ...where, ...timesOf(row), reason: row.reason, createdBy: by });
    }
    em.remove(present);
  }
}

/** Deletes what the sections of a file could name and do not. What is built in stays, and so do accounts. */
async function removeUnnamed(em: EntityManager, desired: DesiredPolicy): Promise<void> {
  const has = (section: DesiredPolicy['sections'][number]) => desired.sections.includes(section);
  const gone = async <E extends { id: string }>(entity: EntityClass<E>, named: readonly { id: string }[], keep: (row: E) => boolean = () => false) => {
    const ids = new Set(named.map(({ id }) => id));
    return ((await em.find(entity, {} as never)) as unknown as E[]).filter((row) => !ids.has(row.id) && !isReserved(row.id) && !keep(row));
  };
  if (has('assignments')) {
    const keys = new Set(desired.assignments.map(({ user, group, role, tenant, resource }) => JSON.stringify([user, group, role, tenant, resource])));
    const rows = await gone(Assignment, [], ({ role }) => isReserved(role));
    em.remove(rows.filter(({ user, group, role, tenant, resource }) => !keys.has(JSON.stringify([user, group, role, tenant ?? ANY_TENANT, resource]))));
  }
  const accounts = new Set([...(await em.find(Operator, {})), ...(await em.find(ApiKey, {}))].map(({ user }) => user));
  const users = has('users') ? await gone(User, desired.users, ({ id }) => accounts.has(id)) : [];
  const groups = has('groups') ? await gone(Group, desired.groups, ({ id }) => id === EVERYONE || id === ANYONE) : [];
  const roles = has('roles') ? await gone(Role, desired.roles) : [];
  const types = has('resourceTypes') ? await gone(ResourceType, desired.resourceTypes) : [];
  const ofTheGone = { $or: [{ user: { $in: users.map(({ id }) => id) } }, { group: { $in: groups.map(({ id }) => id) } }] };
  em.remove(await em.find(GroupMember, ofTheGone));
  em.remove(await em.find(Assignment, ofTheGone));
  for (const { id } of roles) await setRole(em, { id, name: '', description: '', inherits: [], grants: [] });
  for (const { id } of types) await setActions(em, id, []);
  if (has('resources')) em.remove(await gone(Resource, desired.resources));
  await em.flush();
  em.remove([...users, ...groups, ...roles, ...types]);
  if (has('tenants')) em.remove(await gone(Tenant, desired.tenants, ({ id }) => id === DEFAULT_TENANT));
  if (has('conditions')) em.remove(await gone(Condition, desired.conditions, isInline));
  await em.flush();
}

async function removeUnusedInlineConditions(em: EntityManager): Promise<void> {
  await em.flush();
  const used = new Set((await em.find(Grant, { condition: { $ne: null } })).map(({ condition }) => condition));
  em.remove((await em.find(Condition, {})).filter((condition) => isInline(condition) && !used.has(condition.id)));
}
