import { defineEntity, p } from '@mikro-orm/core';
import { key, uuid, versioned } from '../database/base.entity.ts';
import { Group } from '../groups/group.entity.ts';
import { Role } from '../roles/role.entity.ts';
import { Tenant } from '../tenants/tenant.entity.ts';
import { User } from '../users/user.entity.ts';

const AssignmentSchema = defineEntity({
  name: 'Assignment',
  tableName: 'role_assignments',
  checks: [
    { name: 'role_assignments_user_or_group_check', expression: '(user_id is null) <> (group_id is null)' },
  ],
  indexes: [
    // With the role: SQLite might else look through all assignments of a tenant to find out whether one is there already.
    { name: 'role_assignments_user_role_index', properties: ['user', 'role'] },
    // Lists begin with the newest, of all tenants or of one.
    { name: 'role_assignments_created_at_index', properties: ['createdAt', 'id'] },
    { name: 'role_assignments_tenant_created_at_index', properties: ['tenant', 'createdAt', 'id'] },
  ],
  properties: {
    id: uuid(),
    user: () => p.manyToOne(User).mapToPk().strictNullable().deleteRule('no action').index('role_assignments_user_index'),
    group: () => p.manyToOne(Group).mapToPk().strictNullable().deleteRule('no action').index('role_assignments_group_index'),
    role: () => p.manyToOne(Role).mapToPk().index('role_assignments_role_index'),
    tenant: () => p.manyToOne(Tenant).mapToPk().strictNullable().deleteRule('no action'), // null: every tenant
    resource: key().strictNullable(), // `type:id`; it need not be registered
    startsAt: p.datetime(3).strictNullable(),
    expiresAt: p.datetime(3).strictNullable(),
    reason: p.text(),
    createdBy: key(),
    ...versioned,
  },
});
export class Assignment extends AssignmentSchema.class {}
AssignmentSchema.setClass(Assignment);
