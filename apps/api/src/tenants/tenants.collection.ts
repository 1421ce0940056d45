import { CONSOLE_TENANT, type TenantCreate, type TenantUpdate } from '@licet/contract';
import type { z } from 'zod';
import { Assignment } from '../assignments/assignment.entity.ts';
import type { EntityManager } from '../database/orm.ts';
import { Collection, demandFree, demandUnused, type Where } from '../http/collection.ts';
import { Resource } from '../resources/resource.entity.ts';
import { Tenant } from './tenant.entity.ts';

export class TenantsCollection extends Collection<Tenant> {
  constructor() {
    super('tenants', Tenant);
  }

  override confine(tenants: readonly string[]): Where {
    return { id: { $in: [...tenants] } };
  }

  override scope(): Where {
    return { id: { $ne: CONSOLE_TENANT } };
  }

  override async create(em: EntityManager, { id, name, description }: z.infer<typeof TenantCreate>): Promise<Tenant> {
    await demandFree(em, Tenant, id);
    return em.create(Tenant, { id, name: name ?? id, description });
  }

  override async update(_em: EntityManager, tenant: Tenant, patch: z.infer<typeof TenantUpdate>): Promise<void> {
    if (patch.name !== undefined) tenant.name = patch.name;
    if (patch.description !== undefined) tenant.description = patch.description;
  }

  override async remove(em: EntityManager, tenant: Tenant): Promise<void> {
    await demandUnused(em, `\`${tenant.id}\``, [
      ['assignment(s)', Assignment, { tenant: tenant.id }],
      ['resource(s)', Resource, { tenant: tenant.id }],
    ]);
    em.remove(tenant);
  }
}
