import { afterEach, describe, expect, it } from '@jest/globals';
import Fastify, { type FastifyRequest } from 'fastify';
import { guard, licetErrors } from './fastify.ts';
import type { Licet } from './licet.ts';
import { MemoryControlPlane } from './testing.ts';
import { TASKS, closeAll, connect } from './tasks.fixture.ts';

afterEach(closeAll);

function serve(licet: Licet) {
  const app = Fastify();
  const subject = (request: FastifyRequest) => request.headers['x-user'] as string | undefined;
  const resource = (request: FastifyRequest) => ({ id: (request.params as { id: string }).id, properties: { ownerId: 'alice' } });
  app.setErrorHandler((error: Error, _request, reply) => void reply.code(500).send({ mine: error.message }));
  void app.register(licetErrors);
  app.get('/tasks', { preHandler: guard(licet, 'task:read', { subject }) }, () => ({ tasks: [] }));
  app.delete('/tasks/:id', { preHandler: guard(licet, 'task:delete', { subject, resource }) }, () => ({ deleted: true }));
  app.get('/fail', () => {
    throw new Error('my own');
  });
  return app;
}

async function ready() {
  const { licet } = connect();
  await licet.ready();
  return serve(licet);
}

const as = (user: string, accept = 'application/json') => ({ 'x-user': user, accept });

describe('the Fastify guard', () => {
  it('lets through what is permitted', async () => {
    const app = await ready();
    expect((await app.inject({ url: '/tasks', headers: as('alice') })).json()).toEqual({ tasks: [] });
    expect((await app.inject({ method: 'DELETE', url: '/tasks/t1', headers: as('alice') })).json()).toEqual({ deleted: true });
  });

  it('answers programs with a problem document, and browsers with a page', async () => {
    const app = await ready();
    const program = await app.inject({ url: '/tasks', headers: as('bob') });
    expect([program.statusCode, program.headers['content-type']]).toEqual([403, 'application/problem+json; charset=utf-8']);
    expect(program.json()).toMatchObject({ code: 'forbidden', detail: expect.stringContaining('task:read') });
    const browser = await app.inject({ url: '/tasks', headers: as('bob', 'text/html,application/xhtml+xml,application/json;q=0.5') });
    expect([browser.statusCode, browser.headers['content-type']]).toEqual([403, 'text/html; charset=utf-8']);
    expect(browser.body).toContain('This is not permitted');
  });

  it('answers 401 where nobody is signed in, and 503 where Licet could not tell', async () => {
    expect((await (await ready()).inject({ url: '/tasks' })).statusCode).toBe(401);
    const plane = new MemoryControlPlane(TASKS);
    plane.down = true;
    const answer = await serve(connect({}, plane).licet).inject({ url: '/tasks', headers: as('alice') });
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '5']);
  });

  it('leaves other errors to the handler of the application', async () => {
    const answer = await (await ready()).inject({ url: '/fail' });
    expect([answer.statusCode, answer.json()]).toEqual([500, { mine: 'my own' }]);
  });
});
