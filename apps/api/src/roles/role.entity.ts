import type { Effect } from '@licet/contract';
import { defineEntity, p } from '@mikro-orm/core';
import { Condition } from '../conditions/condition.entity.ts';
import { key, uuid, versioned } from '../database/base.entity.ts';

const RoleSchema = defineEntity({
  name: 'Role',
  tableName: 'roles',
  properties: { id: key().primary(), name: p.string().length(200), description: p.text(), ...versioned },
});
export class Role extends RoleSchema.class {}
RoleSchema.setClass(Role);

const RoleInheritSchema = defineEntity({
  name: 'RoleInherit',
  tableName: 'role_inherits',
  uniques: [{ name: 'role_inherits_role_inherits_unique', properties: ['role', 'inherits'] }],
  properties: {
    id: uuid(),
    role: () => p.manyToOne(Role).mapToPk(),
    inherits: () => p.manyToOne(Role).mapToPk().index('role_inherits_inherits_index'),
    ...versioned,
  },
});
export class RoleInherit extends RoleInheritSchema.class {}
RoleInheritSchema.setClass(RoleInherit);

const GrantSchema = defineEntity({
  name: 'Grant',
  tableName: 'role_grants',
  indexes: [{ name: 'role_grants_role_permission_index', properties: ['role', 'permission'] }],
  properties: {
    id: uuid(),
    role: () => p.manyToOne(Role).mapToPk(),
    permission: key().index('role_grants_permission_index'), // may hold a wildcard, so it is the door that checks it
    effect: p.string().length(5).$type<Effect>(),
    condition: () => p.manyToOne(Condition).mapToPk().strictNullable().deleteRule('no action'),
    ...versioned,
  },
});
export class Grant extends GrantSchema.class {}
GrantSchema.setClass(Grant);
