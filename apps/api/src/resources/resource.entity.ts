import type { Attributes } from '@licet/contract';
import { defineEntity, p } from '@mikro-orm/core';
import { key, versioned } from '../database/base.entity.ts';
import { ResourceType } from '../resource-types/resource-type.entity.ts';
import { Tenant } from '../tenants/tenant.entity.ts';

const ResourceSchema = defineEntity({
  name: 'Resource',
  tableName: 'resources',
  properties: {
    id: key().primary(), // `type:id`
    type: () => p.manyToOne(ResourceType).mapToPk().index('resources_type_index'),
    tenant: () => p.manyToOne(Tenant).mapToPk().strictNullable().deleteRule('no action'),
    attributes: p.json<Attributes>(),
    ...versioned,
  },
});
export class Resource extends ResourceSchema.class {}
ResourceSchema.setClass(Resource);
