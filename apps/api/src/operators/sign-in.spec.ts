import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Answer } from '../../test/api.ts';
import { PASSWORD, startApi, type TestApi } from '../../test/api.ts';
import { addOperator } from '../../test/operators.ts';

describe('sign-in', () => {
  let api: TestApi;

  beforeAll(async () => {
    api = await startApi('sqlite');
    await addOperator(api, 'olga');
    await addOperator(api, 'without-a-role', null);
    await addOperator(api, 'disabled');
    await api.call('PATCH', '/api/v1/users/disabled', { enabled: false }, { 'if-match': '"1"' });
    await api.create('users', { id: 'no-operator' });
  });
  afterAll(() => api.stop());

  const post = (body: unknown, headers: Record<string, string> = {}) =>
    api.call('POST', '/api/v1/session', body, { cookie: '', ...headers });
  const said = ({ status, body, headers }: Answer) => ({ status, ...body, requestId: '', cookie: headers['set-cookie'] });

  it('says the same for an unknown user, a wrong password, and an account that may not use the console', async () => {
    const unknown = said(await post({ username: 'nobody', password: PASSWORD }));
    expect(unknown).toMatchObject({ status: 401, code: 'unauthenticated', cookie: undefined });
    for (const [username, password] of [
      ['olga', `${PASSWORD}!`],
      ['olga', PASSWORD.toUpperCase()],
      ['olga', ` ${PASSWORD}`],
      ['OLGA', PASSWORD],
      ['without-a-role', PASSWORD],
      ['disabled', PASSWORD],
      ['no-operator', PASSWORD],
      ['service:olga', PASSWORD],
      ['licet', PASSWORD],
    ]) {
      expect([username, said(await post({ username, password }))]).toEqual([username, unknown]);
    }
  });

  it('takes as long for an unknown user as for a wrong password', async () => {
    // The password of `ana` went through the set-up: its hash costs what real ones do.
    await post({ username: 'nobody', password: 'x' });
    const fastest = { nobody: Infinity, ana: Infinity };
    for (let turn = 0; turn < 5; turn++) {
      for (const username of ['nobody', 'ana'] as const) {
        const start = performance.now();
        await post({ username, password: 'wrong' });
        fastest[username] = Math.min(fastest[username], performance.now() - start);
      }
    }
    // Without the work of a password, the answer would come in a twentieth of the time.
    expect(fastest.nobody / fastest.ana).toBeGreaterThan(0.25);
    expect(fastest.nobody / fastest.ana).toBeLessThan(4);
  });

  it.each([
    ['the page itself', { 'sec-fetch-site': 'same-origin', origin: 'http://localhost:4000', host: 'localhost:4000' }, true],
    ['a tool that is no browser', {}, true],
    ['a browser without fetch metadata, on the page itself', { origin: 'http://localhost:4000', host: 'localhost:4000' }, true],
    ['another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, false],
    ['a neighbouring host', { 'sec-fetch-site': 'same-site', origin: 'http://app.localhost:4000' }, false],
    ['another port of this host', { 'sec-fetch-site': 'same-site', origin: 'http://localhost:5000', host: 'localhost:4000' }, false],
    ['a page that hides its origin', { 'sec-fetch-site': 'cross-site', origin: 'null' }, false],
    ['another site in an old browser', { origin: 'https://evil.example', host: 'localhost:4000' }, false],
    ['a hidden origin in an old browser', { origin: 'null', host: 'localhost:4000' }, false],
    ['another port in an old browser', { origin: 'http://localhost:5000', host: 'localhost:4000' }, false],
    ['fetch metadata that nobody knows', { 'sec-fetch-site': 'sideways' }, false],
  ])('and edits by %s: let through or refused', async (_name, headers, allowed) => {
    const cookie = String((await post({ username: 'olga', password: PASSWORD })).headers['set-cookie']).split(';')[0]!;
    const edit = await api.call('POST', '/api/v1/tenants', {}, { cookie, ...headers });
    // An auditor may not create tenants: whoever gets as far as that was let through.
    expect([edit.status, edit.body.detail]).toEqual([403, expect.stringContaining(allowed ? 'licet.tenant:create' : 'another site')]);
    const signIn = await post({ username: 'olga', password: PASSWORD }, headers);
    expect([signIn.status, signIn.headers['set-cookie'] !== undefined]).toEqual(allowed ? [200, true] : [403, false]);
    const signOut = await api.call('DELETE', '/api/v1/session', undefined, { cookie, ...headers });
    expect(signOut.status).toBe(allowed ? 204 : 403);
    expect((await api.call('GET', '/api/v1/roles', undefined, { cookie, ...headers })).status).toBe(allowed ? 401 : 200);
  });

  it('takes JSON only, which no form of another site can send', async () => {
    const form = `username=olga&password=${encodeURIComponent(PASSWORD)}`;
    const json = JSON.stringify({ username: 'olga', password: PASSWORD });
    for (const [type, payload] of [
      ['application/x-www-form-urlencoded', form],
      ['text/plain', json],
      ['multipart/form-data; boundary=x', json],
      ['application/json-seq', json],
    ] as const) {
      const answer = await api.fastify.inject({ method: 'POST', url: '/api/v1/session', payload, headers: { 'content-type': type } });
      expect([type, answer.statusCode, answer.headers['set-cookie']]).toEqual([type, 400, undefined]);
    }
  });

  it('lets a key act for its service account wherever the request comes from, since no browser sends it by itself', async () => {
    const key = await api.key('tool', 'licet.policy-editor');
    const answer = await api.call(
      'POST',
      '/api/v1/tenants',
      { id: 'by-tool' },
      { ...key, 'sec-fetch-site': 'cross-site', origin: 'https://tool.example' },
    );
    expect(answer.status).toBe(201);
  });

  it('names what is missing or too long', async () => {
    for (const [body, path] of [
      [{}, 'username'],
      [{ username: 'olga' }, 'password'],
      [{ username: 'olga', password: 'x'.repeat(257) }, 'password'],
      [{ username: 7, password: 'x' }, 'username'],
      [[], '(body)'],
      ['text', '(body)'],
    ] as const) {
      const answer = await post(body, { 'content-type': 'application/json' });
      expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request']);
      if (path !== '(body)') expect(answer.body.errors[0].path).toBe(path);
    }
  });
});
