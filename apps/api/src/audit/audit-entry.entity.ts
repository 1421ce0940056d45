import type { Via } from '@licet/contract';
import { defineEntity, p } from '@mikro-orm/core';
import { key, uuid } from '../database/base.entity.ts';

const AuditEntrySchema = defineEntity({
  name: 'AuditEntry',
  tableName: 'audit_entries',
  indexes: [{ name: 'audit_entries_kind_target_index', properties: ['kind', 'target'] }],
  properties: {
    id: uuid(),
    revision: p.integer().index('audit_entries_revision_index'),
    at: p.datetime(3),
    actor: key().index('audit_entries_actor_index'),
    via: p.string().length(16).$type<Via>(),
    action: p.string().length(6).$type<'create' | 'update' | 'delete'>(),
    kind: p.string().length(32),
    target: key(),
    before: p.json<Record<string, unknown>>().strictNullable(),
    after: p.json<Record<string, unknown>>().strictNullable(),
    content: p.text(), // before and after as text, so that the audit trail can be searched
    reason: p.text(),
  },
});
/** One row that a change touched: who, when, before, after, why. Rows are only ever added. */
export class AuditEntry extends AuditEntrySchema.class {}
AuditEntrySchema.setClass(AuditEntry);
