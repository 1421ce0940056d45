import { defineEntity, p } from '@mikro-orm/core';
import { versioned } from '../database/base.entity.ts';
import { User } from '../users/user.entity.ts';

const OperatorSchema = defineEntity({
  name: 'Operator',
  tableName: 'operators',
  properties: {
    user: () => p.manyToOne(User).mapToPk().primary().deleteRule('no action'),
    passwordHash: p.text(),
    ...versioned,
  },
});
export class Operator extends OperatorSchema.class {}
OperatorSchema.setClass(Operator);

const SessionSchema = defineEntity({
  name: 'Session',
  tableName: 'sessions',
  properties: {
    id: p.string().length(64).primary(), // SHA-256 of the cookie's value
    user: () => p.manyToOne(User).mapToPk().deleteRule('cascade').index('sessions_user_index'),
    createdAt: p.datetime(3),
    lastSeenAt: p.datetime(3),
    expiresAt: p.datetime(3),
  },
});
export class Session extends SessionSchema.class {}
SessionSchema.setClass(Session);
