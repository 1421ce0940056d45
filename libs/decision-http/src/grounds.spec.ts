import { readdirSync, readFileSync } from 'node:fs';
import { emptyRows, Explanation, FilterPlan, type PolicyRows } from '@licet/contract';
import { createSnapshot } from '@licet/engine';
import { describe, expect, it } from '@jest/globals';
import { POLICY, alice, mayDelete, mayRead, post, read, serve, task } from './server.fixture.ts';

const EXPLAIN = '/licet/v1/explain';
const PLAN = '/licet/v1/plan';
const tasks = { subject: alice, action: read, resource: { type: 'task' } };

/** Alice reads in acme until 2020 and in globex; a task of globex is registered. */
const term = { ...POLICY.rows.assignments[0]!, tenant: 'globex' };
const SHARED = createSnapshot({
  ...POLICY,
  rows: {
    ...POLICY.rows,
    tenants: [{ id: 'default' }, { id: 'acme' }, { id: 'globex' }],
    resources: [{ id: 'task:globexs', tenant: 'globex', attributes: {} }],
    assignments: [term, { ...term, id: 'a2', tenant: 'acme', expiresAt: '2020-01-01T00:00:00.000Z' }],
  },
});
const shared = () => serve({ snapshot: () => SHARED });
type Misses = { path: { assignment: string }; failures: { code: string }[] }[];

describe('an explanation over HTTP', () => {
  it('is what the engine says, with the revision', async () => {
    const { status, json } = await post(serve(), EXPLAIN, mayRead);
    expect([status, Explanation.parse(json)]).toEqual([200, json]);
    expect(json).toMatchObject({ decision: { decision: true, revision: 7 }, tenant: 'default', totals: { paths: 1 } });
  });

  it('names at the address of a tenant no assignment in another one', async () => {
    const misses = async (url: string) => (await post(shared(), url, mayRead)).json['misses'] as Misses;
    expect((await misses(EXPLAIN)).map(({ path }) => path.assignment)).toEqual(['a1', 'a2']);
    const inAcme = await post(shared(), `/tenants/acme${EXPLAIN}`, mayRead);
    expect(inAcme.json).toMatchObject({ tenant: 'acme', misses: [{ path: { assignment: 'a2' } }], totals: { misses: 1 } });
    expect(inAcme.text).not.toContain('globex');
    const nowhere = await post(shared(), `/tenants/default${EXPLAIN}`, mayRead);
    expect(nowhere.json).toMatchObject({ misses: [], roles: [{ role: 'reader' }], totals: { misses: 0, roles: 1 } });
  });

  it('says nothing of a resource that is registered in another tenant than the address is for', async () => {
    const { json } = await post(shared(), `/tenants/acme${EXPLAIN}`, { ...mayRead, resource: { type: 'task', id: 'globexs' } });
    expect(json).toMatchObject({ decision: { decision: false, reason: 'other_tenant' }, paths: [], misses: [], roles: [] });
  });

  it('is a denial with its reason where there is no policy yet, or it is behind', async () => {
    const unready = await post(serve({ snapshot: () => null }), EXPLAIN, mayRead);
    const behind = await post(serve(), EXPLAIN, mayRead, { 'licet-at-least': '8' });
    const none = { paths: [], misses: [], roles: [] };
    expect([unready.status, unready.json]).toMatchObject([200, { ...none, decision: { decision: false, reason: 'not_ready' } }]);
    expect([behind.status, behind.json]).toMatchObject([200, { ...none, decision: { decision: false, reason: 'stale', revision: 7 } }]);
  });

  it('is for callers that may hold the whole policy: the others are told so, and may ask for all else', async () => {
    const asked: string[] = [];
    const server = serve({
      authenticate: (_, asks) => {
        asked.push(asks);
        return asks === 'explanations' ? 'forbidden' : { id: 'tasks' };
      },
    });
    const refused = await post(server, EXPLAIN, mayRead);
    expect([refused.status, refused.json['detail']]).toEqual([403, expect.stringContaining('`licet.policy:replicate`')]);
    expect((await post(server, PLAN, tasks)).status).toBe(200);
    expect((await post(server, '/access/v1/evaluation', mayRead)).status).toBe(200);
    expect(asked).toEqual(['explanations', 'decisions', 'decisions']);
  });
});

describe('a filter plan over HTTP', () => {
  it('is what the engine says, with the revision; the id of a resource is ignored', async () => {
    const { status, json } = await post(serve(), PLAN, tasks);
    expect([status, FilterPlan.parse(json)]).toEqual([200, json]);
    expect(json).toMatchObject({ kind: 'conditional', revision: 7 });
    expect((await post(serve(), PLAN, mayRead)).json).toEqual(json);
    expect((await post(serve(), PLAN, mayDelete)).json).toEqual({ kind: 'never', reason: 'no_matching_grant', revision: 7 });
  });

  it('is about rows of one tenant at its address', async () => {
    const at = async (tenant: string, body: object = tasks) => (await post(shared(), `/tenants/${tenant}${PLAN}`, body)).json;
    expect(await at('globex')).toEqual({ kind: 'always', revision: 7 });
    expect(await at('acme')).toEqual({ kind: 'never', reason: 'no_matching_grant', revision: 7 });
    expect(await at('nowhere')).toEqual({ kind: 'never', reason: 'unknown_tenant', revision: 7 });
    const named = (tenant: unknown) => ({ ...tasks, resource: { type: 'task', properties: { tenant } } });
    expect(await at('globex', named('globex'))).toEqual({ kind: 'always', revision: 7 });
    for (const tenant of ['acme', null]) {
      expect(await at('globex', named(tenant))).toMatchObject({ status: 400, errors: [{ path: 'resource.properties.tenant' }] });
    }
  });

  it('lets no row through where there is no policy yet, or it is behind', async () => {
    const unready = await post(serve({ snapshot: () => null }), PLAN, tasks);
    const behind = await post(serve(), PLAN, tasks, { 'licet-at-least': '8' });
    expect([unready.status, unready.json]).toEqual([200, { kind: 'never', reason: 'not_ready', revision: 0 }]);
    expect([behind.status, behind.json]).toEqual([200, { kind: 'never', reason: 'stale', revision: 7 }]);
  });
});

describe.each([EXPLAIN, PLAN, `/tenants/acme${EXPLAIN}`, `/tenants/acme${PLAN}`])('%s', (url) => {
  it('keeps to the rules of the decision endpoint', async () => {
    const server = serve();
    const wrong = await post(server, url, { ...mayRead, subject: { type: 'user' } }, { 'x-request-id': 'r1' });
    expect([wrong.status, wrong.json['code'], wrong.headers['x-request-id']]).toEqual([400, 'invalid_request', 'r1']);
    expect(wrong.json['errors']).toMatchObject([{ path: 'subject.id' }]);
    expect((await post(server, url, mayRead, { authorization: 'Bearer bad' })).status).toBe(401);
    expect((await post(server, url, mayRead, { authorization: 'Bearer weak' })).status).toBe(403);
    expect((await server.inject({ url })).headers['allow']).toBe('POST');
    expect((await post(server, `${url}s`, mayRead)).status).toBe(404);
    expect((await post(server, url, `{"a":"${'x'.repeat(256 * 1024)}"}`)).status).toBe(413);
  });

  it('is not logged as a decision', async () => {
    const told: unknown[] = [];
    await post(serve({ onDecision: (...decision) => told.push(decision) }), url, { ...mayRead, resource: task });
    expect(told).toEqual([]);
  });
});

interface GroundsFile {
  rule: string;
  policy: Partial<PolicyRows>;
  cases: { name: string; request: object; now: string; expect: Record<string, unknown> }[];
}

describe.each(['explain', 'plan'])('the conformance cases of %s', (folder) => {
  const at = new URL(`../../conformance/${folder}/`, import.meta.url);
  const files = readdirSync(at).map((name) => JSON.parse(readFileSync(new URL(name, at), 'utf8')) as GroundsFile);

  it.each(files)('$rule', async ({ policy, cases }) => {
    const snapshot = createSnapshot({ format: 1, revision: 1, rows: { ...emptyRows(), ...policy } });
    for (const { name, request, now, expect: expected } of cases) {
      const answer = await post(serve({ snapshot: () => snapshot, now: () => Date.parse(now) }), `/licet/v1/${folder}`, request);
      const { reason } = (expected['decision'] ?? expected) as { reason?: string };
      if (reason === 'invalid_request') {
        expect({ name, status: answer.status }).toEqual({ name, status: 400 });
        continue;
      }
      const grounds = folder === 'plan' ? { revision: 1 } : { decision: { ...(expected['decision'] as object), revision: 1 } };
      expect({ name, ...answer.json }).toEqual({ name, ...expected, ...grounds });
    }
  });
});
