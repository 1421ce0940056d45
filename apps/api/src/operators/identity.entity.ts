import { defineEntity, p } from '@mikro-orm/core';
import { User } from '../users/user.entity.ts';

const OperatorIdentitySchema = defineEntity({
  name: 'OperatorIdentity',
  tableName: 'operator_identities',
  uniques: [{ name: 'operator_identities_issuer_subject_unique', properties: ['issuer', 'subject'] }],
  properties: {
    user: () => p.manyToOne(User).mapToPk().primary().deleteRule('no action'),
    issuer: p.string().length(500),
    subject: p.string().length(255),
    assignments: p.json<string[]>(), // ids of those that a claim of the provider gave, and may take again
    createdAt: p.datetime(3).onCreate(() => new Date()),
  },
});
/** Whom an identity provider knows an operator as. Never an e-mail address or a name: those change hands. */
export class OperatorIdentity extends OperatorIdentitySchema.class {}
OperatorIdentitySchema.setClass(OperatorIdentity);

const UsedSignInSchema = defineEntity({
  name: 'UsedSignIn',
  tableName: 'used_sign_ins',
  properties: {
    id: p.string().length(64).primary(), // SHA-256 of the state or the challenge
    expiresAt: p.datetime(3),
  },
});
/** What has come back from an identity provider, or from a passkey, so that it does not come back a second time at any process. */
export class UsedSignIn extends UsedSignInSchema.class {}
UsedSignInSchema.setClass(UsedSignIn);
