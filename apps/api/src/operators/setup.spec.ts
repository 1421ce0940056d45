import { afterEach, describe, expect, it } from '@jest/globals';
import { DIALECTS, newDatabase, PASSWORD } from '../../test/api.ts';
import { SYSTEM } from '../access/access.ts';
import { type Api, createApi } from '../app.ts';
import { Changes } from '../changes/changes.service.ts';
import { DATABASES } from '../database/database.module.ts';
import type { Databases } from '../database/orm.ts';
import { User } from '../users/user.entity.ts';
import { operatorOf } from './identities.ts';
import { Operator } from './operator.entity.ts';
import { Setup } from './setup.service.ts';

describe.each(DIALECTS)('the set-up link (%s)', (dialect) => {
  let api: Api;
  let remove: () => void;

  const start = async () => {
    const database = await newDatabase(dialect);
    remove = database.remove;
    api = await createApi(database.settings);
  };
  afterEach(async () => {
    await api.close();
    remove();
  });

  const newToken = () => api.app.get(Setup).newLink().split('#/setup?token=')[1]!;
  const setUp = async (token: string, more: object = {}, headers: Record<string, string> = {}) => {
    const answer = await api.fastify.inject({
      method: 'POST',
      url: '/api/v1/setup',
      payload: { token, username: 'ana', password: PASSWORD, ...more },
      headers,
    });
    return { status: answer.statusCode, body: answer.json(), cookie: String(answer.headers['set-cookie'] ?? '').split(';')[0]! };
  };
  const status = async () => (await api.fastify.inject('/api/v1/status')).json().setupRequired as boolean;
  const operators = () => api.app.get<Databases>(DATABASES).policy.em.fork().count(Operator, {});

  it('makes the first operator once, who may then do everything', async () => {
    await start();
    expect(await status()).toBe(true);
    const token = newToken();
    const first = await setUp(token);
    expect([first.status, first.body.user.id, await status()]).toEqual([201, 'ana', false]);
    expect(first.body.permissions).toEqual(expect.arrayContaining(['licet.operator:update', 'licet.role:update', 'licet.policy:apply']));
    const role = await api.fastify.inject({
      method: 'POST',
      url: '/api/v1/roles',
      payload: { id: 'mine' },
      headers: { cookie: first.cookie },
    });
    expect(role.statusCode).toBe(201);
    const again = await setUp(token, { username: 'eve' });
    expect([again.status, again.cookie, await operators()]).toEqual([403, '', 1]);
    const late = await setUp(newToken(), { username: 'eve' });
    expect([late.status, late.cookie, await operators()]).toEqual([403, '', 1]);
  });

  it('refuses a junk token, the token of an earlier link, and any before a link was made', async () => {
    await start();
    expect((await setUp('x')).status).toBe(403);
    const earlier = newToken();
    const token = newToken();
    for (const junk of ['x', earlier, `${token}x`, token.toUpperCase(), ` ${token}`])
      expect((await setUp(junk)).body.code).toBe('forbidden');
    expect((await setUp('')).body.errors[0].path).toBe('token');
    expect(await operators()).toBe(0);
    expect((await setUp(token)).status).toBe(201);
  });

  it('makes one operator only when it is used twice at the same time', async () => {
    await start();
    const token = newToken();
    const answers = await Promise.all(['ana', 'eve', 'mallory'].map((username) => setUp(token, { username })));
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 403, 403]);
    expect(await operators()).toBe(1);
  });

  it('keeps working after a mistake, which it names', async () => {
    await start();
    const token = newToken();
    for (const [more, path] of [
      [{ password: 'short' }, 'password'],
      [{ password: 'x'.repeat(257) }, 'password'],
      [{ username: 'a b' }, 'username'],
      [{ username: 'licet:x' }, 'username'],
      [{ username: 'licet' }, 'username'],
      [{ username: 'licet.console' }, 'username'],
    ] as const) {
      const answer = await setUp(token, more);
      expect([answer.status, answer.body.errors[0].path]).toEqual([400, path]);
    }
    expect((await setUp(token, {}, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect([await operators(), await api.app.get<Databases>(DATABASES).policy.em.fork().count(User, {})]).toEqual([0, 0]);
    expect((await setUp(token)).status).toBe(201);
  });

  it('is not overtaken by somebody to whom a claim of an identity provider gives a role', async () => {
    await start();
    const who = { issuer: 'https://login.example', subject: 'x', claims: { groups: 'admins' } };
    const { result } = await api.app.get(Changes).commit(SYSTEM, { reason: '' }, (em) => operatorOf(em, who, { groups: { admins: 'licet.owner' } }));
    expect([result, await operators(), await status()]).toEqual([undefined, 0, true]);
  });
});
