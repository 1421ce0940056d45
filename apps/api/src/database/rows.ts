import { setImmediate as nextTurn } from 'node:timers/promises';
import { type CollectionName, POLICY_KINDS, type PolicyKind, type PolicyRow, policyRows } from '@licet/contract';
import type { EntityClass } from '@mikro-orm/core';
import type { EntityManager } from './orm.ts';
import { ApiKey } from '../api-keys/api-key.entity.ts';
import { Assignment } from '../assignments/assignment.entity.ts';
import { Condition } from '../conditions/condition.entity.ts';
import { Group, GroupMember } from '../groups/group.entity.ts';
import { OperatorIdentity } from '../operators/identity.entity.ts';
import { Operator } from '../operators/operator.entity.ts';
import { keyOf } from '../operators/seal.ts';
import { Permission, ResourceType } from '../resource-types/resource-type.entity.ts';
import { Resource } from '../resources/resource.entity.ts';
import { Grant, Role, RoleInherit } from '../roles/role.entity.ts';
import { Tenant } from '../tenants/tenant.entity.ts';
import { User } from '../users/user.entity.ts';

/** A row as the audit trail shows it: contract names, ISO times, no secrets, no version. */
export type Row = Record<string, unknown>;

/** What is read here of MikroORM's metadata of a table. */
export interface TableMeta {
  class: unknown;
  props: readonly { name: string; type: string }[];
  primaryKeys: readonly string[];
  properties: Readonly<Record<string, { fieldNames: string[]; runtimeType: string } | undefined>>;
}
export const metaOf = (em: EntityManager, entity: EntityClass<object>): TableMeta => em.getMetadata().get(entity) as unknown as TableMeta;

/** The tables of policy rows, by the kind that snapshots, deltas and the admin API call them. */
export const POLICY_TABLES = {
  tenants: Tenant,
  'resource-types': ResourceType,
  permissions: Permission,
  conditions: Condition,
  roles: Role,
  'role-inherits': RoleInherit,
  grants: Grant,
  groups: Group,
  users: User,
  'group-members': GroupMember,
  resources: Resource,
  assignments: Assignment,
} as const satisfies Record<PolicyKind, EntityClass<object>>;

/** Tables that are audited and changed only through the door: the policy's, and who may come in. */
export const AUDITED_TABLES = {
  ...POLICY_TABLES,
  operators: Operator,
  'operator-identities': OperatorIdentity, // no collection of the admin API: a part of the operator
  'api-keys': ApiKey,
} as const satisfies Partial<Record<CollectionName | 'operator-identities', EntityClass<object>>>;
export type AuditedKind = keyof typeof AUDITED_TABLES;

const KIND_OF = new Map<unknown, AuditedKind>(Object.entries(AUDITED_TABLES).map(([kind, entity]) => [entity, kind as AuditedKind]));
const LEFT_OUT = new Set(['version', 'createdAt', 'updatedAt', 'hash']);

/** The kind of an audited table, or undefined for any other. */
export const kindOf = (meta: TableMeta): AuditedKind | undefined => KIND_OF.get(meta.class);

/** Makes the row of an entity, or of the data that MikroORM remembers it was loaded with. */
export function toRow(meta: TableMeta, data: object): Row {
  const row: Row = {};
  for (const prop of meta.props) {
    if (LEFT_OUT.has(prop.name)) continue;
    row[prop.name] = plain((data as Row)[prop.name] ?? null, prop.type === 'JsonType' || prop.type === 'json');
  }
  for (const secret of ['passwordHash', 'linkHash']) if (row[secret]) row[secret] = '(set)';
  if (typeof row['totpSecret'] === 'string') row['totpSecret'] = `(sealed with the key ${keyOf(row['totpSecret'])})`;
  if (meta.class === Assignment) row['tenant'] ??= '*';
  return row;
}

/** Rows that are read at once: so many take a few milliseconds, for which everything else waits. */
const CHUNK = 1_000;

/**
 * All rows of a table, in ascending order of their keys, with a turn for others now and then. No entities are made of them, which would
 * take eight times as long: those are for what is changed.
 */
export async function* readRows(em: EntityManager, table: EntityClass<object>): AsyncGenerator<Row> {
  const meta = metaOf(em, table);
  const query = em.createQueryBuilder(table).orderBy({ [meta.primaryKeys[0]!]: 'asc' });
  let read = 0;
  for await (const data of query.stream({ mapResults: false, chunkSize: CHUNK })) {
    yield toRow(meta, data);
    read += 1;
    if (read % CHUNK === 0) await nextTurn();
  }
}

/** Runs `read` so that all it reads is of one moment, whatever others commit meanwhile. It may write nothing. */
export async function atOneMoment<T>(em: EntityManager, read: () => Promise<T>): Promise<T> {
  await em.begin({ isolationLevel: 'repeatable read', readOnly: true });
  try {
    return await read();
  } finally {
    await em.rollback(); // there is nothing to write, and a commit would look for it in every row
  }
}

/** The part of a row that decisions need. */
export function toPolicyRow<K extends PolicyKind>(kind: K, row: Row): PolicyRow<K> {
  const picked: Row = {};
  for (const name of Object.keys(policyRows[kind].shape)) picked[name] = row[name];
  return picked as PolicyRow<K>;
}

/** Whether a kind is part of snapshots. */
export const isPolicyKind = (kind: AuditedKind): kind is PolicyKind => (POLICY_KINDS as string[]).includes(kind);

function plain(value: unknown, json: boolean): unknown {
  if (value instanceof Date) return value.toISOString();
  return json && typeof value === 'string' ? JSON.parse(value) : value;
}
