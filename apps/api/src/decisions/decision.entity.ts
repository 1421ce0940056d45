import type { DecisionError, DecisionPath, DecisionReason, EvaluationRequest } from '@licet/contract';
import { defineEntity, p } from '@mikro-orm/core';
import { key } from '../database/base.entity.ts';

const DecisionSchema = defineEntity({
  name: 'Decision',
  tableName: 'decisions',
  indexes: [
    { name: 'decisions_subject_at_index', properties: ['subject', 'at'] },
    { name: 'decisions_resource_at_index', properties: ['resource', 'at'] },
  ],
  properties: {
    id: p.string().length(36).primary(),
    at: p.datetime(3).index('decisions_at_index'),
    subject: key(),
    action: key(),
    resourceType: key(),
    resource: p.string().length(600), // `type:id`
    tenant: key(),
    decision: p.boolean(),
    reason: p.string().length(32).$type<DecisionReason>(),
    path: p.json<DecisionPath>().strictNullable(),
    errors: p.json<DecisionError[]>(),
    revision: p.integer(),
    request: p.json<EvaluationRequest>(),
    source: p.string().length(128),
    apiKey: p.string().length(16).strictNullable(),
  },
});
/** What an application asked and was told. In a file of its own, so that logging never blocks an edit. */
export class Decision extends DecisionSchema.class {}
DecisionSchema.setClass(Decision);
