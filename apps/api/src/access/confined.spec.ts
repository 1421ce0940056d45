import { COLLECTIONS, type CollectionName, RESERVED_ACTIONS, TENANT_PERMISSIONS } from '@licet/contract';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DIALECTS, startApi, type TestApi } from '../../test/api.ts';

describe.each(DIALECTS)('a tenant administrator (%s)', (dialect) => {
  let api: TestApi;
  let admin: { authorization: string };
  const ids: Record<string, string> = {};

  beforeAll(async () => {
    api = await startApi(dialect);
    for (const id of ['acme', 'beta']) await api.create('tenants', { id });
    await api.create('resource-types', { id: 'doc', actions: [{ name: 'read' }] });
    await api.create('roles', { id: 'reader' });
    for (const id of ['anna', 'bert', 'gina', 'free']) await api.create('users', { id });
    await api.create('groups', { id: 'crew' });
    await api.create('group-members', { group: 'crew', user: 'gina' });
    const assign = async (name: string, body: object) =>
      (ids[name] = (await api.create('assignments', { role: 'reader', ...body })).body.id);
    await assign('acme', { user: 'anna', tenant: 'acme' });
    await assign('beta', { user: 'bert', tenant: 'beta' });
    await assign('all', { user: 'bert', tenant: '*' });
    await assign('crew', { group: 'crew', tenant: 'acme' });
    for (const [id, tenant] of [
      ['doc:a', 'acme'],
      ['doc:b', 'beta'],
      ['doc:n', null],
    ])
      await api.create('resources', { id, tenant });
    await api.create('users', { id: 'service:admin' });
    await api.create('assignments', { user: 'service:admin', role: 'licet.tenant-administrator', tenant: 'acme' });
    admin = await api.key('admin', 'reader');
    const application = await api.key('application');
    for (const tenant of ['acme', 'beta']) {
      const question = {
        subject: { type: 'user', id: 'anna' },
        action: { name: 'read' },
        resource: { type: 'doc', id: '1' },
        context: { tenant },
      };
      await api.call('POST', '/access/v1/evaluation', question, application);
    }
  });
  afterAll(() => api.stop());

  const get = (path: string) => api.call('GET', `/api/v1/${path}`, undefined, admin);
  const list = async (path: string) => ((await get(path)).body.items as { id: string }[]).map(({ id }) => id).sort();
  const write = async (method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: object) =>
    (await api.call(method, `/api/v1/${path}`, body, { ...admin, 'if-match': '"1"' })).status;

  it('sees what is of the own tenant, and the words that all share', async () => {
    expect(await list('assignments')).toEqual(
      [ids['acme'], ids['crew'], (await api.call('GET', '/api/v1/assignments?user=service:admin&tenant=acme')).body.items[0].id].sort(),
    );
    expect([await list('resources'), await list('tenants')]).toEqual([['doc:a'], ['acme']]);
    expect(await list('users')).toEqual(['anna', 'gina', 'service:admin']);
    expect((await get('roles')).body.total).toBe((await api.call('GET', '/api/v1/roles')).body.total);
    expect(new Set(((await get('decisions')).body.items as { tenant: string }[]).map(({ tenant }) => tenant))).toEqual(new Set(['acme']));
    expect((await get('session')).body).toMatchObject({
      tenants: ['acme'],
      permissions: expect.arrayContaining(['licet.assignment:create']),
    });
  });

  it('finds nothing of other tenants by an id, a filter, a search or a page', async () => {
    for (const query of ['tenant=beta', 'tenant=*', 'q=bert', 'user=bert', 'page=2&perPage=3'])
      expect([query, await list(`assignments?${query}`)]).toEqual([query, []]);
    expect(await list('users?q=bert')).toEqual([]);
    const decisions = await api.call('GET', '/api/v1/decisions?tenant=beta');
    const [own, missing] = [await get(`assignments/${ids['acme']}`), await get('assignments/01890000-0000-7000-8000-000000000000')];
    expect([own.status, missing.status]).toEqual([200, 404]);
    const said = ({ status, body }: typeof own) => ({ status, code: body.code, title: body.title });
    for (const path of [
      `assignments/${ids['beta']}`,
      `assignments/${ids['all']}`,
      'resources/doc:b',
      'resources/doc:n',
      'tenants/beta',
      'users/bert',
      'users/free',
      `decisions/${decisions.body.items[0].id}`,
    ]) {
      expect([path, said(await get(path))]).toEqual([path, said(missing)]);
    }
  });

  it('changes what is of the own tenant, and cannot tell what there is in others', async () => {
    expect(await write('POST', 'assignments', { user: 'free', role: 'reader', tenant: 'acme' })).toBe(201);
    for (const tenant of ['beta', 'nowhere', '*', 'default', 'licet.console']) {
      expect([tenant, await write('POST', 'assignments', { user: 'free', role: 'reader', tenant })]).toEqual([tenant, 403]);
      expect([tenant, await write('POST', 'resources', { id: 'doc:new', tenant: tenant === '*' ? null : tenant })]).toEqual([tenant, 403]);
    }
    for (const id of [ids['beta'], ids['all'], '01890000-0000-7000-8000-000000000000']) {
      expect([await write('PATCH', `assignments/${id}`, { reason: 'x' }), await write('DELETE', `assignments/${id}`)]).toEqual([404, 404]);
    }
    expect(await write('DELETE', 'resources/doc:b')).toBe(404);
    for (const tenant of ['beta', 'nowhere', null]) expect(await write('PATCH', 'resources/doc:a', { tenant })).toBe(403);
    expect(await write('PATCH', 'resources/doc:a', { attributes: { size: 1 } })).toBe(200);
    expect(await write('DELETE', `assignments/${ids['acme']}`)).toBe(204);
  });

  it('sees of a user the key and whether they are enabled, whoever was assigned a role there', async () => {
    await api.create('users', { id: 'secretary', name: 'Hidden Name', attributes: { salary: 9999 } });
    await api.create('groups', { id: 'board' });
    for (const user of ['secretary', 'gina']) await api.create('group-members', { group: 'board', user });
    expect(await write('POST', 'assignments', { user: 'secretary', role: 'reader', tenant: 'acme' })).toBe(201);
    const shown = { id: 'secretary', enabled: true, name: null, attributes: {} };
    expect((await get('users/secretary')).body).toMatchObject(shown);
    const listed = (await get('users?perPage=100')).body.items as { id: string }[];
    expect(listed.find(({ id }) => id === 'secretary')).toMatchObject(shown);
    expect(JSON.stringify([listed, (await get('users/secretary')).body])).not.toMatch(/Hidden|salary|9999/);
    expect([await list('users?q=secret'), await list('users?q=hidden'), await list('users?q=9999')]).toEqual([['secretary'], [], []]);
    const sorted = await get('users?sort=name');
    expect([sorted.status, sorted.body.detail]).toEqual([400, expect.stringContaining('use one of id')]);
    // Of groups that have no role there it is told nobody who is in them.
    expect([await list('users?group=board'), await list('users?group=crew')]).toEqual([[], ['gina']]);
    expect((await api.call('GET', '/api/v1/users/secretary')).body).toMatchObject({ name: 'Hidden Name', attributes: { salary: 9999 } });
    expect((await api.call('GET', '/api/v1/users?group=board&sort=name&q=hidden')).body.items).toHaveLength(1);
  });

  it('gets nowhere else', async () => {
    for (const path of ['groups', 'group-members', 'operators', 'api-keys', 'audit-entries', 'changes', 'decision-points', 'policy'])
      expect([path, (await get(path)).status]).toEqual([path, 403]);
    for (const path of [
      'roles',
      'grants',
      'users',
      'tenants',
      'conditions',
      'operators',
      'api-keys',
      'policy/apply',
      'explain',
      'users/sync',
      'assignments/assign',
    ])
      expect([path, await write('POST', path, {})]).toEqual([path, 403]);
  });

  it('is told of no console permission that would be of no use in one tenant', async () => {
    const grants = Object.keys(RESERVED_ACTIONS).map((type) => `${type}:*`);
    const file = {
      licet: 1,
      roles: { 'console-of-acme': { grants } },
      users: { 'service:all-of-it': {} },
      assignments: [{ user: 'service:all-of-it', role: 'console-of-acme', tenant: 'acme' }],
    };
    expect((await api.call('POST', '/api/v1/policy/apply', { file })).status).toBe(200);
    const everything = await api.key('all-of-it', 'reader');
    const asked = (path: string) => api.call('GET', `/api/v1/${path}`, undefined, everything);
    const { permissions } = (await asked('session')).body as { permissions: string[] };
    expect(permissions).toEqual(TENANT_PERMISSIONS);
    for (const name of Object.keys(COLLECTIONS) as CollectionName[]) {
      const told = permissions.includes(`${COLLECTIONS[name].permission}:read`);
      expect([name, (await asked(name)).status]).toEqual([name, told ? 200 : 403]);
    }
    // Refused before it is looked up.
    expect((await api.call('PATCH', '/api/v1/roles/nowhere', {}, { ...everything, 'if-match': '"1"' })).status).toBe(403);
  });
});
