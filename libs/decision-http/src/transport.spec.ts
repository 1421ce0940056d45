import { Problem } from '@licet/contract';
import { describe, expect, it } from '@jest/globals';
import type { InjectOptions } from 'fastify';
import { EVALUATION, EVALUATIONS, METADATA, mayRead, post, sendRaw, serve } from './server.fixture.ts';

const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
const withSubject = (subject: string) => `{"subject":${subject},"action":{"name":"read"},"resource":{"type":"task","id":"t1"}}`;
const withProperties = (properties: string) => withSubject(`{"type":"user","id":"alice","properties":${properties}}`);

describe('a bad body', () => {
  const refused: [string, string, string][] = [
    ['not JSON', '{"subject":', '(body)'],
    ['empty', '', '(body)'],
    ['an array', '[]', '(body)'],
    ['null', 'null', '(body)'],
    ['no subject', '{"action":{"name":"read"},"resource":{"type":"task","id":"t1"}}', 'subject'],
    ['a number as id', withSubject('{"type":"user","id":123}'), 'subject.id'],
    ['an empty id', withSubject('{"type":"user","id":""}'), 'subject.id'],
    ['no action name', '{"subject":{"type":"user","id":"a"},"action":{},"resource":{"type":"task","id":"t1"}}', 'action.name'],
    ['an array as properties', withProperties('[]'), 'subject.properties'],
    ['a number out of range', withProperties('{"a":[1,{"b":1e999}]}'), 'subject.properties.a[1].b'],
    ['nesting beyond the limit', withProperties(nested(33)), `subject.properties${'.a'.repeat(32)}`],
  ];
  it.each(refused)('%s is 400 and names the member', async (_, body, path) => {
    const answer = await post(serve(), EVALUATION, body);
    expect([answer.status, answer.headers['content-type']]).toEqual([400, 'application/problem+json; charset=utf-8']);
    const { code, errors } = Problem.parse(answer.json);
    expect([code, errors?.map((fault) => fault.path)]).toEqual(['invalid_request', expect.arrayContaining([path])]);
  });

  it('may nest up to the limit', async () => {
    expect((await post(serve(), EVALUATION, withProperties(nested(32)))).json['decision']).toBe(true);
  });

  it('of a hundred thousand levels does no harm, in known members and in unknown ones', async () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    expect((await post(serve(), EVALUATION, withProperties(`{"a":${deep}}`))).status).toBe(400);
    expect((await post(serve(), EVALUATION, `${JSON.stringify(mayRead).slice(0, -1)},"x":${deep}}`)).status).toBe(200);
  });

  it('that is not UTF-8 is 400: two different texts must not become one subject', async () => {
    const body = Buffer.from(JSON.stringify(mayRead).replace('alice', 'al\u00ffce'), 'latin1');
    const headers = { authorization: 'Bearer good', 'content-type': 'application/json' };
    const answer = await serve().inject({ method: 'POST', url: EVALUATION, headers, payload: body });
    expect(answer.statusCode).toBe(400);
  });

  it('lists all faults, the first one in the sentence', async () => {
    const { json } = await post(serve(), EVALUATION, { subject: { id: 5 } });
    expect(json['detail']).toBe('`subject.type` is missing; it must be a string (and 3 more).');
    expect((json['errors'] as { path: string }[]).map(({ path }) => path)).toEqual(['subject.type', 'subject.id', 'action', 'resource']);
  });

  it('cannot reach a prototype', async () => {
    const body = withProperties('{"__proto__":{"polluted":true},"a":{"__proto__":{"polluted":true}}}');
    expect((await post(serve(), EVALUATION, body)).status).toBe(200);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('the content type', () => {
  it.each([
    ...[
      'application/json; charset=utf-8',
      'application/json;charset=UTF-8',
      'application/json; charset="utf-8"; v=1',
      'Application/JSON; v=1',
    ],
    ...['application/json; charset=utf8 ; v=1', 'application/json; v=utf-16'],
  ])('%s may stand with its parameters', async (type) => {
    expect((await post(serve(), EVALUATION, mayRead, { 'content-type': type })).status).toBe(200);
  });

  it.each([
    ...['text/plain', 'application/x-www-form-urlencoded', 'application/problem+json', 'nonsense'],
    ...['application/json; charset=utf-16', 'application/json; v=1;charset="ISO-8859-1"', 'application/json; charset=utf-8x'],
    'application/json; charset=utf-8; charset=utf-16',
  ])('%s is 400', async (type) => {
    const answer = await post(serve(), EVALUATION, mayRead, { 'content-type': type });
    expect([answer.status, answer.json['detail']]).toEqual([400, 'Send the body as `Content-Type: application/json`.']);
  });
});

describe('the caller', () => {
  it('without a valid key gets 401 with WWW-Authenticate, before the body is read', async () => {
    for (const body of ['not JSON', 'x'.repeat(300_000), JSON.stringify(mayRead)]) {
      const answer = await post(serve(), EVALUATION, body, { authorization: 'Bearer bad' });
      expect([answer.status, answer.json['code']]).toEqual([401, 'unauthenticated']);
      expect(answer.headers['www-authenticate']).toBe('Bearer realm="licet"');
    }
    const unnamed = await serve().inject({ method: 'POST', url: EVALUATIONS, payload: mayRead });
    expect(unnamed.statusCode).toBe(401);
  });

  it('whose key may not ask gets 403', async () => {
    const answer = await post(serve(), EVALUATION, mayRead, { authorization: 'Bearer weak' });
    expect(answer.json).toMatchObject({ status: 403, code: 'forbidden' });
  });

  it('gets no answer when authentication fails in itself', async () => {
    const authenticate = () => {
      throw new Error('database gone: secret detail');
    };
    const answer = await post(serve({ authenticate }), EVALUATION, mayRead);
    expect([answer.status, answer.json['code']]).toEqual([500, 'internal']);
    expect(answer.text).not.toContain('secret');
  });
});

describe('the path and the method', () => {
  it.each(['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const)('%s instead of POST is 405 with Allow', async (method) => {
    for (const url of [EVALUATION, EVALUATIONS]) {
      const answer = await serve().inject({ method, url });
      expect([answer.statusCode, answer.headers['allow']]).toEqual([405, 'POST']);
    }
  });

  it('that nobody knows are 404', async () => {
    for (const url of ['/access/v1/search/role', `${EVALUATION}/`, '/access/v1', `${METADATA}/tenant`]) {
      const answer = await serve().inject({ method: 'POST', url, payload: 'x'.repeat(100) });
      expect([url, answer.statusCode, answer.headers['content-type']]).toEqual([url, 404, 'application/problem+json; charset=utf-8']);
    }
  });
});

describe('X-Request-ID', () => {
  const id = 'client/42 "x"';
  const cases: [number, InjectOptions][] = [
    [200, { url: EVALUATION, payload: mayRead }],
    [200, { url: METADATA, method: 'GET' }],
    [400, { url: EVALUATION, payload: '{', headers: { 'content-type': 'application/json' } }],
    [400, { url: EVALUATIONS, payload: '<a/>', headers: { 'content-type': 'text/xml' } }],
    [401, { url: EVALUATION, payload: mayRead, headers: { authorization: '' } }],
    [403, { url: EVALUATION, payload: mayRead, headers: { authorization: 'Bearer weak' } }],
    [404, { url: '/access/v1/nothing', payload: mayRead }],
    [405, { url: EVALUATION, method: 'GET' }],
    [405, { url: METADATA, payload: mayRead }],
    [413, { url: EVALUATION, payload: { ...mayRead, padding: 'x'.repeat(300_000) } }],
  ];
  it.each(cases)('comes back on %i', async (status, request) => {
    const headers = { authorization: 'Bearer good', ...request.headers, 'x-request-id': id };
    const answer = await serve().inject({ method: 'POST', ...request, headers });
    expect([answer.statusCode, answer.headers['x-request-id']]).toEqual([status, id]);
    if (status >= 400) expect(answer.json()).toMatchObject({ requestId: id });
  });

  it.each([
    [200, 'POST', EVALUATION],
    [200, 'POST', EVALUATIONS],
    [200, 'GET', METADATA],
    [200, 'HEAD', METADATA],
    [400, 'POST', '/access/v1/%ff'],
    [400, 'GET', '/tenants/%ff/access/v1/evaluation'],
    [404, 'GET', '/access/v1/nothing'],
    [405, 'GET', EVALUATION],
  ])('of any bytes comes back byte for byte on %i %s %s', async (status, method, target) => {
    const sent = Buffer.from('é-王').toString('latin1');
    const headers = ['Authorization: Bearer good', 'Content-Type: application/json', `X-Request-ID: ${sent}`];
    const answer = await sendRaw(serve(), `${method} ${target}`, headers, method === 'POST' ? JSON.stringify(mayRead) : '');
    expect([answer.status, answer.header('x-request-id')]).toEqual([status, sent]);
    if (method === 'HEAD') return;
    expect(answer.header('content-length')).toBe(String(answer.bytes.length));
    if (status >= 400) expect(Problem.parse(JSON.parse(answer.bytes.toString()))).toMatchObject({ status, requestId: sent });
  });

  it('is not made up', async () => {
    expect((await post(serve(), EVALUATION, mayRead)).headers).not.toHaveProperty('x-request-id');
  });
});

describe('GET /.well-known/authzen-configuration', () => {
  it('names the endpoints that are offered, to everybody', async () => {
    const answer = await serve().inject({ url: METADATA });
    expect([answer.statusCode, answer.headers['content-type'], answer.headers['cache-control']]).toEqual([
      200,
      'application/json; charset=utf-8',
      'public, max-age=300',
    ]);
    expect(answer.json()).toEqual({
      policy_decision_point: 'https://licet.example.com',
      access_evaluation_endpoint: 'https://licet.example.com/access/v1/evaluation',
      access_evaluations_endpoint: 'https://licet.example.com/access/v1/evaluations',
      search_subject_endpoint: 'https://licet.example.com/access/v1/search/subject',
      search_resource_endpoint: 'https://licet.example.com/access/v1/search/resource',
      search_action_endpoint: 'https://licet.example.com/access/v1/search/action',
    });
  });

  it('stands between host and path of an identifier that has a path', async () => {
    const policy_decision_point = 'https://example.com/licet';
    const server = serve({ publicUrl: `${policy_decision_point}/` });
    expect((await server.inject({ url: `${METADATA}/licet` })).json()).toMatchObject({ policy_decision_point });
    expect((await server.inject({ url: METADATA })).statusCode).toBe(404);
  });

  it('cannot be made from a URL that is no identifier', async () => {
    for (const publicUrl of ['licet.example.com', 'https://x.org/?a', 'https://x.org/#a', 'ftp://x.org', 'https://u:p@x.org']) {
      await expect(serve({ publicUrl }).ready()).rejects.toThrow(publicUrl);
    }
  });
});
