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

  it.each(['bearer ', 'BEARER ', 'bEaReR ', 'Bearer  ', 'bearer      '])('is the same where the scheme is written as %j', (scheme) => {
    expect(apiKeyHash(scheme + SECRET)).toBe(apiKeyHash(`Bearer ${SECRET}`));
  });

  const none = [
    ...[undefined, '', SECRET, `Basic ${SECRET}`, `Bearer${SECRET}`, `Bearer\t${SECRET}`, ` Bearer ${SECRET}`, `Bearer ${SECRET} `],
    ...[`Bearer ${SECRET}\n`, `Bearer ${SECRET}0`, 'Bearer lct_x', 'Bearer ', 'Bearer'],
  ];
  it.each(none)('is not made of what has another form: %j', (authorization) => {
    expect(apiKeyHash(authorization)).toBeUndefined();
  });
});

describe('who may ask', () => {
  const assigned = (tenant: string, permissions: string[], enabled = true) =>
    createSnapshot({
      format: 1,
      revision: 1,
      rows: {
        ...emptyRows(),
        tenants: [{ id: 'default' }, { id: CONSOLE_TENANT }],
        'resource-types': ['licet.decision', 'licet.policy'].map((id) => ({ id, attributes: {} })),
        permissions: ['licet.decision:evaluate', 'licet.policy:replicate'].map((id) => ({ id })),
        roles: [{ id: 'asker' }],
        grants: permissions.map((permission) => ({ id: permission, role: 'asker', permission, effect: 'allow', condition: null })),
        users: [{ id: 'service:tasks', enabled, attributes: {} }],
        assignments: [
          { id: 'a', user: 'service:tasks', group: null, role: 'asker', tenant, resource: null, startsAt: null, expiresAt: null },
        ],
      },
    });
  const APPLICATION =
    RESERVED_ROLES[APPLICATION_ROLE]?.grants.filter((permission) => /^licet\.(decision:evaluate|policy)/.test(permission)) ?? [];

  it('is said by the policy, for all tenants or for the console', () => {
    for (const asks of ['decisions', 'explanations'] as const) {
      expect(mayAsk(assigned('*', APPLICATION), 'service:tasks', 0, asks)).toBe(true);
      expect(mayAsk(assigned(CONSOLE_TENANT, APPLICATION), 'service:tasks', 0, asks)).toBe(true);
      expect(mayAsk(assigned('default', APPLICATION), 'service:tasks', 0, asks)).toBe(false);
      expect(mayAsk(assigned('*', APPLICATION, false), 'service:tasks', 0, asks)).toBe(false);
      expect(mayAsk(assigned('*', APPLICATION), 'service:other', 0, asks)).toBe(false);
    }
  });

  it('may be said for one tenant, and holds at its address alone', () => {
    for (const asks of ['decisions', 'explanations'] as const) {
      const may = (tenant?: string) => mayAsk(assigned('default', APPLICATION), 'service:tasks', 0, asks, tenant);
      expect([may('default'), may('other'), may('*'), may()]).toEqual([true, false, false, false]);
      expect(mayAsk(assigned('*', APPLICATION), 'service:tasks', 0, asks, 'default')).toBe(true);
    }
  });

  it.each([
    [['licet.decision:evaluate'], true, false],
    [['licet.policy:replicate'], false, true],
  ])('with %j: decisions %p, explanations %p', (permissions, decisions, explanations) => {
    const snapshot = assigned('*', permissions);
    expect(mayAsk(snapshot, 'service:tasks', 0)).toBe(decisions);
    expect(mayAsk(snapshot, 'service:tasks', 0, 'explanations')).toBe(explanations);
  });
});
