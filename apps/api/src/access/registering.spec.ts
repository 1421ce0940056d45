import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DIALECTS, newDatabase, openApi, type TestApi } from '../../test/api.ts';
import { apply } from '../../test/policy.ts';
import { Changes } from '../changes/changes.service.ts';
import { Grant } from '../roles/role.entity.ts';
import { SYSTEM } from './access.ts';

const ROLE = 'licet.tenant-administrator';

describe.each(DIALECTS)('registering resources (%s)', (dialect) => {
  let api: TestApi;
  let reopen: () => Promise<TestApi>;
  let admin: { authorization: string };
  let owner: { authorization: string };
  let application: { authorization: string };

  beforeAll(async () => {
    const { settings, remove } = await newDatabase(dialect);
    reopen = () => openApi(settings, remove);
    api = await reopen();
    const applied = await apply(api, {
      tenants: { acme: {}, beta: {} },
      resourceTypes: { task: { actions: ['delete'] } },
      roles: {
        keeper: { grants: ['task:delete'] },
        registrar: { grants: ['licet.resource:*'] },
        applier: { grants: ['licet.policy:apply'] },
        nothing: {},
      },
      users: { mole: {}, carl: {}, 'service:admin': {} },
      resources: [{ type: 'task', id: 'of-acme', tenant: 'acme', attributes: {} }],
      assignments: [
        { user: 'mole', role: 'keeper', tenant: 'acme' },
        { user: 'carl', role: 'keeper', tenant: 'beta' },
        { user: 'service:admin', role: ROLE, tenant: 'acme' },
        { user: 'service:admin', role: 'applier', tenant: '*' },
        ...['acme', 'beta'].map((tenant) => ({ user: 'service:admin', role: 'registrar', tenant })),
      ],
    });
    expect([applied.status, applied.body.detail]).toEqual([200, undefined]);
    admin = await api.key('admin', 'nothing');
    owner = await api.key('owner', 'licet.owner');
    application = await api.key('application');
  });
  afterAll(() => api.stop());

  const read = (id: string) => api.call('GET', `/api/v1/resources/${id}`, undefined, owner);
  const patch = async (id: string, body: object, key = admin) => {
    const { etag } = await read(id);
    return api.call('PATCH', `/api/v1/resources/${id}`, body, { ...key, 'if-match': etag });
  };
  const may = async (user: string, id: string) => {
    const question = {
      subject: { type: 'user', id: user },
      action: { name: 'delete' },
      resource: { type: 'task', id },
      context: { tenant: 'beta' },
    };
    return (await api.call('POST', '/access/v1/evaluation', question, application)).body.decision;
  };

  it('takes the permission in all tenants: who holds it in some draws no question into these', async () => {
    expect([await may('mole', '42'), await may('carl', '42')]).toEqual([false, true]);
    for (const tenant of ['acme', 'beta', null]) {
      const { status, body } = await api.call('POST', '/api/v1/resources', { id: 'task:42', tenant, attributes: {} }, admin);
      expect([tenant, status, body.detail]).toEqual([tenant, 403, expect.stringContaining('ids of resources are one space for all tenants')]);
    }
    const file = { licet: 1, resources: [{ type: 'task', id: '42', tenant: 'acme', attributes: {} }] };
    const applied = await api.call('POST', '/api/v1/policy/apply', { file }, admin);
    expect([applied.status, applied.body.detail]).toEqual([403, expect.stringContaining('licet.resource:create in all tenants')]);
    expect([await may('mole', '42'), await may('carl', '42')]).toEqual([false, true]);
    expect((await api.call('POST', '/api/v1/resources', { id: 'task:43', tenant: 'acme', attributes: {} }, owner)).status).toBe(201);
    expect([await may('mole', '43'), await may('carl', '43')]).toEqual([true, false]);
  });

  it('is refused the same whether the id is registered elsewhere or nowhere', async () => {
    await api.create('resources', { id: 'task:of-beta', tenant: 'beta', attributes: {} });
    const tried = ['task:of-beta', 'task:nowhere'].map((id) => api.call('POST', '/api/v1/resources', { id, tenant: 'acme' }, admin));
    const [there, missing] = (await Promise.all(tried)).map(({ status, body }) => ({ status, ...body, requestId: '' }));
    expect(there).toEqual(missing);
  });

  it('is not got round by moving what is registered, not even between own tenants', async () => {
    const moved = await patch('task:of-acme', { tenant: 'beta' });
    expect([moved.status, moved.body.detail]).toEqual([403, expect.stringContaining('licet.resource:update in all tenants')]);
    expect((await patch('task:of-acme', { tenant: null })).status).toBe(403);
    expect((await patch('task:of-acme', { tenant: 'acme', attributes: { size: 1 } })).status).toBe(200);
    expect((await read('task:of-acme')).body).toMatchObject({ tenant: 'acme', attributes: { size: 1 } });
    expect((await patch('task:of-acme', { tenant: 'beta' }, owner)).status).toBe(200);
    expect((await patch('task:of-acme', { tenant: 'acme' }, owner)).status).toBe(200);
  });

  it('is nothing that a tenant administrator of an earlier version keeps', async () => {
    const granted = async () => ((await api.call('GET', `/api/v1/grants?role=${ROLE}&perPage=100`)).body.items as Grant[]).map((row) => row.permission);
    const now = await granted();
    expect(now.filter((permission) => permission.startsWith('licet.resource:')).sort()).toEqual(
      ['delete', 'read', 'update'].map((action) => `licet.resource:${action}`),
    );
    await api.app.get(Changes).commit(SYSTEM, { reason: 'as it was' }, async (em) => {
      em.create(Grant, { role: ROLE, permission: 'licet.resource:*', effect: 'allow', condition: null });
    });
    expect(await granted()).toContain('licet.resource:*');
    await api.close();
    api = await reopen();
    expect((await granted()).sort()).toEqual(now.sort());
  });
});
