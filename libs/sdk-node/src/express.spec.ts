import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import express, { type Request } from 'express';
import { canRoute, guard, licetErrors } from './express.ts';
import { Licet } from './licet.ts';
import { MemoryControlPlane } from './testing.ts';
import { TASKS, closeAll, connect, until } from './tasks.fixture.ts';
import type { Mode } from './settings.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  await closeAll();
});

/** An application in which everybody is who the header says; task t1 is alice's. */
async function serve(licet: Licet<Mode>): Promise<string> {
  const app = express();
  const subject = (request: Request) => request.get('x-user');
  const resource = (request: Request<{ id?: string }>) => {
    if (request.params.id === 'broken') throw Object.assign(new Error('no such task'), { status: 404 });
    return Promise.resolve({ id: String(request.params.id), properties: { ownerId: 'alice' } });
  };
  app.get('/tasks', guard(licet, 'task:read', { subject }), (_request, response) => {
    response.json({ because: (response.locals['licet'] as { reason: string }).reason });
  });
  app.delete('/tasks/:id', guard(licet, 'task:delete', { subject, resource }), (_request, response) => {
    response.json({ deleted: true });
  });
  return listen(app);
}

async function listen(app: express.Express): Promise<string> {
  app.use(licetErrors());
  app.use((error: Error & { status?: number }, _request: Request, response: express.Response, next: express.NextFunction) => {
    if (response.headersSent) return next(error);
    response.status(error.status ?? 500).json({ mine: error.message });
  });
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  closing.push(() => new Promise((resolve) => server.close(resolve)));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function ask(url: string, user?: string, init: { method?: string; accept?: string } = {}) {
  const headers = { accept: init.accept ?? 'application/json', connection: 'close', ...(user === undefined ? {} : { 'x-user': user }) };
  const answer = await fetch(url, { method: init.method ?? 'GET', headers });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

async function ready() {
  const { licet } = connect();
  await licet.ready();
  return serve(licet);
}

/** An application that shows the message of each refusal; task t1 is bob's, and t2 is not there. */
async function serveHidden(licet: Licet<Mode>): Promise<string> {
  const app = express();
  const subject = () => 'alice';
  const resource = ({ params }: Request<{ id?: string }>) => (params.id === 't1' ? { id: 't1', properties: { ownerId: 'bob' } } : null);
  app.delete('/tasks/:id', guard(licet, 'task:delete', { subject, resource, hide: true }), (_request, response) => response.json({}));
  app.use((error: Error & { status: number }, _request: Request, response: express.Response, _next: express.NextFunction) => {
    response.status(error.status).json({ message: error.message });
  });
  return listen(app);
}

describe('the Express guard', () => {
  it('lets through what is permitted, with the decision at hand', async () => {
    const url = await ready();
    expect(await ask(`${url}/tasks`, 'alice')).toMatchObject({ status: 200, text: '{"because":"allowed_by_grant"}' });
    expect(await ask(`${url}/tasks/t1`, 'alice', { method: 'DELETE' })).toMatchObject({ status: 200, text: '{"deleted":true}' });
  });

  it.each([
    ['Licet can tell', true, 404],
    ['it cannot', false, 503],
  ])('hides what is there behind the very answer of what is not, where %s', async (_, isReady, status) => {
    const { licet } = isReady ? connect() : { licet: new Licet({ fetcher: () => Promise.reject(new Error('away')) }) };
    if (isReady) await licet.ready();
    licet.on('error', () => undefined);
    closing.push(() => licet.close());
    const url = await serveHidden(licet);
    const [there, notThere] = [
      await ask(`${url}/tasks/t1`, 'alice', { method: 'DELETE' }),
      await ask(`${url}/tasks/t2`, 'alice', { method: 'DELETE' }),
    ];
    expect([there.status, there.text]).toEqual([status, notThere.text]);
    expect(notThere.status).toBe(status);
  });

  it('answers programs with a problem document', async () => {
    const answer = await ask(`${await ready()}/tasks`, 'bob');
    expect([answer.status, answer.headers.get('content-type'), answer.headers.get('vary')]).toEqual([
      403,
      'application/problem+json; charset=utf-8',
      'accept',
    ]);
    expect(JSON.parse(answer.text)).toMatchObject({ status: 403, code: 'forbidden', detail: expect.stringContaining('task:read') });
  });

  it('answers browsers with a page', async () => {
    const answer = await ask(`${await ready()}/tasks`, 'bob', { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([403, 'text/html; charset=utf-8']);
    expect(answer.text).toContain('<h1>This is not permitted</h1><p>You do not have the permission task:read here.');
  });

  it('says nothing about policy', async () => {
    const { text } = await ask(`${await ready()}/tasks/t1`, 'bob', { method: 'DELETE' });
    expect(text).not.toMatch(/member|g-delete|no_matching_grant|own\b/);
  });

  it('answers 401 where nobody is signed in', async () => {
    expect(await ask(`${await ready()}/tasks`)).toMatchObject({ status: 401, text: expect.stringContaining('"code":"unauthenticated"') });
  });

  it('answers 503 with Retry-After where Licet could not tell', async () => {
    const plane = new MemoryControlPlane(TASKS);
    plane.down = true;
    const answer = await ask(`${await serve(connect({}, plane).licet)}/tasks`, 'alice');
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
  });

  it('leaves other errors to the application', async () => {
    const answer = await ask(`${await ready()}/tasks/broken`, 'alice', { method: 'DELETE' });
    expect([answer.status, answer.text]).toEqual([404, '{"mine":"no such task"}']);
  });

  it('works in remote mode', async () => {
    const plane = new MemoryControlPlane(TASKS);
    const url = await serve(new Licet({ mode: 'remote', fetcher: plane.fetcher }));
    expect([(await ask(`${url}/tasks`, 'alice')).status, (await ask(`${url}/tasks`, 'bob')).status]).toEqual([200, 403]);
    plane.down = true;
    expect((await ask(`${url}/tasks`, 'alice')).status).toBe(503);
  });
});

describe('an option of a route that goes wrong', () => {
  const thrown = [undefined, null, '', 0, 'route', 'router'];
  const options = ['subject', 'resource', 'tenant', 'context', 'atLeast'];
  it.each(options.flatMap((option) => thrown.map((what) => [option, what])))('lets nobody through: %s with %p', async (option, what) => {
    const { licet } = connect();
    await licet.ready();
    const app = express();
    const asking = { subject: () => 'alice', [String(option)]: () => Promise.reject(what as unknown as Error) };
    app.get('/guarded', guard(licet, 'task:read', asking), (_request, response) => void response.json({ secret: true }));
    app.get('/guarded', (_request, response) => void response.json({ secret: true }));
    app.post('/can', express.json(), canRoute(licet, asking));
    app.post('/can', (_request, response) => void response.json({ secret: true }));
    const url = await listen(app);
    expect(await ask(`${url}/guarded`)).toMatchObject({ status: 500, text: expect.stringContaining('is no error') });
    if (option === 'resource' || option === 'atLeast') return;
    const answer = await fetch(`${url}/can`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"questions":[]}' });
    expect([answer.status, (await answer.text()).includes('is no error')]).toEqual([500, true]);
  });
});

describe('a request that was answered meanwhile', () => {
  it('harms nothing', async () => {
    const { licet } = connect();
    await licet.ready();
    const unhandled: unknown[] = [];
    const hear = (error: unknown) => unhandled.push(error);
    process.on('unhandledRejection', hear);
    closing.push(() => Promise.resolve(process.off('unhandledRejection', hear)));
    let went = 0;
    const subject = async (request: Request) => {
      request.res?.status(504).end('late');
      await new Promise((resolve) => setImmediate(resolve));
      went += 1;
      return 'alice';
    };
    const app = express();
    app.post('/can', express.json(), canRoute(licet, { subject }));
    app.get('/guarded', guard(licet, 'task:fly', { subject }));
    app.get('/open', guard(licet, 'task:read', { subject }), () => {
      throw new Error('after all');
    });
    const url = await listen(app);
    const headers = { 'content-type': 'application/json', connection: 'close' };
    expect((await fetch(`${url}/can`, { method: 'POST', headers, body: '{"questions":[]}' })).status).toBe(504);
    for (const path of ['/guarded', '/open']) expect((await ask(url + path)).status).toBe(504);
    await until(() => went === 3);
    await new Promise((resolve) => setImmediate(resolve));
    expect(unhandled).toEqual([]);
  });
});
