import type { Expr } from '@licet/contract';
import { defineEntity, p } from '@mikro-orm/core';
import { key, versioned } from '../database/base.entity.ts';

const ConditionSchema = defineEntity({
  name: 'Condition',
  tableName: 'conditions',
  properties: { id: key().primary(), description: p.text(), expression: p.text(), tree: p.json<Expr>(), ...versioned },
});
export class Condition extends ConditionSchema.class {}
ConditionSchema.setClass(Condition);
