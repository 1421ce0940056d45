import { defineEntity, p } from '@mikro-orm/core';
import { key, versioned } from '../database/base.entity.ts';
import { User } from '../users/user.entity.ts';

const ApiKeySchema = defineEntity({
  name: 'ApiKey',
  tableName: 'api_keys',
  properties: {
    id: p.string().length(16).primary(), // the part of the key that may be shown
    name: key(),
    user: () => p.manyToOne(User).mapToPk().index('api_keys_user_index'),
    hash: p.string().length(64).unique('api_keys_hash_unique'), // SHA-256 of the whole key
    createdBy: key(),
    expiresAt: p.datetime(3).strictNullable(),
    revokedAt: p.datetime(3).strictNullable(),
    ...versioned,
  },
});
export class ApiKey extends ApiKeySchema.class {}
ApiKeySchema.setClass(ApiKey);

const ApiKeyUseSchema = defineEntity({
  name: 'ApiKeyUse',
  tableName: 'api_key_uses',
  properties: {
    apiKey: () => p.manyToOne(ApiKey).mapToPk().primary().deleteRule('cascade'),
    lastUsedAt: p.datetime(3),
  },
});
/** When a key was last used. Apart from the key, since it is no change that anybody made. */
export class ApiKeyUse extends ApiKeyUseSchema.class {}
ApiKeyUseSchema.setClass(ApiKeyUse);
