import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { addOperator } from '../../test/operators.ts';
import { DIALECTS, openApi, PASSWORD, startApi, type TestApi } from '../../test/api.ts';
import { SYSTEM } from '../access/access.ts';
import { Changes } from '../changes/changes.service.ts';
import { DATABASES } from '../database/database.module.ts';
import type { Databases } from '../database/orm.ts';
import { Operator, Session } from './operator.entity.ts';

const HOUR = 3_600_000;

describe.each(DIALECTS)('the session of an operator (%s)', (dialect) => {
  let api: TestApi;
  const em = () => api.app.get<Databases>(DATABASES).policy.em.fork();

  beforeAll(async () => {
    api = await startApi(dialect);
    await addOperator(api, 'olga');
  });
  afterAll(() => api.stop());

  const post = (body: object, headers: Record<string, string> = {}) =>
    api.call('POST', '/api/v1/session', body, { cookie: '', ...headers });
  const signIn = async (username = 'olga', headers: Record<string, string> = {}) => {
    const answer = await post({ username, password: PASSWORD }, headers);
    expect(answer.status).toBe(200);
    return String(answer.headers['set-cookie']).split(';')[0]!;
  };
  const statusWith = async (cookie: string, path = '/api/v1/roles') => (await api.call('GET', path, undefined, { cookie })).status;
  const onlySession = async () => {
    const write = em();
    return { write, session: await write.findOneOrFail(Session, { user: 'olga' }) };
  };
  const endAll = () => em().nativeDelete(Session, { user: 'olga' });

  it('says who is signed in, what they may do and until when', async () => {
    const cookie = await signIn();
    const { body } = await api.call('GET', '/api/v1/session', undefined, { cookie });
    expect(body.user).toEqual({ id: 'olga', name: null });
    expect(body.permissions).toContain('licet.role:read');
    expect(body.permissions).not.toContain('licet.role:update');
    expect(Date.parse(body.expiresAt) - Date.now()).toBeGreaterThan(11 * HOUR);
    expect(Date.parse(body.expiresAt) - Date.now()).toBeLessThanOrEqual(12 * HOUR);
  });

  it('is held by a cookie that scripts and other sites cannot use', async () => {
    const answer = await post({ username: 'olga', password: PASSWORD });
    const [value, ...flags] = [answer.headers['set-cookie']].flat()[0]!.split('; ');
    expect(value).toMatch(/^licet_session=[A-Za-z0-9_-]{43}$/);
    expect(flags.sort()).toEqual(['HttpOnly', 'Max-Age=43200', 'Path=/', 'SameSite=Strict']);
  });

  it('is not readable from the database', async () => {
    const cookie = await signIn();
    const rows = JSON.stringify(await em().find(Session, {}));
    expect(rows).not.toContain(cookie.split('=')[1]);
  });

  it('ends at sign-out, for good', async () => {
    const [cookie, other] = [await signIn(), await signIn()];
    const answer = await api.call('DELETE', '/api/v1/session', undefined, { cookie });
    expect([answer.status, String(answer.headers['set-cookie'])]).toEqual([204, expect.stringContaining('licet_session=;')]);
    // Storage, and not the cookies: other services of the same domain have theirs.
    expect(answer.headers['clear-site-data']).toBe('"storage"');
    expect([await statusWith(cookie), await statusWith(other)]).toEqual([401, 200]);
  });

  it('ends after an hour without use, and does not end while it is used', async () => {
    await endAll();
    const cookie = await signIn();
    const { write, session } = await onlySession();
    session.lastSeenAt = new Date(Date.now() - HOUR + 5_000);
    await write.flush();
    expect(await statusWith(cookie)).toBe(200);
    const used = await onlySession();
    expect(Date.now() - used.session.lastSeenAt.getTime()).toBeLessThan(10_000);
    used.session.lastSeenAt = new Date(Date.now() - HOUR);
    await used.write.flush();
    expect(await statusWith(cookie)).toBe(401);
  });

  it('ends after twelve hours however much it is used', async () => {
    await endAll();
    const cookie = await signIn();
    const { write, session } = await onlySession();
    expect(session.expiresAt.getTime() - session.createdAt.getTime()).toBe(12 * HOUR);
    session.expiresAt = new Date(Date.now() - 1);
    await write.flush();
    expect(await statusWith(cookie)).toBe(401);
  });

  it('gives nothing any more once the operator is disabled, and may go on when enabled again', async () => {
    await addOperator(api, `left`);
    const cookie = await signIn('left');
    const set = async (enabled: boolean) => {
      const { etag } = await api.call('GET', '/api/v1/users/left');
      expect((await api.call('PATCH', '/api/v1/users/left', { enabled }, { 'if-match': etag })).status).toBe(200);
    };
    await set(false);
    expect(await statusWith(cookie)).toBe(401);
    expect((await post({ username: 'left', password: PASSWORD })).status).toBe(401);
    await set(true);
    expect((await post({ username: 'left', password: PASSWORD })).status).toBe(200);
  });

  it('gives nothing any more once the operator account is gone', async () => {
    await addOperator(api, 'gone');
    const cookie = await signIn('gone');
    expect(await statusWith(cookie)).toBe(200);
    await api.app
      .get(Changes)
      .commit(SYSTEM, { reason: '' }, async (forked) => void forked.remove(await forked.findOneOrFail(Operator, { user: 'gone' })));
    expect(await statusWith(cookie)).toBe(401);
  });

  it('gives at once what a new role gives, and no longer what a lost one gave', async () => {
    const cookie = await signIn();
    expect((await api.call('POST', '/api/v1/tenants', { id: 'acme' }, { cookie })).status).toBe(403);
    const { body } = await api.create('assignments', { user: 'olga', role: 'licet.policy-editor', tenant: '*' });
    expect((await api.call('POST', '/api/v1/tenants', { id: 'acme' }, { cookie })).status).toBe(201);
    await api.call('DELETE', `/api/v1/assignments/${body.id}`, undefined, { 'if-match': '"1"' });
    expect((await api.call('DELETE', '/api/v1/tenants/acme', undefined, { cookie, 'if-match': '"1"' })).status).toBe(403);
  });

  it('never takes a value that somebody else chose', async () => {
    const planted = `licet_session=${'A'.repeat(43)}`;
    const cookie = await signIn('olga', { cookie: planted });
    expect(cookie).not.toBe(planted);
    expect(await statusWith(planted)).toBe(401);
    const again = await signIn('olga', { cookie });
    expect([await statusWith(cookie), await statusWith(again)]).toEqual([401, 200]);
  });

  it('is bound to this host and to TLS where the public address has it', async () => {
    const secure = await openApi({ ...api.settings, publicUrl: 'https://licet.example' });
    const answer = await secure.call('POST', '/api/v1/session', { username: 'olga', password: PASSWORD }, { cookie: '' });
    const [value, ...flags] = [answer.headers['set-cookie']].flat()[0]!.split('; ');
    expect(value).toMatch(/^__Host-licet_session=[A-Za-z0-9_-]{43}$/);
    expect(flags.sort()).toEqual(['HttpOnly', 'Max-Age=43200', 'Path=/', 'SameSite=Strict', 'Secure']);
    // Without the prefix, a neighbouring host could have set it.
    const unbound = value!.replace('__Host-', '');
    const status = async (cookie: string) => (await secure.call('GET', '/api/v1/roles', undefined, { cookie })).status;
    expect([await status(value!), await status(unbound)]).toEqual([200, 401]);
    const out = await secure.call('DELETE', '/api/v1/session', undefined, { cookie: value! });
    expect([out.status, await status(value!)]).toEqual([204, 401]);
    await secure.close();
  });
});
