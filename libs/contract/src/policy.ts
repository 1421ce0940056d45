import { z } from 'zod';
import { Expr } from './condition.ts';
import { Key, PermissionId, PermissionPattern, ResourceKey, UserKey } from './ids.ts';

/** The type of a declared attribute. `list` is a list of strings; `any` is not checked. */
export const AttributeType = z.enum(['string', 'number', 'bool', 'timestamp', 'list', 'map', 'any']);
export type AttributeType = z.infer<typeof AttributeType>;

/** Attribute values: any JSON object. */
export const Attributes = z.record(z.string(), z.json());
export type Attributes = z.infer<typeof Attributes>;

export const Effect = z.enum(['allow', 'deny']);
export type Effect = z.infer<typeof Effect>;

/** A UTC time as `2026-01-31T12:00:00.000Z`. */
export const Timestamp = z.iso.datetime({ offset: false });

const id = z.string().min(1);

/**
 * The rows of a policy, as far as decisions need them: what snapshots and deltas carry. Names, descriptions and reasons stay in the
 * control plane. The kinds are the names of the admin API's collections.
 */
export const policyRows = {
  tenants: z.object({ id: Key }),
  'resource-types': z.object({ id: Key, attributes: z.record(z.string(), AttributeType) }),
  permissions: z.object({ id: PermissionId }),
  conditions: z.object({ id: Key, tree: Expr }),
  roles: z.object({ id: Key }),
  'role-inherits': z.object({ id, role: Key, inherits: Key }),
  grants: z.object({ id, role: Key, permission: PermissionPattern, effect: Effect, condition: Key.nullable() }),
  groups: z.object({ id: Key }),
  users: z.object({ id: UserKey, enabled: z.boolean(), attributes: Attributes }),
  'group-members': z.object({ id, group: Key, user: UserKey }),
  resources: z.object({ id: ResourceKey, tenant: Key.nullable(), attributes: Attributes }),
  assignments: z.object({
    id,
    user: UserKey.nullable(),
    group: Key.nullable(),
    role: Key,
    tenant: z.union([Key, z.literal('*')]),
    resource: ResourceKey.nullable(),
    startsAt: Timestamp.nullable(),
    expiresAt: Timestamp.nullable(),
  }),
} as const;

/** The kinds of policy rows, in an order in which every row comes after those it refers to. */
export const POLICY_KINDS = Object.keys(policyRows) as PolicyKind[];
export type PolicyKind = keyof typeof policyRows;
export type PolicyRow<K extends PolicyKind = PolicyKind> = z.infer<(typeof policyRows)[K]>;

/** All rows of a policy by kind. */
export type PolicyRows = { [K in PolicyKind]: PolicyRow<K>[] };
export const PolicyRows = z.object(
  Object.fromEntries(POLICY_KINDS.map((kind) => [kind, z.array(policyRows[kind])])) as unknown as {
    [K in PolicyKind]: z.ZodArray<(typeof policyRows)[K]>;
  },
);

/**
 * When a revision was committed; left out where that is not known. After a backup was restored, numbers are given out anew: the same revision
 * with another time is another policy.
 */
const CommittedAt = z.iso.datetime().optional();

/** A whole policy at a revision: the body of `GET /replica/v1/snapshot`. */
export const SnapshotDocument = z
  .object({ format: z.literal(1), revision: z.int().nonnegative(), at: CommittedAt, rows: PolicyRows })
  .meta({ id: 'Snapshot', description: 'The whole policy at a revision.' });
export type SnapshotDocument = z.infer<typeof SnapshotDocument>;

/** One row that changed. `row` is null where it was deleted. */
export const DeltaOp = z.object({
  kind: z.enum(POLICY_KINDS as [PolicyKind, ...PolicyKind[]]),
  id: z.string(),
  row: z.record(z.string(), z.unknown()).nullable(),
});
export interface DeltaOp<K extends PolicyKind = PolicyKind> {
  kind: K;
  id: string;
  row: PolicyRow<K> | null;
}

/** One committed change, as replicas apply it: it leads from `revision - 1` to `revision`. */
export const Delta = z
  .object({ revision: z.int().positive(), at: CommittedAt, ops: z.array(DeltaOp) })
  .meta({ id: 'Delta', description: 'One committed change: it leads from revision - 1 to revision.' });
export interface Delta {
  revision: number;
  at?: string | undefined;
  ops: DeltaOp[];
}

/** @returns a policy without any row */
export function emptyRows(): PolicyRows {
  return Object.fromEntries(POLICY_KINDS.map((kind) => [kind, []])) as unknown as PolicyRows;
}
