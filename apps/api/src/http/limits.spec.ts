import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openApi, PASSWORD, startApi, type TestApi } from '../../test/api.ts';
import { listen, sendRaw } from '../../test/http.ts';
import { BODY_LIMIT, LARGE_BODY_LIMIT } from './limits.ts';

const PER_MINUTE = 60;

describe('the request rate', () => {
  let first: TestApi;
  let api: TestApi;
  let keys: { authorization: string }[];

  beforeAll(async () => {
    first = await startApi('sqlite');
    keys = [await first.key('one'), await first.key('two')];
    api = await openApi({ ...first.settings, requestsPerMinute: PER_MINUTE, trustProxy: ['10.0.0.1'] });
  });
  afterAll(async () => {
    await api.close();
    await first.stop();
  });

  /** Asks until it is refused; says how many were answered, and what came then. */
  const exhaust = async (url: string, headers: () => Record<string, string>, remoteAddress: string) => {
    for (let answered = 0; answered <= PER_MINUTE * 2; answered++) {
      const answer = await api.fastify.inject({ url, headers: headers(), remoteAddress });
      if (answer.statusCode === 429) return { answered, answer };
    }
    throw new Error('nothing was refused');
  };
  const statusOf = async (url: string, headers: Record<string, string>, remoteAddress: string) =>
    (await api.fastify.inject({ url, headers, remoteAddress })).statusCode;

  it('is counted for each key by itself, and says when to go on', async () => {
    const [one, two] = keys as [{ authorization: string }, { authorization: string }];
    const { answered, answer } = await exhaust('/replica/v1/changes?since=0', () => one, '192.0.2.1');
    expect(answered).toBe(PER_MINUTE);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(answer.headers['retry-after'])).toBeLessThanOrEqual(60);
    expect(answer.json()).toMatchObject({ code: 'too_many_requests', status: 429 });
    expect(await statusOf('/replica/v1/changes?since=0', two, '192.0.2.1')).toBe(200);
    // Decisions are not counted: they would become slower.
    const decision = await api.decisions.inject({ method: 'POST', url: '/access/v1/evaluation', headers: one, payload: {} });
    expect(decision.statusCode).toBe(400);
  });

  it('is counted for the address of whoever shows no key, however many cookies are made up', async () => {
    let cookies = 0;
    const { answered } = await exhaust('/api/v1/roles', () => ({ cookie: `licet_session=${cookies++}` }), '192.0.2.2');
    expect(answered).toBe(PER_MINUTE);
    expect(await statusOf('/api/v1/status', {}, '192.0.2.2')).toBe(429);
    expect(await statusOf('/healthz', {}, '192.0.2.2')).toBe(200);
    expect(await statusOf('/api/v1/status', {}, '192.0.2.3')).toBe(200);
  });

  it('is counted for a session wherever it comes from', async () => {
    let host = 0;
    const { answered } = await exhaust(
      '/api/v1/roles',
      () => ({ cookie: 'licet_session=same', 'x-forwarded-for': `198.51.100.${host++ % 250}` }),
      '10.0.0.1',
    );
    expect(answered).toBe(PER_MINUTE);
  });

  it('is not escaped by a header that says another address, unless a trusted proxy wrote it', async () => {
    let host = 0;
    const forged = () => ({ 'x-forwarded-for': `203.0.113.${host++ % 250}` });
    expect((await exhaust('/api/v1/status', forged, '192.0.2.4')).answered).toBe(PER_MINUTE);
    for (let turn = 0; turn < PER_MINUTE + 5; turn++) expect(await statusOf('/api/v1/status', forged(), '10.0.0.1')).toBe(200);
  });

  it('believes no header about an address where no proxy is named', async () => {
    const payload = { username: 'ana', password: PASSWORD };
    const headers = { 'x-forwarded-for': '203.0.113.9', 'x-real-ip': '203.0.113.9', forwarded: 'for=203.0.113.9' };
    const { statusCode } = await first.fastify.inject({
      method: 'POST',
      url: '/api/v1/session',
      payload,
      headers,
      remoteAddress: '192.0.2.5',
    });
    const { body } = await first.call('GET', '/api/v1/sessions');
    expect([statusCode, body.items.map(({ address }: { address: string }) => address)]).toEqual([
      200,
      expect.arrayContaining(['192.0.2.5']),
    ]);
    expect(JSON.stringify(body)).not.toContain('203.0.113.9');
  });

  it.each([
    ['', (host: string) => `2001:db8:1:2::${host}`, '2001:db8:1:2:9::1', '2001:db8:1:3::1'],
    // Of an address whose middle is 0, the colons that are left out may stand for any part of it.
    [' that ends in zeros', (host: string) => `2001:db8::${host}:b:c:d`, '2001:db8::1', '2001:db8:0:1::1'],
  ])('takes a network of IPv6%s for one address', async (_, addressOf, sameNetwork, another) => {
    for (let turn = 0; turn < PER_MINUTE; turn++) await statusOf('/api/v1/status', {}, addressOf((turn + 1).toString(16)));
    expect([await statusOf('/api/v1/status', {}, sameNetwork), await statusOf('/api/v1/status', {}, another)]).toEqual([429, 200]);
  });
});

describe('the size of input', () => {
  let api: TestApi;
  let port: number;
  beforeAll(async () => {
    api = await startApi('sqlite');
    ({ port } = await listen(api));
  });
  afterAll(() => api.stop());

  const users = (bytes: number) => ({ users: [{ id: 'u', attributes: { text: 'x'.repeat(bytes) } }] });
  const sync = async (bytes: number) => (await api.call('POST', '/api/v1/users/sync', users(bytes))).status;

  it('may be larger where many rows come at once, and nowhere else', async () => {
    expect([await sync(2 * BODY_LIMIT), await sync(LARGE_BODY_LIMIT)]).toEqual([200, 413]);
    expect((await api.call('POST', '/api/v1/users', { id: 'u', attributes: { text: 'x'.repeat(BODY_LIMIT) } })).status).toBe(413);
    const apply = await api.call('POST', '/api/v1/policy/apply', {
      file: { licet: 1, roles: { r: { description: 'x'.repeat(2 * BODY_LIMIT) } } },
    });
    expect(apply.status).not.toBe(413);
  });

  it.each(['/api/v1/policy/apply', '/api/v1/users/sync', '/replica/v1/decisions', '/replica/v1/status'])(
    'of %s is not read before the caller is known',
    async (target) => {
      // The body never comes: whoever waited for it would never answer.
      const headers = ['Content-Type: application/json', 'Content-Length: 900000', `Authorization: Bearer lct_${'0'.repeat(87)}`];
      expect((await sendRaw(port, target, headers, 'POST')).status).toBe(401);
    },
  );

  it('is bounded in depth, items and page size', async () => {
    let deep: object = {};
    for (let turn = 0; turn < 150; turn++) deep = { deep };
    const many = Array.from({ length: 1001 }, (_, index) => `r${index}`);
    for (const [path, body] of [
      ['users', { id: 'a', attributes: deep }],
      ['roles', { id: 'a', inherits: many }],
      ['resource-types', { id: 'a', actions: many.map((name) => ({ name })) }],
      ['conditions', { id: 'a', expression: `"${'x'.repeat(20_000)}" == "x"` }],
      ['users/sync', { users: many.map((id) => ({ id })) }],
    ] as const) {
      expect([path, (await api.call('POST', `/api/v1/${path}`, body)).status]).toEqual([path, 400]);
    }
    for (const query of ['perPage=1001', 'perPage=0', 'page=0', 'page=1000001', `q=${'x'.repeat(201)}`]) {
      expect([query, (await api.call('GET', `/api/v1/users?${query}`)).status]).toEqual([query, 400]);
    }
  });

  it('has no member, and no filter, that nobody knows', async () => {
    for (const [path, body, member] of [
      ['roles', { id: 'a', permissions: [] }, 'permissions'],
      ['resource-types', { id: 'a', actions: [{ name: 'read', allow: true }] }, 'actions[0].allow'],
      ['users/sync', { users: [{ id: 'a', admin: true }] }, 'users[0].admin'],
      ['users/sync', { users: [{ id: 'a' }], dryRun: true }, 'dryRun'],
      ['assignments/assign', { user: 'ana', role: 'licet.auditor', createdBy: 'x' }, 'createdBy'],
      ['assignments/revoke', { user: 'ana', role: 'licet.auditor', all: true }, 'all'],
      ['resource-types/declare', { permissions: ['a:b'], prune: true }, 'prune'],
      ['session', { username: 'ana', password: 'x', remember: true }, 'remember'],
      ['explain', { subject: { type: 'user', id: 'a' }, action: { name: 'r' }, resource: { type: 'd', id: '1' }, revison: 3 }, 'revison'],
    ] as const) {
      const answer = await api.call('POST', `/api/v1/${path}`, body);
      expect([path, answer.status, answer.body.errors?.[0]?.path]).toEqual([path, 400, member]);
    }
    const { status, body } = await api.call('GET', '/api/v1/assignments?tenat=acme');
    expect([status, body.errors[0].path]).toEqual([400, 'tenat']);
  });

  it.each([
    '{"id":"a","__proto__":{"builtIn":true}}',
    '{"id":"a","constructor":{"prototype":{"x":1}}}',
    '{"id":"a","attributes":{"__proto__":{"x":1}}}',
  ])('never reaches a prototype: %s', async (payload) => {
    const answer = await api.call('POST', '/api/v1/users', payload, { 'content-type': 'application/json' });
    expect([answer.status, ({} as Record<string, unknown>)['x'], ({} as Record<string, unknown>)['builtIn']]).toEqual([
      400,
      undefined,
      undefined,
    ]);
  });
});
