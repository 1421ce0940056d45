import type { DeltaOp, Via } from '@licet/contract';
import { defineEntity, p } from '@mikro-orm/core';
import { key } from '../database/base.entity.ts';

const ChangeSchema = defineEntity({
  name: 'Change',
  tableName: 'changes',
  properties: {
    revision: p.integer().primary().autoincrement(false),
    at: p.datetime(3),
    actor: key(),
    via: p.string().length(16).$type<Via>(),
    reason: p.text(),
    entries: p.integer(),
    ops: p.json<DeltaOp[]>(), // what replicas apply
  },
});
/** One committed edit. Rows are only ever added, one for each revision, without a gap. */
export class Change extends ChangeSchema.class {}
ChangeSchema.setClass(Change);

const HeadSchema = defineEntity({
  name: 'Head',
  tableName: 'head',
  properties: { id: p.integer().primary().autoincrement(false), revision: p.integer() },
});
/** The one row whose lock puts commits in an order, also those of several processes on one PostgreSQL. */
export class Head extends HeadSchema.class {}
HeadSchema.setClass(Head);
