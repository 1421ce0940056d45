import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Problem } from '@licet/contract';
import { startApi, type TestApi } from '../../test/api.ts';

const STRANGER = { cookie: '' };

describe('a method that an address does not take', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startApi('sqlite');
  });
  afterAll(() => api.stop());

  it.each([
    ['PUT', '/api/v1/roles/nope?x=/y', 'DELETE, GET, HEAD, PATCH'],
    ['PUT', '/api/v1/roles/licet.owner', 'DELETE, GET, HEAD, PATCH'],
    ['DELETE', '/api/v1/users', 'GET, HEAD, POST'],
    ['PUT', '/api/v1/users/sync', 'DELETE, GET, HEAD, PATCH, POST'],
    ['GET', '/api/v1/setup', 'POST'],
    ['OPTIONS', '/api/v1/roles', 'GET, HEAD, POST'],
    ['POST', '/replica/v1/snapshot', 'GET, HEAD'],
    ['POST', '/healthz', 'GET, HEAD'],
    ['POST', '/', 'GET, HEAD'],
    ['GET', '/access/v1/evaluation', 'POST'],
  ] as const)('is 405 with those that it takes, to everybody and for any row: %s %s', async (method, url, allow) => {
    for (const headers of [STRANGER, {}]) {
      const answer = await api.call(method, url, undefined, headers);
      expect([answer.status, answer.headers['allow']]).toEqual([405, allow]);
      expect(Problem.parse(answer.body)).toMatchObject({ code: 'method_not_allowed', detail: expect.stringContaining(allow) });
    }
  });

  it('is HEAD where GET is none, and otherwise HEAD has the head of GET', async () => {
    const none = await api.call('HEAD', '/api/v1/setup');
    expect([none.status, none.headers['allow']]).toEqual([405, 'POST']);
    expect(await api.call('HEAD', '/api/v1/roles')).toMatchObject({ status: 200, body: '' });
    expect((await api.call('HEAD', '/api/v1/roles', undefined, STRANGER)).status).toBe(401);
  });

  it('is 404 where no method would do', async () => {
    for (const url of ['/api/v1/roles/', '/api/v1/roles/a/b', '/api/v1', '/assets/x.js']) {
      const { status, headers, body } = await api.call('PUT', url);
      expect([url, status, headers['allow'], body.code]).toEqual([url, 404, undefined, 'not_found']);
    }
  });
});
