import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApi, type TestApi } from '../../test/api.ts';

describe('who may change what', () => {
  let api: TestApi;
  let editor: { authorization: string };
  let manager: { authorization: string };
  let application: { authorization: string };

  beforeAll(async () => {
    api = await startApi('sqlite');
    await api.create('resource-types', { id: 'doc', actions: [{ name: 'read' }] });
    await api.create('tenants', { id: 'acme' });
    for (const id of ['bob', 'carl']) await api.create('users', { id });
    await api.create('roles', { id: 'harmless' });
    editor = await api.key('editor', 'licet.policy-editor');
    manager = await api.key('manager', 'licet.access-manager');
    application = await api.key('application');
  });
  afterAll(() => api.stop());

  const assign = (body: object, headers?: Record<string, string>) => api.call('POST', '/api/v1/assignments', body, headers);

  it('nobody assigns a console role that reaches beyond the own', async () => {
    expect((await assign({ user: 'bob', role: 'harmless' }, manager)).status).toBe(201);
    for (const role of ['licet.owner', 'licet.policy-editor']) {
      const answer = await assign({ user: 'bob', role, tenant: '*' }, manager);
      expect([answer.status, answer.body.detail]).toEqual([403, expect.stringContaining('which you do not hold')]);
    }
    expect((await assign({ user: 'bob', role: 'licet.auditor', tenant: '*' }, manager)).status).toBe(201);
  });

  it('nobody reaches beyond the own by a role of their own, an inheritance, a wildcard or a group', async () => {
    const refused = async (method: 'POST' | 'PATCH', path: string, body: object, headers: Record<string, string>) => {
      const answer = await api.call(method, `/api/v1/${path}`, body, headers);
      expect([path, answer.status, answer.body.code]).toEqual([path, 403, 'forbidden']);
    };
    await refused('POST', 'grants', { role: 'harmless', permission: 'licet.operator:update' }, editor);
    await refused('POST', 'grants', { role: 'harmless', permission: 'licet.assignment:*' }, editor);
    await refused('PATCH', 'roles/harmless', { inherits: ['licet.owner'] }, { ...editor, 'if-match': '"1"' });
    await refused('POST', 'roles', { id: 'sneaky', inherits: ['licet.access-manager'] }, editor);
    await refused('POST', 'policy/apply', { file: { licet: 1, roles: { harmless: { inherits: ['licet.owner'] } } } }, editor);
    await api.create('groups', { id: 'bosses' });
    await assign({ group: 'bosses', role: 'licet.owner', tenant: '*' });
    await refused('POST', 'group-members', { group: 'bosses', user: 'bob' }, manager);
    expect((await api.call('POST', '/api/v1/grants', { role: 'harmless', permission: '*:*' }, editor)).status).toBe(201);
    const key = await api.key('harmless', 'harmless');
    expect((await api.call('GET', '/api/v1/users', undefined, key)).status).toBe(403);
  });

  it.each(['licet', 'licet.console', 'user:licet'])('nobody is called %s, which is Licet itself in the audit trail', async (id) => {
    for (const [path, body] of [
      ['users', { id }],
      ['users/sync', { users: [{ id: 'dora' }, { id }] }],
      ['operators', { id, role: 'licet.auditor' }],
    ] as const) {
      const { status, body: said } = await api.call('POST', `/api/v1/${path}`, body);
      expect([path, status, said.code, said.detail]).toEqual([path, 400, 'invalid_request', expect.stringContaining('choose another key')]);
    }
    const applied = await api.call('POST', '/api/v1/policy/apply', { file: { licet: 1, users: { [id]: {} } } });
    expect([400, 422]).toContain(applied.status);
    for (const none of [id.replace('user:', ''), 'dora']) expect((await api.call('GET', `/api/v1/users/${none}`)).status).toBe(404);
    await api.create('users', { id: id.replace(/[.:]/, '-').replace(/^licet$/, 'licet-shop') });
  });

  it('whoever imports passes the same check as whoever edits', async () => {
    const answer = await api.call('POST', '/api/v1/policy/apply', { file: { licet: 1, users: { imported: {} } } }, editor);
    expect([answer.status, answer.body.detail]).toEqual([403, expect.stringContaining('licet.user:create')]);
    expect((await api.call('GET', '/api/v1/users/imported')).status).toBe(404);
    const looks = ['licet.policy:apply', 'licet.user:read', 'licet.tenant:read', 'licet.role:read'];
    await api.call('POST', '/api/v1/policy/apply', { file: { licet: 1, roles: { looks: { grants: looks } } } });
    const importer = await api.key('importer', 'looks');
    for (const [permission, file] of [
      ['licet.user:update', { users: { bob: { name: 'Bobby' } } }],
      ['licet.tenant:update', { tenants: { acme: { name: 'Acme' } } }],
      ['licet.role:update', { roles: { harmless: { description: 'not any more' } } }],
    ] as const) {
      const { status, body } = await api.call('POST', '/api/v1/policy/apply', { file: { licet: 1, ...file } }, importer);
      expect([status, body.detail]).toEqual([403, expect.stringContaining(permission)]);
    }
  });

  it('an application may sync users, but touch no operator and no service account', async () => {
    const sync = (id: string) => api.call('POST', '/api/v1/users/sync', { users: [{ id, enabled: false }] }, application);
    expect((await sync('dora')).status).toBe(200);
    for (const id of ['ana', 'service:editor']) expect([id, (await sync(id)).status]).toEqual([id, 403]);
    expect((await api.call('PATCH', '/api/v1/users/ana', { enabled: false }, { ...manager, 'if-match': '"1"' })).status).toBe(403);
  });

  it('what is part of Licet stays as it is', async () => {
    const refused = async (method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: object) => {
      const answer = await api.call(method, `/api/v1/${path}`, body, { 'if-match': '"1"' });
      expect([path, answer.status]).toEqual([path, 403]);
    };
    const inUse = await api.call('DELETE', '/api/v1/roles/licet.auditor', undefined, { 'if-match': '"1"' });
    expect(inUse.status).toBe(409);
    await refused('PATCH', 'roles/licet.auditor', { name: 'x' });
    await refused('POST', 'roles', { id: 'licet.mine' });
    await refused('POST', 'grants', { role: 'licet.auditor', permission: 'licet.user:delete' });
    await refused('POST', 'resource-types', { id: 'licet.mine' });
    await refused('PATCH', 'resource-types/licet.user', { actions: [] });
    await refused('POST', 'tenants', { id: 'licet.mine' });
    await refused('DELETE', 'groups/everyone');
    await refused('POST', 'group-members', { group: 'anyone', user: 'bob' });
  });

  it('the last owner stays', async () => {
    const { body } = await api.call('GET', '/api/v1/assignments?user=ana');
    const gone = await api.call('DELETE', `/api/v1/assignments/${body.items[0].id}`, undefined, { 'if-match': '"1"' });
    const disabled = await api.call('PATCH', '/api/v1/users/ana', { enabled: false }, { 'if-match': '"1"' });
    const limited = await api.call('PATCH', `/api/v1/assignments/${body.items[0].id}`, { expiresAt: '2030-01-01T00:00:00Z' }, { 'if-match': '"1"' });
    const deleted = await api.call('DELETE', '/api/v1/users/ana', undefined, { 'if-match': '"1"' });
    expect([gone, disabled, limited, deleted].map(({ status }) => status)).toEqual([409, 409, 409, 409]);
    // A denial in one tenant alone that reaches every owner: whoever took it away would have to hold there what it denies.
    const lock = { lock: { grants: [{ permission: 'licet.user:sync', effect: 'deny' }] } };
    const locked = (who: object, tenant: string) =>
      api.call('POST', '/api/v1/policy/apply', { file: { licet: 1, roles: lock, assignments: [{ ...who, role: 'lock', tenant }] } });
    const tries = [await locked({ group: 'everyone' }, 'acme'), await locked({ user: 'ana' }, 'acme'), await locked({ user: 'bob' }, 'acme')];
    expect(tries.map(({ status }) => status)).toEqual([409, 409, 200]);
    // One that begins later, or hangs on a condition: when it holds, it is too late.
    const everyone = { group: 'everyone', tenant: '*' };
    const deny = (when?: string) => ({ grants: [{ permission: 'licet.role:read', effect: 'deny', ...(when && { when }) }] });
    const later = await api.call('POST', '/api/v1/policy/apply', {
      file: { licet: 1, roles: { later: deny() }, assignments: [{ ...everyone, role: 'later', from: '2090-01-01T00:00:00Z' }] },
    });
    const perhaps = await api.call('POST', '/api/v1/policy/apply', {
      file: {
        licet: 1,
        roles: { perhaps: deny('now > timestamp("2090-01-01T00:00:00Z")'), heir: { inherits: ['perhaps'] } },
        assignments: [{ ...everyone, role: 'heir' }],
      },
    });
    const over = await api.call('POST', '/api/v1/policy/apply', {
      file: { licet: 1, roles: { over: deny() }, assignments: [{ ...everyone, role: 'over', until: '2020-01-01T00:00:00Z' }] },
    });
    expect([later, perhaps, over].map(({ status }) => status)).toEqual([409, 409, 200]);
    expect((await api.call('GET', '/api/v1/session')).status).toBe(200);
  });

  it('a console role in one tenant gives nothing over what all tenants share', async () => {
    await api.create('users', { id: 'service:acme-admin' });
    const local = await api.key('acme-admin', 'harmless');
    await assign({ user: 'service:acme-admin', role: 'licet.access-manager', tenant: 'acme' });
    expect((await api.call('POST', '/api/v1/users', { id: 'eve' }, local)).status).toBe(403);
  });

  it('a key whose role was taken away can do nothing any more', async () => {
    const key = await api.key('short-lived', 'licet.auditor');
    expect((await api.call('GET', '/api/v1/roles', undefined, key)).status).toBe(200);
    const { body } = await api.call('GET', '/api/v1/assignments?user=service:short-lived');
    await api.call('DELETE', `/api/v1/assignments/${body.items[0].id}`, undefined, { 'if-match': '"1"' });
    expect((await api.call('GET', '/api/v1/roles', undefined, key)).status).toBe(403);
  });
});
