import type { SecurityEventName, SecurityMethod, SecurityOutcome } from '@licet/contract';
import { defineEntity, p } from '@mikro-orm/core';
import { key } from '../database/base.entity.ts';

const SecurityEventSchema = defineEntity({
  name: 'SecurityEvent',
  tableName: 'security_events',
  indexes: [{ name: 'security_events_actor_at_index', properties: ['actor', 'at'] }],
  properties: {
    id: p.string().length(36).primary(),
    at: p.datetime(3).index('security_events_at_index'),
    until: p.datetime(3),
    event: p.string().length(32).$type<SecurityEventName>(),
    outcome: p.string().length(8).$type<SecurityOutcome>(),
    actor: key().strictNullable(),
    target: key().strictNullable(),
    method: p.json<SecurityMethod[]>(),
    detail: p.string().length(100).strictNullable(),
    address: p.string().length(64).strictNullable(),
    route: p.string().length(200).strictNullable(),
    count: p.integer(),
  },
});
/** Something that has to do with who may come in, or the same several times within a minute. In the file of the decision log, for the same reason. */
export class SecurityEvent extends SecurityEventSchema.class {}
SecurityEventSchema.setClass(SecurityEvent);
