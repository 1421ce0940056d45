import type { Attributes } from '@licet/contract';
import { defineEntity, p } from '@mikro-orm/core';
import { key, versioned } from '../database/base.entity.ts';

const UserSchema = defineEntity({
  name: 'User',
  tableName: 'users',
  properties: {
    id: key().primary(), // the user key: `alice`, `service:bob`
    type: p.string().length(128).index('users_type_index'),
    name: p.string().length(200).strictNullable(),
    enabled: p.boolean(),
    attributes: p.json<Attributes>(),
    ...versioned,
  },
});
export class User extends UserSchema.class {}
UserSchema.setClass(User);
