import { ANY_TENANT, type ApiKeyCreate, type ApiKeyRotate, LicetError, userKey } from '@licet/contract';
import type { z } from 'zod';
import { Assignment } from '../assignments/assignment.entity.ts';
import type { EntityManager } from '../database/orm.ts';
import { type Row, type TableMeta, toRow } from '../database/rows.ts';
import { Collection, demandExists, versionOf } from '../http/collection.ts';
import { Role } from '../roles/role.entity.ts';
import { Tenant } from '../tenants/tenant.entity.ts';
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
    const assigned = await em.find(
      Assignment,
      { user: { $in: keys.map(({ user }) => user) } },
      { orderBy: { createdAt: 'asc', id: 'asc' } },
    );
    return keys.map((key) => {
      const { createdAt, version } = versionOf(key);
      const secret = secrets.get(key);
      return {
        ...toRow(meta, key),
        roles: assigned.filter(({ user }) => user === key.user).map(({ role, tenant }) => ({ role, tenant: tenant ?? ANY_TENANT })),
        ...{ createdAt, version },
        lastUsedAt: uses.find(({ apiKey }) => apiKey === key.id)?.lastUsedAt.toISOString() ?? null,
        ...(secret ? { secret } : {}),
      };
    });
  }

  /** A key speaks for a service account of its name, which is made with the role if it is not there yet. */
  override async create(em: EntityManager, { name, role, ...rest }: z.infer<typeof ApiKeyCreate>, actor: string): Promise<ApiKey> {
    await demandExists(em, Role, 'role', role);
    const tenant = rest.tenant === ANY_TENANT ? null : (await demandExists(em, Tenant, 'tenant', rest.tenant)).id;
    const user = userKey('service', name);
    if (!(await em.findOne(User, user))) {
      em.create(User, { id: user, type: 'service', name, enabled: true, attributes: {} });
    }
    const assigned = await em.find(Assignment, { user });
    if (!assigned.some((assignment) => assignment.role === role && assignment.tenant === tenant)) {
      em.create(Assignment, {
        ...{ user, group: null, role, tenant, resource: null, startsAt: null, expiresAt: null },
        ...{ reason: `API key ${name}`, createdBy: actor },
      });
    }
    return this.#make(em, { name, user, expiresAt: rest.expiresAt, createdBy: actor });
  }

  /** Makes a new key beside the old one, which ends at the moment that was chosen. */
  rotate(em: EntityManager, old: ApiKey, { oldUntil, expiresAt }: z.infer<typeof ApiKeyRotate>, actor: string): ApiKey {
    const until = new Date(oldUntil);
    if (old.revokedAt || (old.expiresAt && old.expiresAt.getTime() <= Date.now())) {
      throw new LicetError('invalid_request', `the key \`${old.id}\` is not valid any more; make a new one`);
    }
    if (!old.expiresAt || until < old.expiresAt) old.expiresAt = until;
    return this.#make(em, { name: old.name, user: old.user, expiresAt, createdBy: actor });
  }

  #make(em: EntityManager, { expiresAt, ...of }: { name: string; user: string; createdBy: string; expiresAt: string | null }): ApiKey {
    const { id, secret, hash } = newApiKey();
    const key = em.create(ApiKey, { ...of, id, hash, expiresAt: expiresAt ? new Date(expiresAt) : null, revokedAt: null });
    secrets.set(key, secret);
    return key;
  }

  /** A key is revoked, not deleted: the audit trail goes on naming it. */
  override async remove(_em: EntityManager, key: ApiKey): Promise<void> {
    if (key.revokedAt) throw new LicetError('still_in_use', `the key \`${key.id}\` has been revoked already`);
    key.revokedAt = new Date();
  }
}
