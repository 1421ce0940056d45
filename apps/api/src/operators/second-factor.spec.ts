import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateSync } from 'otplib';
import { addOperator } from '../../test/operators.ts';
import { DIALECTS, PASSWORD, startApi, type TestApi } from '../../test/api.ts';
import { Changes } from '../changes/changes.service.ts';
import { DATABASES } from '../database/database.module.ts';
import type { Databases } from '../database/orm.ts';
import { Operator, OperatorUse, RecoveryCode } from './operator.entity.ts';
import { Seal } from './seal.ts';
import { SecondFactor } from './second-factor.service.ts';

describe.each(DIALECTS)('a second factor (%s)', (dialect) => {
  let api: TestApi;
  let cookie: string;
  let secret: string;
  let recovery: string[];
  let taken: string;
  const em = () => api.app.get<Databases>(DATABASES).policy.em.fork();
  /** Time passes: the code that was taken last is an old one. */
  const later = () => em().nativeUpdate(OperatorUse, { user: 'olga' }, { totpStep: 0 });
  const codeNow = () => generateSync({ secret });
  const signIn = (more: object = {}) =>
    api.call('POST', '/api/v1/session', { username: 'olga', password: PASSWORD, ...more }, { cookie: '' });
  const own = (path: string, body: object = {}) => api.call('POST', `/api/v1/session/second-factor${path}`, body, { cookie });

  beforeAll(async () => {
    api = await startApi(dialect);
    await addOperator(api, 'olga');
    cookie = String((await signIn()).headers['set-cookie']).split(';')[0]!;
    ({ secret } = (await own('/start')).body);
  });
  afterAll(() => api.stop());

  /** Signs in once more; returns how the session with this cookie fares. */
  const elsewhere = async (more: object = {}) => {
    const other = String((await signIn(more)).headers['set-cookie']).split(';')[0]!;
    return async () => (await api.call('GET', '/api/v1/session', undefined, { cookie: other })).status;
  };

  it('is set up with the password and a code that shows that the app has the secret', async () => {
    expect((await own('', { currentPassword: 'wrong', secret, code: codeNow() })).body.errors[0].path).toBe('currentPassword');
    const wrong = String((Number(codeNow()) + 1) % 1_000_000).padStart(6, '0');
    expect((await own('', { currentPassword: PASSWORD, secret, code: wrong })).body.errors[0].path).toBe('code');
    taken = codeNow();
    const other = await elsewhere();
    const made = await own('', { currentPassword: PASSWORD, secret, code: taken });
    recovery = made.body.recoveryCodes;
    expect([made.status, recovery.length, new Set(recovery).size]).toEqual([200, 10, 10]);
    // Whoever else has a session came in without it. The own one stays.
    expect(await other()).toBe(401);
    expect((await api.call('GET', '/api/v1/session', undefined, { cookie })).body.secondFactor).toBe(true);
    expect((await api.call('GET', '/api/v1/operators/olga')).body.secondFactorAt).toEqual(expect.any(String));
    expect((await own('', { currentPassword: PASSWORD, secret, code: codeNow() })).body.code).toBe('already_exists');
  });

  it('is kept so that neither the database nor the audit trail gives it away', async () => {
    const trail = await api.call('GET', '/api/v1/audit-entries?kind=operators&target=olga');
    const dump = JSON.stringify([trail.body, await em().find(Operator, {}), await em().find(RecoveryCode, {})]);
    for (const canary of [secret, ...recovery, ...recovery.map((code) => code.replaceAll('-', ''))]) expect(dump).not.toContain(canary);
    const { totpSecret } = await em().findOneOrFail(Operator, { user: 'olga' });
    expect(api.app.get(Seal).open(totpSecret!, 'olga')).toBe(secret);
    expect(() => api.app.get(Seal).open(totpSecret!, 'ana')).toThrow();
    expect(statSync(join(api.settings.dataDir, 'secret')).mode & 0o777).toBe(0o600);
  });

  it('goes on when the key is replaced: the one before opens what it sealed, which is sealed anew, in the audit trail too', async () => {
    const [before, present] = [new Seal({ ...api.settings, secret: 'x'.repeat(32) }), api.app.get(Seal)];
    const sealed = before.close(secret, 'olga');
    await em().nativeUpdate(Operator, { user: 'olga' }, { totpSecret: sealed });
    expect(() => present.open(sealed, 'olga')).toThrow('LICET_SECRET_PREVIOUS');
    const both = new Seal({ ...api.settings, secretPrevious: 'x'.repeat(32) });
    expect([both.open(sealed, 'olga'), both.isOld(sealed), both.isOld(present.close(secret, 'olga'))]).toEqual([secret, true, false]);
    const factor = new SecondFactor(api.app.get<Databases>(DATABASES), both);
    expect([await factor.sealAnew(api.app.get(Changes)), await factor.sealAnew(api.app.get(Changes))]).toEqual([1, 0]);
    expect(present.open((await em().findOneOrFail(Operator, { user: 'olga' })).totpSecret!, 'olga')).toBe(secret);
    const [entry] = (await api.call('GET', '/api/v1/audit-entries?kind=operators&target=olga')).body.items;
    expect(entry).toMatchObject({ actor: 'licet', reason: 'sealed with the present LICET_SECRET' });
    expect((await api.call('GET', '/api/v1/session', undefined, { cookie })).status).toBe(200);
  });

  it('does not open where a byte of it is another', () => {
    const seal = api.app.get(Seal);
    const bytes = Buffer.from(seal.close(secret, 'olga'), 'base64url');
    for (let place = 0; place < bytes.length; place++) {
      const spoilt = Buffer.from(bytes);
      spoilt[place]! ^= 1;
      expect(() => seal.open(spoilt.toString('base64url'), 'olga')).toThrow();
    }
  });

  it('is asked for after a right password only, and each code is taken once', async () => {
    const none = await signIn();
    expect([none.status, none.body.code, none.headers['set-cookie']]).toEqual([401, 'second_factor_needed', undefined]);
    expect((await signIn({ password: 'wrong wrong wrong', code: codeNow() })).body.code).toBe('unauthenticated');
    expect((await signIn({ code: taken })).status).toBe(401); // it was taken when the app was set up
    await later();
    const code = codeNow();
    const twice = await Promise.all([signIn({ code }), signIn({ code })]);
    expect(twice.map(({ status }) => status).sort()).toEqual([200, 401]);
    for (const old of ['000000', generateSync({ secret, epoch: Math.floor(Date.now() / 1000) - 120 })]) {
      await later();
      expect((await signIn({ code: old })).body.errors[0].path).toBe('code');
    }
  });

  it('may be replaced by a recovery code, once each', async () => {
    const [first, second] = recovery as [string, string];
    expect((await signIn({ code: first })).status).toBe(200);
    expect((await signIn({ code: first })).status).toBe(401);
    expect((await signIn({ code: ` ${second.toUpperCase().replaceAll('-', ' ')} ` })).status).toBe(200);
    expect(await em().count(RecoveryCode, { user: 'olga' })).toBe(8);
  });

  it('is not got round by a link for a new password', async () => {
    const { body } = await api.call('POST', '/api/v1/operators/olga/link');
    const token = new URLSearchParams(body.link.split('?')[1]).get('token');
    const use = (more: object) => api.call('POST', '/api/v1/session/link', { token, password: PASSWORD, ...more }, { cookie: '' });
    expect((await use({})).body.code).toBe('second_factor_needed');
    expect((await use({ code: '000000' })).body.code).toBe('unauthenticated');
    expect((await use({ code: recovery[2]! })).status).toBe(200);
  });

  it('is taken away by oneself with password and code, or by whoever may change operators and holds as much', async () => {
    cookie = String((await signIn({ code: recovery[3]! })).headers['set-cookie']).split(';')[0]!;
    expect((await own('/remove', { currentPassword: PASSWORD, code: '000000' })).status).toBe(401);
    await later();
    const other = await elsewhere({ code: recovery[4]! });
    expect((await own('/remove', { currentPassword: PASSWORD, code: codeNow() })).status).toBe(204);
    expect([await other(), (await api.call('GET', '/api/v1/session', undefined, { cookie })).status]).toEqual([401, 200]);
    expect([(await signIn()).status, await em().count(RecoveryCode, { user: 'olga' })]).toEqual([200, 0]);
    await later();
    expect((await own('', { currentPassword: PASSWORD, secret, code: codeNow() })).status).toBe(200);
    const patch = async (headers: Record<string, string> = {}) => {
      const { etag } = await api.call('GET', '/api/v1/operators/olga');
      return (await api.call('PATCH', '/api/v1/operators/olga', { secondFactor: false }, { ...headers, 'if-match': etag })).status;
    };
    await api.call('POST', '/api/v1/policy/apply', { file: { licet: 1, roles: { helpdesk: { grants: ['licet.operator:*'] } } } });
    const helpdesk = await api.key('helpdesk', 'helpdesk');
    expect(await patch(helpdesk)).toBe(403);
    expect([await patch(), (await signIn()).status]).toEqual([200, 200]);
  });

  it('is not guessed by whoever has a session and the password', async () => {
    cookie = String((await signIn()).headers['set-cookie']).split(';')[0]!;
    await later();
    expect((await own('', { currentPassword: PASSWORD, secret, code: codeNow() })).status).toBe(200);
    let status = 0;
    for (let turn = 0; turn < 12; turn++) ({ status } = await own('/remove', { currentPassword: PASSWORD, code: '000000' }));
    expect(status).toBe(429);
  });
});
