import { operations } from '@licet/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { generateSync } from 'otplib';
import { DIALECTS, PASSWORD, startApi, type TestApi } from '../../test/api.ts';
import { Authenticator, Browser } from '../../test/authenticator.ts';
import { addOperator } from '../../test/operators.ts';
import { DATABASES } from '../database/database.module.ts';
import type { Databases } from '../database/orm.ts';
import { Operator, Session } from './operator.entity.ts';

const FIRST = 'set up an authenticator app or a passkey first';

describe.each(DIALECTS)('a second factor that is required (%s)', (dialect) => {
  let api: TestApi;
  const signedIn = async (user: string) => {
    const browser = new Browser(api);
    expect((await browser.signIn(user, PASSWORD)).status).toBe(200);
    return browser;
  };
  const session = async (browser: Browser) => (await browser.call('GET', 'session')).body;

  beforeAll(async () => {
    api = await startApi(dialect);
    for (const id of ['olga', 'vera', 'paul']) await addOperator(api, id, 'licet.owner');
  });
  beforeEach(() => {
    api.settings.secondFactor = 'required';
  });
  afterAll(() => api.stop());

  it('is asked of an operator with a password before any permission counts, on every route', async () => {
    const olga = await signedIn('olga');
    expect(await session(olga)).toMatchObject({ secondFactorDue: true, permissions: [], tenants: null });
    const routes = Object.entries(operations()).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { needs }]) => ({ path, method, needs })),
    );
    // Decisions and replicas take no session at all.
    const guarded = routes.filter(({ path, needs }) => path.startsWith('/api/v1/') && needs?.startsWith('licet.'));
    expect(guarded.length).toBeGreaterThan(60);
    const open: string[] = [];
    for (const { path, method } of guarded) {
      const address = path.replace('/api/v1/', '').replaceAll(/\{\w+\}/g, 'x');
      const { status, body } = await olga.call(method.toUpperCase() as 'GET', address, method === 'get' ? undefined : {});
      if (status !== 403 || !String(body.detail).includes(FIRST)) open.push(`${method} ${path}: ${status}`);
    }
    expect(open).toEqual([]);
  });

  it('is asked for in the query that finds out whether the operator is enabled, so that it costs no request another', async () => {
    const olga = await signedIn('olga');
    const logger = api.app.get<Databases>(DATABASES).policy.em.config.getLogger();
    const said = jest.spyOn(logger, 'logQuery');
    logger.setDebugMode(['query']);
    const quiet = jest.spyOn(logger, 'log').mockReturnValue();
    expect((await olga.call('GET', 'roles')).status).toBe(403);
    logger.setDebugMode(false);
    // The process asks for the head of the changes from time to time, whoever calls.
    const queries = said.mock.calls.map(([{ query }]) => query ?? '').filter((query) => !/from .head./.test(query));
    for (const spy of [said, quiet]) spy.mockRestore();
    expect(queries.filter((query) => /from .operators./.test(query))).toHaveLength(1);
    expect(queries).toHaveLength(2); // the session, and its operator
  });

  it.each(['operator', 'user'] as const)('lets nobody in whose %s is disabled, were there a session left', async (what) => {
    const vera = await signedIn('vera');
    const address = `/api/v1/${what}s/vera`;
    api.settings.secondFactor = 'optional'; // for the owner who disables
    const patch = async (enabled: boolean) => {
      const { etag } = await api.call('GET', address);
      expect((await api.call('PATCH', address, { enabled }, { 'if-match': etag })).status).toBe(200);
    };
    const em = () => api.app.get<Databases>(DATABASES).policy.em.fork();
    const sessions = await em().find(Session, { user: 'vera' });
    await patch(false);
    // To disable ends them; a sign-in that was on its way may open one a moment later.
    await em().insertMany(Session, sessions);
    api.settings.secondFactor = 'required';
    expect((await vera.call('GET', 'session')).status).toBe(401);
    api.settings.secondFactor = 'optional';
    await patch(true);
  });

  it('leaves nothing to do with the sessions of others either', async () => {
    const [olga, vera] = [await signedIn('olga'), await signedIn('vera')];
    expect((await olga.call('GET', 'sessions?user=vera')).body.detail).toContain(FIRST);
    expect((await olga.call('GET', 'sessions?user=*')).body.detail).toContain(FIRST);
    const { id } = (await vera.call('GET', 'sessions')).body.items[0];
    expect((await olga.call('DELETE', `sessions/${id}`)).status).toBe(404);
    expect((await vera.call('GET', 'session')).status).toBe(200);
    const [own] = (await olga.call('GET', 'sessions')).body.items;
    expect((await olga.call('DELETE', `sessions/${own.id}`)).status).toBe(204);
  });

  it('is done with an authenticator app, at once', async () => {
    const vera = await signedIn('vera');
    const { secret } = (await vera.call('POST', 'session/second-factor/start', {})).body;
    const code = generateSync({ secret });
    expect((await vera.call('POST', 'session/second-factor', { currentPassword: PASSWORD, secret, code })).status).toBe(200);
    expect(await session(vera)).toMatchObject({ secondFactorDue: false, permissions: expect.arrayContaining(['licet.role:update']) });
    expect((await vera.call('GET', 'roles')).status).toBe(200);
  });

  it('is done with a passkey, and due again when that is taken away', async () => {
    const paul = await signedIn('paul');
    expect((await paul.addPasskey(new Authenticator(), 'phone')).status).toBe(201);
    expect((await paul.call('GET', 'roles')).status).toBe(200);
    const { id } = (await paul.call('GET', 'session/passkeys')).body.items[0];
    expect((await paul.call('DELETE', `session/passkeys/${id}`)).status).toBe(204);
    expect((await paul.call('GET', 'roles')).body.detail).toContain(FIRST);
  });

  it('is not asked of whoever has no password: the identity provider asks', async () => {
    const olga = await signedIn('olga');
    await api.app.get<Databases>(DATABASES).policy.em.fork().nativeUpdate(Operator, { user: 'olga' }, { passwordHash: '' });
    expect((await olga.call('GET', 'roles')).status).toBe(200);
    expect((await session(olga)).secondFactorDue).toBe(false);
  });

  it('is not asked of API keys, and of nobody unless it is required', async () => {
    api.settings.secondFactor = 'optional';
    const key = await api.key('tool', 'licet.auditor');
    expect((await api.call('GET', '/api/v1/roles')).status).toBe(200);
    api.settings.secondFactor = 'required';
    expect((await api.call('GET', '/api/v1/roles', undefined, key)).status).toBe(200);
    expect((await api.call('GET', '/api/v1/roles')).status).toBe(403);
  });
});
