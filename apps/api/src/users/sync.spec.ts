import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DIALECTS, startApi, type TestApi } from '../../test/api.ts';

describe.each(DIALECTS)('user sync (%s)', (dialect) => {
  let api: TestApi;
  let key: { authorization: string };

  beforeAll(async () => {
    api = await startApi(dialect);
    key = await api.key('tasks');
  });
  afterAll(() => api.stop());

  const sync = async (users: unknown, headers: Record<string, string> = {}) =>
    api.call('POST', '/api/v1/users/sync', { users }, { ...key, ...headers });
  const user = async (id: string) => (await api.call('GET', `/api/v1/users/${encodeURIComponent(id)}`)).body;

  it('registers users in one change, which the audit trail shows as the application’s', async () => {
    const answer = await sync([
      { id: 'alice', name: 'Alice', attributes: { level: 1 } },
      { id: 'bob', enabled: false },
      { id: 'device:d1' },
    ]);
    expect([answer.status, answer.body]).toEqual([200, { revision: answer.revision, created: 3, updated: 0, unchanged: 0, stayedDisabled: [] }]);
    expect(await user('alice')).toMatchObject({
      type: 'user',
      subjectId: 'alice',
      name: 'Alice',
      enabled: true,
      attributes: { level: 1 },
      version: 1,
    });
    expect(await user('bob')).toMatchObject({ name: null, enabled: false, attributes: {} });
    expect(await user('device:d1')).toMatchObject({ type: 'device', subjectId: 'd1' });
    const { body } = await api.call('GET', `/api/v1/audit-entries?revision=${answer.revision}`);
    expect(body.items.map(({ actor, via, action, reason }: Record<string, string>) => [actor, via, action, reason])).toEqual(
      Array(3).fill(['service:tasks', 'api', 'create', 'user sync']),
    );
  });

  it('changes what is given and leaves the rest as it is', async () => {
    await sync([{ id: 'carl', name: 'Carl', attributes: { a: 1, b: 2 } }]);
    const renamed = await sync([{ id: 'carl', name: 'Charles' }], { 'licet-reason': 'married' });
    expect(renamed.body).toMatchObject({ created: 0, updated: 1, unchanged: 0 });
    expect(await user('carl')).toMatchObject({ name: 'Charles', attributes: { a: 1, b: 2 }, enabled: true, version: 2 });
    await sync([{ id: 'carl', attributes: { c: 3 }, enabled: false }]);
    expect(await user('carl')).toMatchObject({ name: 'Charles', attributes: { c: 3 }, enabled: false, version: 3 });
    await sync([{ id: 'carl', name: null }]);
    expect(await user('carl')).toMatchObject({ name: null, attributes: { c: 3 } });
    const { body } = await api.call('GET', '/api/v1/audit-entries?target=carl&q=married');
    expect(body.items).toEqual([
      expect.objectContaining({ before: expect.objectContaining({ name: 'Carl' }), after: expect.objectContaining({ name: 'Charles' }) }),
    ]);
  });

  it('makes no revision where nothing is new, however the attributes are ordered', async () => {
    const first = await sync([{ id: 'dora', attributes: { zebra: 1, a: { y: [1, { q: 1, b: 2 }], x: null } } }]);
    const again = await sync([
      { id: 'dora', enabled: true, attributes: { a: { x: null, y: [1, { b: 2, q: 1 }] }, zebra: 1 } },
      { id: 'user:dora2' },
    ]);
    expect(again.body).toMatchObject({ revision: first.revision + 1, created: 1, updated: 0, unchanged: 1 });
    const third = await sync([{ id: 'dora' }, { id: 'dora2' }]);
    expect(third.body).toEqual({ revision: again.revision, created: 0, updated: 0, unchanged: 2, stayedDisabled: [] });
    expect((await user('dora')).version).toBe(1);
  });

  it('takes one user once, under one spelling', async () => {
    const answer = await sync([
      { id: 'emil', name: 'first' },
      { id: 'user:emil', name: 'last' },
    ]);
    expect(answer.body).toMatchObject({ created: 1, updated: 0, unchanged: 0 });
    expect(await user('emil')).toMatchObject({ id: 'emil', name: 'last' });
    expect((await api.call('GET', '/api/v1/users/user%3Aemil')).status).toBe(404);
    expect((await sync([{ id: 'Emil' }])).body).toMatchObject({ created: 1 });
    expect((await sync([{ id: 'user:with:colon' }])).body).toMatchObject({ created: 1 });
    expect(await user('user:with:colon')).toMatchObject({ type: 'user', subjectId: 'with:colon' });
  });

  it('takes a user who is named several times as if each came in a request of its own', async () => {
    const twice = [
      { id: 'fay', name: 'Fay', enabled: false },
      { id: 'gus' },
      { id: 'user:fay', name: 'Faye', attributes: { level: 2 } },
      { id: 'fay', enabled: true },
    ];
    const expected = { name: 'Faye', enabled: true, attributes: { level: 2 } };
    const answer = await sync(twice);
    expect(answer.body).toMatchObject({ created: 2, updated: 0, unchanged: 0 });
    expect(await user('fay')).toMatchObject(expected);
    expect((await sync(twice)).body).toEqual({ revision: answer.revision, created: 0, updated: 0, unchanged: 2, stayedDisabled: [] });
    for (const each of twice) await sync([each]);
    expect(await user('fay')).toMatchObject(expected);
  });

  it('takes a thousand at a time, and a thousand that are known already', async () => {
    const users = Array.from({ length: 1_000 }, (_, index) => ({ id: `many-${index}`, name: `User ${index}`, attributes: { index } }));
    expect((await sync(users)).body).toMatchObject({ created: 1_000, updated: 0, unchanged: 0 });
    expect((await sync(users)).body).toMatchObject({ created: 0, updated: 0, unchanged: 1_000 });
    expect((await sync([...users, { id: 'one-too-many' }])).status).toBe(400);
  });

  it('works when several instances of an application register the same users at once', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => sync([{ id: 'shared-1' }, { id: 'shared-2' }])));
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
    expect(answers.map(({ body }) => body.created).reduce((sum: number, created: number) => sum + created)).toBe(2);
  });

  it('applies nothing where one user is wrong, and names the place', async () => {
    for (const [bad, path] of [
      [{ id: '' }, 'users[1].id'],
      [{ id: 'a\nb' }, 'users[1].id'],
      [{ id: 'x'.repeat(401) }, 'users[1].id'],
      [{ id: 'bad type:x' }, 'users[1].id'],
      [{ id: 'device:' }, 'users[1].id'],
      [{ id: ':x' }, 'users[1].id'],
      [{ id: 'x', enabled: 'yes' }, 'users[1].enabled'],
      [{ id: 'x', attributes: [] }, 'users[1].attributes'],
      [{ id: 'x', name: '' }, 'users[1].name'],
      ['x', 'users[1]'],
    ] as const) {
      const { status, body } = await sync([{ id: 'half-applied' }, bad]);
      expect([path, status, body.errors?.[0].path]).toEqual([path, 400, path]);
    }
    expect((await sync([])).body.errors[0].path).toBe('users');
    expect((await api.call('POST', '/api/v1/users/sync', undefined, key)).status).toBe(400);
    expect((await user('half-applied')).code).toBe('not_found');
  });

  describe('of somebody who is disabled', () => {
    const patch = async (id: string, body: object) => {
      const { etag } = await api.call('GET', `/api/v1/users/${id}`);
      expect((await api.call('PATCH', `/api/v1/users/${id}`, body, { 'if-match': etag })).status).toBe(200);
    };
    const on = async (id: string, headers = {}) => {
      const { status, body } = await sync([{ id, enabled: true, name: 'as synced' }], headers);
      return [status, body.stayedDisabled, (await user(id)).enabled];
    };

    it('undoes nothing that an operator did, says so, and takes the rest over', async () => {
      await sync([{ id: 'faye' }, { id: 'finn' }]);
      await patch('faye', { enabled: false });
      const answer = await sync([
        { id: 'user:faye', enabled: true, attributes: { level: 2 } },
        { id: 'finn', enabled: true },
      ]);
      expect(answer.body).toMatchObject({ created: 0, updated: 1, unchanged: 1, stayedDisabled: ['faye'] });
      expect(await user('faye')).toMatchObject({ enabled: false, attributes: { level: 2 } });
      await patch('faye', { enabled: true });
      expect(await on('faye')).toEqual([200, [], true]);
    });

    it('undoes nothing that another application did, and what its own did it undoes', async () => {
      const bank = await api.key('bank');
      await sync([{ id: 'gus', enabled: true }]);
      await sync([{ id: 'gus', enabled: false }]);
      expect(await on('gus', bank)).toEqual([200, ['gus'], false]);
      expect(await on('gus')).toEqual([200, [], true]);
      await sync([{ id: 'made-so', enabled: false }]);
      expect(await on('made-so')).toEqual([200, [], true]);
    });

    it('goes by who disabled last, whatever attributes say and were changed since', async () => {
      await sync([{ id: 'hal', enabled: false, attributes: { enabled: false } }]);
      await patch('hal', { enabled: true });
      await patch('hal', { enabled: false });
      await sync([{ id: 'hal', attributes: { enabled: true } }]);
      await sync([{ id: 'hal', attributes: { enabled: false } }]);
      expect(await on('hal')).toEqual([200, ['hal'], false]);
    });

    it('enables all the same with licet.user:update', async () => {
      await api.create('users', { id: 'iris', enabled: false });
      expect(await on('iris')).toEqual([200, ['iris'], false]);
      await api.create('users', { id: 'service:staff' });
      await api.create('assignments', { user: 'service:staff', role: 'licet.access-manager', tenant: '*' });
      expect(await on('iris', await api.key('staff'))).toEqual([200, [], true]);
    });

    it('is judged by the one door: a policy file gets no further', async () => {
      await api.create('users', { id: 'jo', enabled: false });
      await api.create('roles', { id: 'syncing' });
      for (const permission of ['licet.user:sync', 'licet.policy:apply']) await api.create('grants', { role: 'syncing', permission });
      const { body } = await api.create('api-keys', { name: 'files', role: 'syncing' });
      const apply = async (enabled: boolean) => {
        const file = { licet: 1, users: { jo: { enabled }, kim: { enabled } } };
        return (await api.call('POST', '/api/v1/policy/apply', { file }, { authorization: `Bearer ${body.secret}` })).status;
      };
      expect([await apply(false), await apply(true), (await user('jo')).enabled]).toEqual([200, 403, false]);
    });
  });

  it('may not touch those who administer: operators and service accounts', async () => {
    for (const id of ['ana', 'service:tasks', 'user:ana']) {
      const { status, body } = await sync([{ id: 'bystander' }, { id, attributes: { level: 9 } }]);
      expect([id, status, body.code]).toEqual([id, 403, 'forbidden']);
    }
    expect((await user('bystander')).code).toBe('not_found');
    expect((await sync([{ id: 'ana' }])).body).toMatchObject({ unchanged: 1 });
  });
});
