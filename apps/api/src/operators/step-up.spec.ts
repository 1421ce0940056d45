import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { operations } from '@licet/contract';
import { generateSync } from 'otplib';
import { PASSWORD, startApi, type TestApi } from '../../test/api.ts';
import { Authenticator, Browser } from '../../test/authenticator.ts';
import { addOperator } from '../../test/operators.ts';
import { PROOF_MINUTES } from '../access/step-up.ts';
import { DATABASES } from '../database/database.module.ts';
import type { Databases } from '../database/orm.ts';
import { Attempts } from './attempts.ts';
import { OperatorUse, Session } from './operator.entity.ts';

const NEEDED = { status: 403, code: 'step_up_needed' };
const ROUTES = Object.entries(operations()).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, { stepUp, needs }]) => ({ route: `${method.toUpperCase()} ${path}`, stepUp, needs })),
);
const ASKING = ROUTES.filter(({ stepUp }) => stepUp).map(({ route }) => route);
/** What is asked for a proof in any case: the list that docs/security.md explains. */
const LIST = [
  ...['POST /api/v1/api-keys', 'POST /api/v1/api-keys/{id}/rotate', 'DELETE /api/v1/api-keys/{id}'],
  ...['POST /api/v1/operators', 'PATCH /api/v1/operators/{id}', 'DELETE /api/v1/operators/{id}', 'POST /api/v1/operators/{id}/link'],
  ...['POST /api/v1/session/password', 'POST /api/v1/session/second-factor', 'POST /api/v1/session/second-factor/start'],
  ...['POST /api/v1/session/passkeys', 'POST /api/v1/session/passkeys/start', 'DELETE /api/v1/session/passkeys/{id}'],
];

describe('a proof of who is there', () => {
  let api: TestApi;
  let ana: Browser;
  const em = () => api.app.get<Databases>(DATABASES).policy.em.fork();
  /** Lets so many minutes pass since all that anybody has proved. */
  const pass = (minutes: number) => em().nativeUpdate(Session, {}, { createdAt: new Date(Date.now() - minutes * 60_000) });
  const ask = async (browser: Browser, route: string, body: object = {}, headers: Record<string, string> = {}) => {
    const [method, path] = route.replace('/api/v1/', '').replace('{id}', 'x').split(' ') as ['POST', string];
    const answer = await browser.call(method, path, method === ('GET' as string) ? undefined : body, headers);
    return { status: answer.status, code: answer.body?.code as string | undefined };
  };
  const makeKey = (browser: Browser, name: string) => ask(browser, 'POST /api/v1/api-keys', { name });
  const prove = (browser: Browser, body: object) => browser.call('POST', 'session/step-up', body);
  const here = () => ({ ip: '127.0.0.1', cookies: Object.fromEntries(ana.cookies) });
  const tryAgainLater = () =>
    api.app
      .get(Attempts)
      .demand('ana', here())
      .then((attempt) => attempt.right());

  beforeAll(async () => {
    api = await startApi('sqlite');
    ana = new Browser(api);
    await ana.signIn('ana', PASSWORD);
    await addOperator(api, 'olga', 'licet.owner');
    await api.create('groups', { id: 'staff' });
    await api.create('roles', { id: 'plain' });
    await api.create('roles', { id: 'half' });
    await api.create('assignments', { group: 'staff', role: 'licet.auditor', tenant: '*' });
    await api.create('assignments', { group: 'staff', role: 'half', tenant: '*' });
    await api.create('users', { id: 'ulf' });
  });
  afterAll(() => api.stop());

  it('is asked for by these routes', () => {
    expect(ASKING.toSorted()).toEqual(LIST.toSorted());
  });

  it.each(LIST)('is asked for by %s where it is older than ten minutes, of people', async (route) => {
    const key = await api.key(`key for ${route}`.replace(/\W+/g, '-').slice(0, 60), 'licet.owner');
    await pass(PROOF_MINUTES + 1);
    expect(await ask(ana, route)).toEqual(NEEDED);
    const [method, path] = route.replace('{id}', 'x').split(' ') as ['POST', string];
    expect((await api.call(method, path, {}, key)).body.code).not.toBe(NEEDED.code);
    await pass(PROOF_MINUTES - 1);
    expect((await ask(ana, route)).code).not.toBe(NEEDED.code);
    await pass(0);
  });

  it('is none from the future, as after a clock was set back; clocks of several processes may differ a little', async () => {
    await pass(-2);
    expect(await makeKey(ana, 'future-1')).toEqual(NEEDED);
    await pass(-0.5);
    expect((await makeKey(ana, 'future-2')).status).toBe(201);
    await pass(0);
  });

  it('is asked for after the permission: nobody proves anything for nothing', async () => {
    await addOperator(api, 'vera');
    const vera = new Browser(api);
    await vera.signIn('vera', PASSWORD);
    await pass(60);
    expect(await makeKey(vera, 'x')).toEqual({ status: 403, code: 'forbidden' });
    expect(await ask(vera, 'POST /api/v1/session/passkeys/start')).toEqual(NEEDED);
    await pass(0);
  });

  it.each<[string, string, object]>([
    ['an assignment', 'POST /api/v1/assignments', { user: 'ulf', role: 'licet.auditor', tenant: '*' }],
    [
      'an assignment by an application’s route',
      'POST /api/v1/assignments/assign',
      { user: 'ulf', role: 'licet.auditor', tenant: 'default' },
    ],
    ['a grant', 'POST /api/v1/grants', { role: 'half', permission: 'licet.role:read', effect: 'allow' }],
    ['a denial', 'POST /api/v1/grants', { role: 'half', permission: 'licet.role:read', effect: 'deny' }],
    ['a wildcard', 'POST /api/v1/grants', { role: 'half', permission: 'licet.operator:*', effect: 'allow' }],
    ['an inheritance', 'POST /api/v1/policy/apply', { file: { licet: 1, roles: { half: { inherits: ['licet.auditor'] } } } }],
    ['membership', 'POST /api/v1/group-members', { group: 'staff', user: 'ulf' }],
    ['a policy file', 'POST /api/v1/policy/apply', { file: { licet: 1, roles: { plain: { grants: ['licet.user:read'] } } } }],
  ])('is asked for where console permissions are given by %s', async (_what, route, body) => {
    await pass(60);
    const { total } = (await api.call('GET', '/api/v1/changes')).body;
    expect(await ask(ana, route, body)).toEqual(NEEDED);
    expect((await api.call('GET', '/api/v1/changes')).body.total).toBe(total);
    await pass(0);
    expect([200, 201]).toContain((await ask(ana, route, body)).status);
  });

  it('is asked for where console permissions are taken or an operator is shut out, and for nothing else', async () => {
    const [mine] = (await api.call('GET', '/api/v1/assignments?user=ulf&role=licet.auditor')).body.items;
    await pass(60);
    const match = { 'if-match': `"${mine.version}"` };
    expect(await ask(ana, `DELETE /api/v1/assignments/${mine.id}`, {}, match)).toEqual(NEEDED);
    const { etag } = await api.call('GET', '/api/v1/users/olga');
    expect(await ask(ana, 'PATCH /api/v1/users/olga', { enabled: false }, { 'if-match': etag })).toEqual(NEEDED);
    for (const [route, body] of [
      ['POST /api/v1/roles', { id: 'clerk' }],
      ['POST /api/v1/assignments', { user: 'ulf', role: 'plain-role', tenant: '*' }],
      ['POST /api/v1/users', { id: 'una' }],
      ['GET /api/v1/operators', {}],
      ['GET /api/v1/session/passkeys', {}],
    ] as const) {
      if (route.endsWith('assignments')) await ask(ana, 'POST /api/v1/roles', { id: 'plain-role' });
      expect([route, [200, 201].includes((await ask(ana, route, body)).status)]).toEqual([route, true]);
    }
    await pass(0);
  });

  it('is nothing for an API key', async () => {
    await pass(0);
    const key = await api.key('robot', 'licet.owner');
    expect((await api.call('POST', '/api/v1/session/step-up', { password: PASSWORD }, key)).status).toBe(403);
  });

  it('is the password, not a wrong one, and makes a new session in place of the one that asked', async () => {
    const [other, before] = [new Browser(api), ana.cookies.get('licet_session')!];
    await other.signIn('ana', PASSWORD);
    await pass(60);
    const wrong = await prove(ana, { password: `${PASSWORD}!` });
    expect([wrong.status, wrong.body.errors[0].path, await makeKey(ana, 'step-1')]).toEqual([400, 'password', NEEDED]);
    for (const none of [{}, { password: '' }, { code: '123456' }, { passkey: {} }, { password: PASSWORD, passkey: {} }])
      expect((await prove(ana, none)).status).toBe(400);
    const right = await prove(ana, { password: PASSWORD });
    expect([right.status, right.body.user.id, await makeKey(ana, 'step-1')]).toEqual([200, 'ana', { status: 201, code: undefined }]);
    expect(ana.cookies.get('licet_session')).not.toBe(before);
    const old = new Browser(api);
    old.cookies.set('licet_session', before);
    expect((await old.call('GET', 'session')).status).toBe(401);
    // What one session has shown counts for no other, not even of the same operator.
    expect([await makeKey(other, 'step-2'), (await other.call('GET', 'session')).status]).toEqual([NEEDED, 200]);
  });

  it('is as much as at sign-in: with a second factor that is asked for too, or it is a passkey of one’s own', async () => {
    const [olga, app, key, anasKey] = [new Browser(api), { secret: '' }, new Authenticator(), new Authenticator()];
    const later = () => em().nativeUpdate(OperatorUse, { user: 'olga' }, { totpStep: 0 });
    await olga.signIn('olga', PASSWORD);
    await ana.addPasskey(anasKey, 'key');
    await olga.addPasskey(key, 'key');
    app.secret = (await olga.call('POST', 'session/second-factor/start')).body.secret;
    const set = await olga.call('POST', 'session/second-factor', { currentPassword: PASSWORD, ...app, code: generateSync(app) });
    expect(set.status).toBe(200);
    await later();
    await pass(60);
    expect((await prove(olga, { password: PASSWORD })).body.code).toBe('second_factor_needed');
    expect((await prove(olga, { password: PASSWORD, code: '000000' })).status).toBe(401);
    expect((await prove(olga, { password: 'wrong', code: generateSync(app) })).status).toBe(400);
    expect((await prove(olga, { passkey: await olga.signed(anasKey) })).status).toBe(401);
    expect((await prove(olga, { passkey: await olga.signed(key, { verified: false }) })).status).toBe(401);
    expect((await prove(olga, { passkey: await ana.signed(key) })).status).toBe(401);
    expect(await makeKey(olga, 'step-3')).toEqual(NEEDED);
    expect((await prove(olga, { password: PASSWORD, code: generateSync(app) })).status).toBe(200);
    expect((await makeKey(olga, 'step-3')).status).toBe(201);
    await pass(60);
    expect((await prove(olga, { passkey: await olga.signed(key) })).status).toBe(200);
    expect((await makeKey(olga, 'step-4')).status).toBe(201);
    // Without the app the passkeys are left, and the recovery codes with them.
    const removed = await olga.call('POST', 'session/second-factor/remove', { currentPassword: PASSWORD, code: set.body.recoveryCodes[0] });
    expect([removed.status, (await prove(olga, { password: PASSWORD, code: set.body.recoveryCodes[1] })).status]).toEqual([204, 200]);
  });

  it('may be tried as often as at sign-in', async () => {
    await tryAgainLater();
    await prove(ana, { passkey: await ana.signed(new Authenticator()) });
    for (let n = 0; n < 9; n++) await api.app.get(Attempts).demand('ana', here());
    for (const password of ['wrong', PASSWORD]) expect((await prove(ana, { password })).status).toBe(429);
  });

  it('is told of as what was asked for, and not as a refusal', async () => {
    await pass(PROOF_MINUTES + 1);
    expect(await makeKey(ana, 'told')).toEqual(NEEDED);
    const told = async (outcome: string) =>
      (await ana.call('GET', `security-events?detail=step-up-needed&actor=ana&outcome=${outcome}`)).body;
    expect((await told('partial')).items).toContainEqual(expect.objectContaining({ event: 'access', route: 'POST /api/v1/api-keys' }));
    expect((await told('refused')).total).toBe(0);
  });
});
