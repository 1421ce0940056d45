import { ANYONE, CONSOLE_TENANT, EVERYONE, isReserved } from '@licet/contract';
import { type DesiredAssignment, type DesiredPolicy, SECTIONS } from '@licet/policy';
import type { EntityClass } from '@mikro-orm/core';
import { ApiKey } from '../api-keys/api-key.entity.ts';
import { Assignment } from '../assignments/assignment.entity.ts';
import { Head } from '../changes/change.entity.ts';
import { Condition } from '../conditions/condition.entity.ts';
import type { EntityManager } from '../database/orm.ts';
import { atOneMoment, readRows } from '../database/rows.ts';
import { Group, GroupMember } from '../groups/group.entity.ts';
import { Permission, ResourceType } from '../resource-types/resource-type.entity.ts';
import { Resource } from '../resources/resource.entity.ts';
import { Grant, Role, RoleInherit } from '../roles/role.entity.ts';
import { Tenant } from '../tenants/tenant.entity.ts';
import { User } from '../users/user.entity.ts';

/** The whole policy of one moment, with its revision: several reads would else see several revisions of it. */
export async function exportPolicy(em: EntityManager): Promise<{ policy: DesiredPolicy; revision: number }> {
  return atOneMoment(em, async () => {
    const { revision } = await em.findOneOrFail(Head, 1);
    return { policy: await readPolicy(em), revision };
  });
}

/** The whole policy as a file would say it. What every installation has, and who speaks for an API key, is not part of it. */
async function readPolicy(em: EntityManager): Promise<DesiredPolicy> {
  const sorted = { orderBy: { id: 'asc' } } as const;
  const own = <T extends { id: string }>(rows: T[]) => rows.filter(({ id }) => !isReserved(id));
  const permissions = await em.find(Permission, {}, { orderBy: { position: 'asc' } });
  const inherits = await em.find(RoleInherit, {}, { orderBy: { inherits: 'asc' } });
  const grants = await em.find(Grant, {}, { orderBy: { permission: 'asc', effect: 'asc', condition: 'asc' } });
  const members = Map.groupBy(await every<GroupMember>(em, GroupMember), ({ group }) => group);
  const withKey = await keyHolders(em);
  return {
    sections: [...SECTIONS],
    tenants: own(await em.find(Tenant, { id: { $ne: CONSOLE_TENANT } }, sorted)).map(({ id, name, description }) => ({
      id,
      name,
      description,
    })),
    resourceTypes: own(await em.find(ResourceType, {}, sorted)).map(({ id, description, attributes }) => ({
      ...{ id, description, attributes },
      actions: permissions
        .filter(({ resourceType }) => resourceType === id)
        .map(({ action, description: text }) => ({ name: action, description: text })),
    })),
    conditions: (await em.find(Condition, {}, sorted)).map(({ id, description, expression, tree }) => ({
      id,
      description,
      expression,
      tree,
    })),
    roles: own(await em.find(Role, {}, sorted)).map(({ id, name, description }) => ({
      ...{ id, name, description },
      inherits: inherits.filter(({ role }) => role === id).map((row) => row.inherits),
      grants: grants.filter(({ role }) => role === id).map(({ permission, effect, condition }) => ({ permission, effect, condition })),
    })),
    groups: (await em.find(Group, {}, sorted))
      .filter(({ id }) => id !== EVERYONE && id !== ANYONE)
      .map(({ id, name, description }) => ({
        ...{ id, name, description },
        members: (members.get(id) ?? []).map(({ user }) => user),
      })),
    users: (await every<User>(em, User))
      .filter(({ id }) => !withKey.has(id))
      .map(({ id, name, enabled, attributes }) => ({ id, name, enabled, attributes: inOrder(attributes) })),
    resources: (await every<Resource>(em, Resource)).map(({ id, tenant, attributes }) => ({ id, tenant, attributes: inOrder(attributes) })),
    assignments: (await every<DesiredAssignment>(em, Assignment))
      .filter(({ role, user }) => !isReserved(role) && !(user && withKey.has(user)))
      .map(({ user, group, role, tenant, resource, startsAt, expiresAt, reason }) => {
        return { user, group, role, tenant, resource, reason, startsAt, expiresAt };
      }),
  };
}

/** All rows of a table of which there may be very many. */
async function every<R>(em: EntityManager, table: EntityClass<object>): Promise<R[]> {
  const rows: R[] = [];
  for await (const row of readRows(em, table)) rows.push(row as R);
  return rows;
}

/** Who speaks for an API key. */
export async function keyHolders(em: EntityManager): Promise<Set<string>> {
  const keys = await em.find(ApiKey, {}, { fields: ['user'], disableIdentityMap: true });
  return new Set(keys.map(({ user }) => user));
}

/** The same JSON with its members in one order: PostgreSQL orders them in its own way. */
function inOrder<T>(value: T): T {
  if (Array.isArray(value)) return value.map(inOrder) as T;
  if (value === null || typeof value !== 'object') return value;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([name, member]) => [name, inOrder(member)])) as T;
}
