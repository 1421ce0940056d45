import { defineEntity, p } from '@mikro-orm/core';
import { uuid } from '../database/base.entity.ts';
import { User } from '../users/user.entity.ts';

const OperatorPasskeySchema = defineEntity({
  name: 'OperatorPasskey',
  tableName: 'operator_passkeys',
  properties: {
    id: uuid(),
    user: () => p.manyToOne(User).mapToPk().deleteRule('cascade').index('operator_passkeys_user_index'),
    name: p.string().length(100),
    credentialId: p.string().length(1400).unique(), // base64url, as the authenticator gave it
    publicKey: p.text(), // COSE, base64url
    counter: p.bigint('number').default(0), // of the last signature, where the authenticator counts
    transports: p.json<string[]>(),
    backedUp: p.boolean(),
    createdAt: p.datetime(3),
    lastUsedAt: p.datetime(3).strictNullable(),
  },
});
/** A key pair on a device of an operator, of which this is the public half. */
export class OperatorPasskey extends OperatorPasskeySchema.class {}
OperatorPasskeySchema.setClass(OperatorPasskey);
