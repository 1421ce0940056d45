import { defineEntity, p } from '@mikro-orm/core';
import { versioned } from '../database/base.entity.ts';
import { User } from '../users/user.entity.ts';

const OperatorSchema = defineEntity({
  name: 'Operator',
  tableName: 'operators',
  properties: {
    user: () => p.manyToOne(User).mapToPk().primary().deleteRule('no action'),
    enabled: p.boolean().default(true), // whether the operator may come in; the user's own switch is another
    passwordHash: p.text(), // empty until an invitation is taken up
    passwordChangedAt: p.datetime(3).strictNullable(),
    totpSecret: p.text().strictNullable(), // sealed
    secondFactorAt: p.datetime(3).strictNullable(),
    passkeys: p.integer().default(0), // how many there are: here it is audited
    linkHash: p.string().length(64).strictNullable(), // SHA-256 of the one-time link that is out
    linkExpiresAt: p.datetime(3).strictNullable(),
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
    address: p.string().length(64).default(''),
    userAgent: p.string().length(300).default(''),
    createdAt: p.datetime(3),
    lastSeenAt: p.datetime(3),
    expiresAt: p.datetime(3),
  },
});
export class Session extends SessionSchema.class {}
SessionSchema.setClass(Session);

const OperatorUseSchema = defineEntity({
  name: 'OperatorUse',
  tableName: 'operator_uses',
  properties: {
    user: () => p.manyToOne(User).mapToPk().primary().deleteRule('cascade'),
    lastSignInAt: p.datetime(3),
    totpStep: p.integer().default(0), // of the last code that was taken
  },
});
/** When an operator last signed in. Apart from the account, since it is no change that anybody made. */
export class OperatorUse extends OperatorUseSchema.class {}
OperatorUseSchema.setClass(OperatorUse);

const RecoveryCodeSchema = defineEntity({
  name: 'RecoveryCode',
  tableName: 'recovery_codes',
  properties: {
    id: p.string().length(64).primary(), // SHA-256 of the user and the code
    user: () => p.manyToOne(User).mapToPk().deleteRule('cascade').index('recovery_codes_user_index'),
  },
});
/** Each row is a code that has not been used yet. */
export class RecoveryCode extends RecoveryCodeSchema.class {}
RecoveryCodeSchema.setClass(RecoveryCode);
