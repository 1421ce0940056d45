import { describe, expect, it } from '@jest/globals';
import { createSnapshot } from '@licet/engine';
import { METADATA, POLICY, alice, mayRead, post, read, serve, task } from './server.fixture.ts';

const reader = (id: string, tenant: string) => ({
  ...{ id, user: 'alice', group: null, role: 'reader', tenant },
  ...{ resource: null, startsAt: null, expiresAt: null },
});
/** Alice reads in acme, bob in globex; a task of either is registered, and one of nobody. */
const SHARED = createSnapshot({
  ...POLICY,
  rows: {
    ...POLICY.rows,
    tenants: [{ id: 'default' }, { id: 'acme' }, { id: 'globex' }],
    users: [...POLICY.rows.users, { id: 'bob', enabled: true, attributes: {} }],
    resources: [
      { id: 'task:acmes', tenant: 'acme', attributes: {} },
      { id: 'task:globexs', tenant: 'globex', attributes: {} },
      { id: 'task:nobodys', tenant: null, attributes: {} },
    ],
    assignments: [reader('a1', 'acme'), { ...reader('a2', 'globex'), user: 'bob' }, { ...reader('a3', 'globex') }],
  },
});
const server = () => serve({ snapshot: () => SHARED });
const at = (tenant: string) => `/tenants/${tenant}/access/v1`;
const ask = async (tenant: string, body: object) => (await post(server(), `${at(tenant)}/evaluation`, body)).json;

describe('the address of a tenant', () => {
  it('asks in that tenant, without naming it in each question', async () => {
    expect(await ask('acme', mayRead)).toMatchObject({ decision: true, context: { path: { assignment: 'a1' } } });
    expect(await ask('default', mayRead)).toMatchObject({ decision: false, context: { reason: 'no_matching_grant' } });
    expect(await ask('nowhere', mayRead)).toMatchObject({ decision: false, context: { reason: 'unknown_tenant' } });
    expect((await post(server(), '/access/v1/evaluation', mayRead)).json).toMatchObject({ decision: false });
  });

  it('keeps resources of other tenants out of reach, whoever may read them there', async () => {
    expect(await ask('acme', { ...mayRead, resource: { type: 'task', id: 'globexs' } })).toEqual({
      decision: false,
      context: { reason: 'other_tenant', path: null, errors: [], revision: 7 },
    });
    expect(await ask('globex', { ...mayRead, resource: { type: 'task', id: 'globexs' } })).toMatchObject({ decision: true });
  });

  it('refuses a question that names another tenant', async () => {
    const other = { ...mayRead, resource: { ...task, properties: { tenant: 'globex' } } };
    expect(await ask('acme', other)).toMatchObject({ status: 400, errors: [{ path: 'resource.properties.tenant' }] });
    expect(await ask('acme', { ...mayRead, context: { tenant: 'globex' } })).toMatchObject({
      status: 400,
      errors: [{ path: 'context.tenant' }],
    });
    const same = { ...mayRead, resource: { ...task, properties: { tenant: 'acme' } }, context: { tenant: 'acme' } };
    expect(await ask('acme', same)).toMatchObject({ decision: true });
  });

  it('holds for every item of a batch', async () => {
    const body = { ...mayRead, evaluations: [{}, { resource: { type: 'task', id: 'globexs' } }, { context: { tenant: 'globex' } }] };
    const { json } = await post(server(), `${at('acme')}/evaluations`, body);
    expect(json['evaluations']).toMatchObject([
      { decision: true },
      { decision: false, context: { reason: 'other_tenant' } },
      {
        decision: false,
        context: { error: { status: 400, message: expect.stringContaining('evaluations[2].context.tenant') as unknown } },
      },
    ]);
  });

  it('finds nothing of other tenants', async () => {
    const search = async (tenant: string, kind: string, body: object) =>
      ((await post(server(), `${at(tenant)}/search/${kind}`, body)).json['results'] as { id?: string; name?: string }[]).map(
        ({ id, name }) => id ?? name,
      );
    const tasks = { subject: alice, action: read, resource: { type: 'task' } };
    expect(await search('acme', 'resource', tasks)).toEqual(['acmes', 'nobodys']);
    expect(await search('globex', 'resource', tasks)).toEqual(['globexs', 'nobodys']);
    const readers = (id: string) => ({ subject: { type: 'user' }, action: read, resource: { type: 'task', id } });
    expect(await search('acme', 'subject', readers('acmes'))).toEqual(['alice']);
    expect(await search('acme', 'subject', readers('globexs'))).toEqual([]);
    expect(await search('globex', 'subject', readers('globexs'))).toEqual(['alice', 'bob']);
    expect(await search('acme', 'action', { subject: alice, resource: { type: 'task', id: 'globexs' } })).toEqual([]);
    expect(await search('acme', 'action', { subject: alice, resource: { type: 'task', id: 'acmes' } })).toEqual(['read']);
    expect((await post(server(), `${at('acme')}/search/resource`, { ...tasks, context: { tenant: 'globex' } })).status).toBe(400);
  });

  it('has metadata of its own, which do not tell which tenants there are', async () => {
    const identifier = 'https://licet.example.com/tenants/acme';
    const answer = await server().inject({ url: `${METADATA}/tenants/acme` });
    expect([answer.statusCode, answer.json()]).toEqual([
      200,
      {
        policy_decision_point: identifier,
        access_evaluation_endpoint: `${identifier}/access/v1/evaluation`,
        access_evaluations_endpoint: `${identifier}/access/v1/evaluations`,
        search_subject_endpoint: `${identifier}/access/v1/search/subject`,
        search_resource_endpoint: `${identifier}/access/v1/search/resource`,
        search_action_endpoint: `${identifier}/access/v1/search/action`,
      },
    ]);
    expect((await server().inject({ url: `${METADATA}/tenants/nowhere` })).statusCode).toBe(200);
    const based = serve({ publicUrl: 'https://example.com/licet' });
    expect((await based.inject({ url: `${METADATA}/licet/tenants/acme` })).json()).toMatchObject({
      policy_decision_point: 'https://example.com/licet/tenants/acme',
    });
  });

  it('is none where no tenant can have that key', async () => {
    for (const key of ['*', 'a%2Fb', '-', 'a b', '%00']) {
      expect([key, (await server().inject({ url: `${METADATA}/tenants/${encodeURI(key)}` })).statusCode]).toEqual([key, 404]);
      expect([key, (await post(server(), `${at(encodeURI(key))}/evaluation`, mayRead)).status]).toEqual([key, 404]);
    }
  });

  it('needs a key that may ask', async () => {
    expect((await post(server(), `${at('acme')}/evaluation`, mayRead, { authorization: 'Bearer bad' })).status).toBe(401);
  });

  it('is told to whoever says who asks, and no other address is', async () => {
    const asked: unknown[] = [];
    const listening = serve({ snapshot: () => SHARED, authenticate: (_key, _asks, tenant) => (asked.push(tenant), { id: 'tasks' }) });
    for (const url of [`${at('acme')}/evaluation`, '/access/v1/evaluation', '/tenants/acme/licet/v1/plan'])
      await post(listening, url, mayRead);
    expect(asked).toEqual(['acme', undefined, 'acme']);
  });
});
