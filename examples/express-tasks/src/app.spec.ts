import type { AddressInfo } from 'node:net';
import { Licet } from '@licet/sdk-node';
import { MemoryControlPlane } from '@licet/sdk-node/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createApp } from './app.ts';
import { Tasks } from './tasks.ts';

type Rows = NonNullable<ConstructorParameters<typeof MemoryControlPlane>[0]>;
type Tree = NonNullable<Rows['conditions']>[number]['tree'];
const path = (...parts: string[]): Tree => ({ op: 'var', path: parts });
const grant = (role: string, permission: string, condition: string | null = null) =>
  ({ id: `${role} ${permission}`, role, permission, effect: 'allow', condition }) as const;
const always = { tenant: 'default', resource: null, startsAt: null, expiresAt: null };

/** The same as policy.yaml, with max and ada registered. */
const POLICY: Rows = {
  tenants: [{ id: 'default' }],
  'resource-types': [{ id: 'task', attributes: {} }],
  permissions: ['create', 'read', 'update', 'delete'].map((action) => ({ id: `task:${action}` })),
  conditions: [{ id: 'is-owner', tree: { op: 'eq', args: [path('resource', 'properties', 'ownerId'), path('subject', 'id')] } }],
  roles: [{ id: 'member' }, { id: 'admin' }],
  grants: [
    grant('member', 'task:read'),
    grant('member', 'task:create'),
    grant('member', 'task:update', 'is-owner'),
    grant('member', 'task:delete', 'is-owner'),
    grant('admin', 'task:*'),
  ],
  users: ['max', 'ada'].map((id) => ({ id, enabled: true, attributes: {} })),
  assignments: [
    { id: 'a1', user: null, group: 'everyone', role: 'member', ...always },
    { id: 'a2', user: 'ada', group: null, role: 'admin', ...always },
  ],
};

let plane: MemoryControlPlane;
let licet: Licet;
let url: string;
let stop: () => Promise<unknown>;
beforeEach(async () => {
  plane = new MemoryControlPlane(POLICY);
  licet = new Licet({ fetcher: plane.fetcher });
  await licet.ready();
  const server = createApp(licet, new Tasks()).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  stop = () => new Promise((resolve) => server.close(resolve).closeAllConnections());
});
afterEach(async () => {
  await stop();
  await licet.close();
});

async function send(method: string, path: string, user?: string, body?: object) {
  const headers: Record<string, string> = { accept: 'application/json', 'content-type': 'application/json' };
  if (user !== undefined) headers['x-user'] = user;
  const answer = await fetch(url + path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

/** A person with a browser, who keeps cookies. */
function browser() {
  let cookie = '';
  return async (path: string, form?: Record<string, string>) => {
    const init: RequestInit = form ? { method: 'POST', body: new URLSearchParams(form) } : {};
    const answer = await fetch(url + path, { ...init, redirect: 'manual', headers: { accept: 'text/html', cookie } });
    cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? cookie;
    return { status: answer.status, text: await answer.text() };
  };
}

describe('a program', () => {
  it('adds, reads, changes and deletes the tasks of its user', async () => {
    expect(await send('POST', '/tasks', 'max', { title: 'Write' })).toMatchObject({ status: 201, body: { id: 't1', ownerId: 'max' } });
    expect(await send('PATCH', '/tasks/t1', 'max', { done: true })).toMatchObject({ status: 200, body: { title: 'Write', done: true } });
    expect(await send('GET', '/tasks/t1', 'ada')).toMatchObject({ status: 200 });
    expect(await send('DELETE', '/tasks/t1', 'max')).toMatchObject({ status: 200 });
    expect(await send('GET', '/tasks/t1', 'max')).toMatchObject({ status: 404, body: { error: 'There is no such task.' } });
  });

  it('is refused with the name of the permission', async () => {
    await send('POST', '/tasks', 'ada', { title: 'Write' });
    const refused = await send('DELETE', '/tasks/t1', 'max');
    expect(refused).toMatchObject({ status: 403, body: { code: 'forbidden', detail: expect.stringContaining('task:delete') } });
    expect((await send('POST', '/tasks', 'eve', { title: 'x' })).status).toBe(403);
    expect((await send('POST', '/tasks', undefined, { title: 'x' })).status).toBe(401);
    expect((await send('POST', '/tasks', 'service:max', { title: 'x' })).status).toBe(403);
  });

  it('sees what its user may see', async () => {
    await send('POST', '/tasks', 'max', { title: 'Write' });
    const mine = { title: 'Write', mayUpdate: true, mayDelete: true };
    expect((await send('GET', '/tasks', 'max')).body).toMatchObject({ tasks: [mine] });
    expect((await send('GET', '/tasks', 'eve')).body).toEqual({ tasks: [] });
  });

  it('follows the policy: what is revoked is refused at once', async () => {
    await send('POST', '/tasks', 'max', { title: 'Write' });
    expect((await send('DELETE', '/tasks/t1', 'ada')).status).toBe(200);
    await licet.reach(plane.commit({ kind: 'assignments', id: 'a1', row: null }));
    expect((await send('POST', '/tasks', 'max', { title: 'Again' })).status).toBe(403);
  });

  it('is told what is wrong with what it sent', async () => {
    expect(await send('POST', '/tasks', 'max', {})).toMatchObject({ status: 400, body: { error: expect.stringContaining('`title`') } });
  });
});

describe('a person', () => {
  it('signs in, adds a task, ticks it off, deletes it and signs out', async () => {
    const visit = browser();
    expect((await visit('/')).text).toContain('Sign in');
    expect((await visit('/sign-in', { user: 'max' })).status).toBe(303);
    expect(plane.posted('/api/v1/users/sync')).toEqual([{ users: [{ id: 'max', name: 'max' }] }]);
    await visit('/tasks', { title: '<Write>' });
    expect((await visit('/')).text).toContain('&lt;Write&gt;');
    await visit('/tasks/t1', { done: 'true' });
    expect((await visit('/')).text).toContain('<s>&lt;Write&gt;</s>');
    await visit('/tasks/t1/delete', {});
    expect((await visit('/')).text).toContain('There is no task that you may see.');
    await visit('/sign-out', {});
    expect((await visit('/')).text).toContain('Sign in');
  });

  it('may at once what everybody may, though nobody knew them before', async () => {
    const visit = browser();
    plane.cut(); // What is new comes here only once the stream is open again.
    await visit('/sign-in', { user: 'zoe' });
    expect((await visit('/')).text).toContain('New task');
    expect(plane.posted('/api/v1/users/sync')).toHaveLength(1);
  });

  it('gets no button for what is not permitted, and a friendly page all the same', async () => {
    await send('POST', '/tasks', 'ada', { title: 'Plan' });
    const visit = browser();
    await visit('/sign-in', { user: 'max' });
    const page = (await visit('/')).text;
    expect([page.includes('Plan'), page.includes('Delete')]).toEqual([true, false]);
    const refused = await visit('/tasks/t1/delete', {});
    expect([refused.status, refused.text.includes('<h1>This is not permitted</h1>')]).toEqual([403, true]);
  });

  it('cannot become somebody else with a cookie of their own making', async () => {
    const answer = await fetch(url, { headers: { cookie: `tasks_user=${Buffer.from('ada').toString('base64url')}.AAAA` } });
    expect(await answer.text()).toContain('Sign in');
  });
});
