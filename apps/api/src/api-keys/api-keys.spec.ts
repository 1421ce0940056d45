import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DIALECTS, openApi, PASSWORD, startApi, type TestApi } from '../../test/api.ts';
import { addOperator } from '../../test/operators.ts';
import type { Databases } from '../database/orm.ts';
import { followOtherProcesses } from '../replication/other-processes.ts';
import { PolicyState } from '../replication/policy-state.ts';
import type { ApiKey } from './api-key.entity.ts';
import { ApiKeys, newApiKey } from './api-keys.service.ts';

describe.each(DIALECTS)('an API key (%s)', (dialect) => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startApi(dialect);
  });
  afterAll(() => api.stop());

  const read = async (id: string, from = api) => (await from.call('GET', `/api/v1/api-keys/${id}`)).body;
  const revoke = (id: string, version = 1) => api.call('DELETE', `/api/v1/api-keys/${id}`, undefined, { 'if-match': `"${version}"` });

  it('is shown once, speaks for a service account of its name, and has the role of an application', async () => {
    const { body } = await api.create('api-keys', { name: 'tasks' });
    expect(body.secret).toMatch(/^lct_[0-9a-z]{12}_[0-9a-f]{64}_[0-9a-f]{8}$/);
    expect(body).toMatchObject({
      name: 'tasks',
      user: 'service:tasks',
      roles: [{ role: 'licet.application', tenant: '*' }],
      createdBy: 'ana',
      expiresAt: null,
      revokedAt: null,
      lastUsedAt: null,
    });
    const { secret, ...shown } = body;
    expect(await read(body.id)).toEqual(shown);
    expect(JSON.stringify((await api.call('GET', '/api/v1/api-keys')).body)).not.toContain(secret.split('_')[2]);
    expect((await api.call('GET', '/api/v1/users/service:tasks')).body).toMatchObject({ type: 'service', subjectId: 'tasks' });
  });

  it('may be one of several of the same account, each revoked by itself', async () => {
    const [first, second] = [
      await api.create('api-keys', { name: 'twins' }),
      await api.create('api-keys', { name: 'twins', role: 'licet.auditor' }),
    ];
    const allowed = async ({ body }: typeof first) =>
      (await api.call('GET', '/api/v1/roles', undefined, { authorization: `Bearer ${body.secret}` })).status;
    expect([await allowed(first), await allowed(second)]).toEqual([200, 200]);
    expect((await revoke(first.body.id)).status).toBe(204);
    expect([await allowed(first), await allowed(second)]).toEqual([401, 200]);
    expect((await api.call('GET', '/api/v1/assignments?user=service:twins')).body.total).toBe(2);
    const again = await revoke(first.body.id, 2);
    expect([again.status, again.body.code]).toEqual([409, 'still_in_use']);
    expect((await read(first.body.id)).revokedAt).toEqual(expect.any(String));
  });

  const bearer = ({ body }: { body: { secret: string } }) => ({ authorization: `Bearer ${body.secret}` });
  const question = { subject: { type: 'user', id: 'ana' }, action: { name: 'read' }, resource: { type: 'doc', id: '1' } };
  const ask = async (key: { authorization: string }, prefix = '') =>
    (await api.call('POST', `${prefix}/access/v1/evaluation`, question, key)).status;
  const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();

  it('outlives the operator who made it, and is found by that operator before and after', async () => {
    await addOperator(api, 'maker', 'licet.owner');
    const signedIn = await api.call('POST', '/api/v1/session', { username: 'maker', password: PASSWORD }, { cookie: '' });
    const made = await api.call('POST', '/api/v1/api-keys', { name: 'left-behind' }, { cookie: String(signedIn.headers['set-cookie']).split(';')[0]! });
    const found = async () =>
      (await api.call('GET', '/api/v1/api-keys?createdBy=maker')).body.items.map(({ id }: { id: string }) => id);
    expect([made.status, await found()]).toEqual([201, [made.body.id]]);
    expect((await api.call('DELETE', '/api/v1/operators/maker', undefined, { 'if-match': '"1"' })).status).toBe(204);
    expect([await ask(bearer(made)), await found()]).toEqual([200, [made.body.id]]);
  });

  it('of one tenant asks at the address of that tenant, and has nothing else', async () => {
    for (const id of ['acme', 'globex']) await api.create('tenants', { id });
    const made = await api.create('api-keys', { name: 'acmes', tenant: 'acme' });
    expect(made.body.roles).toEqual([{ role: 'licet.application', tenant: 'acme' }]);
    const key = bearer(made);
    expect([await ask(key, '/tenants/acme'), await ask(key, '/tenants/globex'), await ask(key)]).toEqual([200, 403, 403]);
    for (const path of ['/replica/v1/snapshot', '/replica/v1/changes?since=0', '/replica/v1/api-keys', '/api/v1/roles']) {
      expect([path, (await api.call('GET', path, undefined, key)).status]).toEqual([path, 403]);
    }
    const { status, body } = await api.call('POST', '/api/v1/api-keys', { name: 'y', tenant: 'nowhere' });
    expect([status, body.errors[0].path]).toEqual([422, 'tenant']);
  });

  it('is replaced by a new one of the same account, and taken beside it until the moment that was chosen', async () => {
    const old = await api.create('api-keys', { name: 'turned', expiresAt: inAnHour() });
    const rotate = (id: string, oldUntil: string, version = 1, expiresAt: string | null = null) =>
      api.call('POST', `/api/v1/api-keys/${id}/rotate`, { oldUntil, expiresAt }, { 'if-match': `"${version}"` });
    const until = new Date(Date.now() + 60_000).toISOString();
    const next = await rotate(old.body.id, until);
    expect([next.status, next.body.user, next.body.expiresAt]).toEqual([201, 'service:turned', null]);
    expect(next.body.id).not.toBe(old.body.id);
    expect((await read(old.body.id)).expiresAt).toBe(until);
    expect([await ask(bearer(old)), await ask(bearer(next))]).toEqual([200, 200]);
    // A rotation never gives the old key more time than it had.
    const last = await rotate(old.body.id, inAnHour(), 2);
    expect([last.status, (await read(old.body.id)).expiresAt]).toEqual([201, until]);
    const now = await rotate(next.body.id, new Date().toISOString());
    expect([await ask(bearer(next)), await ask(bearer(now))]).toEqual([401, 200]);
    expect((await rotate(next.body.id, until, 2)).status).toBe(400);
    expect((await rotate(now.body.id, until, 7)).status).toBe(412);
    expect((await api.call('GET', '/api/v1/assignments?user=service:turned')).body.total).toBe(1);
  });

  it('is not replaced by those who do not hold what it may do', async () => {
    const { body } = await api.create('api-keys', { name: 'owners', role: 'licet.owner' });
    await api.call('POST', '/api/v1/policy/apply', { file: { licet: 1, roles: { keeper: { grants: ['licet.api-key:*'] } } } });
    const keeper = await api.key('keeper', 'keeper');
    const answer = await api.call('POST', `/api/v1/api-keys/${body.id}/rotate`, { oldUntil: inAnHour() }, { 'if-match': '"1"', ...keeper });
    expect([answer.status, answer.body.code]).toEqual([403, 'forbidden']);
    expect((await api.call('GET', '/api/v1/api-keys?q=owners')).body.total).toBe(1);
  });

  it('is known again after a start, and when it was used last', async () => {
    const { body } = await api.create('api-keys', { name: 'lasting' });
    const key = { authorization: `Bearer ${body.secret}` };
    const second = await openApi(api.settings);
    expect((await second.call('GET', '/replica/v1/changes?since=0', undefined, key)).status).toBe(200);
    await second.close();
    const third = await openApi(api.settings);
    expect(Date.now() - Date.parse((await read(body.id, third)).lastUsedAt)).toBeLessThan(60_000);
    expect((await third.call('GET', '/replica/v1/changes?since=0', undefined, key)).status).toBe(200);
    await third.close();
  });

  it('names a role that exists', async () => {
    const { status, body } = await api.call('POST', '/api/v1/api-keys', { name: 'x', role: 'nope' });
    expect([status, body.errors[0].path]).toEqual([422, 'role']);
    expect((await api.call('GET', '/api/v1/users/service:x')).status).toBe(404);
  });
});

describe('the keys at hand', () => {
  const row = ({ id, hash }: ReturnType<typeof newApiKey>) => ({ id, hash, user: 'service:app', expiresAt: null }) as ApiKey;
  const keysThatRead = (find: () => Promise<ApiKey[]>) =>
    new ApiKeys({ policy: { em: { fork: () => ({ find }) } } } as unknown as Databases);

  it('are never those of an older look at the database', async () => {
    const key = newApiKey();
    const slow = Promise.withResolvers<ApiKey[]>();
    const answers = [slow.promise, Promise.resolve([])];
    const keys = keysThatRead(() => answers.shift()!);
    const first = keys.reload();
    await keys.reload();
    slow.resolve([row(key)]);
    await first;
    expect([keys.find(`Bearer ${key.secret}`), keys.isLive(key.id)]).toEqual([undefined, false]);
  });

  it('are read until that succeeds', async () => {
    const key = newApiKey();
    const read = Promise.withResolvers<void>();
    let turn = 0;
    const keys = keysThatRead(async () => {
      if (++turn === 1) return [row(key)];
      if (turn === 2) throw new Error('the database is away');
      read.resolve();
      return [];
    });
    await keys.reload();
    const state = new PolicyState();
    const stop = followOtherProcesses({ dialect: 'sqlite' } as Databases, state, keys);
    state.announce({ revision: 1, ops: [] });
    expect(keys.isLive(key.id)).toBe(true);
    await read.promise;
    await new Promise((resolve) => setImmediate(resolve));
    expect(keys.isLive(key.id)).toBe(false);
    await stop();
  });

  it('are read anew after what may have touched them only', async () => {
    let read = 0;
    const keys = keysThatRead(async () => {
      read++;
      return [];
    });
    const state = new PolicyState();
    const stop = followOtherProcesses({ dialect: 'sqlite' } as Databases, state, keys);
    state.announce({ revision: 1, ops: [] }, undefined, false);
    expect(read).toBe(0);
    state.announce({ revision: 2, ops: [] });
    expect(read).toBe(1);
    await stop();
  });

  it('are found by the whole key only', async () => {
    const key = newApiKey();
    const keys = keysThatRead(async () => [row(key)]);
    await keys.reload();
    expect(keys.find(`Bearer ${key.secret}`)).toEqual({ id: key.id, user: 'service:app', expiresAt: Infinity });
    const other = newApiKey();
    for (const header of [
      undefined,
      '',
      key.secret,
      `Bearer ${other.secret}`,
      `Bearer ${key.secret} `,
      `Bearer${key.secret}`,
      `Basic ${key.secret}`,
      `Bearer ${key.secret.toUpperCase()}`,
      `Bearer ${key.secret.slice(0, -1)}`,
      `Bearer ${key.hash}`,
      `Bearer lct_${key.id}_${other.secret.split('_')[2]!}_${key.secret.split('_')[3]!}`,
    ]) {
      expect([header, keys.find(header)]).toEqual([header, undefined]);
    }
  });
});
