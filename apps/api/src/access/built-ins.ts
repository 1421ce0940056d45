import { ANYONE, CONSOLE_TENANT, DEFAULT_TENANT, EVERYONE, RESERVED_ACTIONS, RESERVED_ROLES } from '@licet/contract';
import type { EntityManager } from '../database/orm.ts';
import { Group } from '../groups/group.entity.ts';
import { setActions } from '../resource-types/resource-types.collection.ts';
import { ResourceType } from '../resource-types/resource-type.entity.ts';
import { Grant, Role } from '../roles/role.entity.ts';
import { setInherits } from '../roles/roles.collection.ts';
import { Tenant } from '../tenants/tenant.entity.ts';

const TENANTS = [
  { id: DEFAULT_TENANT, name: 'Default', description: 'The tenant of a request that names none.' },
  { id: CONSOLE_TENANT, name: 'Console', description: 'Where questions about the console itself are asked.' },
];
const GROUPS = [
  { id: EVERYONE, name: 'Everyone', description: 'Every enabled registered user.' },
  { id: ANYONE, name: 'Anyone', description: 'Everyone, and subjects that Licet does not know.' },
];

/** Brings what every installation has up to what this version of Licet says: nothing to do on most starts. */
export async function ensureBuiltIns(em: EntityManager): Promise<void> {
  for (const tenant of TENANTS) if (!(await em.findOne(Tenant, tenant.id))) em.create(Tenant, tenant);
  for (const group of GROUPS) if (!(await em.findOne(Group, group.id))) em.create(Group, group);
  for (const [id, actions] of Object.entries(RESERVED_ACTIONS)) {
    if (!(await em.findOne(ResourceType, id))) em.create(ResourceType, { id, description: 'Part of Licet.', attributes: {} });
    await setActions(
      em,
      id,
      actions.map((name) => ({ name, description: '' })),
    );
  }
  for (const [id, { name, description }] of Object.entries(RESERVED_ROLES)) {
    const role = (await em.findOne(Role, id)) ?? em.create(Role, { id, name, description });
    Object.assign(role, { name, description });
  }
  await em.flush();
  for (const [id, { inherits, grants }] of Object.entries(RESERVED_ROLES)) {
    await setInherits(em, id, inherits);
    const known = await em.find(Grant, { role: id });
    for (const permission of grants) {
      if (!known.some((grant) => grant.permission === permission))
        em.create(Grant, { role: id, permission, effect: 'allow', condition: null });
    }
    em.remove(known.filter((grant) => !grants.includes(grant.permission)));
  }
}
