import { defineEntity, p } from '@mikro-orm/core';
import { key, versioned } from '../database/base.entity.ts';

const TenantSchema = defineEntity({
  name: 'Tenant',
  tableName: 'tenants',
  properties: { id: key().primary(), name: p.string().length(200), description: p.text(), ...versioned },
});
export class Tenant extends TenantSchema.class {}
TenantSchema.setClass(Tenant);
