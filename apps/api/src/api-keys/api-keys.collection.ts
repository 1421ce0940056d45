import { type ApiKeyCreate, LicetError, userKey } from '@licet/contract';
import type { z } from 'zod';
import { Assignment } from '../assignments/assignment.entity.ts';
import type { EntityManager } from '../database/orm.ts';
import { type Row, type TableMeta, toRow } from '../database/rows.ts';
import { Collection, demandExists, versionOf } from '../http/collection.ts';
import { Role } from '../roles/role.entity.ts';
import { User } from '../users/user.entity.ts';
import { ApiKey, ApiKeyUse } from './api-key.entity.ts';
import { newApiKey } from './api-keys.service.ts';

// The secret of a key that is being created travels beside its entity to the one answer that shows it.
const secrets = new WeakMap<ApiKey, string>();

export class ApiKeysCollection extends Collection<ApiKey> {
  constructor() {
    super('api-keys', ApiKey);
  }

  override column(field: string): string {
    return field === 'lastUsedAt' ? 'updatedAt' : field;
  }

  override async present(em: EntityManager, keys: ApiKey[], meta: TableMeta): Promise<Row[]> {
    const uses = await em.find(ApiKeyUse, { apiKey: { $in: keys.map(({ id }) => id) } });
    const roles = await em.find(Assignment, { user: { $in: keys.map(({ user }) => user) } });
    return keys.map((key) => {
      const { createdAt, version } = versionOf(key);
      const secret = secrets.get(key);
      return {
        ...toRow(meta, key),
        ...{ role: roles.find(({ user }) => user === key.user)?.role ?? null, createdAt, version },
        lastUsedAt: uses.find(({ apiKey }) => apiKey === key.id)?.lastUsedAt.toISOString() ?? null,
        ...(secret ? { secret } : {}),
      };
    });
  }

  /** A key speaks for a service account of its name, which is made with the role if it is not there yet. */
  override async create(em: EntityManager, { name, role, expiresAt }: z.infer<typeof ApiKeyCreate>, actor: string): Promise<ApiKey> {
    await demandExists(em, Role, 'role', role);
    const user = userKey('service', name);
    if (!(await em.findOne(User, user))) {
      em.create(User, { id: user, type: 'service', name, enabled: true, attributes: {} });
    }
    const assigned = await em.find(Assignment, { user });
    if (!assigned.some((assignment) => assignment.role === role)) {
      em.create(Assignment, {
        ...{ user, group: null, role, tenant: null, resource: null, startsAt: null, expiresAt: null },
        ...{ reason: `API key ${name}`, createdBy: actor },
      });
    }
    const { id, secret, hash } = newApiKey();
    const key = em.create(ApiKey, { id, name, user, hash, createdBy: actor, expiresAt: expiresAt ? new Date(expiresAt) : null, revokedAt: null });
    secrets.set(key, secret);
    return key;
  }

  /** A key is revoked, not deleted: the audit trail goes on naming it. */
  override async remove(_em: EntityManager, key: ApiKey): Promise<void> {
    if (key.revokedAt) throw new LicetError('still_in_use', `the key \`${key.id}\` has been revoked already`);
    key.revokedAt = new Date();
  }
}
