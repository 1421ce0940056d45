import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApi, type TestApi } from '../../test/api.ts';

type Key = { authorization: string };

describe('nobody gives what they do not hold', () => {
  let api: TestApi;
  let count = 0;

  beforeAll(async () => {
    api = await startApi('sqlite');
    for (const id of ['acme', 'beta']) await api.create('tenants', { id });
    for (const id of ['bob', 'carl']) await api.create('users', { id });
    await api.create('conditions', { id: 'at-night', expression: 'context.shift == "night"' });
  });
  afterAll(() => api.stop());

  /** A service account with a role of its own that grants these, and its key. */
  const holder = async (
    permissions: (string | object)[],
    where: object = { tenant: '*' },
  ): Promise<Key & { user: string; role: string }> => {
    const role = `role-${++count}`;
    await api.call('POST', '/api/v1/policy/apply', { file: { licet: 1, roles: { [role]: { grants: permissions } } } });
    const user = `service:${role}`;
    await api.create('users', { id: user });
    await api.create('assignments', { user, role, ...where });
    await api.create('roles', { id: `${role}-nothing` });
    return { ...(await api.key(role, `${role}-nothing`)), user, role };
  };
  const tries = async (key: Key, method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: object, version = 1) =>
    (await api.call(method, `/api/v1/${path}`, body, { authorization: key.authorization, 'if-match': `"${version}"` })).status;

  it('by an assignment: in no other tenant, not for longer, not for certain what hangs on a condition', async () => {
    const all = ['licet.assignment:create', 'licet.role:read'];
    const [soon, later] = ['2090-01-01T00:00:00.000Z', '2091-01-01T00:00:00.000Z'];
    await api.call('POST', '/api/v1/policy/apply', { file: { licet: 1, roles: { plain: { grants: ['licet.role:read'] } } } });
    const give = (key: Key, more: object) => tries(key, 'POST', 'assignments', { user: 'bob', role: 'plain', ...more });
    const everywhere = await holder(all);
    expect([await give(everywhere, { tenant: '*' }), await give(everywhere, { tenant: 'acme' })]).toEqual([201, 201]);
    const limited = await holder(all, { tenant: '*', expiresAt: soon });
    expect([await give(limited, { tenant: '*', expiresAt: later }), await give(limited, { tenant: '*', expiresAt: soon })]).toEqual([
      403, 201,
    ]);
    const console_ = await holder(all, { tenant: 'licet.console' });
    expect([
      await give(console_, { tenant: '*', expiresAt: '2050-01-01T00:00:00Z' }),
      await give(console_, { tenant: 'licet.console' }),
    ]).toEqual([403, 201]);
    const night = await holder(['licet.assignment:create', { permission: 'licet.role:read', when: 'at-night' }]);
    expect(await give(night, { tenant: '*', expiresAt: '2051-01-01T00:00:00Z' })).toBe(403);
    const local = await holder(all, { tenant: 'acme' });
    expect([
      await give(local, { tenant: 'beta' }),
      await give(local, { tenant: '*' }),
      await give(local, { tenant: 'acme', expiresAt: soon }),
    ]).toEqual([403, 403, 201]);
  });

  it('by the end of a denial: of its assignment, its grant, its membership, its condition or its effect', async () => {
    const key = await holder(['licet.assignment:delete', 'licet.grant:*', 'licet.group:*', 'licet.condition:*', 'licet.role:*']);
    await api.call('POST', '/api/v1/policy/apply', {
      file: {
        licet: 1,
        roles: { muzzle: { grants: [{ permission: 'licet.operator:*', effect: 'deny' }] }, gag: { inherits: ['muzzle'] } },
      },
    });
    const { body: direct } = await api.create('assignments', { user: key.user, role: 'muzzle', tenant: '*' });
    expect(await tries(key, 'DELETE', `assignments/${direct.id}`)).toBe(403);
    const [grant] = (await api.call('GET', '/api/v1/grants?role=muzzle')).body.items;
    expect(await tries(key, 'DELETE', `grants/${grant.id}`)).toBe(403);
    expect(await tries(key, 'PATCH', `grants/${grant.id}`, { condition: 'at-night' })).toBe(403);
    expect(await tries(key, 'PATCH', `grants/${grant.id}`, { effect: 'allow' })).toBe(403);
    expect(await tries(key, 'PATCH', 'roles/gag', { inherits: [] })).toBe(403);
    await api.create('groups', { id: 'gagged' });
    await api.create('assignments', { group: 'gagged', role: 'gag', tenant: '*' });
    const { body: member } = await api.create('group-members', { group: 'gagged', user: key.user });
    expect(await tries(key, 'DELETE', `group-members/${member.id}`)).toBe(403);
    await api.create('grants', { role: 'gag', permission: 'licet.api-key:*', effect: 'deny', condition: 'at-night' });
    expect(await tries(key, 'PATCH', 'conditions/at-night', { expression: 'context.shift == "never"' })).toBe(403);
  });

  it('nor takes or denies it: the lesser cannot shut out the greater', async () => {
    const key = await holder(['licet.role:*', 'licet.grant:*', 'licet.assignment:*', 'licet.policy:apply']);
    const deny = { role: `${key.role}-nothing`, permission: 'licet.operator:update', effect: 'deny' };
    expect([await tries(key, 'POST', 'grants', deny), await tries(key, 'POST', 'grants', { ...deny, condition: 'at-night' })]).toEqual([
      403, 403,
    ]);
    await api.call('POST', '/api/v1/policy/apply', {
      file: {
        licet: 1,
        roles: { hushed: { grants: [{ permission: 'licet.user:*', effect: 'deny' }] }, shown: { grants: ['licet.user:read'] } },
      },
    });
    expect(await tries(key, 'POST', 'assignments', { group: 'everyone', role: 'hushed', tenant: 'acme' })).toBe(403);
    const [grant] = (await api.call('GET', '/api/v1/grants?role=shown')).body.items;
    expect(await tries(key, 'DELETE', `grants/${grant.id}`)).toBe(403);
  });

  it('by an account for somebody who holds it: a key, an invitation, a link, a switch, attributes', async () => {
    await api.create('groups', { id: 'bosses' });
    await api.create('assignments', { group: 'bosses', role: 'licet.owner', tenant: '*' });
    await api.create('users', { id: 'service:boss' });
    await api.create('group-members', { group: 'bosses', user: 'service:boss' });
    await api.create('group-members', { group: 'bosses', user: 'carl' });
    const key = await holder(['licet.operator:*', 'licet.api-key:*', 'licet.user:*', 'licet.assignment:*', 'licet.audit-entry:read']);
    await api.create('roles', { id: 'empty' });
    await api.call('POST', '/api/v1/policy/apply', { file: { licet: 1, roles: { auditing: { grants: ['licet.audit-entry:read'] } } } });
    expect(await tries(key, 'POST', 'api-keys', { name: 'boss', role: 'empty' })).toBe(403);
    expect(await tries(key, 'POST', 'operators', { id: 'carl', role: 'licet.auditor' })).toBe(403);
    expect(await tries(key, 'POST', 'operators/ana/link')).toBe(403);
    await api.create('operators', { id: 'dora', role: 'licet.owner' });
    const { version } = (await api.call('GET', '/api/v1/operators/dora')).body;
    const off = await api.call('PATCH', '/api/v1/operators/dora', { enabled: false }, { 'if-match': `"${version}"` });
    expect([off.status, await tries(key, 'PATCH', 'operators/dora', { enabled: true }, off.body.version)]).toEqual([200, 403]);
    await api.call('PATCH', '/api/v1/users/carl', { enabled: false }, { 'if-match': '"1"' });
    expect(await tries(key, 'PATCH', 'users/carl', { enabled: true }, 2)).toBe(403);
    await api.create('conditions', { id: 'is-chief', expression: 'subject.properties.chief == true' });
    await api.call('POST', '/api/v1/policy/apply', {
      file: {
        licet: 1,
        roles: { chiefs: { grants: [{ permission: 'licet.role:*', when: 'is-chief' }] } },
        assignments: [{ user: 'bob', role: 'chiefs', tenant: '*' }],
      },
    });
    expect(await tries(key, 'PATCH', 'users/bob', { attributes: { chief: true } })).toBe(403);
    expect(await tries(key, 'POST', 'users/sync', { users: [{ id: 'bob', attributes: { chief: true } }] })).toBe(403);
    await api.call('POST', '/api/v1/policy/apply', {
      file: {
        licet: 1,
        roles: { grounded: { grants: [{ permission: 'licet.tenant:*', effect: 'deny', when: 'is-chief' }] } },
        users: { dave: {} },
        assignments: [{ user: 'dave', role: 'grounded', tenant: '*' }],
      },
    });
    expect(await tries(key, 'PATCH', 'users/dave', { attributes: { chief: true } })).toBe(403);
  });

  it('in one change that makes the role, what it inherits, the group, the member and the assignment at once', async () => {
    const key = await holder([
      'licet.policy:apply',
      'licet.role:*',
      'licet.grant:*',
      'licet.group:*',
      'licet.assignment:*',
      'licet.user:*',
      'licet.tenant:*',
    ]);
    const apply = (file: object) => tries(key, 'POST', 'policy/apply', { file: { licet: 1, ...file } });
    const chain = (permission: string) => ({
      roles: { 'chain-a': { inherits: ['chain-b'] }, 'chain-b': { grants: [permission] } },
      groups: { chained: { members: ['bob'] } },
      assignments: [{ group: 'chained', role: 'chain-a', tenant: '*' }],
    });
    expect([await apply(chain('licet.operator:update')), await apply(chain('licet.user:update'))]).toEqual([403, 200]);
    // What may be given, before and after what may not, does not cover for it.
    for (const grants of [
      ['licet.user:read', 'licet.operator:update'],
      ['licet.operator:update', 'licet.user:read'],
    ]) {
      expect(await apply({ roles: { mixed: { grants } } })).toBe(403);
      expect(await apply({ roles: { 'mixed-a': { grants: grants.slice(0, 1) }, 'mixed-b': { grants: grants.slice(1) } } })).toBe(403);
    }
    expect(await apply({ tenants: { fresh: {} }, assignments: [{ user: 'bob', role: 'licet.auditor', tenant: 'fresh' }] })).toBe(403);
  });

  describe('holds what', () => {
    const OWN = 'licet.decision-point:read';
    const [soon, later] = ['2089-01-01T00:00:00.000Z', '2090-01-01T00:00:00.000Z'];
    const when = (permission: string, condition: string, effect = 'allow') => ({ permission, when: condition, effect });

    beforeAll(async () => {
      await api.create('conditions', { id: 'by-now', expression: 'now > timestamp("2020-01-01T00:00:00Z")' });
      await api.create('conditions', { id: 'long-ago', expression: 'now < timestamp("2020-01-01T00:00:00Z")' });
      const roles = {
        points: { grants: [OWN] },
        'points-by-now': { grants: [when(OWN, 'by-now')] },
        'points-twice': { grants: [OWN, when('licet.decision-point:*', 'by-now')] },
        'points-twice-too': { grants: [when(OWN, 'by-now'), 'licet.decision-point:*'] },
        blind: { grants: [{ permission: OWN, effect: 'deny' }] },
        'blind-by-now': { grants: [when(OWN, 'by-now', 'deny')] },
        'blind-long-ago': { grants: [when(OWN, 'long-ago', 'deny')] },
        syncs: { grants: ['licet.user:sync'] },
        'syncs-not': { grants: [when('licet.user:sync', 'long-ago', 'deny')] },
      };
      const assignments = [{ group: 'pointers', role: 'points', tenant: '*' }];
      const applied = await api.call('POST', '/api/v1/policy/apply', { file: { licet: 1, roles, groups: { pointers: {} }, assignments } });
      expect(applied.status).toBe(200);
    });

    const ALL = ['licet.assignment:*', 'licet.role:*', 'licet.grant:*', 'licet.group:*', 'licet.tenant:*', 'licet.policy:apply'];
    /** Whoever may change all this, and is assigned these roles besides. */
    const having = async (...assignments: { role: string; [more: string]: unknown }[]) => {
      const key = await holder(ALL);
      for (const each of assignments) await api.create('assignments', { user: key.user, tenant: '*', ...each });
      return key;
    };
    const give = async (key: Key, role = 'points') => {
      const user = `to-${++count}`;
      await api.create('users', { id: user });
      return tries(key, 'POST', 'assignments', { user, role, tenant: '*' });
    };

    it('ends, begins later, is for one resource, hangs on a condition or may be denied: and does not give it for certain', async () => {
      const blind = (more: object) => having({ role: 'points' }, { role: 'blind', ...more });
      for (const [what, key] of [
        ['what begins later', await having({ role: 'points', expiresAt: later }, { role: 'points', startsAt: soon })],
        ['on one resource', await having({ role: 'points', resource: 'licet.decision-point:-' })],
        ['on a condition that holds now', await having({ role: 'points-by-now' })],
        ['denied in one tenant', await blind({ tenant: 'acme' })],
        ['denied later', await blind({ startsAt: later })],
      ] as const) {
        expect([what, await give(key)]).toEqual([what, 403]);
      }
      const syncing = await having({ role: 'syncs' });
      await api.create('groups', { id: 'walled' });
      await api.create('group-members', { group: 'walled', user: syncing.user });
      const { body } = await api.create('assignments', { group: 'walled', role: 'syncs-not', tenant: 'acme' });
      expect(await give(syncing, 'syncs')).toBe(403);
      await api.call('DELETE', `/api/v1/assignments/${body.id}`, undefined, { 'if-match': '"1"' });
      expect(await give(syncing, 'syncs')).toBe(201);
    });

    it('ends or is for the console alone: and gives it no role, no heir, no group and not to themselves', async () => {
      for (const limit of [{ expiresAt: later }, { tenant: 'licet.console' }]) {
        const key = await having({ role: 'points', ...limit });
        const other = `${key.role}-nothing`;
        expect([
          await tries(key, 'POST', 'grants', { role: other, permission: OWN }),
          await tries(key, 'PATCH', `roles/${other}`, { inherits: ['points'] }),
          await tries(key, 'POST', 'group-members', { group: 'pointers', user: key.user }),
          await tries(key, 'POST', 'assignments', { user: key.user, role: 'points', tenant: '*' }),
        ]).toEqual([403, 403, 403, 403]);
      }
    });

    it('is two steps away: a role that inherits from one that inherits is that role too', async () => {
      const key = await having();
      const roles = { deep: { grants: ['licet.operator:update'] }, mid: { inherits: ['deep'] }, top: { inherits: ['mid'] } };
      await api.call('POST', '/api/v1/policy/apply', { file: { licet: 1, roles } });
      expect(await give(key, 'top')).toBe(403);
    });

    it('is certain: and gives it', async () => {
      const grouped = await having();
      await api.create('group-members', { group: 'pointers', user: grouped.user });
      for (const [how, key] of [
        ['by a group', grouped],
        ['on a condition and without', await having({ role: 'points-twice' })],
        ['without a condition and on one', await having({ role: 'points-twice-too' })],
        [
          'denied once',
          await having({ role: 'points' }, { role: 'blind', startsAt: '2001-01-01T00:00:00Z', expiresAt: '2002-01-01T00:00:00Z' }),
        ],
      ] as const) {
        expect([how, await give(key)]).toEqual([how, 201]);
      }
      const file = { licet: 1, tenants: { 'made-here': {} }, assignments: [{ user: 'carl', role: 'points', tenant: 'made-here' }] };
      expect(await tries(grouped, 'POST', 'policy/apply', { file })).toBe(200);
    });

    it.each([['*'], ['walled']])('is an owner’s: a denial that could come is no obstacle, one that is there is, in %s', async (tenant) => {
      if (tenant !== '*') await api.create('tenants', { id: tenant });
      const owner = async (role: string) => {
        const key = await api.key(`owner-${++count}`, 'licet.owner');
        await api.create('assignments', { user: `service:owner-${count}`, role, tenant });
        return key;
      };
      const [{ id }] = (await api.call('GET', '/api/v1/grants?role=blind')).body.items;
      for (const role of ['blind', 'blind-by-now']) {
        const key = await owner(role);
        expect([await give(key), await tries(key, 'DELETE', `grants/${id}`)]).toEqual([403, 403]);
      }
      expect(await give(await owner('blind-long-ago'))).toBe(201);
    });
  });

  it('makes of a resource of the console’s own types no attribute that a condition could read', async () => {
    expect((await api.call('POST', '/api/v1/resources', { id: 'licet.role:-', attributes: {} })).status).toBe(403);
  });

  it('lets a developer make keys for own applications, and leaves those of others alone', async () => {
    await api.create('users', { id: 'service:dev' });
    await api.create('assignments', { user: 'service:dev', role: 'licet.developer', tenant: '*' });
    await api.create('roles', { id: 'none' });
    const dev = await api.key('dev', 'none');
    await api.key('payments');
    const made = await api.call('POST', '/api/v1/api-keys', { name: 'my-app' }, dev);
    expect(made.status).toBe(201);
    expect(await tries(dev, 'POST', 'api-keys', { name: 'my-app' })).toBe(201);
    expect(await tries(dev, 'POST', 'api-keys', { name: 'payments' })).toBe(403);
    expect(await tries(dev, 'POST', 'api-keys', { name: 'other', role: 'licet.policy-editor' })).toBe(403);
    await api.create('roles', { id: 'cashier' });
    expect(await tries(dev, 'POST', 'api-keys', { name: 'other', role: 'cashier' })).toBe(403);
    const [foreign] = (await api.call('GET', '/api/v1/api-keys?user=service:payments')).body.items;
    expect([await tries(dev, 'DELETE', `api-keys/${foreign.id}`), await tries(dev, 'DELETE', `api-keys/${made.body.id}`)]).toEqual([
      403, 204,
    ]);
  });
});
