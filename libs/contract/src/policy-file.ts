import { z } from 'zod';
import { EvaluationRequest } from './decision.ts';
import { EntityId, instantOf, Key, PermissionPattern } from './ids.ts';
import { AttributeType, Attributes, Effect } from './policy.ts';

const described = { name: z.string().optional(), description: z.string().optional() };
/** YAML writes an empty mapping as nothing. */
const entry = <T extends z.ZodRawShape>(shape: T) => z.preprocess((value) => value ?? {}, z.strictObject(shape));
/** YAML turns an unquoted date into a Date. */
const FileTime = z.preprocess(
  (value) => (value instanceof Date ? value.toISOString() : value),
  z.iso
    .datetime({ offset: true, message: 'write a time such as `2027-01-01T00:00:00Z`' })
    .transform(instantOf),
);

const FileGrant = z.union([
  PermissionPattern,
  z.strictObject({ permission: PermissionPattern, effect: Effect.optional(), when: Key.or(z.string()).optional() }),
]);

/** The four parts of a question as a policy file may write them: `subject: bob`, `action: delete`. */
const FileQuestion = z.strictObject({
  subject: z.union([z.string(), EvaluationRequest.shape.subject]),
  action: z.union([z.string(), EvaluationRequest.shape.action]),
  resource: z.strictObject({ type: z.string(), id: EntityId, properties: Attributes.optional() }),
  context: Attributes.optional(),
  now: FileTime.optional(),
});

/**
 * A policy file (`licet: 1`). Every section is optional. A file key of `users` is a user key, or a short name where the entry gives a
 * `type` (`bob: { type: service }` is the user `service:bob`); other sections refer to it by the same key. A grant's `when` names a
 * condition or is an expression, which then becomes a condition of its own.
 */
export const PolicyFile = z
  .strictObject({
    licet: z.literal(1),
    tenants: z.record(Key, entry(described)).optional(),
    resourceTypes: z
      .record(
        Key,
        entry({
          description: z.string().optional(),
          actions: z.union([z.array(Key), z.record(Key, z.string())]).default([]),
          attributes: z.record(z.string(), AttributeType).default({}),
        }),
      )
      .optional(),
    conditions: z
      .record(Key, z.union([z.string(), z.strictObject({ expression: z.string(), description: z.string().optional() })]))
      .optional(),
    roles: z.record(Key, entry({ ...described, inherits: z.array(Key).default([]), grants: z.array(FileGrant).default([]) })).optional(),
    groups: z.record(Key, entry({ ...described, members: z.array(z.string()).default([]) })).optional(),
    users: z
      .record(
        z.string(),
        entry({
          type: Key.optional(),
          name: z.string().optional(),
          enabled: z.boolean().default(true),
          attributes: Attributes.default({}),
        }),
      )
      .optional(),
    resources: z.array(z.strictObject({ type: Key, id: EntityId, tenant: Key.nullish(), attributes: Attributes.default({}) })).optional(),
    assignments: z
      .array(
        z.strictObject({
          user: z.string().optional(),
          group: Key.optional(),
          role: Key,
          tenant: z.union([Key, z.literal('*')]).default('default'),
          resource: z.string().optional(),
          from: FileTime.optional(),
          until: FileTime.optional(),
          reason: z.string().optional(),
        }),
      )
      .optional(),
    tests: z
      .array(z.strictObject({ name: z.string(), ask: FileQuestion, expect: z.enum(['allow', 'deny']), reason: z.string().optional() }))
      .optional(),
  })
  .meta({ id: 'PolicyFile', description: 'A whole policy as a file.' });
export type PolicyFile = z.infer<typeof PolicyFile>;

/** `POST /api/v1/policy/apply`: makes the installation equal to the file for what the file names, in one change. */
export const ApplyRequest = z
  .object({
    file: PolicyFile,
    reason: z.string().max(1000).default(''),
    dryRun: z.boolean().default(false), // say what would change, change nothing
    prune: z.boolean().default(false), // also delete what the file's sections do not name
    revision: z.int().optional(), // what the plan was made for: with another one in force, 412 `version_mismatch`
  })
  .meta({ id: 'ApplyRequest' });
export type ApplyRequest = z.infer<typeof ApplyRequest>;

/** One row that an apply changes, or would change. */
export const PlannedOp = z.object({
  action: z.enum(['create', 'update', 'delete']),
  kind: z.string(),
  target: z.string(),
  before: z.record(z.string(), z.unknown()).nullable(),
  after: z.record(z.string(), z.unknown()).nullable(),
});
export type PlannedOp = z.infer<typeof PlannedOp>;

/** The answer to an apply. `revision` is the new one, or the present one where nothing changed or `dryRun` was asked. */
export const ApplyResponse = z.object({ revision: z.int(), applied: z.boolean(), ops: z.array(PlannedOp) }).meta({ id: 'ApplyResponse' });
export type ApplyResponse = z.infer<typeof ApplyResponse>;
