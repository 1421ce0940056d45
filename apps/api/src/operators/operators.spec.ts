import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { addOperator } from '../../test/operators.ts';
import { DIALECTS, PASSWORD, startApi, type TestApi } from '../../test/api.ts';
import { DATABASES } from '../database/database.module.ts';
import type { Databases } from '../database/orm.ts';
import { Operator, Session } from './operator.entity.ts';

const NEW_PASSWORD = 'another long pass phrase';
const tokenOf = (link: string) => new URLSearchParams(link.split('?')[1]).get('token')!;

describe.each(DIALECTS)('an operator (%s)', (dialect) => {
  let api: TestApi;
  const em = () => api.app.get<Databases>(DATABASES).policy.em.fork();

  beforeAll(async () => {
    api = await startApi(dialect);
    await api.create('tenants', { id: 'acme' });
    await addOperator(api, 'olga');
  });
  afterAll(() => api.stop());

  const invite = async (id: string, more: object = {}) => (await api.create('operators', { id, role: 'licet.auditor', ...more })).body;
  const useLink = (link: string, password = NEW_PASSWORD) =>
    api.call('POST', '/api/v1/session/link', { token: tokenOf(link), password }, { cookie: '' });
  const signIn = async (username: string, password = PASSWORD) => {
    const answer = await api.call('POST', '/api/v1/session', { username, password }, { cookie: '' });
    return { status: answer.status, cookie: String(answer.headers['set-cookie'] ?? '').split(';')[0]! };
  };
  const statusWith = async (cookie: string, path = '/api/v1/roles') => (await api.call('GET', path, undefined, { cookie })).status;
  const read = async (id: string) => (await api.call('GET', `/api/v1/operators/${id}`)).body;
  const change = async (id: string, patch: object) => {
    const { etag } = await api.call('GET', `/api/v1/operators/${id}`);
    return api.call('PATCH', `/api/v1/operators/${id}`, patch, { 'if-match': etag });
  };

  it('is invited by a link that works once, is shown once, and is nowhere in the database', async () => {
    const { link, ...row } = await invite('ivo', { name: 'Ivo', tenant: 'acme' });
    expect(row).toMatchObject({
      id: 'ivo',
      name: 'Ivo',
      state: 'invited',
      enabled: true,
      roles: [{ role: 'licet.auditor', tenant: 'acme' }],
      passwordChangedAt: null,
    });
    expect(Date.parse(row.linkExpiresAt) - Date.now()).toBeGreaterThan(71 * 3_600_000);
    expect(link).toMatch(/^\/#\/link\?user=ivo&token=[\w-]{43}$/);
    expect(await read('ivo')).toEqual({ ...row, version: 1 });
    const trail = await api.call('GET', '/api/v1/audit-entries?kind=operators&target=ivo');
    expect(JSON.stringify([trail.body, await em().find(Operator, {})])).not.toContain(tokenOf(link));
    expect(JSON.stringify(trail.body)).not.toContain((await em().findOneOrFail(Operator, { user: 'ivo' })).linkHash);
    expect((await signIn('ivo', '')).status).toBe(400);
    expect((await signIn('ivo', 'nobody has this password')).status).toBe(401);
    await api.create('assignments', { user: 'ivo', role: 'licet.auditor', tenant: '*' });
    const [first, second] = await Promise.all([useLink(link), useLink(link, PASSWORD)]);
    expect([first!.status, second!.status].sort()).toEqual([200, 403]);
    expect(await read('ivo')).toMatchObject({
      state: 'active',
      linkExpiresAt: null,
      passwordChangedAt: expect.any(String),
      lastSignInAt: expect.any(String),
    });
    expect((await useLink(link)).body.code).toBe('forbidden');
  });

  it('leaves audit entries that name who invited and that the password was chosen, without any secret', async () => {
    const { link } = await invite('audited');
    await useLink(link);
    const { body } = await api.call('GET', '/api/v1/audit-entries?kind=operators&target=audited');
    expect(body.items.map(({ actor, action }: { actor: string; action: string }) => [actor, action])).toEqual([
      ['audited', 'update'],
      ['ana', 'create'],
    ]);
    const { passwordHash } = await em().findOneOrFail(Operator, { user: 'audited' });
    expect(JSON.stringify(body)).not.toContain(passwordHash);
    expect(body.items[0].after.passwordHash).toBe('(set)');
  });

  it('cannot come in by a link that is too old, replaced, of a disabled operator, or made up', async () => {
    const { link } = await invite('late');
    const replaced = await api.call('POST', '/api/v1/operators/late/link');
    expect([replaced.status, (await useLink(link)).status, (await useLink('/#/link?token=junk')).status]).toEqual([201, 403, 403]);
    await change('late', { enabled: false });
    expect((await useLink(replaced.body.link)).status).toBe(403);
    await change('late', { enabled: true });
    expect((await useLink(replaced.body.link)).status).toBe(403);
    const { body } = await api.call('POST', '/api/v1/operators/late/link');
    await em().execute(`update operators set link_expires_at = '2020-01-01' where user_id = 'late'`);
    expect([(await useLink(body.link)).status, (await read('late')).linkExpiresAt]).toEqual([403, null]);
  });

  it('gets a new password by a link from an owner, which ends the sessions and the old password', async () => {
    const { cookie } = await signIn('olga');
    const { body } = await api.call('POST', '/api/v1/operators/olga/link');
    expect([Date.parse(body.expiresAt) - Date.now() < 25 * 3_600_000, await statusWith(cookie)]).toEqual([true, 200]);
    expect((await useLink(body.link)).status).toBe(200);
    expect([await statusWith(cookie), (await signIn('olga')).status, (await signIn('olga', NEW_PASSWORD)).status]).toEqual([401, 401, 200]);
    const again = await signIn('olga', NEW_PASSWORD);
    await api.call('POST', '/api/v1/session/password', { currentPassword: NEW_PASSWORD, newPassword: PASSWORD }, { cookie: again.cookie });
  });

  it('takes the own second factor and identity away, and gets a new password, where these are asked for only', async () => {
    await addOperator(api, 'owen', 'licet.owner');
    const { cookie } = await signIn('owen');
    const own = { cookie, 'if-match': (await api.call('GET', '/api/v1/operators/owen')).etag };
    for (const [method, path, body] of [
      ['PATCH', '/api/v1/operators/owen', { secondFactor: false }],
      ['PATCH', '/api/v1/operators/owen', { identity: false }],
      ['POST', '/api/v1/operators/owen/link', {}],
    ] as const) {
      const answer = await api.call(method, path, body, own);
      expect([answer.status, answer.body.detail]).toEqual([403, expect.stringContaining('account page')]);
    }
    expect((await read('owen')).linkExpiresAt).toBeNull();
    expect((await api.call('POST', '/api/v1/operators/owen/link')).status).toBe(201);
    const { etag } = await api.call('GET', '/api/v1/operators/owen');
    await api.call('DELETE', '/api/v1/operators/owen', undefined, { 'if-match': etag });
  });

  it('changes the own password, for which the present one is asked; the other sessions end', async () => {
    const [here, there] = [await signIn('olga'), await signIn('olga')];
    const ask = (body: object, cookie = here.cookie) => api.call('POST', '/api/v1/session/password', body, { cookie });
    const wrong = await ask({ currentPassword: `${PASSWORD}!`, newPassword: NEW_PASSWORD });
    expect([wrong.status, wrong.body.errors[0].path]).toEqual([400, 'currentPassword']);
    expect((await ask({ currentPassword: PASSWORD, newPassword: 'short' })).body.errors[0].path).toBe('newPassword');
    const done = await ask({ currentPassword: PASSWORD, newPassword: NEW_PASSWORD });
    const renewed = String(done.headers['set-cookie']).split(';')[0]!;
    expect([done.status, await statusWith(renewed), await statusWith(here.cookie), await statusWith(there.cookie)]).toEqual([
      200, 200, 401, 401,
    ]);
    expect((await ask({ currentPassword: NEW_PASSWORD, newPassword: PASSWORD }, renewed)).status).toBe(200);
    const key = await api.key('a-tool', 'licet.auditor');
    expect((await api.call('POST', '/api/v1/session/password', { currentPassword: PASSWORD, newPassword: NEW_PASSWORD }, key)).status).toBe(
      403,
    );
  });

  it.each([
    ['operators/olga', { enabled: false }, { enabled: true }],
    ['users/olga', { enabled: false }, { enabled: true }],
  ])('that is disabled in %s is out at once, and no old session comes back', async (path, off, on) => {
    const { cookie } = await signIn('olga');
    const patch = async (body: object) => {
      const { etag } = await api.call('GET', `/api/v1/${path}`);
      expect((await api.call('PATCH', `/api/v1/${path}`, body, { 'if-match': etag })).status).toBe(200);
    };
    await patch(off);
    expect([await statusWith(cookie), (await signIn('olga')).status, (await read('olga')).state]).toEqual([401, 401, 'disabled']);
    await patch(on);
    expect([await statusWith(cookie), (await signIn('olga')).status, await em().count(Session, { user: 'olga' })]).toEqual([401, 200, 1]);
  });

  it('that is removed loses the console roles, and stays as a user', async () => {
    const { link } = await invite('rosa');
    await api.create('assignments', { user: 'rosa', role: 'licet.auditor', tenant: 'acme' });
    const cookie = String((await useLink(link)).headers['set-cookie']).split(';')[0]!;
    expect(await statusWith(cookie)).toBe(200);
    const { etag } = await api.call('GET', '/api/v1/operators/rosa');
    expect((await api.call('DELETE', '/api/v1/operators/rosa', undefined, { 'if-match': etag })).status).toBe(204);
    const left = await api.call('GET', '/api/v1/assignments?user=rosa');
    expect([await statusWith(cookie), left.body.total, (await api.call('GET', '/api/v1/users/rosa')).status]).toEqual([401, 0, 200]);
  });

  it('is not made of a service account, not twice, and only with a role of the console', async () => {
    await api.key('robot', 'licet.auditor');
    const role = 'licet.auditor';
    const ask = async (body: object) => (await api.call('POST', '/api/v1/operators', body)).body;
    expect((await ask({ id: 'service:robot', role })).errors[0].path).toBe('id');
    expect((await ask({ id: 'olga', role })).code).toBe('already_exists');
    await api.create('roles', { id: 'plain' });
    for (const [wrong, path] of [
      ['plain', 'role'],
      ['licet.nothing', 'role'],
    ])
      expect((await ask({ id: 'x', role: wrong })).errors[0].path).toBe(path);
    expect((await ask({ id: 'x', role, tenant: 'nowhere' })).errors[0].path).toBe('tenant');
    expect((await ask({ id: 'x', role, passwordHash: 'y' })).errors[0].path).toBe('passwordHash');
  });

  it('sees and ends the own sessions, and those of others only with the permission for it', async () => {
    const [one, two] = [await signIn('olga'), await signIn('olga')];
    const list = async (cookie: string, query = '') =>
      (await api.call('GET', `/api/v1/sessions${query}`, undefined, { cookie, 'user-agent': 'x' })).body;
    const mine = await list(one.cookie);
    expect(mine.items.every(({ user }: { user: string }) => user === 'olga')).toBe(true);
    expect(mine.items.filter(({ current }: { current: boolean }) => current)).toHaveLength(1);
    expect(JSON.stringify(mine)).not.toContain(one.cookie.split('=')[1]);
    const owner = (await api.call('GET', '/api/v1/sessions')).body.items[0];
    const end = (id: string, cookie: string) => api.call('DELETE', `/api/v1/sessions/${id}`, undefined, { cookie });
    expect([(await end(owner.id, one.cookie)).status, (await end('0'.repeat(64), one.cookie)).status]).toEqual([404, 404]);
    const other = mine.items.find(({ current }: { current: boolean }) => !current);
    expect([(await end(other.id, one.cookie)).status, await statusWith(two.cookie), await statusWith(one.cookie)]).toEqual([204, 401, 200]);
    const { body } = await api.call('GET', '/api/v1/sessions?user=olga');
    for (const { id } of body.items) expect((await api.call('DELETE', `/api/v1/sessions/${id}`)).status).toBe(204);
    expect(await statusWith(one.cookie)).toBe(401);
    expect((await api.call('GET', '/api/v1/sessions?user=*')).body.total).toBeGreaterThan(0);
    const key = await api.key('nosy', 'licet.application');
    expect((await api.call('GET', '/api/v1/sessions?user=ana', undefined, key)).status).toBe(403);
  });

  it('that is the last owner stays, whichever way somebody tries', async () => {
    const lastOne = { status: 409, body: { code: 'still_in_use' } };
    expect(await change('ana', { enabled: false })).toMatchObject(lastOne);
    const { etag } = await api.call('GET', '/api/v1/operators/ana');
    expect(await api.call('DELETE', '/api/v1/operators/ana', undefined, { 'if-match': etag })).toMatchObject(lastOne);
    const user = await api.call('GET', '/api/v1/users/ana');
    expect(await api.call('PATCH', '/api/v1/users/ana', { enabled: false }, { 'if-match': user.etag })).toMatchObject(lastOne);
    const [owner] = (await api.call('GET', '/api/v1/assignments?user=ana&role=licet.owner')).body.items;
    const mine = `/api/v1/assignments/${owner.id}`;
    expect(await api.call('DELETE', mine, undefined, { 'if-match': `"${owner.version}"` })).toMatchObject(lastOne);
    expect(await api.call('PATCH', mine, { expiresAt: '2099-01-01T00:00:00Z' }, { 'if-match': `"${owner.version}"` })).toMatchObject(
      lastOne,
    );
    // A deny that reaches the last owner takes the role away just as well.
    const file = {
      licet: 1,
      roles: { lock: { grants: [{ permission: 'licet.operator:update', effect: 'deny' }] } },
      assignments: [{ group: 'everyone', role: 'lock', tenant: '*' }],
    };
    expect(await api.call('POST', '/api/v1/policy/apply', { file })).toMatchObject(lastOne);
    // An owner who was invited and has no password yet is none.
    await api.create('operators', { id: 'heir', role: 'licet.owner' });
    expect(await change('ana', { enabled: false })).toMatchObject(lastOne);
  });
});
