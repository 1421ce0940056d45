import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { generateSync } from 'otplib';
import { newDatabase, openApi, PASSWORD, type TestApi } from '../../test/api.ts';
import { Browser, peopleOf } from '../../test/browser.ts';
import { type RealProvider, startProvider } from '../../test/identity-providers.ts';
import { addOperator } from '../../test/operators.ts';
import { DATABASES } from '../database/database.module.ts';
import type { Databases } from '../database/orm.ts';
import { OperatorUse, Session } from './operator.entity.ts';

const UNKNOWN = '/#/login?provider=unknown';

describe('sign-in with a provider', () => {
  let provider: RealProvider;
  let api: TestApi;
  let people: ReturnType<typeof peopleOf>;

  beforeAll(async () => {
    provider = await startProvider('http://localhost:4000/api/v1/session/oidc/callback');
    const { settings, remove } = await newDatabase('sqlite');
    const roles = { groups: { 'console-owners': 'licet.owner', readers: 'licet.auditor' } };
    api = await openApi({ ...settings, oidc: { ...provider.settings, roles } }, remove);
    people = peopleOf(api, provider);
    for (const name of ['olga', 'otto', 'dora', 'tom']) await addOperator(api, name);
  });
  afterAll(async () => {
    await api.stop();
    await provider.stop();
  });

  it('says before sign-in that there is one', async () => {
    const { body } = await api.call('GET', '/api/v1/status', undefined, { cookie: '' });
    expect(body.identityProvider).toEqual({ label: 'Test provider' });
  });

  it('is open to whoever has linked an identity', async () => {
    expect(await people.link('olga', 'sub-olga')).toBe('/#/account?provider=linked');
    expect((await people.signIn('sub-olga')).at).toBe('/#/');
  });

  describe('somebody', () => {
    it('who is not linked stays out, whatever name and e-mail address the provider says', async () => {
      const claims = { preferred_username: 'olga', name: 'olga', email: 'olga@example.com', email_verified: true, sub: 'sub-mallory' };
      for (const subject of ['sub-mallory', 'olga', 'SUB-OLGA', 'sub-olga ']) {
        const { browser, at } = await people.signIn(subject, { ...claims, sub: subject });
        expect([subject, at, await browser.user()]).toEqual([subject, UNKNOWN, undefined]);
      }
    });

    it('who is disabled, as an operator or a user, or holds no console role, gets the same answer', async () => {
      expect(await people.link('dora', 'sub-dora')).toBe('/#/account?provider=linked');
      for (const [kind, id] of [['operators', 'dora'], ['users', 'dora']] as const) {
        expect((await people.patch(id, { enabled: false }, kind)).status).toBe(200);
        expect((await people.signIn('sub-dora', { groups: ['console-owners'] })).at).toBe(UNKNOWN);
        await people.patch(id, { enabled: true }, kind);
      }
      const { body } = await api.call('GET', '/api/v1/assignments?user=dora');
      expect(body.items.map(({ role }: { role: string }) => role)).toEqual(['licet.auditor']);
      await api.call('DELETE', `/api/v1/assignments/${body.items[0].id}`, undefined, { 'if-match': '"1"' });
      expect((await people.signIn('sub-dora')).at).toBe(UNKNOWN);
    });

    it('who says no at the provider comes back to a sentence about it', async () => {
      provider.who = { subject: 'sub-olga', denies: true };
      expect(await new Browser(api).signIn()).toBe('/#/login?provider=denied');
    });

    it('who set up a second factor is asked for it all the same', async () => {
      const tom = await people.withPassword('tom');
      const { secret } = (await tom.ask('POST', '/api/v1/session/second-factor/start', {})).body;
      const code = () => generateSync({ secret });
      const em = api.app.get<Databases>(DATABASES).policy.em.fork();
      const later = () => em.nativeUpdate(OperatorUse, { user: 'tom' }, { totpStep: 0 });
      await tom.ask('POST', '/api/v1/session/second-factor', { currentPassword: PASSWORD, secret, code: code() });
      const proof = { currentPassword: PASSWORD };
      expect((await tom.ask('POST', '/api/v1/session/identity', proof)).body.code).toBe('second_factor_needed');
      await later();
      people.is('sub-tom');
      expect(await tom.signIn({ ...proof, code: code() }, '/api/v1/session/identity')).toBe('/#/account?provider=linked');
      const { browser, at } = await people.signIn('sub-tom');
      expect([at, await browser.user()]).toEqual(['/#/login?provider=code', undefined]);
      expect((await browser.ask('POST', '/api/v1/session/oidc/code', { code: '000000' })).body.errors[0].path).toBe('code');
      await later();
      const other = await new Browser(api).ask('POST', '/api/v1/session/oidc/code', { code: code() });
      expect(other.status).toBe(401);
      expect((await browser.ask('POST', '/api/v1/session/oidc/code', { code: code() })).body.user.id).toBe('tom');
      expect(await browser.user()).toBe('tom');
    });
  });

  describe('an invitation', () => {
    it('is taken up by signing in with the provider, once', async () => {
      const token = await people.invite('ines');
      // In a browser in which somebody else is signed in, whose session ends by that.
      const { browser: ines } = await people.signIn('sub-olga');
      const before = new Browser(api);
      for (const [name, value] of ines.cookies) before.cookies.set(name, value);
      for (const cookie of ines.cookies.keys()) if (cookie.startsWith(provider.issuer)) ines.cookies.delete(cookie);
      people.is('sub-ines');
      expect([await before.user(), await ines.signIn({ token }), await ines.user()]).toEqual(['olga', '/#/', 'ines']);
      expect(await before.user()).toBeUndefined();
      const { body } = await api.call('GET', '/api/v1/operators/ines');
      expect(body).toMatchObject({ state: 'active', passwordChangedAt: null, linkExpiresAt: null, identity: { subject: 'sub-ines' } });
      expect(await people.trail('operator-identities', 'ines')).toMatchObject({ actor: 'ines', reason: 'took up the invitation by an identity provider' });
      const again = await new Browser(api).ask('POST', '/api/v1/session/oidc', { token });
      expect([again.status, again.body.code]).toEqual([403, 'forbidden']);
      expect((await people.signIn('sub-ines')).at).toBe('/#/');
    });

    it('is not taken up with an identity of somebody else, and stays good', async () => {
      const token = await people.invite('ivan');
      people.is('sub-olga');
      expect(await new Browser(api).signIn({ token })).toBe('/#/login?provider=taken');
      people.is('sub-ivan');
      const begun = new Browser(api);
      const { body } = await begun.ask('POST', '/api/v1/session/oidc', { token });
      const callback = await begun.atProvider(body.url);
      expect((await api.call('POST', '/api/v1/session/link', { token, password: PASSWORD }, { cookie: '' })).status).toBe(200);
      expect(await begun.comeBack(callback)).toBe(UNKNOWN);
      expect((await people.signIn('sub-ivan')).at).toBe(UNKNOWN);
    });

    it('is no link for a new password, which an identity does not replace', async () => {
      const { body } = await api.call('POST', '/api/v1/operators/otto/link');
      const token = new URLSearchParams(body.link.split('?')[1]).get('token')!;
      const { status, body: said } = await new Browser(api).ask('POST', '/api/v1/session/oidc', { token });
      expect([status, said.detail]).toEqual([403, expect.stringContaining('new password')]);
      expect((await api.call('GET', '/api/v1/operators/otto')).body.identity).toBeNull();
    });

    it('cannot be begun for anybody by another site, nor with a link that is none', async () => {
      for (const [body, headers, status] of [
        [{}, { 'sec-fetch-site': 'cross-site' }, 403],
        [{}, { origin: 'https://evil.example' }, 403],
        [{ token: 'x' }, {}, 403],
        [{ returnTo: '/' }, {}, 400],
      ] as [object, Record<string, string>, number][]) {
        const answer = await new Browser(api).ask('POST', '/api/v1/session/oidc', body, headers);
        expect([answer.status, answer.headers['set-cookie']]).toEqual([status, undefined]);
      }
    });
  });

  describe('a proof of who is there', () => {
    const STEP_UP = '/api/v1/session/step-up/oidc';
    const em = () => api.app.get<Databases>(DATABASES).policy.em.fork();
    const privileged = async (browser: Browser) => (await browser.ask('POST', '/api/v1/session/passkeys/start', {})).status;
    const pass = () => em().nativeUpdate(Session, { user: 'pia' }, { createdAt: new Date(Date.now() - 3_600_000) });
    let pia: Browser;
    beforeAll(async () => {
      const token = await people.invite('pia');
      people.is('sub-pia');
      pia = new Browser(api);
      await pia.signIn({ token });
    });
    beforeEach(pass);

    it('comes from the provider, for whoever has no password, and begins a new session', async () => {
      const before = new Map(pia.cookies);
      expect(await privileged(pia)).toBe(403);
      people.is('sub-pia');
      expect(await pia.signIn({}, STEP_UP)).toBe('/#/proof?provider=proven');
      expect([await privileged(pia), await pia.user()]).toEqual([200, 'pia']);
      const old = new Browser(api);
      for (const [name, value] of before) old.cookies.set(name, value);
      expect(await old.user()).toBeUndefined();
    });

    it('is none of somebody else, whom the provider knows as well', async () => {
      for (const subject of ['sub-olga', 'sub-nobody']) {
        people.is(subject);
        // Whoever was signed in there before is not any more.
        for (const cookie of pia.cookies.keys()) if (cookie.startsWith(provider.issuer)) pia.cookies.delete(cookie);
        expect(await pia.signIn({}, STEP_UP)).toBe('/#/proof?provider=unknown');
        expect([await privileged(pia), await pia.user()]).toEqual([403, 'pia']);
      }
    });

    it('is not taken once the session has ended that asked for it', async () => {
      people.is('sub-pia');
      const { body } = await pia.ask('POST', STEP_UP, {});
      const callback = await pia.atProvider(body.url);
      await em().nativeDelete(Session, { user: 'pia' });
      expect([await pia.comeBack(callback), await pia.user()]).toEqual(['/#/proof?provider=expired', undefined]);
      expect((await people.signIn('sub-pia')).at).toBe('/#/');
    });

    it('cannot be begun without a linked identity, nor without the second factor that was set up', async () => {
      const otto = await people.withPassword('otto');
      expect((await otto.ask('POST', STEP_UP, {})).status).toBe(403);
      const tom = await people.withPassword('tom');
      expect((await tom.ask('POST', STEP_UP, {})).body.code).toBe('second_factor_needed');
      expect((await tom.ask('POST', STEP_UP, { code: '000000' })).body.errors[0].path).toBe('code');
    });
  });

  describe('an unlinked identity', () => {
    it('opens nothing any more: by the operator, who has another way in', async () => {
      const { browser: elsewhere } = await people.signIn('sub-olga');
      const olga = await people.withPassword('olga');
      expect((await olga.ask('POST', '/api/v1/session/identity/remove', { currentPassword: 'wrong' })).status).toBe(400);
      expect((await olga.ask('POST', '/api/v1/session/identity/remove', { currentPassword: PASSWORD })).status).toBe(200);
      expect([await olga.user(), await elsewhere.user()]).toEqual(['olga', undefined]);
      expect((await people.signIn('sub-olga')).at).toBe(UNKNOWN);
      const ottosOther = new Browser(api);
      await ottosOther.ask('POST', '/api/v1/session', { username: 'otto', password: PASSWORD });
      expect(await people.link('otto', 'sub-olga')).toBe('/#/account?provider=linked');
      expect([await ottosOther.user(), await (await people.withPassword('otto')).user()]).toEqual([undefined, 'otto']);
    });

    it('not where it is the only way in', async () => {
      const { browser } = await people.signIn('sub-ines');
      const { status } = await browser.ask('POST', '/api/v1/session/identity/remove', { currentPassword: '' });
      expect([status, (await people.signIn('sub-ines')).at]).toEqual([400, '/#/']);
      expect((await browser.ask('GET', '/api/v1/session/identity')).body).toMatchObject({ identity: { subject: 'sub-ines' }, password: false });
      expect((await browser.ask('POST', '/api/v1/session/identity/remove', { currentPassword: PASSWORD })).status).toBe(400);
    });

    it('by an owner, who ends the sessions with it; not by whoever may not change operators', async () => {
      const { browser } = await people.signIn('sub-ines');
      const { etag } = await api.call('GET', '/api/v1/operators/ines');
      const auditor = await api.key('auditor', 'licet.auditor');
      expect((await api.call('PATCH', '/api/v1/operators/ines', { identity: false }, { ...auditor, 'if-match': etag })).status).toBe(403);
      expect((await people.patch('ines', { identity: false })).body).toMatchObject({ identity: null, state: 'invited' });
      expect([await browser.user(), (await people.signIn('sub-ines')).at]).toEqual([undefined, UNKNOWN]);
      expect(await people.trail('operator-identities', 'ines')).toMatchObject({ actor: 'ana', action: 'delete' });
    });

    it('goes with the operator', async () => {
      const token = await people.invite('gone');
      people.is('sub-gone');
      await new Browser(api).signIn({ token });
      const { etag } = await api.call('GET', '/api/v1/operators/gone');
      expect((await api.call('DELETE', '/api/v1/operators/gone', undefined, { 'if-match': etag })).status).toBe(204);
      expect((await people.signIn('sub-gone')).at).toBe(UNKNOWN);
    });
  });
});
