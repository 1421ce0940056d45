import type { AttributeType } from '@licet/contract';
import { defineEntity, p } from '@mikro-orm/core';
import { key, versioned } from '../database/base.entity.ts';

const ResourceTypeSchema = defineEntity({
  name: 'ResourceType',
  tableName: 'resource_types',
  properties: { id: key().primary(), description: p.text(), attributes: p.json<Record<string, AttributeType>>(), ...versioned },
});
export class ResourceType extends ResourceTypeSchema.class {}
ResourceTypeSchema.setClass(ResourceType);

const PermissionSchema = defineEntity({
  name: 'Permission',
  tableName: 'permissions',
  uniques: [{ name: 'permissions_type_action_unique', properties: ['resourceType', 'action'] }],
  properties: {
    id: key().primary(), // `type:action`
    resourceType: () => p.manyToOne(ResourceType).mapToPk(),
    action: key(),
    description: p.text(),
    position: p.integer(), // the order in which an operator wrote the actions
    ...versioned,
  },
});
export class Permission extends PermissionSchema.class {}
PermissionSchema.setClass(Permission);
