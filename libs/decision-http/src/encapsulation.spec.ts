import { describe, expect, it } from '@jest/globals';
import { createSnapshot } from '@licet/engine';
import Fastify from 'fastify';
import { decisionHttp } from './decision-http.ts';
import { EVALUATION, METADATA, POLICY, mayRead, post } from './server.fixture.ts';

const OPTIONS = { snapshot: () => createSnapshot(POLICY), authenticate: () => ({ id: 'app' }), publicUrl: 'http://localhost:4000' };

/** An application with parsers, handlers and a catch-all of its own, as NestJS and a static console make it. */
function application() {
  const server = Fastify({ bodyLimit: 100 });
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => done(null, { wrapped: body }));
  server.addContentTypeParser('text/csv', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  server.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    void reply.code(error.statusCode ?? 500).send({ mine: error.message });
  });
  server.setNotFoundHandler((_request, reply) => reply.code(404).send({ mine: 'not found' }));
  server.register(decisionHttp, OPTIONS);
  server.get('/*', (_request, reply) => reply.type('text/html').send('<title>console</title>'));
  server.post('/echo', (request) => ({ body: request.body }));
  server.post('/fail', () => {
    throw new Error('mine');
  });
  return server;
}

describe('mounted in an application, the plugin', () => {
  it('works beside a catch-all route, foreign parsers and a smaller body limit', async () => {
    const server = application();
    expect((await post(server, EVALUATION, { ...mayRead, padding: 'x'.repeat(1000) })).json['decision']).toBe(true);
    expect((await server.inject({ url: METADATA })).json()).toHaveProperty('policy_decision_point', 'http://localhost:4000');
    for (const [url, status] of [
      [EVALUATION, 405],
      ['/access/v1/nothing', 404],
      [`${METADATA}/x`, 404],
    ] as const) {
      const answer = await server.inject({ url, headers: { 'x-request-id': 'r1' } });
      expect([answer.statusCode, answer.headers['x-request-id']]).toEqual([status, 'r1']);
      expect(answer.json()).toMatchObject({ status });
    }
  });

  it('leaves the parsers, limits, errors and unknown paths of the application alone', async () => {
    const server = application();
    const send = async (url: string, payload: string, type: string) => {
      const answer = await server.inject({ method: 'POST', url, payload, headers: { 'content-type': type, 'x-request-id': 'r1' } });
      return [answer.statusCode, answer.json<unknown>(), answer.headers['x-request-id']];
    };
    expect(await send('/echo', '{}', 'application/json')).toEqual([200, { body: { wrapped: '{}' } }, undefined]);
    expect(await send('/echo', 'a,b', 'text/csv')).toEqual([200, { body: 'a,b' }, undefined]);
    expect(await send('/echo', 'x'.repeat(101), 'text/csv')).toEqual([413, { mine: 'Request body is too large' }, undefined]);
    expect(await send('/fail', '{}', 'application/json')).toEqual([500, { mine: 'mine' }, undefined]);
    expect(await send('/nothing', '{}', 'application/json')).toEqual([404, { mine: 'not found' }, undefined]);
    expect((await server.inject({ url: '/roles' })).body).toBe('<title>console</title>');
  });
});
