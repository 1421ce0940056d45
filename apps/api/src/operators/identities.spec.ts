import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DIALECTS, newDatabase, openApi, PASSWORD, type TestApi } from '../../test/api.ts';
import { Browser, peopleOf } from '../../test/browser.ts';
import { type RealProvider, startProvider } from '../../test/identity-providers.ts';
import { addOperator } from '../../test/operators.ts';
import { Changes } from '../changes/changes.service.ts';
import { OperatorIdentity } from './identity.entity.ts';

const UNKNOWN = '/#/login?provider=unknown';

describe.each(DIALECTS)('identities of operators at a provider (%s)', (dialect) => {
  let provider: RealProvider;
  let api: TestApi;
  let people: ReturnType<typeof peopleOf>;

  beforeAll(async () => {
    provider = await startProvider('http://localhost:4000/api/v1/session/oidc/callback');
    const { settings, remove } = await newDatabase(dialect);
    const roles = { groups: { 'console-owners': 'licet.owner', readers: 'licet.auditor' } };
    api = await openApi({ ...settings, oidc: { ...provider.settings, roles } }, remove);
    people = peopleOf(api, provider);
    for (const name of ['olga', 'otto']) await addOperator(api, name);
  });
  afterAll(async () => {
    await api.stop();
    await provider.stop();
  });

  describe('an identity', () => {
    it('is linked by whoever is signed in and knows the password', async () => {
      people.is('sub-olga');
      const olga = await people.withPassword('olga');
      const wrong = await olga.ask('POST', '/api/v1/session/identity', { currentPassword: 'wrong' });
      expect([wrong.status, wrong.body.errors[0].path]).toEqual([400, 'currentPassword']);
      expect(await olga.signIn({ currentPassword: PASSWORD }, '/api/v1/session/identity')).toBe('/#/account?provider=linked');
      const identity = { issuer: provider.issuer, subject: 'sub-olga', linkedAt: expect.any(String) };
      expect((await olga.ask('GET', '/api/v1/session/identity')).body).toEqual({ identity, password: true, passkeys: 0 });
      expect((await api.call('GET', '/api/v1/operators/olga')).body.identity).toEqual(identity);
      const entry = await people.trail('operator-identities', 'olga');
      expect(entry).toMatchObject({ actor: 'olga', via: 'console', action: 'create', reason: 'linked the own identity' });
      expect(entry.after).toEqual({ user: 'olga', issuer: provider.issuer, subject: 'sub-olga', assignments: [] });
    });

    it('signs its operator in from then on, with a new session that no other site can use', async () => {
      const { browser, at } = await people.signIn('sub-olga');
      expect(at).toBe('/#/');
      expect(await browser.user()).toBe('olga');
      const before = new Map(browser.cookies);
      people.is('sub-olga');
      expect(await browser.signIn()).toBe('/#/');
      expect(browser.cookies.get('the api licet_session')).not.toBe(before.get('the api licet_session'));
      const old = await api.call('GET', '/api/v1/session', undefined, { cookie: `licet_session=${before.get('the api licet_session')}` });
      expect(old.status).toBe(401);
      expect([...browser.cookies.keys()].filter((key) => key.startsWith('the api'))).toEqual(['the api licet_session', 'the api licet_browser']);
    });

    it('belongs to one operator, and an operator has one', async () => {
      expect(await people.link('otto', 'sub-olga')).toBe('/#/account?provider=taken');
      expect((await api.call('GET', '/api/v1/operators/otto')).body.identity).toBeNull();
      const second = await (await people.withPassword('olga')).ask('POST', '/api/v1/session/identity', { currentPassword: PASSWORD });
      expect([second.status, second.body.code]).toEqual([409, 'already_exists']);
    });

    it('is not linked once the session that asked for it has ended', async () => {
      people.is('sub-otto');
      const otto = new Browser(api);
      await otto.ask('POST', '/api/v1/session', { username: 'otto', password: PASSWORD });
      const { body } = await otto.ask('POST', '/api/v1/session/identity', { currentPassword: PASSWORD });
      const callback = await otto.atProvider(body.url);
      const cookies = new Map(otto.cookies);
      await otto.ask('DELETE', '/api/v1/session');
      for (const [name, value] of cookies) otto.cookies.set(name, value);
      expect(await otto.comeBack(callback)).toBe('/#/account?provider=expired');
      expect((await people.signIn('sub-otto')).at).toBe(UNKNOWN);
    });

    it('cannot be linked by anybody for somebody else, nor by an API key', async () => {
      const key = await api.key('owner-key', 'licet.owner');
      const { status } = await api.call('POST', '/api/v1/session/identity', { currentPassword: PASSWORD }, key);
      expect(status).toBe(403);
      expect((await people.patch('otto', { identity: { issuer: provider.issuer, subject: 'sub-eve' } })).status).toBe(400);
      const row = { user: 'otto', issuer: provider.issuer, subject: 'sub-eve', assignments: [] };
      const commit = api.app.get(Changes).commit({ id: 'ana', via: 'console' }, { reason: '' }, async (em) => void em.create(OperatorIdentity, row));
      await expect(commit).rejects.toMatchObject({ code: 'forbidden' });
    });
  });

  it('comes back once, whichever process it comes to', async () => {
    people.is('sub-olga');
    const browser = new Browser(api);
    const { body } = await browser.ask('POST', '/api/v1/session/oidc', {});
    const callback = await browser.atProvider(body.url);
    const twice = await Promise.all([browser.comeBack(callback), browser.comeBack(callback)]);
    expect(twice.sort()).toEqual(['/#/', '/#/login?provider=expired']);
  });

  describe('roles by a claim', () => {
    const rolesOf = async (user: string) => {
      const { body } = await api.call('GET', `/api/v1/assignments?user=${user}&sort=role&order=asc`);
      return body.items.map(({ role, tenant }: { role: string; tenant: string }) => `${role} in ${tenant}`);
    };
    let key = '';

    it('make an operator at the first sign-in, under a key that nobody chose at the provider', async () => {
      const { browser, at } = await people.signIn('sub-new', { groups: ['others', 'readers'], name: 'Nora', preferred_username: 'olga' });
      key = (await browser.user())!;
      expect([at, key]).toEqual(['/#/', expect.stringMatching(/^oidc-[0-9a-f]{24}$/)]);
      expect(await rolesOf(key)).toEqual(['licet.auditor in *']);
      expect((await api.call('GET', `/api/v1/operators/${key}`)).body).toMatchObject({ name: 'Nora', state: 'active' });
      const [entry] = (await api.call('GET', `/api/v1/audit-entries?kind=assignments&revision=${(await people.trail('operators', key)).revision}`)).body.items;
      expect(entry).toMatchObject({ via: 'system', reason: 'signed in by an identity provider' });
      expect(entry.after).toMatchObject({ user: key, reason: 'the identity provider says groups: readers' });
    });

    it('follow the claim at each sign-in, and what others assigned stays', async () => {
      await api.create('assignments', { user: key, role: 'licet.developer', tenant: '*' });
      expect((await people.signIn('sub-new', { groups: 'console-owners' })).at).toBe('/#/');
      expect(await rolesOf(key)).toEqual(['licet.developer in *', 'licet.owner in *']);
      expect((await people.signIn('sub-new', { groups: ['readers', 'console-owners'] })).at).toBe('/#/');
      expect(await rolesOf(key)).toEqual(['licet.auditor in *', 'licet.developer in *', 'licet.owner in *']);
      expect((await people.signIn('sub-new', { groups: [] })).at).toBe('/#/');
      expect(await rolesOf(key)).toEqual(['licet.developer in *']);
      const before = (await api.call('GET', '/api/v1/changes?perPage=1')).body.items[0].revision;
      expect((await people.signIn('sub-new')).at).toBe('/#/');
      expect((await api.call('GET', '/api/v1/changes?perPage=1')).body.items[0].revision).toBe(before);
    });

    it('come by the table of the settings, never by a name that is the same', async () => {
      for (const groups of [['licet.owner'], ['Readers'], ['__proto__', 'constructor'], [['readers']], { readers: true }, 'reader']) {
        expect([groups, (await people.signIn('sub-fresh', { groups })).at]).toEqual([groups, UNKNOWN]);
      }
      expect((await people.signIn('sub-fresh', { roles: ['readers'] })).at).toBe(UNKNOWN);
    });

    it('let nobody in again who was unlinked or disabled here', async () => {
      expect((await people.patch(key, { enabled: false })).status).toBe(200);
      expect((await people.signIn('sub-new', { groups: ['readers'] })).at).toBe(UNKNOWN);
      await people.patch(key, { enabled: true });
      expect((await people.signIn('sub-new', { groups: ['readers'] })).at).toBe('/#/');
      expect((await people.patch(key, { identity: false })).status).toBe(200);
      expect(await rolesOf(key)).toEqual(['licet.developer in *']);
      expect((await people.signIn('sub-new', { groups: ['readers'] })).at).toBe(UNKNOWN);
    });
  });
});
