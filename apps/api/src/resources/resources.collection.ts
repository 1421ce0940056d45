import { isDeepStrictEqual } from 'node:util';
import { type RegisteredResourceCreate, type RegisteredResourceUpdate, splitKey } from '@licet/contract';
import type { z } from 'zod';
import type { EntityManager } from '../database/orm.ts';
import { type Row, type TableMeta, toRow } from '../database/rows.ts';
import { Collection, demandExists, demandFree, versionOf, type Where } from '../http/collection.ts';
import { ResourceType } from '../resource-types/resource-type.entity.ts';
import { Tenant } from '../tenants/tenant.entity.ts';
import { Resource } from './resource.entity.ts';

export class ResourcesCollection extends Collection<Resource> {
  constructor() {
    super('resources', Resource);
  }

  override confine(tenants: readonly string[]): Where {
    return { tenant: { $in: [...tenants] } };
  }


  override async present(_em: EntityManager, resources: Resource[], meta: TableMeta): Promise<Row[]> {
    return resources.map((resource) => ({ ...toRow(meta, resource), resourceId: splitKey(resource.id).rest, ...versionOf(resource) }));
  }

  override async create(em: EntityManager, { id, tenant, attributes }: z.infer<typeof RegisteredResourceCreate>): Promise<Resource> {
    const { type } = splitKey(id);
    await demandExists(em, ResourceType, 'id', type);
    if (tenant) await demandExists(em, Tenant, 'tenant', tenant);
    await demandFree(em, Resource, id);
    return em.create(Resource, { id, type, tenant, attributes });
  }

  override async update(em: EntityManager, resource: Resource, patch: z.infer<typeof RegisteredResourceUpdate>): Promise<void> {
    if (patch.tenant) await demandExists(em, Tenant, 'tenant', patch.tenant);
    if (patch.tenant !== undefined) resource.tenant = patch.tenant;
    if (patch.attributes !== undefined && !isDeepStrictEqual(patch.attributes, resource.attributes)) resource.attributes = patch.attributes;
  }
}
