import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LoggedDecision } from '@licet/contract';
import { DIALECTS, openApi, startApi, type TestApi } from '../../test/api.ts';

interface Question {
  user?: string;
  action?: string;
  id?: string;
  properties?: object;
  context?: object;
}
const question = ({ user = 'alice', action = 'read', id = 't1', properties, context }: Question = {}) => ({
  subject: { type: 'user', id: user },
  action: { name: action },
  resource: { type: 'task', id, ...(properties ? { properties } : {}) },
  ...(context ? { context } : {}),
});

const POLICY = {
  licet: 1,
  tenants: { acme: {} },
  resourceTypes: { task: { actions: ['read', 'update', 'delete'], attributes: { ownerId: 'string', archived: 'bool' } } },
  conditions: { 'is-owner': 'resource.properties.ownerId == subject.id', 'is-senior': 'subject.properties.level >= 3' },
  roles: {
    reader: { grants: ['task:read'] },
    member: { inherits: ['reader'], grants: [{ permission: 'task:update', when: 'is-owner' }] },
    senior: { grants: [{ permission: 'task:delete', when: 'is-senior' }] },
  },
  groups: { staff: { members: ['alice'] } },
  users: { alice: { attributes: { level: 5 } }, bob: { attributes: { level: 1 } } },
  resources: [{ type: 'task', id: 'registered', tenant: 'acme', attributes: { ownerId: 'bob' } }],
  assignments: [
    { group: 'staff', role: 'member' },
    { user: 'alice', role: 'senior' },
    { user: 'bob', role: 'senior' },
    { user: 'bob', role: 'member', tenant: 'acme' },
  ],
};

describe.each(DIALECTS)('the decision log (%s)', (dialect) => {
  let api: TestApi;
  let key: { authorization: string };
  let keyId: string;

  beforeAll(async () => {
    api = await startApi(dialect);
    key = await api.key('tasks-app');
    keyId = key.authorization.split('_')[1]!;
    expect((await api.call('POST', '/api/v1/policy/apply', { file: POLICY })).status).toBe(200);
  });
  afterAll(() => api.stop());

  const ask = async (asked: Question, headers: Record<string, string> = {}) =>
    (await api.call('POST', '/access/v1/evaluation', question(asked), { ...key, ...headers })).body;
  const list = async (query: string) => (await api.call('GET', `/api/v1/decisions?${query}`)).body;

  it('keeps who asked what, the answer, the path that decided and the revision in force', async () => {
    const before = Date.now();
    const answer = await ask({ id: 'mine', action: 'update', properties: { ownerId: 'alice', secret: null } });
    expect(answer.decision).toBe(true);
    const { items, total } = await list('resource=task:mine');
    expect(total).toBe(1);
    const [entry] = items;
    expect(entry).toEqual((await api.call('GET', `/api/v1/decisions/${entry.id}`)).body);
    expect(LoggedDecision.parse(entry)).toEqual(entry);
    const { decision, reason, path, errors, revision } = entry;
    expect({ decision, context: { reason, path, errors, revision } }).toEqual(answer);
    expect(path).toMatchObject({ group: 'staff', roles: ['member'], permission: 'task:update', effect: 'allow', condition: 'is-owner' });
    expect(entry.request).toEqual(question({ id: 'mine', action: 'update', properties: { ownerId: 'alice', secret: null } }));
    expect(entry).toMatchObject({ tenant: 'default', source: 'licet', apiKey: keyId });
    expect(Date.parse(entry.at)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(entry.at)).toBeLessThanOrEqual(Date.now());
  });

  it('keeps refusals with their reason and the errors of conditions', async () => {
    const answer = await ask({ id: 'nobodys', action: 'update' });
    const { items } = await list('resource=task:nobodys');
    expect(items[0]).toMatchObject({ decision: false, reason: 'no_matching_grant', path: null, errors: answer.context.errors });
    expect(answer.context.errors).toEqual([
      expect.objectContaining({ condition: 'is-owner', error: 'missing_attribute', at: 'resource.properties.ownerId' }),
    ]);
  });

  it('decides with stored attributes, which the request overrides, and in the tenant of the resource', async () => {
    expect((await ask({ action: 'delete' })).decision).toBe(true);
    expect((await ask({ user: 'bob', action: 'delete' })).decision).toBe(false);
    expect((await ask({ user: 'bob', id: 'registered', action: 'update' })).decision).toBe(true);
    expect((await ask({ user: 'alice', id: 'registered', action: 'update', properties: { ownerId: 'alice' } })).decision).toBe(false);
    expect(
      (await ask({ user: 'alice', id: 'registered', action: 'update', properties: { ownerId: 'alice', tenant: 'default' } })).decision,
    ).toBe(true);
    expect((await ask({ user: 'bob', action: 'read', context: { tenant: 'acme' } })).decision).toBe(true);
    expect((await ask({ user: 'bob', action: 'read' })).context.reason).toBe('no_matching_grant');
    expect((await ask({ user: 'bob', context: { tenant: 'unheard-of' } })).context.reason).toBe('unknown_tenant');
    const { items } = await list('tenant=acme&resource=task:registered');
    expect(items.length).toBe(2);
    expect((await list('tenant=unheard-of')).items[0]).toMatchObject({ tenant: 'unheard-of', reason: 'unknown_tenant' });
  });

  it('decides at the address of a tenant whose key is as long as it may be', async () => {
    const tenant = 't'.repeat(128);
    await api.create('tenants', { id: tenant });
    const { body } = await api.call('POST', `/tenants/${tenant}/access/v1/evaluation`, question(), key);
    expect([body.decision, body.context?.reason]).toEqual([false, 'no_matching_grant']);
  });

  it('follows the next request after an edit', async () => {
    const { body, revision } = await api.create('assignments', { user: 'bob', role: 'reader' });
    const allowed = await ask({ user: 'bob', id: 'edited' }, { 'licet-at-least': `${revision}` });
    const gone = await api.call('DELETE', `/api/v1/assignments/${body.id}`, undefined, { 'if-match': '"1"' });
    const refused = await ask({ user: 'bob', id: 'edited' });
    expect([allowed.decision, refused.decision]).toEqual([true, false]);
    const { items } = await list('resource=task:edited');
    expect(items.map((item: { decision: boolean; revision: number }) => [item.decision, item.revision])).toEqual([
      [false, gone.revision],
      [true, revision],
    ]);
    const stale = await ask({ user: 'bob', id: 'stale' }, { 'licet-at-least': `${gone.revision + 1}` });
    expect(stale).toMatchObject({ decision: false, context: { reason: 'stale' } });
    expect((await list('resource=task:stale')).items[0].reason).toBe('stale');
  });

  it('keeps each question of a batch by itself', async () => {
    const body = {
      subject: { type: 'user', id: 'alice' },
      action: { name: 'read' },
      evaluations: ['b1', 'b2', 'b3'].map((id) => ({ resource: { type: 'task', id } })),
    };
    const answer = await api.call('POST', '/access/v1/evaluations', body, key);
    expect(answer.body.evaluations.map(({ decision }: { decision: boolean }) => decision)).toEqual([true, true, true]);
    for (const id of ['b1', 'b2', 'b3'])
      expect((await list(`resource=task:${id}`)).items).toEqual([expect.objectContaining({ request: question({ id }) })]);
  });

  it('is filtered, searched and paged on the server, newest first', async () => {
    for (let index = 0; index < 5; index++) await ask({ user: `Paged-${index}`, id: 'paged%_' });
    const all = await list('resource=task:paged%25_');
    expect([all.total, all.items.map(({ request }: { request: { subject: { id: string } } }) => request.subject.id)]).toEqual([
      5,
      [4, 3, 2, 1, 0].map((index) => `Paged-${index}`),
    ]);
    const page = await list('resource=task:paged%25_&page=2&perPage=2');
    expect([page.total, page.items.map(({ id }: { id: string }) => id)]).toEqual([
      5,
      all.items.slice(2, 4).map(({ id }: { id: string }) => id),
    ]);
    expect((await list('q=pAGED-3')).items.map(({ id }: { id: string }) => id)).toEqual([all.items[1].id]);
    expect([(await list('q=d%25_')).total, (await list('q=%25')).total, (await list('q=paged_')).total]).toEqual([5, 5, 0]);
    for (const [query, total] of [
      ['subject=Paged-1', 1],
      ['subject=paged-1', 0],
      ['action=read&subject=Paged-1', 1],
      ['action=delete&subject=Paged-1', 0],
      ['decision=false&subject=Paged-1', 1],
      ['decision=true&subject=Paged-1', 0],
      ['reason=unknown_subject&resource=task:paged%25_', 5],
      ['resourceType=task&subject=Paged-1', 1],
      ['source=licet&subject=Paged-1', 1],
      ['source=other', 0],
    ] as const) {
      expect([query, (await list(query)).total]).toEqual([query, total]);
    }
    const { revision, at } = all.items[2];
    expect((await list(`revision=${revision}&resource=task:paged%25_`)).total).toBe(5);
    expect((await list(`resource=task:paged%25_&since=${at}`)).total).toBeGreaterThanOrEqual(3);
    expect((await list(`resource=task:paged%25_&until=${at}`)).total).toBeLessThanOrEqual(2);
    expect((await api.call('GET', '/api/v1/decisions?decision=maybe')).status).toBe(400);
    expect((await api.call('GET', '/api/v1/decisions?since=yesterday')).body.detail).toContain('2026-01-31T12:00:00Z');
    expect((await api.call('GET', '/api/v1/decisions?sort=reason')).status).toBe(400);
  });

  it('loses nothing on a clean stop', async () => {
    const settings = { ...api.settings };
    const second = await openApi(settings);
    for (let batch = 0; batch < 10; batch++) {
      const evaluations = Array.from({ length: 100 }, (_, index) => ({ resource: { type: 'task', id: `${batch}-${index}` } }));
      const body = { subject: { type: 'user', id: 'thousand' }, action: { name: 'read' }, evaluations };
      expect((await second.call('POST', '/access/v1/evaluations', body, key)).status).toBe(200);
    }
    await second.close();
    expect((await list('subject=thousand&perPage=1')).total).toBe(1000);
  });
});

it('the decision log can be turned off', async () => {
  const first = await startApi('sqlite');
  const key = await first.key('app');
  const api = await openApi({ ...first.settings, decisionLog: false });
  expect((await api.call('POST', '/access/v1/evaluation', question(), key)).status).toBe(200);
  expect((await api.call('GET', '/api/v1/decisions')).body).toEqual({ items: [], total: 0 });
  await api.close();
  await first.stop();
});
