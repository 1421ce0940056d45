import { z } from 'zod';
import type { ReservedType } from './access.ts';
import {
  ApiKey,
  ApiKeyCreate,
  ApiKeyCreated,
  Assignment,
  AssignmentCreate,
  AssignmentUpdate,
  AuditEntry,
  Change,
  Condition,
  ConditionCreate,
  ConditionUpdate,
  DecisionPoint,
  Grant,
  GrantCreate,
  GrantUpdate,
  Group,
  GroupCreate,
  GroupMember,
  GroupMemberCreate,
  GroupUpdate,
  LoggedDecision,
  Operator,
  OperatorCreate,
  OperatorCreated,
  OperatorUpdate,
  Permission,
  RegisteredResource,
  RegisteredResourceCreate,
  RegisteredResourceUpdate,
  ResourceType,
  ResourceTypeCreate,
  ResourceTypeUpdate,
  Role,
  RoleCreate,
  RoleInherit,
  RoleUpdate,
  Tenant,
  TenantCreate,
  TenantUpdate,
  User,
  UserCreate,
  UserUpdate,
} from './admin.ts';
import { SecurityEvent } from './security-events.ts';

/**
 * The admin API, `/api/v1`. Every collection answers
 * - `GET /api/v1/<name>?q=&page=1&perPage=25&sort=<field>&order=asc|desc&<filter>=<value>` with a Page of rows,
 * - `GET /api/v1/<name>/<id>` with a row and its `ETag: "<version>"`,
 * - `POST`, `PATCH` and `DELETE` (the last two need `If-Match: "<version>"`: 428 without, 412 `version_mismatch` with the `current` row),
 * as far as the table COLLECTIONS says. Every write answers `Licet-Revision: <revision>` and takes the reason for the audit trail from
 * the header `Licet-Reason` (percent-encoded UTF-8).
 */
export const REVISION_HEADER = 'licet-revision';
export const REASON_HEADER = 'licet-reason';

export interface CollectionSpec {
  /** The reserved resource type whose `read`, `create`, `update`, `delete` guard the routes. */
  permission: ReservedType;
  row: z.ZodObject;
  create?: z.ZodType;
  created?: z.ZodType;
  update?: z.ZodType;
  delete?: true;
  /** Whether every write asks operators to have shown lately who they are. */
  stepUp?: true;
  /** Whether all rows that a list finds can be had at once: what is a record of the past. */
  export?: true;
  /** Query parameters that filter by equality. */
  filters: readonly string[];
  /** Fields that `q` searches in, without regard to case. */
  search: readonly string[];
  /** Fields that `sort` takes; the first is the default. A leading `-` there means: descending by default. */
  sort: readonly string[];
}

/** Every collection of the admin API. The routes, the OpenAPI document and the console's data provider follow this table. */
export const COLLECTIONS = {
  users: {
    permission: 'licet.user',
    row: User,
    create: UserCreate,
    update: UserUpdate,
    delete: true,
    filters: ['type', 'enabled', 'group'],
    search: ['id', 'name'],
    sort: ['id', 'name', 'updatedAt'],
  },
  groups: {
    permission: 'licet.group',
    row: Group,
    create: GroupCreate,
    update: GroupUpdate,
    delete: true,
    filters: [],
    search: ['id', 'name', 'description'],
    sort: ['id', 'name', 'updatedAt'],
  },
  'group-members': {
    permission: 'licet.group',
    row: GroupMember,
    create: GroupMemberCreate,
    delete: true,
    filters: ['group', 'user'],
    search: ['user', 'group'],
    sort: ['user', 'group', 'createdAt'],
  },
  tenants: {
    permission: 'licet.tenant',
    row: Tenant,
    create: TenantCreate,
    update: TenantUpdate,
    delete: true,
    filters: [],
    search: ['id', 'name', 'description'],
    sort: ['id', 'name', 'updatedAt'],
  },
  'resource-types': {
    permission: 'licet.resource-type',
    row: ResourceType,
    create: ResourceTypeCreate,
    update: ResourceTypeUpdate,
    delete: true,
    filters: ['builtIn'],
    search: ['id', 'description'],
    sort: ['id', 'updatedAt'],
  },
  permissions: {
    permission: 'licet.resource-type',
    row: Permission,
    filters: ['resourceType', 'builtIn'],
    search: ['id', 'description'],
    sort: ['id'],
  },
  roles: {
    permission: 'licet.role',
    row: Role,
    create: RoleCreate,
    update: RoleUpdate,
    delete: true,
    filters: ['builtIn'],
    search: ['id', 'name', 'description'],
    sort: ['id', 'name', 'updatedAt'],
  },
  'role-inherits': {
    permission: 'licet.role',
    row: RoleInherit,
    filters: ['role', 'inherits'],
    search: ['role', 'inherits'],
    sort: ['role', 'inherits'],
  },
  grants: {
    permission: 'licet.grant',
    row: Grant,
    create: GrantCreate,
    update: GrantUpdate,
    delete: true,
    filters: ['role', 'permission', 'effect', 'condition'],
    search: ['role', 'permission', 'condition'],
    sort: ['role', 'permission', 'updatedAt'],
  },
  conditions: {
    permission: 'licet.condition',
    row: Condition,
    create: ConditionCreate,
    update: ConditionUpdate,
    delete: true,
    filters: [],
    search: ['id', 'description', 'expression'],
    sort: ['id', 'updatedAt'],
  },
  resources: {
    permission: 'licet.resource',
    row: RegisteredResource,
    create: RegisteredResourceCreate,
    update: RegisteredResourceUpdate,
    delete: true,
    filters: ['type', 'tenant'],
    search: ['id'],
    sort: ['id', 'type', 'updatedAt'],
  },
  assignments: {
    permission: 'licet.assignment',
    row: Assignment,
    create: AssignmentCreate,
    update: AssignmentUpdate,
    delete: true,
    filters: ['user', 'group', 'role', 'tenant', 'resource'],
    search: ['user', 'group', 'role', 'tenant', 'resource', 'reason'],
    sort: ['-createdAt', 'user', 'group', 'role', 'tenant', 'expiresAt'],
  },
  'api-keys': {
    permission: 'licet.api-key',
    row: ApiKey,
    create: ApiKeyCreate,
    created: ApiKeyCreated,
    delete: true,
    stepUp: true,
    filters: ['user', 'createdBy'],
    search: ['id', 'name', 'user'],
    sort: ['-createdAt', 'name', 'lastUsedAt'],
  },
  operators: {
    permission: 'licet.operator',
    row: Operator,
    create: OperatorCreate,
    created: OperatorCreated,
    update: OperatorUpdate,
    delete: true,
    stepUp: true,
    filters: ['enabled'],
    search: ['id'],
    sort: ['id', 'createdAt'],
  },
  changes: { permission: 'licet.change', row: Change, filters: ['actor', 'via'], search: ['actor', 'reason'], sort: ['-revision'] },
  'audit-entries': {
    permission: 'licet.audit-entry',
    row: AuditEntry,
    export: true,
    filters: ['actor', 'action', 'kind', 'target', 'revision', 'via', 'since', 'until'],
    search: ['actor', 'kind', 'target', 'reason', 'content'],
    sort: ['-revision'],
  },
  'security-events': {
    permission: 'licet.audit-entry',
    row: SecurityEvent,
    export: true,
    filters: ['event', 'outcome', 'actor', 'target', 'address', 'detail', 'attention', 'since', 'until'],
    search: ['event', 'actor', 'target', 'address', 'detail'],
    sort: ['-at'],
  },
  decisions: {
    permission: 'licet.decision',
    row: LoggedDecision,
    export: true,
    filters: ['decision', 'reason', 'subject', 'action', 'resourceType', 'resource', 'tenant', 'source', 'revision', 'since', 'until'],
    search: ['id', 'subject', 'action', 'resource', 'tenant', 'source', 'reason'],
    sort: ['-at'],
  },
  'decision-points': {
    permission: 'licet.decision-point',
    row: DecisionPoint,
    filters: [],
    search: ['id', 'name', 'sdk'],
    sort: ['name', 'lastSeenAt'],
  },
} as const satisfies Record<string, CollectionSpec>;

export type CollectionName = keyof typeof COLLECTIONS;
export type CollectionRow<N extends CollectionName> = z.infer<(typeof COLLECTIONS)[N]['row']>;

/** The query of a list. Filters stand beside these as parameters of their own. */
export const ListQuery = z.object({
  q: z.string().max(200).default(''),
  page: z.coerce.number().int().min(1).max(1_000_000).default(1),
  perPage: z.coerce.number().int().min(1).max(1000).default(25),
  sort: z.string().optional(),
  order: z.enum(['asc', 'desc']).optional(),
});
export type ListQuery = z.infer<typeof ListQuery>;

/** The query of an export. The filters are those of the list. */
export const ExportQuery = z.object({
  q: ListQuery.shape.q,
  format: z.enum(['jsonl', 'csv']).default('jsonl'),
});
export type ExportQuery = z.infer<typeof ExportQuery>;

export interface Page<T> {
  items: T[];
  total: number;
}
/** A page of a list, and how many rows match in all. */
export const pageOf = <T extends z.ZodType>(row: T) => z.object({ items: z.array(row), total: z.int().nonnegative() });
