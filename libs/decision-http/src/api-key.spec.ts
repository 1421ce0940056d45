import { createHash } from 'node:crypto';
import { APPLICATION_ROLE, CONSOLE_TENANT, emptyRows, RESERVED_ROLES } from '@licet/contract';
import { createSnapshot } from '@licet/engine';
import { describe, expect, it } from '@jest/globals';
import { apiKeyHash, mayAsk } from './api-key.ts';

const SECRET = `lct_abcdefghijkl_${'0f'.repeat(32)}_00000000`;

describe('the hash of an API key', () => {
  it('is the SHA-256 of the whole key', () => {
    expect(apiKeyHash(`Bearer ${SECRET}`)).toBe(createHash('sha256').update(SECRET).digest('hex'));
  });

  const none = [undefined, '', SECRET, `Basic ${SECRET}`, `bearer ${SECRET}`, `Bearer ${SECRET}\n`, `Bearer ${SECRET}0`, 'Bearer lct_x'];
  it.each(none)('is not made of what has another form: %j', (authorization) => {
    expect(apiKeyHash(authorization)).toBeUndefined();
  });
});

describe('who may ask', () => {
  const assigned = (tenant: string, enabled = true) =>
    createSnapshot({
      format: 1,
      revision: 1,
      rows: {
        ...emptyRows(),
        tenants: [{ id: 'default' }, { id: CONSOLE_TENANT }],
        'resource-types': [{ id: 'licet.decision', attributes: {} }],
        permissions: [{ id: 'licet.decision:evaluate' }],
        roles: [{ id: APPLICATION_ROLE }],
        grants: (RESERVED_ROLES[APPLICATION_ROLE]?.grants ?? [])
          .filter((permission) => permission.startsWith('licet.decision:e'))
          .map((permission) => ({ id: permission, role: APPLICATION_ROLE, permission, effect: 'allow', condition: null })),
        users: [{ id: 'service:tasks', enabled, attributes: {} }],
        assignments: [
          { id: 'a', user: 'service:tasks', group: null, role: APPLICATION_ROLE, tenant, resource: null, startsAt: null, expiresAt: null },
        ],
      },
    });

  it('is said by the policy, for all tenants or for the console', () => {
    expect(mayAsk(assigned('*'), 'service:tasks', 0)).toBe(true);
    expect(mayAsk(assigned(CONSOLE_TENANT), 'service:tasks', 0)).toBe(true);
    expect(mayAsk(assigned('default'), 'service:tasks', 0)).toBe(false);
    expect(mayAsk(assigned('*', false), 'service:tasks', 0)).toBe(false);
    expect(mayAsk(assigned('*'), 'service:other', 0)).toBe(false);
  });
});
