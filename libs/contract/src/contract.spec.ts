import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { RESERVED_PERMISSIONS, RESERVED_ROLES } from './access.ts';
import { ApiKeyRotate, AssignmentCreate, AssignmentUpdate } from './admin.ts';
import { COLLECTIONS } from './collections.ts';
import { ERROR_STATUS, LicetError } from './errors.ts';
import { errorItems } from './faults.ts';
import { parseUserKey, PermissionPattern, ResourceKey, userKey } from './ids.ts';
import { openApiDocument } from './openapi.ts';
import { emptyRows, POLICY_KINDS, PolicyRows } from './policy.ts';
import { PolicyFile } from './policy-file.ts';

describe('a user key', () => {
  it('stands for exactly one type and id', () => {
    const users = [
      ['user', 'alice'],
      ['service', 'bob'],
      ['user', 'service:bob'],
      ['user', 'auth0|a:b'],
      ['user', ':'],
      ['device', ''],
    ] as const;
    const keys = users.map(([type, id]) => userKey(type, id));
    expect(new Set(keys).size).toBe(users.length);
    expect(keys.map(parseUserKey)).toEqual(users.map(([type, id]) => ({ type, id })));
  });

  it('is short for the ordinary user', () => {
    expect([userKey('user', 'alice'), userKey('service', 'bob')]).toEqual(['alice', 'service:bob']);
  });
});

describe('identifiers', () => {
  it('take wildcards only where a grant may have them', () => {
    const taken = ['task:read', 'task:*', '*:read', '*:*'].map((text) => PermissionPattern.safeParse(text).success);
    const refused = ['task', 'task:', ':read', 'ta*:read', 'task:re*', 'a b:c', ''].map(
      (text) => PermissionPattern.safeParse(text).success,
    );
    expect([taken.every(Boolean), refused.some(Boolean)]).toEqual([true, false]);
  });

  it('hold no control characters', () => {
    expect([ResourceKey.safeParse('task:t\u0000').success, ResourceKey.safeParse('task:a:b').success]).toEqual([false, true]);
  });
});

describe('an error', () => {
  it('names each member that is wrong, as it is written in code', () => {
    const schema = z.strictObject({ list: z.array(z.object({ id: z.string() })) });
    const { error } = schema.safeParse({ list: [{ id: 'a' }, { id: 1 }], extra: true });
    expect(errorItems(error!).map(({ path }) => path)).toEqual(['list[1].id', 'extra']);
  });

  it('is a problem document with the status of its code', () => {
    for (const [code, status] of Object.entries(ERROR_STATUS)) {
      const document = new LicetError(code as keyof typeof ERROR_STATUS, 'a sentence').toProblem('id');
      expect(document).toMatchObject({ type: `urn:licet:error:${code}`, status, code, detail: 'a sentence', requestId: 'id' });
    }
  });
});

describe('the admin API', () => {
  it('refuses an assignment to nobody, to two at once, and one that ends before it begins', () => {
    const refused = [
      { role: 'r' },
      { role: 'r', user: 'a', group: 'g' },
      { role: 'r', user: 'a', startsAt: '2026-02-01T00:00:00Z', expiresAt: '2026-01-01T00:00:00Z' },
    ];
    expect(refused.map((body) => AssignmentCreate.safeParse(body).success)).toEqual([false, false, false]);
    expect(AssignmentCreate.parse({ role: 'r', user: 'a', expiresAt: '2026-01-01T01:00:00+01:00' })).toMatchObject({
      tenant: 'default',
      expiresAt: '2026-01-01T00:00:00.000Z',
    });
  });

  it.each([
    ['9999-12-31T23:59:59-10:00', false],
    ['0000-06-01T00:00:00Z', false],
    ['0001-01-01T00:00:00+00:01', false],
    ['9999-12-31T23:59:59Z', true],
    ['0001-01-01T00:00:00Z', true],
  ])('takes a time for one within the years 1 to 9999 in UTC: %s', (expiresAt, taken) => {
    expect(AssignmentUpdate.safeParse({ expiresAt }).success).toBe(taken);
    expect(ApiKeyRotate.safeParse({ oldUntil: expiresAt }).success).toBe(taken);
  });

  it('searches and sorts by fields that its rows have', () => {
    const beside: Record<string, string[]> = { 'audit-entries': ['content'], decisions: ['subject', 'action', 'resource'] };
    for (const [name, { row, search, sort }] of Object.entries(COLLECTIONS)) {
      const fields = [...Object.keys(row.shape), ...(beside[name] ?? [])];
      for (const field of [...search, ...sort]) expect([name, fields]).toEqual([name, expect.arrayContaining([field.replace(/^-/, '')])]);
    }
  });

  it('is described without a reference that leads nowhere', () => {
    const document = openApiDocument('0.0.0') as { components: { schemas: object } };
    const names = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name);
    expect(Object.keys(document.components.schemas)).toEqual(expect.arrayContaining(names));
    expect(JSON.stringify(document)).not.toContain('$defs');
  });
});

describe('the policy', () => {
  it('has a schema for the rows of every kind', () => {
    expect(PolicyRows.parse(emptyRows())).toEqual(emptyRows());
    expect(Object.keys(emptyRows())).toEqual(POLICY_KINDS);
  });

  it('has built-in roles that grant console permissions only', () => {
    for (const { grants } of Object.values(RESERVED_ROLES)) {
      for (const grant of grants)
        expect(RESERVED_PERMISSIONS.some((permission) => permission === grant || grant === `${permission.split(':')[0]}:*`)).toBe(true);
    }
  });

  it('may be written in a file with entries that hold nothing, and says where a file is wrong', () => {
    expect(PolicyFile.parse({ licet: 1, tenants: { acme: null }, roles: { viewer: null } }).roles).toEqual({
      viewer: { inherits: [], grants: [] },
    });
    const { error } = PolicyFile.safeParse({ licet: 1, roles: { viewer: { grant: [] } } });
    expect(errorItems(error!).map(({ path }) => path)).toEqual(['roles.viewer.grant']);
  });
});
