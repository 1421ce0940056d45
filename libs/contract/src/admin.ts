import { z } from 'zod';
import { Expr } from './condition.ts';
import { DecisionRecord } from './decision.ts';
import { ANY_TENANT, EntityId, instantOf, Key, PermissionPattern, ResourceKey, UserKey } from './ids.ts';
import { AttributeType, Attributes, Effect } from './policy.ts';
import { Identity } from './session.ts';

/** How many items a list of the input may have. */
const MANY = 1000;
const Text = z.string().max(2000);
const Name = z.string().trim().min(1).max(200);
const Reason = z.string().max(1000);
/** An instant; written and read as UTC with milliseconds, taken with any offset. */
const Instant = z.iso.datetime({ offset: true }).transform(instantOf);
const At = z.iso.datetime();
const TenantScope = z.union([Key, z.literal(ANY_TENANT)]);
const versioned = { version: z.int().positive(), createdAt: At, updatedAt: At };

export const User = z
  .object({
    id: UserKey,
    type: z.string(), // AuthZEN subject type and id, which the key stands for
    subjectId: z.string(),
    name: z.string().nullable(),
    enabled: z.boolean(),
    attributes: Attributes,
    ...versioned,
  })
  .meta({ id: 'User' });
export const UserCreate = z.object({
  id: UserKey,
  name: Name.nullish(),
  enabled: z.boolean().default(true),
  attributes: Attributes.default({}),
});
export const UserUpdate = z.object({ name: Name.nullable(), enabled: z.boolean(), attributes: Attributes }).partial();

export const Group = z
  .object({ id: Key, name: z.string(), description: z.string(), builtIn: z.boolean(), memberCount: z.int(), ...versioned })
  .meta({ id: 'Group' });
export const GroupCreate = z.object({ id: Key, name: Name.optional(), description: Text.default('') });
export const GroupUpdate = z.object({ name: Name, description: Text }).partial();

export const GroupMember = z
  .object({ id: z.uuid(), group: Key, user: UserKey, version: z.int(), createdAt: At, createdBy: z.string() })
  .meta({ id: 'GroupMember' });
export const GroupMemberCreate = z.object({ group: Key, user: UserKey });

export const Tenant = z.object({ id: Key, name: z.string(), description: z.string(), ...versioned }).meta({ id: 'Tenant' });
export const TenantCreate = z.object({ id: Key, name: Name.optional(), description: Text.default('') });
export const TenantUpdate = z.object({ name: Name, description: Text }).partial();

const ActionItem = z.strictObject({ name: Key, description: Text.default('') });
const AttributeTypes = z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, 'use a name such as `ownerId`'), AttributeType);
export const ResourceType = z
  .object({
    id: Key,
    description: z.string(),
    attributes: AttributeTypes,
    actions: z.array(z.object({ name: Key, description: z.string() })),
    builtIn: z.boolean(),
    ...versioned,
  })
  .meta({ id: 'ResourceType' });
export const ResourceTypeCreate = z.object({
  id: Key,
  description: Text.default(''),
  attributes: AttributeTypes.default({}),
  actions: z.array(ActionItem).max(MANY).default([]),
});
export const ResourceTypeUpdate = z
  .object({ description: Text, attributes: AttributeTypes, actions: z.array(ActionItem).max(MANY) })
  .partial();

export const Permission = z
  .object({ id: z.string(), resourceType: Key, action: Key, description: z.string(), builtIn: z.boolean() })
  .meta({ id: 'Permission' });

export const Role = z
  .object({ id: Key, name: z.string(), description: z.string(), inherits: z.array(Key), builtIn: z.boolean(), ...versioned })
  .meta({ id: 'Role' });
export const RoleCreate = z.object({
  id: Key,
  name: Name.optional(),
  description: Text.default(''),
  inherits: z.array(Key).max(MANY).default([]),
});
export const RoleUpdate = z.object({ name: Name, description: Text, inherits: z.array(Key).max(MANY) }).partial();

export const RoleInherit = z.object({ id: z.uuid(), role: Key, inherits: Key }).meta({ id: 'RoleInherit' });

export const Grant = z
  .object({ id: z.uuid(), role: Key, permission: PermissionPattern, effect: Effect, condition: Key.nullable(), ...versioned })
  .meta({ id: 'Grant' });
export const GrantCreate = z.object({
  role: Key,
  permission: PermissionPattern,
  effect: Effect.default('allow'),
  condition: Key.nullable().default(null),
});
export const GrantUpdate = z.object({ effect: Effect, condition: Key.nullable() }).partial();

const Expression = z.string().trim().min(1).max(20_000);
export const Condition = z
  .object({ id: Key, description: z.string(), expression: z.string(), tree: Expr, ...versioned })
  .meta({ id: 'Condition' });
export const ConditionCreate = z.object({ id: Key, description: Text.default(''), expression: Expression });
export const ConditionUpdate = z.object({ description: Text, expression: Expression }).partial();

export const RegisteredResource = z
  .object({ id: ResourceKey, type: Key, resourceId: EntityId, tenant: Key.nullable(), attributes: Attributes, ...versioned })
  .meta({ id: 'RegisteredResource' });
export const RegisteredResourceCreate = z.object({
  id: ResourceKey,
  tenant: Key.nullable().default(null),
  attributes: Attributes.default({}),
});
export const RegisteredResourceUpdate = z.object({ tenant: Key.nullable(), attributes: Attributes }).partial();

export const Assignment = z
  .object({
    id: z.uuid(),
    user: UserKey.nullable(),
    group: Key.nullable(),
    role: Key,
    tenant: TenantScope,
    resource: ResourceKey.nullable(),
    startsAt: At.nullable(),
    expiresAt: At.nullable(),
    reason: z.string(),
    createdBy: z.string(),
    ...versioned,
  })
  .meta({ id: 'Assignment' });
const AssignmentTimes = z.object({ startsAt: Instant.nullable(), expiresAt: Instant.nullable() });
const TIMES_RULE = { message: '`expiresAt` must be later than `startsAt`', path: ['expiresAt'] };
const timesInOrder = (row: { startsAt?: string | null | undefined; expiresAt?: string | null | undefined }) =>
  !row.startsAt || !row.expiresAt || row.startsAt < row.expiresAt;
const AssignmentTerms = z.object({
  user: UserKey.nullish(),
  group: Key.nullish(),
  role: Key,
  tenant: TenantScope.default('default'),
  resource: ResourceKey.nullish(),
  reason: Reason.default(''),
});
const HOLDER_RULE = { message: 'name either a `user` or a `group`', path: ['user'] };
const namesOneHolder = (row: { user?: string | null | undefined; group?: string | null | undefined }) =>
  Boolean(row.user) !== Boolean(row.group);
export const AssignmentCreate = AssignmentTerms.extend(AssignmentTimes.partial().shape)
  .refine(namesOneHolder, HOLDER_RULE)
  .refine(timesInOrder, TIMES_RULE);
export const AssignmentUpdate = AssignmentTimes.partial().extend({ reason: Reason.optional() }).refine(timesInOrder, TIMES_RULE);

/**
 * `POST /api/v1/assignments/assign`: makes an assignment, unless it is there already for the same times. `POST /api/v1/assignments/revoke`:
 * deletes every assignment of the role to this holder, in this tenant and for this resource, whatever its times. Both may be repeated.
 */
export const AssignRequest = AssignmentCreate.meta({ id: 'AssignRequest' });
export type AssignRequest = z.infer<typeof AssignRequest>;
export const RevokeRequest = AssignmentTerms.refine(namesOneHolder, HOLDER_RULE).meta({ id: 'RevokeRequest' });
export type RevokeRequest = z.infer<typeof RevokeRequest>;
/** `POST /api/v1/assignments/revoke-many`: deletes these assignments in one change, if all are as they were seen; none of them otherwise. */
export const RevokeManyRequest = z
  .object({
    assignments: z
      .array(z.object({ id: z.uuid(), version: z.int().min(1) }))
      .min(1)
      .max(1000),
    reason: Reason.default(''),
  })
  .meta({ id: 'RevokeManyRequest' });
export type RevokeManyRequest = z.infer<typeof RevokeManyRequest>;
/** The revision that knows it, and how many assignments were made or deleted. */
export const AssignResponse = z.object({ revision: z.int(), changed: z.int() }).meta({ id: 'AssignResponse' });
export type AssignResponse = z.infer<typeof AssignResponse>;

export const ApiKey = z
  .object({
    id: z.string(),
    name: z.string(),
    user: UserKey, // the service account that the key speaks for; its roles say what the key may do
    roles: z.array(z.object({ role: Key, tenant: TenantScope })), // what the account is assigned: the key may do all of that, and nothing else
    createdBy: z.string(),
    createdAt: At,
    expiresAt: At.nullable(),
    lastUsedAt: At.nullable(),
    revokedAt: At.nullable(),
    version: z.int(),
  })
  .meta({ id: 'ApiKey' });
export const ApiKeyCreate = z.object({
  name: Key,
  role: Key.default('licet.application'),
  tenant: TenantScope.default(ANY_TENANT), // a key for one tenant asks at the address of that tenant, `/tenants/<tenant>`
  expiresAt: Instant.nullable().default(null),
});
/** The answer to the creation of a key: the only time that `secret` is shown. */
export const ApiKeyCreated = ApiKey.extend({ secret: z.string() }).meta({ id: 'ApiKeyCreated' });
/**
 * `POST /api/v1/api-keys/{id}/rotate`: a new key for the same service account. The old one is taken until `oldUntil`, and never longer
 * than it was: time to bring the new one to every process.
 */
export const ApiKeyRotate = z.object({ oldUntil: Instant, expiresAt: Instant.nullable().default(null) }).meta({ id: 'ApiKeyRotate' });

export const Operator = z
  .object({
    id: UserKey,
    name: z.string().nullable(),
    state: z.enum(['active', 'invited', 'disabled']),
    enabled: z.boolean(),
    roles: z.array(z.object({ role: Key, tenant: TenantScope })), // console roles that are assigned directly
    linkExpiresAt: At.nullable(), // of the one-time link that is out, if one is
    passwordChangedAt: At.nullable(),
    secondFactorAt: At.nullable(), // since when there is an authenticator app
    passkeys: z.int(), // how many there are
    identity: Identity.nullable(), // whom the identity provider knows the operator as
    createdAt: At,
    lastSignInAt: At.nullable(),
    version: z.int(),
  })
  .meta({ id: 'Operator' });
/** Invites an operator: the user of that key, made if it is not there yet. The role must be one of the console's. */
export const OperatorCreate = z.object({ id: UserKey.max(64), name: Name.nullish(), role: Key, tenant: TenantScope.default(ANY_TENANT) });
/** The answer to an invitation: the only time that `link` is shown. It lets its holder choose the password, once. */
export const OperatorCreated = Operator.extend({ link: z.string() }).meta({ id: 'OperatorCreated' });
export const OperatorUpdate = z
  .object({ enabled: z.boolean(), secondFactor: z.literal(false), identity: z.literal(false) }) // false: all of it is lost, passkeys too
  .partial();

export const Via = z.enum(['console', 'api', 'setup', 'system']);
export type Via = z.infer<typeof Via>;

export const Change = z
  .object({
    id: z.int(),
    revision: z.int(),
    at: At,
    actor: z.string(), // a user key
    via: Via,
    reason: z.string(),
    entries: z.int(), // how many audit entries belong to it
  })
  .meta({ id: 'Change' });

export const AuditEntry = z
  .object({
    id: z.uuid(),
    revision: z.int(),
    at: At,
    actor: z.string(),
    via: Via,
    action: z.enum(['create', 'update', 'delete']),
    kind: z.string(), // the collection of the row
    target: z.string(), // its id
    before: z.record(z.string(), z.unknown()).nullable(),
    after: z.record(z.string(), z.unknown()).nullable(),
    reason: z.string(),
  })
  .meta({ id: 'AuditEntry' });
export type AuditEntry = z.infer<typeof AuditEntry>;

/** A decision as the decision log shows it. `source` says who decided: the api itself, or the application that holds the replica. */
export const LoggedDecision = DecisionRecord.extend({ source: z.string(), apiKey: z.string().nullable() }).meta({ id: 'LoggedDecision' });
export type LoggedDecision = z.infer<typeof LoggedDecision>;

export const DecisionPoint = z
  .object({
    id: z.string(),
    name: z.string(),
    sdk: z.string(),
    revision: z.int(),
    ageMs: z.number(),
    lastSeenAt: At,
    connected: z.boolean(),
  })
  .meta({ id: 'DecisionPoint' });

/**
 * `POST /api/v1/users/sync`: registers users or brings them up to date, up to 1,000 in one change; needs `licet.user:sync`.
 * What is not given stays as it is; `attributes` are replaced as a whole. One who is named several times, also as `al` and `user:al`, is
 * taken as if each came in a request of its own, and counts once. Users of operators and service accounts are refused.
 * Whom somebody else disabled stays so, and is named in `stayedDisabled`, unless the caller holds `licet.user:update` too.
 */
export const UserSyncRequest = z
  .object({
    users: z
      .array(z.strictObject({ id: UserKey, name: Name.nullish(), enabled: z.boolean().optional(), attributes: Attributes.optional() }))
      .min(1)
      .max(MANY),
  })
  .meta({ id: 'UserSyncRequest' });
export type UserSyncRequest = z.infer<typeof UserSyncRequest>;
export const UserSyncResponse = z
  .object({ revision: z.int(), created: z.int(), updated: z.int(), unchanged: z.int(), stayedDisabled: z.array(z.string()) })
  .meta({ id: 'UserSyncResponse' });
export type UserSyncResponse = z.infer<typeof UserSyncResponse>;
