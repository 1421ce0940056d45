import { isDeepStrictEqual } from 'node:util';
import { COLLECTIONS, type CollectionSpec, EVERYONE, Key, LicetError, parseUserKey, type UserCreate, userKey, type UserUpdate } from '@licet/contract';
import type { z } from 'zod';
import type { Reach } from '../access/reach.service.ts';
import { ApiKey } from '../api-keys/api-key.entity.ts';
import { Assignment } from '../assignments/assignment.entity.ts';
import type { EntityManager } from '../database/orm.ts';
import { type Row, type TableMeta, toRow } from '../database/rows.ts';
import { GroupMember } from '../groups/group.entity.ts';
import { Collection, demandFree, demandUnused, sqlWhere, versionOf, type Where } from '../http/collection.ts';
import { Operator } from '../operators/operator.entity.ts';
import { User } from './user.entity.ts';

export class UsersCollection extends Collection<User> {
  constructor() {
    super('users', User);
  }

  override seenBy(reach: Reach): Collection<User> {
    return reach ? new ConfinedUsers(reach) : this;
  }

  override confine(tenants: readonly string[]): Where {
    const marks = tenants.map(() => '?').join(', ');
    const assigned = `select %s from role_assignments where tenant_id in (${marks})`;
    const direct = sqlWhere(`?? in (${assigned.replace('%s', 'user_id')})`, ['id', ...tenants]);
    const members = `select user_id from group_members where group_id in (${assigned.replace('%s', 'group_id')})`;
    return { $or: [direct, sqlWhere(`?? in (${members})`, ['id', ...tenants])] };
  }

  override filter(name: string, value: string): Where | undefined {
    if (name === 'group' && value === EVERYONE) return { enabled: true };
    return name === 'group' ? sqlWhere('?? in (select user_id from group_members where group_id = ?)', ['id', value]) : undefined;
  }

  override async present(_em: EntityManager, users: User[], meta: TableMeta): Promise<Row[]> {
    return users.map((user) => ({ ...toRow(meta, user), subjectId: parseUserKey(user.id).id, ...versionOf(user) }));
  }

  override async create(em: EntityManager, input: z.infer<typeof UserCreate>): Promise<User> {
    const id = canonicalKey(input.id, 'id');
    await demandFree(em, User, id);
    return newUser(em, { ...input, id });
  }

  override async update(_em: EntityManager, user: User, patch: z.infer<typeof UserUpdate>): Promise<void> {
    if (patch.name !== undefined) user.name = patch.name;
    if (patch.enabled !== undefined) user.enabled = patch.enabled;
    if (patch.attributes !== undefined && !isDeepStrictEqual(patch.attributes, user.attributes)) user.attributes = patch.attributes;
  }

  /** What a user was given goes with the user, each row with its audit entry. */
  override async remove(em: EntityManager, user: User): Promise<void> {
    await demandUnused(em, `\`${user.id}\``, [
      ['operator account', Operator, { user: user.id }],
      ['API key', ApiKey, { user: user.id }],
    ]);
    for (const entity of [Assignment, GroupMember]) em.remove(await em.find(entity as typeof GroupMember, { user: user.id }));
    em.remove(user);
  }
}

/**
 * Users belong to no tenant, and whoever may assign roles in one picks whom to see there: all that comes of it is the key, and whether the
 * user is enabled. What is not shown is neither searched nor sorted by.
 */
class ConfinedUsers extends UsersCollection {
  override readonly spec: CollectionSpec = { ...COLLECTIONS.users, search: ['id'], sort: ['id', 'updatedAt'] };

  constructor(private readonly tenants: readonly string[]) {
    super();
  }

  override filter(name: string, value: string): Where | undefined {
    if (name !== 'group' || value === EVERYONE) return super.filter(name, value);
    const ofTheirs = `select group_id from role_assignments where tenant_id in (${this.tenants.map(() => '?').join(', ')})`;
    const members = `select user_id from group_members where group_id = ? and group_id in (${ofTheirs})`;
    return sqlWhere(`?? in (${members})`, ['id', value, ...this.tenants]);
  }

  override async present(em: EntityManager, users: User[], meta: TableMeta): Promise<Row[]> {
    return (await super.present(em, users, meta)).map((row) => ({ ...row, name: null, attributes: {} }));
  }
}

/** The one spelling of a user key: `user:alice` is `alice`. */
export function canonicalKey(key: string, member: string): string {
  const { type, id } = parseUserKey(key);
  const checked = Key.safeParse(type);
  if (!checked.success || id === '') {
    const message = 'write `id`, or `type:id` where the type has letters, digits, `.`, `_` and `-` only';
    throw new LicetError('invalid_request', `${member}: ${message}`, { errors: [{ path: member, message }] });
  }
  return userKey(type, id);
}

export function newUser(
  em: EntityManager,
  { id, name, enabled, attributes }: Pick<User, 'id' | 'enabled' | 'attributes'> & { name?: string | null | undefined },
): User {
  return em.create(User, { id, type: parseUserKey(id).type, name: name ?? null, enabled, attributes });
}
