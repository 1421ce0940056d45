import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type ErrorCode, Problem } from '@licet/contract';
import type { InjectOptions } from 'fastify';
import { DIALECTS, inject, startApi, type TestApi } from '../../test/api.ts';
import { listen, sendRaw } from '../../test/http.ts';
import { DATABASES } from '../database/database.module.ts';
import type { Databases } from '../database/orm.ts';

const LARGE = 'x'.repeat(9 * 1024 * 1024);
const UUID = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;
const JSON_TYPE = { 'content-type': 'application/json' };

describe('an error', () => {
  let api: TestApi;
  let port: number;
  let key: { authorization: string };

  beforeAll(async () => {
    api = await startApi('sqlite');
    key = await api.key('app');
    ({ port } = await listen(api));
  });
  afterAll(() => api.stop());

  const expectProblem = (what: string, answer: { status: number; type: unknown; body: string }, code: ErrorCode, status?: number) => {
    expect([what, answer.type]).toEqual([what, 'application/problem+json; charset=utf-8']);
    const problem = Problem.parse(JSON.parse(answer.body));
    expect([what, problem.code, problem.status, answer.status]).toEqual([what, code, status ?? problem.status, problem.status]);
    expect(problem.detail.length).toBeGreaterThan(5);
    return problem;
  };
  const send = async (options: InjectOptions & { as?: 'app' | 'owner' | 'nobody' }) => {
    const { as = 'owner', ...request } = options;
    const { cookie } = as === 'owner' ? await ownerCookie : { cookie: undefined };
    const headers = { ...(cookie ? { cookie } : {}), ...(as === 'app' ? key : {}), ...request.headers };
    const answer = await inject(api, { ...request, headers });
    return { status: answer.statusCode, type: answer.headers['content-type'], body: answer.body, headers: answer.headers };
  };
  let ownerCookie: Promise<{ cookie: string }>;
  beforeAll(() => {
    ownerCookie = api.fastify
      .inject({ method: 'POST', url: '/api/v1/session', payload: { username: 'ana', password: 'a long pass phrase for tests' } })
      .then((answer) => ({ cookie: String(answer.headers['set-cookie']).split(';')[0]! }));
  });

  const FAULTS: [string, InjectOptions & { as?: 'app' | 'owner' | 'nobody' }, ErrorCode][] = [
    ['no credentials', { url: '/api/v1/roles', as: 'nobody' }, 'unauthenticated'],
    ['no credentials for a replica', { url: '/replica/v1/snapshot', as: 'nobody' }, 'unauthenticated'],
    ['no credentials for a decision', { method: 'POST', url: '/access/v1/evaluation', payload: {}, as: 'nobody' }, 'unauthenticated'],
    ['a permission that is lacking', { url: '/api/v1/roles', as: 'app' }, 'forbidden'],
    ['a row that does not exist', { url: '/api/v1/roles/nope' }, 'not_found'],
    ['an unknown route', { url: '/api/v1/nope' }, 'not_found'],
    ['an unknown route of the replica', { url: '/replica/v1/nope' }, 'not_found'],
    ['an unknown route of the decision endpoint', { method: 'POST', url: '/access/v1/nope' }, 'not_found'],
    ['an unknown version of the decision endpoint', { method: 'POST', url: '/access/v2/evaluation', payload: {} }, 'not_found'],
    ['an unknown page', { url: '/nope' }, 'not_found'],
    ['an unknown path with any method', { method: 'DELETE', url: '/nope' }, 'not_found'],
    ['another method on a collection', { method: 'PUT', url: '/api/v1/roles', payload: {} }, 'method_not_allowed'],
    ['another method on the snapshot', { method: 'POST', url: '/replica/v1/snapshot', payload: {} }, 'method_not_allowed'],
    ['another method on the evaluation', { url: '/access/v1/evaluation' }, 'method_not_allowed'],
    ['malformed JSON', { method: 'POST', url: '/api/v1/roles', payload: '{"id":', headers: JSON_TYPE }, 'invalid_request'],
    [
      'malformed JSON to the replica',
      { method: 'POST', url: '/replica/v1/status', payload: '{', headers: JSON_TYPE, as: 'app' },
      'invalid_request',
    ],
    [
      'malformed JSON to the decision endpoint',
      { method: 'POST', url: '/access/v1/evaluation', payload: '{', headers: JSON_TYPE, as: 'app' },
      'invalid_request',
    ],
    [
      'JSON that would change prototypes',
      { method: 'POST', url: '/api/v1/roles', payload: '{"id":"a","__proto__":{"x":1}}', headers: JSON_TYPE },
      'invalid_request',
    ],
    [
      'JSON that nests without end',
      {
        method: 'POST',
        url: '/api/v1/users',
        payload: `{"id":"deep","attributes":{"x":${'['.repeat(50_000)}${']'.repeat(50_000)}}}`,
        headers: JSON_TYPE,
      },
      'invalid_request',
    ],
    ['an empty body', { method: 'POST', url: '/api/v1/roles', payload: '', headers: JSON_TYPE }, 'invalid_request'],
    ['a body that is no object', { method: 'POST', url: '/api/v1/roles', payload: '[1]', headers: JSON_TYPE }, 'invalid_request'],
    ['a body that is null', { method: 'POST', url: '/api/v1/roles', payload: 'null', headers: JSON_TYPE }, 'invalid_request'],
    [
      'another content type',
      { method: 'POST', url: '/api/v1/roles', payload: 'id=a', headers: { 'content-type': 'text/csv' } },
      'invalid_request',
    ],
    [
      'another content type to the replica',
      { method: 'POST', url: '/replica/v1/decisions', payload: 'x', headers: { 'content-type': 'text/plain' }, as: 'app' },
      'invalid_request',
    ],
    ['no content type', { method: 'POST', url: '/api/v1/roles', payload: Buffer.from('{"id":"a"}') }, 'invalid_request'],
    ['too large a body', { method: 'POST', url: '/api/v1/roles', payload: { id: LARGE } }, 'too_large'],
    ['too large a body to the replica', { method: 'POST', url: '/replica/v1/decisions', payload: { x: LARGE }, as: 'app' }, 'too_large'],
    [
      'too large a body to the decision endpoint',
      { method: 'POST', url: '/access/v1/evaluation', payload: { x: LARGE }, as: 'app' },
      'too_large',
    ],
    ['a member of another type', { method: 'POST', url: '/api/v1/roles', payload: { id: 7 } }, 'invalid_request'],
    ['a member that nobody knows', { method: 'POST', url: '/api/v1/roles', payload: { id: 'a', colour: 'red' } }, 'invalid_request'],
    ['a missing If-Match', { method: 'DELETE', url: '/api/v1/roles/licet.owner' }, 'version_required'],
    ['a page that is no number', { url: '/api/v1/roles?page=one' }, 'invalid_request'],
    ['a parameter given twice', { url: '/api/v1/users?type=a&type=b' }, 'invalid_request'],
    ['an address that cannot be decoded', { url: '/api/v1/roles/%zz' }, 'invalid_request'],
    ['an address cut within a character', { url: '/api/v1/roles/%e2%82' }, 'invalid_request'],
    ['an address of the decision endpoint that cannot be decoded', { method: 'POST', url: '/access/v1/%ff' }, 'invalid_request'],
    ['a tenant that cannot be decoded', { method: 'POST', url: '/tenants/%ff/access/v1/evaluation' }, 'invalid_request'],
    ['a tenant that is too long', { method: 'POST', url: `/tenants/${'x'.repeat(1500)}/access/v1/evaluation` }, 'not_found'],
    ['a name that is too long', { url: `/api/v1/roles/${'x'.repeat(1500)}` }, 'not_found'],
  ];

  it.each(FAULTS)('is a problem document for %s', async (what, request, code) => {
    expectProblem(what, await send(request), code);
  });

  it('names the member and the remedy', async () => {
    const answer = await send({
      method: 'POST',
      url: '/api/v1/grants',
      payload: { role: 'a b', permission: 'task', effect: 'maybe', when: 'x' },
    });
    const { errors } = expectProblem('several faults', answer, 'invalid_request');
    expect(errors!.map(({ path }) => path).sort()).toEqual(['effect', 'permission', 'role', 'when']);
    expect(errors!.find(({ path }) => path === 'permission')!.message).toContain('type:action');
  });

  it('is in words of our own, whatever a body or a query holds', async () => {
    const bodies = [[], {}, { id: 7, name: [], user: {}, role: null, permission: 1, inherits: [3], expiresAt: 'soon', users: [{ id: '' }] }];
    const posts = api.routes.filter((route) => /^POST \/api\/v1\/[^:]*$/.test(route)).map((route) => route.slice('POST '.length));
    const answers = posts.flatMap((url) => bodies.map((payload) => send({ method: 'POST', url, payload })));
    answers.push(...['page=one', 'perPage=0', 'order=up', `q=${'x'.repeat(201)}`].map((query) => send({ url: `/api/v1/roles?${query}` })));
    const refused = (await Promise.all(answers)).filter(({ status }) => status === 400);
    expect(refused.length).toBeGreaterThan(posts.length);
    for (const { body } of refused) expect(body).not.toMatch(/Invalid|expected|received|Too (big|small)|Unrecognized/);
  });

  it('says how a body is to be sent, and which members are not taken', async () => {
    const detailOf = async (payload: string, type: string) => {
      const answer = await send({ method: 'POST', url: '/api/v1/users', payload, headers: { 'content-type': type } });
      return expectProblem(payload, answer, 'invalid_request').detail;
    };
    expect(await detailOf('{"id":"a"}', 'text/plain')).toContain('Content-Type: application/json');
    expect(await detailOf('{"id":"a","attributes":{"constructor":{"prototype":{}}}}', 'application/json')).toContain('`constructor`');
  });

  it('carries the id of its request, which the caller may choose', async () => {
    const answer = await send({ url: '/api/v1/nope', headers: { 'x-request-id': 'mine-1' } });
    expect([answer.headers['x-request-id'], expectProblem('with id', answer, 'not_found').requestId]).toEqual(['mine-1', 'mine-1']);
    for (const url of ['/api/v1/roles/%zz', '/access/v1/%ff', '/tenants/%ff/licet/v1/plan']) {
      const undecodable = await send({ url, headers: { 'x-request-id': 'mine-2' } });
      const { requestId } = expectProblem(url, undecodable, 'invalid_request');
      expect([url, undecodable.headers['x-request-id'], requestId]).toEqual([url, 'mine-2', 'mine-2']);
    }
    for (const id of ['', 'é']) {
      const other = await send({ url: '/api/v1/nope', headers: { 'x-request-id': id } });
      expect(other.headers['x-request-id']).toBe(expectProblem('own id', other, 'not_found').requestId);
      expect(other.headers['x-request-id']).toMatch(UUID);
    }
  });

  it('is one on the wire too, where the request was cut or never was HTTP', async () => {
    for (const target of ['/api/v1/roles/%zz', '/%', '/api/v1/roles/%c0%ae']) {
      const { status, text } = await sendRaw(port, target);
      expect([target, status, text.includes('application/problem+json')]).toEqual([target, 400, true]);
    }
  });

  it('is the answer to a message whose length is said in two ways, which a proxy might cut elsewhere', async () => {
    for (const lengths of [
      ['Content-Length: 5', 'Transfer-Encoding: chunked'],
      ['Transfer-Encoding: chunked', 'Content-Length: 5'],
      ['Content-Length: 5', 'Content-Length: 6'],
      ['Transfer-Encoding: chunked, identity'],
    ]) {
      for (const target of ['/api/v1/session', '/access/v1/evaluation']) {
        const { status } = await sendRaw(port, target, ['Content-Type: application/json', ...lengths], 'POST');
        expect([target, lengths, status]).toEqual([target, lengths, 400]);
      }
    }
  });

  it('says nothing of what broke here, and where to find it', async () => {
    const stderr = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    await api.app.get<Databases>(DATABASES).policy.em.getConnection().execute('alter table role_grants rename to elsewhere');
    const answer = await send({ url: '/api/v1/grants' });
    await api.app.get<Databases>(DATABASES).policy.em.getConnection().execute('alter table elsewhere rename to role_grants');
    const { requestId, detail } = expectProblem('broken', answer, 'internal', 500);
    expect([answer.body.includes('role_grants'), answer.body.includes('select'), detail.includes('log')]).toEqual([false, false, true]);
    expect(stderr.mock.calls.map(([text]) => String(text)).join('')).toMatch(new RegExp(`${requestId}[^]*role_grants`));
    stderr.mockRestore();
  });

  it('says nothing of the inside', async () => {
    for (const [, request] of FAULTS) {
      const { body } = await send(request);
      expect(body).not.toMatch(/node_modules|at [\w.]+ \(|select |sqlite|SQLITE|FST_ERR|mikro/i);
    }
  });
});

// What one database takes and the other does not would be a different answer for the same request, or an internal error.
describe.each(DIALECTS)('text that cannot be stored (%s)', (dialect) => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startApi(dialect);
  });
  afterAll(() => api.stop());

  it.each([
    ['a null character', '\u0000'],
    ['half of a character', '\ud800'],
  ])('is refused with the member named: %s', async (_what, bad) => {
    const refused = async (path: string, body: object, member: string) => {
      const answer = await api.call('POST', `/api/v1/${path}`, body);
      expect([path, member, answer.status, answer.body.errors?.[0].path]).toEqual([path, member, 400, member]);
    };
    await refused('roles', { id: 'a', name: `x${bad}` }, 'name');
    await refused('users', { id: 'a', attributes: { deep: [{ text: bad }] } }, 'attributes.deep[0].text');
    await refused('users', { id: 'a', attributes: { [`k${bad}`]: 1 } }, `attributes.k${bad}`);
    await refused('users/sync', { users: [{ id: 'a', attributes: { text: bad } }] }, 'users[0].attributes.text');
    await refused('resources', { id: `task:${bad}` }, 'id');
    await refused('session', { username: `a${bad}`, password: 'x' }, 'username');
    expect((await api.call('GET', '/api/v1/users/a')).status).toBe(404);
  });

  it('names nothing in any address', async () => {
    const routes = api.routes.filter((route) => /^(?!HEAD).* \/api\/v1\/.*:/.test(route));
    expect(routes.length).toBeGreaterThan(40);
    for (const route of routes) {
      const [method, path] = route.split(' ') as [InjectOptions['method'], string];
      const body = method === 'GET' || method === 'DELETE' ? undefined : {};
      const { status } = await api.call(method, path.replace(/:\w+/, '%00'), body, { 'if-match': '"1"' });
      expect([route, status]).toEqual([route, 404]);
    }
  });

  it('is found nowhere', async () => {
    for (const path of [
      'users/%00',
      'changes/%00',
      'users?q=a%00',
      'users?type=%00',
      'users?group=%00',
      'audit-entries?target=%00',
      'decisions?subject=%00',
      'decisions/%00',
      'sessions?user=%00',
    ]) {
      const { status } = await api.call('GET', `/api/v1/${path}`);
      expect([path, status === 400 || status === 404]).toEqual([path, true]);
    }
    for (const path of [
      'changes/1.5',
      'changes/99999999999',
      'changes/-1',
      'changes/1e0',
      'changes/0x1',
      'changes/%201',
      'grants/no-uuid',
      'decisions/no-uuid',
    ]) {
      expect([path, (await api.call('GET', `/api/v1/${path}`)).status]).toEqual([path, 404]);
    }
    for (const path of ['audit-entries?revision=999999999999999', 'decisions?revision=999999999999999']) {
      const { status, body } = await api.call('GET', `/api/v1/${path}`);
      expect([path, status, body.total ?? 0]).toEqual([path, status === 400 ? 400 : 200, 0]);
    }
    const stale = await api.call('PATCH', '/api/v1/users/ana', { name: 'Ana' }, { 'if-match': '"999999999"' });
    expect(stale.status).toBe(412);
    const reason = await api.call('POST', '/api/v1/tenants', { id: 'r' }, { 'licet-reason': 'a%00b' });
    expect(reason.status).toBe(400);
  });
});
