import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, describe, expect, it } from '@jest/globals';
import { guard, licetErrors } from './fastify.ts';
import { assertMatrix, fromPolicy } from './testing.ts';
import { TASKS } from './tasks.fixture.ts';

let stop: () => Promise<unknown> = () => Promise.resolve();
afterEach(() => stop());

/** A guarded application; with a hole, another spelling of the address is not guarded. */
async function send(hole: boolean) {
  const { licet } = await fromPolicy(TASKS);
  const server: FastifyInstance = Fastify({ routerOptions: { ignoreTrailingSlash: !hole } });
  await server.register(licetErrors);
  const subject = ({ headers }: { headers: Record<string, unknown> }) => headers['x-user'] as string | undefined;
  server.get('/tasks', { preHandler: guard(licet, 'task:read', { subject }) }, () => ({}));
  if (hole) server.get('/tasks/', () => ({}));
  stop = async () => {
    await server.close();
    await licet.close();
  };
  return async (person: string, method: string, url: string) => {
    const headers = person === 'nobody' ? {} : { 'x-user': person };
    return (await server.inject({ method: method as 'GET', url, headers })).statusCode;
  };
}

describe('a matrix', () => {
  it('holds where every request is answered as it says, and no other spelling gets round it', async () => {
    await assertMatrix(await send(false), { 'GET /tasks': { nobody: 401, alice: 200, bob: 403 } });
    await assertMatrix(await send(false), { 'GET /tasks?page=1': { bob: 403 } });
  });

  it('names everything that is not as it says, and whom it forgets', async () => {
    const matrix = { 'GET /tasks': { nobody: 200, bob: 403 }, 'GET /none': { bob: 404 } };
    await expect(assertMatrix(await send(false), matrix)).rejects.toThrow(
      'the matrix does not hold:\nGET /tasks as nobody: 401, should be 200\nGET /none says nothing of nobody',
    );
    await expect(assertMatrix(await send(false), { tasks: { bob: 403 } })).rejects.toThrow(TypeError);
  });

  it('finds a way round a refusal', async () => {
    await expect(assertMatrix(await send(true), { 'GET /tasks': { bob: 403 } })).rejects.toThrow(
      'GET /tasks/ as bob: 200, though GET /tasks is refused with 403',
    );
  });
});

describe('a policy in a test', () => {
  it('answers without a server, and follows what the test commits', async () => {
    const { licet, plane } = await fromPolicy(TASKS);
    stop = () => licet.close();
    expect([licet.check('alice', 'task:read').decision, licet.check('bob', 'task:read').decision]).toEqual([true, false]);
    await licet.assign('bob', 'member');
    expect(licet.check('bob', 'task:read').decision).toBe(true);
    expect(plane.revision).toBe(2);
  });
});
