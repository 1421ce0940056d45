import { readdirSync, readFileSync } from 'node:fs';
import { ActionSearchResponse, EntitySearchResponse, emptyRows, type PolicyRows } from '@licet/contract';
import { describe, expect, it } from '@jest/globals';
import { createSnapshot } from '@licet/engine';
import { TOKEN_MS } from './page-token.ts';
import { POLICY, alice, post, read, remove, serve, task } from './server.fixture.ts';

const SUBJECT = '/access/v1/search/subject';
const RESOURCE = '/access/v1/search/resource';
const ACTION = '/access/v1/search/action';
const NOW = Date.parse('2026-06-01T12:00:00Z');

/** Five users who may read tasks, and seven tasks. */
const MANY = createSnapshot({
  ...POLICY,
  rows: {
    ...POLICY.rows,
    users: ['alice', 'bob', 'carol', 'dave', 'erin'].map((id) => ({ id, enabled: true, attributes: {} })),
    groups: [{ id: 'everyone' }],
    resources: [1, 2, 3, 4, 5, 6, 7].map((n) => ({ id: `task:t${n}`, tenant: null, attributes: {} })),
    assignments: [
      { id: 'a1', user: null, group: 'everyone', role: 'reader', tenant: 'default', resource: null, startsAt: null, expiresAt: null },
    ],
  },
});
const KEY = Buffer.alloc(32, 7);
const many = (options: Parameters<typeof serve>[0] = {}) => serve({ snapshot: () => MANY, pageKey: KEY, ...options });

type Json = Record<string, unknown>;
const tokenOf = (json: Json) => (json['page'] as { next_token: string }).next_token;
const found = (json: Json) => (json['results'] as { id?: string; name?: string }[]).map(({ id, name }) => id ?? name);
const who = { subject: { type: 'user' }, action: read, resource: task };
const what = { subject: alice, action: read, resource: { type: 'task' } };
const which = { subject: alice, resource: task };

describe('a search', () => {
  it('for subjects finds who may, by identifiers only, with the page first', async () => {
    const answer = await post(serve(), SUBJECT, who);
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/json; charset=utf-8']);
    expect(answer.text).toBe('{"page":{"next_token":"","count":1},"results":[{"type":"user","id":"alice"}]}');
    expect(EntitySearchResponse.parse(answer.json)).toEqual(answer.json);
  });

  it('for resources finds the registered ones', async () => {
    expect(found((await post(many(), RESOURCE, what)).json)).toEqual(['t1', 't2', 't3', 't4', 't5', 't6', 't7']);
  });

  it('for actions finds what may be done, whatever action is sent', async () => {
    const answer = await post(serve(), ACTION, { ...which, action: { name: 5 } });
    expect(found(answer.json)).toEqual(['read']);
    expect(ActionSearchResponse.parse(answer.json)).toEqual(answer.json);
  });

  it.each([
    [SUBJECT, { ...who, subject: { type: 'user', id: 'nobody' } }, 1],
    [SUBJECT, { ...who, subject: { type: 'user', id: 7 } }, 1],
    [RESOURCE, { ...what, resource: { type: 'task', id: 'nothing' } }, 7],
  ])('%s ignores the id of what is searched for: %j', async (url, body, count) => {
    expect((await post(url === RESOURCE ? many() : serve(), url, body)).json['results']).toHaveLength(count);
  });

  it.each([
    [SUBJECT, { ...who, subject: { type: 'robot' } }],
    [SUBJECT, { ...who, action: { name: 'fly' } }],
    [SUBJECT, { ...who, resource: { type: 'moon', id: 'm' } }],
    [SUBJECT, { ...who, context: { tenant: 'nowhere' } }],
    [RESOURCE, { ...what, subject: { type: 'user', id: 'nobody' } }],
    [RESOURCE, { ...what, resource: { type: 'moon' } }],
    [ACTION, { ...which, subject: { type: 'user', id: 'nobody' } }],
    [ACTION, { ...which, resource: { type: 'moon', id: 'm' } }],
  ])('%s for what nobody knows is empty, and no error: %j', async (url, body) => {
    const answer = await post(serve(), url, body);
    expect([answer.status, answer.json]).toEqual([200, { page: { next_token: '', count: 0 }, results: [] }]);
  });

  it.each([
    [SUBJECT, { ...who, subject: {} }, 'subject.type'],
    [SUBJECT, { ...who, subject: 'alice' }, 'subject'],
    [SUBJECT, { ...who, resource: { type: 'task' } }, 'resource.id'],
    [SUBJECT, { ...who, action: undefined }, 'action'],
    [RESOURCE, { ...what, subject: { type: 'user' } }, 'subject.id'],
    [RESOURCE, { ...what, resource: undefined }, 'resource'],
    [ACTION, { ...which, resource: { type: 'task' } }, 'resource.id'],
    [ACTION, { ...which, subject: undefined }, 'subject'],
    [ACTION, { ...which, context: [] }, 'context'],
    [ACTION, { ...which, page: [] }, 'page'],
    [ACTION, { ...which, page: { limit: -1 } }, 'page.limit'],
    [ACTION, { ...which, page: { limit: 1.5 } }, 'page.limit'],
    [ACTION, { ...which, page: { limit: '1' } }, 'page.limit'],
    [ACTION, { ...which, page: { token: 5 } }, 'page.token'],
  ])('%s without what it needs is 400 and names the member: %j', async (url, body, path) => {
    const answer = await post(serve(), url, body);
    expect([answer.status, answer.json['code'], (answer.json['errors'] as { path: string }[])[0]?.path]).toEqual([
      400,
      'invalid_request',
      path,
    ]);
  });

  it('needs a key that may ask', async () => {
    for (const [authorization, status] of [
      ['Bearer bad', 401],
      ['Bearer weak', 403],
    ] as const) {
      expect((await post(serve(), SUBJECT, who, { authorization })).status).toBe(status);
    }
  });

  it('says that it cannot, where an empty answer would say that nobody may', async () => {
    const unready = await post(serve({ snapshot: () => null }), SUBJECT, who);
    const stale = await post(serve({ stale: () => true }), RESOURCE, what);
    const behind = await post(serve(), ACTION, which, { 'licet-at-least': '8' });
    for (const answer of [unready, stale, behind]) expect([answer.status, answer.json['code']]).toEqual([503, 'unavailable']);
  });

  it('gives equal searches equal bodies', async () => {
    const server = many();
    const bodies = await Promise.all([1, 2, 3].map(async () => (await post(server, SUBJECT, { ...who, page: { limit: 2 } })).text));
    expect(new Set(bodies).size).toBe(1);
  });
});

describe('the pages of a search', () => {
  const walk = async (server: ReturnType<typeof serve>, url: string, body: object, follow: (token: string) => object, limit = 2) => {
    const pages: unknown[][] = [];
    let { json } = await post(server, url, { ...body, page: { limit } });
    for (;;) {
      pages.push(found(json));
      if (tokenOf(json) === '') return pages;
      ({ json } = await post(server, url, { ...body, page: follow(tokenOf(json)) }));
    }
  };

  it('lead through all results, whether the limit is repeated or left out', async () => {
    const pages = [['alice', 'bob'], ['carol', 'dave'], ['erin']];
    expect(await walk(many(), SUBJECT, who, (token) => ({ token }))).toEqual(pages);
    expect(await walk(many(), SUBJECT, who, (token) => ({ token, limit: 2 }))).toEqual(pages);
    expect(await walk(many(), RESOURCE, what, (token) => ({ token }), 3)).toEqual([['t1', 't2', 't3'], ['t4', 't5', 't6'], ['t7']]);
  });

  it('of none at a time are empty, with a token', async () => {
    const { json } = await post(many(), SUBJECT, { ...who, page: { limit: 0 } });
    expect([json['results'], tokenOf(json) === '']).toEqual([[], false]);
  });

  it('take the limit that is possible for a higher one', async () => {
    const { status, json } = await post(many(), SUBJECT, { ...who, page: { limit: 1e15 } });
    expect([status, found(json).length, tokenOf(json)]).toEqual([200, 5, '']);
  });

  it('are those of the search they began with: whatever else is changed, the token is refused', async () => {
    const server = many();
    const { json } = await post(server, SUBJECT, { ...who, page: { limit: 2 } });
    const token = tokenOf(json);
    const next = (body: object, url = SUBJECT) => post(server, url, { ...body, page: { token } });
    expect((await next({ resource: { id: 't1', type: 'task' }, subject: { type: 'user' }, action: read, unknown: 1 })).status).toBe(200);
    for (const body of [
      { ...who, action: remove },
      { ...who, context: {} },
      { ...who, subject: { type: 'user', properties: { a: 1 } } },
    ]) {
      const answer = await next(body);
      expect([answer.status, (answer.json['errors'] as { path: string }[])[0]?.path]).toEqual([400, 'page.token']);
    }
    expect((await next(what, RESOURCE)).status).toBe(400);
    expect((await post(server, SUBJECT, { ...who, page: { token, limit: 3 } })).json['errors']).toEqual([
      { path: 'page.limit', message: 'must be 2 as on the page before, or left out' },
    ]);
  });

  it('are those of the caller', async () => {
    let id = 'tasks';
    const server = many({ authenticate: () => ({ id }) });
    const token = tokenOf((await post(server, SUBJECT, { ...who, page: { limit: 2 } })).json);
    id = 'others';
    expect((await post(server, SUBJECT, { ...who, page: { token } })).status).toBe(400);
  });

  it('refuse a token that was changed, made elsewhere or kept too long', async () => {
    let now = NOW;
    const server = many({ now: () => now });
    const token = tokenOf((await post(server, SUBJECT, { ...who, page: { limit: 2 } })).json);
    const [content = '', signature = ''] = token.split('.');
    const forged = Buffer.from(Buffer.from(content, 'base64url').toString().replace('bob', 'aaa')).toString('base64url');
    for (const bad of ['x', '.', `${forged}.${signature}`, `${content}.`, `${content}.${signature}x`, `${token}.${signature}`, content]) {
      const answer = await post(server, SUBJECT, { ...who, page: { token: bad } });
      expect([bad, answer.status, (answer.json['errors'] as { path: string }[])[0]?.path]).toEqual([bad, 400, 'page.token']);
    }
    expect((await post(many({ pageKey: Buffer.alloc(32, 8) }), SUBJECT, { ...who, page: { token } })).status).toBe(400);
    expect((await post(many(), SUBJECT, { ...who, page: { token } })).status).toBe(200);
    now += TOKEN_MS;
    expect((await post(server, SUBJECT, { ...who, page: { token } })).json['detail']).toContain('has expired');
  });
});

interface SearchFile {
  rule: string;
  policy: Partial<PolicyRows>;
  cases: {
    name: string;
    search: string;
    request: object;
    page: { after?: string; limit: number };
    now: string;
    expect: { results: unknown[]; next: string | null };
  }[];
}

const folder = new URL('../../conformance/search/', import.meta.url);
const files = readdirSync(folder).map((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as SearchFile);

describe.each(files)('$rule', ({ policy, cases }) => {
  const snapshot = createSnapshot({ format: 1, revision: 1, rows: { ...emptyRows(), ...policy } });
  let time = '';
  const server = serve({ snapshot: () => snapshot, now: () => Date.parse(time) });

  it.each(cases.filter(({ page }) => page.after === undefined))('$name', async ({ search, request, page, now, expect: expected }) => {
    time = now;
    const answer = await post(server, `/access/v1/search/${search.replace(/s$/, '')}`, {
      ...request,
      page: { limit: Math.max(0, page.limit) },
    });
    if (answer.status === 400) return expect(expected.results).toEqual([]);
    expect([answer.status, answer.json['results'], tokenOf(answer.json) === '']).toEqual([200, expected.results, expected.next === null]);
  });
});
