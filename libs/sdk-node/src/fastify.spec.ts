import { afterEach, describe, expect, it } from '@jest/globals';
import Fastify, { type FastifyRequest } from 'fastify';
import * as express from './express.ts';
import * as fastify from './fastify.ts';
import type { Licet } from './licet.ts';
import { MemoryControlPlane } from './testing.ts';
import { TASKS, closeAll, connect } from './tasks.fixture.ts';

const { guard, licetErrors } = fastify;
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

  it('answers 404 where the option for the resource gives none', async () => {
    const { licet } = connect();
    await licet.ready();
    const app = Fastify();
    await app.register(licetErrors);
    const given = [undefined, null, '', false, 0];
    given.forEach((resource, index) => {
      const options = { subject: () => 'alice', resource: () => resource as string };
      app.get(`/${index}`, { preHandler: guard(licet, 'task:read', options) }, () => ({ secret: true }));
    });
    for (const index of given.keys()) expect((await app.inject({ url: `/${index}` })).statusCode).toBe(404);
  });

  it('lets nobody through where an option throws what is no error', async () => {
    const { licet } = connect();
    await licet.ready();
    const app = Fastify();
    const thrown = [undefined, null, '', 'route'];
    thrown.forEach((what, index) => {
      const preHandler = guard(licet, 'task:read', { subject: () => Promise.reject(what as unknown as Error) });
      app.get(`/${index}`, { preHandler }, () => ({ secret: true }));
    });
    for (const index of thrown.keys()) expect((await app.inject({ url: `/${index}` })).body).not.toContain('secret');
  });
});

it('a refusal tells nothing of the policy to whoever shows messages of errors', async () => {
  const { licet } = connect();
  await licet.ready();
  const app = Fastify();
  app.get('/tasks', { preHandler: guard(licet, 'task:read', { subject: () => 'bob' }) }, () => ({ tasks: [] }));
  expect((await app.inject({ url: '/tasks' })).json()).toMatchObject({ statusCode: 403, message: '`task:read` is not permitted' });
});

describe.each(Object.entries({ express, fastify }))('what is wrong with a guard is said when it is made (%s)', (_, made) => {
  it.each(['taskread', '', ':read', 'task:', undefined])('a permission that is none: %p', (permission) => {
    const { licet } = connect();
    const make = () => made.guard(licet, permission as string, { subject: () => 'alice' });
    expect(make).toThrow(expect.objectContaining({ name: 'ConfigError', message: expect.stringContaining(`\`${permission}\``) }));
  });

  it.each([undefined, {}, { subject: 'alice' }])('nobody to ask about: %p', (options) => {
    const { licet } = connect();
    const wrong = expect.objectContaining({ name: 'ConfigError', message: expect.stringContaining('`subject`') });
    expect(() => made.guard(licet, 'task:read', options as never)).toThrow(wrong);
    expect(() => made.canRoute(licet, options as never)).toThrow(wrong);
  });
});
