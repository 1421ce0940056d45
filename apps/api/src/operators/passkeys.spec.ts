import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DIALECTS, PASSWORD, startApi, type TestApi } from '../../test/api.ts';
import { Authenticator, Browser, type Otherwise } from '../../test/authenticator.ts';
import { addOperator } from '../../test/operators.ts';
import { SYSTEM } from '../access/access.ts';
import { Changes } from '../changes/changes.service.ts';
import { DATABASES } from '../database/database.module.ts';
import type { Databases } from '../database/orm.ts';
import { OperatorIdentity } from './identity.entity.ts';
import { Operator, RecoveryCode } from './operator.entity.ts';
import { OperatorPasskey } from './passkey.entity.ts';

const stranger = () => new Authenticator();

describe.each(DIALECTS)('a passkey (%s)', (dialect) => {
  let api: TestApi;
  let olga: Browser;
  let phone: Authenticator;
  let verasKey: Authenticator;
  let recovery: string[];
  const em = () => api.app.get<Databases>(DATABASES).policy.em.fork();
  const operator = async (id: string) => (await api.call('GET', `/api/v1/operators/${id}`)).body;
  const patch = async (id: string, body: object, headers: Record<string, string> = {}) => {
    const { etag } = await api.call('GET', `/api/v1/operators/${id}`);
    return (await api.call('PATCH', `/api/v1/operators/${id}`, body, { ...headers, 'if-match': etag })).status;
  };
  /** What stands in an answer besides the request's number. */
  const said = ({ status, body }: { status: number; body: Record<string, unknown> }) => ({ status, ...body, requestId: undefined });

  beforeAll(async () => {
    api = await startApi(dialect);
    [phone, verasKey, olga] = [new Authenticator(), new Authenticator(), new Browser(api)];
    for (const id of ['olga', 'vera']) await addOperator(api, id);
    await olga.signIn('olga', PASSWORD);
    const vera = new Browser(api);
    await vera.signIn('vera', PASSWORD);
    expect((await vera.addPasskey(verasKey, 'key ring')).status).toBe(201);
  });
  afterAll(() => api.stop());

  it('is made in a browser that is signed in, and brings recovery codes where it is the first second factor', async () => {
    const start = await olga.call('POST', 'session/passkeys/start');
    expect(start.body).toMatchObject({
      rp: { id: 'localhost' },
      attestation: 'none',
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    });
    const elsewhere = new Browser(api);
    await elsewhere.signIn('olga', PASSWORD);
    const made = await olga.addPasskey(phone, ' phone ');
    expect([await elsewhere.call('GET', 'session'), await olga.call('GET', 'session')].map(({ status }) => status)).toEqual([401, 200]);
    expect([made.status, made.body.passkey]).toEqual([201, expect.objectContaining({ name: 'phone', backedUp: true, lastUsedAt: null })]);
    recovery = made.body.recoveryCodes;
    expect([recovery.length, await em().count(RecoveryCode, { user: 'olga' })]).toEqual([10, 10]);
    const second = await olga.addPasskey(new Authenticator(), 'key ring');
    expect([second.status, second.body.recoveryCodes]).toEqual([201, undefined]);
    expect([(await operator('olga')).passkeys, (await olga.call('GET', 'session')).body.passkeys]).toEqual([2, 2]);
    const again = await olga.call('PATCH', `session/passkeys/${second.body.passkey.id}`, { name: 'blue key' });
    expect([again.status, (await olga.call('GET', 'session/passkeys')).body.items.map(({ name }: { name: string }) => name)]).toEqual([
      200,
      ['phone', 'blue key'],
    ]);
    const trail = (await api.call('GET', '/api/v1/audit-entries?kind=operators&target=olga')).body.items[1];
    expect(trail).toMatchObject({
      actor: 'olga',
      reason: 'added the own passkey “phone”',
      before: { passkeys: 0 },
      after: { passkeys: 1 },
    });
    expect(JSON.stringify(trail)).not.toContain(phone.id);
  });

  it.each<[string, Otherwise]>([
    ['for another origin', { origin: 'http://localhost:4001' }],
    ['for a name that begins as ours', { origin: 'http://localhost:4000.example.org' }],
    ['for another domain', { rpID: 'example.org' }],
    ['without finger, face or PIN', { verified: false }],
    ['of a signature', { type: 'webauthn.get' }],
  ])('is not kept that was made %s', async (_what, otherwise) => {
    const made = await olga.addPasskey(new Authenticator(), 'x', otherwise);
    expect([made.status, made.body.errors[0].path, (await operator('olga')).passkeys]).toEqual([400, 'passkey', 2]);
  });

  it('is not kept that was made under a challenge for something or somebody else, or one that was used', async () => {
    const keep = (passkey: object, browser = olga) => browser.call('POST', 'session/passkeys', { name: 'x', passkey });
    const made = new Authenticator().make({ rp: { id: 'localhost' }, user: { id: 'x' }, challenge: 'x' });
    const make = async (browser: Browser, path: string) => {
      const { body } = await browser.call('POST', path);
      return new Authenticator().make({ rp: { id: 'localhost' }, user: { id: 'x' }, ...body });
    };
    expect((await keep(made)).status).toBe(400);
    expect((await keep(await make(olga, 'session/passkey/start'))).status).toBe(400);
    const vera = new Browser(api);
    await vera.signInWith(verasKey);
    expect((await keep(await make(vera, 'session/passkeys/start'))).status).toBe(400);
    // The same browser, in which somebody else has signed in meanwhile.
    const verasNew = await make(vera, 'session/passkeys/start');
    await vera.signIn('ana', PASSWORD);
    expect((await keep(verasNew, vera)).status).toBe(400);
    const { body } = await olga.call('POST', 'session/passkeys/start');
    const [challenge] = olga.cookies.get('licet_passkey')!.split(';');
    const third = new Authenticator();
    const wanted = third.make(body);
    const kept = await keep(wanted);
    olga.cookies.set('licet_passkey', challenge!);
    expect([kept.status, (await keep(wanted)).status]).toEqual([201, 400]);
    expect((await olga.addPasskey(third, 'twice')).body.code).toBe('already_exists');
    expect((await olga.call('DELETE', `session/passkeys/${kept.body.passkey.id}`)).status).toBe(204);
  });

  it('signs in by itself, and asks the same of everybody', async () => {
    const [browser, other] = [new Browser(api), new Browser(api)];
    const starts = [await browser.call('POST', 'session/passkey/start'), await other.call('POST', 'session/passkey/start')];
    for (const { body } of starts) {
      expect(body).toEqual({ challenge: expect.any(String), rpId: 'localhost', timeout: 300_000, userVerification: 'required' });
    }
    expect(starts[0]!.body.challenge).not.toBe(starts[1]!.body.challenge);
    expect(String(starts[0]!.headers['set-cookie'])).toMatch(/^licet_passkey=[\w-]+; Max-Age=300; Path=\/; HttpOnly; SameSite=Strict$/);
    const done = await browser.signInWith(phone);
    expect([done.status, done.body.user.id, (await browser.call('GET', 'session')).status]).toEqual([200, 'olga', 200]);
    const [used] = (await browser.call('GET', 'session/passkeys')).body.items;
    expect(Date.now() - Date.parse(used.lastUsedAt)).toBeLessThan(60_000);
  });

  it.each<[string, () => Otherwise]>([
    ['for another origin', () => ({ origin: 'http://localhost:4001' })],
    ['for a name that begins as ours', () => ({ origin: 'http://localhost:4000.example.org' })],
    ['for another domain', () => ({ rpID: 'example.org' })],
    ['without finger, face or PIN', () => ({ verified: false })],
    ['as if a passkey were made', () => ({ type: 'webauthn.create' })],
    ['with the key of somebody else', () => ({ key: verasKey.key })],
    ['in the name of somebody else', () => ({ userHandle: verasKey.userHandle })],
    ['without saying whose it is', () => ({ userHandle: null })],
    ['under a name that nobody knows', () => ({ id: stranger().id })],
  ])('is refused that signs %s, in the same words', async (_what, otherwise) => {
    const browser = new Browser(api);
    const refused = await browser.signInWith(phone, otherwise());
    expect([said(refused), browser.cookies.size]).toEqual([said(await new Browser(api).signInWith(stranger())), 0]);
    expect(refused.status).toBe(401);
  });

  it('is another way in besides an identity at a provider: it unlinks that, and no link takes another in its place', async () => {
    const [iris, key] = [new Browser(api), new Authenticator()];
    await addOperator(api, 'iris');
    await iris.signIn('iris', PASSWORD);
    await iris.addPasskey(key, 'key');
    // As of somebody who took up an invitation at the provider, and has never had a password.
    await em().nativeUpdate(Operator, { user: 'iris' }, { passwordHash: '', passwordChangedAt: null });
    await em().insert(OperatorIdentity, {
      user: 'iris',
      issuer: 'https://id.example',
      subject: 'sub-iris',
      assignments: [],
      createdAt: new Date(),
    });
    const own = async () => (await iris.call('GET', 'session/identity')).body;
    expect(await own()).toMatchObject({ identity: { subject: 'sub-iris' }, password: false, passkeys: 1 });
    const link = new URLSearchParams((await api.call('POST', '/api/v1/operators/iris/link')).body.link.split('?')[1]);
    const taken = await new Browser(api).call('POST', 'session/oidc', { token: link.get('token') });
    expect([taken.status, taken.body.detail]).toEqual([403, expect.stringContaining('new password')]);
    const remove = async (by: Authenticator) =>
      (await iris.call('POST', 'session/identity/remove', { passkey: await iris.signed(by) })).status;
    expect([await remove(verasKey), (await own()).identity.subject]).toEqual([401, 'sub-iris']);
    expect([await remove(key), (await own()).identity, (await operator('iris')).state]).toEqual([200, null, 'active']);
    expect((await new Browser(api).signInWith(key)).status).toBe(200);
    const [row] = (await iris.call('GET', 'session/passkeys')).body.items;
    expect((await iris.call('DELETE', `session/passkeys/${row.id}`)).body.code).toBe('still_in_use');
  });

  it('whose counter does not rise is refused, and the log says so', async () => {
    const counting = new Authenticator();
    counting.counter = 5;
    await olga.addPasskey(counting, 'counting key');
    const tries = [];
    for (const counter of [6, 6, 3, 0, 4_000_000_000]) tries.push((await new Browser(api).signInWith(counting, { counter })).status);
    expect(tries).toEqual([200, 401, 401, 401, 200]);
    const { body } = await api.call('GET', '/api/v1/security-events?event=passkey-copied');
    expect(body.items).toEqual([expect.objectContaining({ outcome: 'refused', actor: 'olga', target: expect.any(String), count: 3 })]);
  });

  it('may be tried ten times in five minutes, and nobody is shut out by what others try', async () => {
    const made = stranger();
    const tries = [];
    for (let n = 0; n < 12; n++) tries.push((await new Browser(api).signInWith(made)).status);
    expect(tries).toEqual([...Array<number>(10).fill(401), 429, 429]);
    expect((await new Browser(api).signInWith(phone)).status).toBe(200);
  });

  it('makes the password alone too little: a recovery code goes with it, or the passkey', async () => {
    const browser = new Browser(api);
    expect((await browser.signIn('olga', PASSWORD)).body).toMatchObject({
      code: 'second_factor_needed',
      detail: expect.stringContaining('a passkey'),
    });
    expect((await browser.signIn('olga', PASSWORD, { code: '123456' })).status).toBe(401);
    expect((await browser.signIn('olga', PASSWORD, { code: recovery[0] })).status).toBe(200);
    const link = async () =>
      new URLSearchParams((await api.call('POST', '/api/v1/operators/olga/link')).body.link.split('?')[1]).get('token');
    const use = async (from: Browser) => from.call('POST', 'session/link', { token: await link(), password: PASSWORD });
    expect((await use(new Browser(api))).body.code).toBe('second_factor_needed');
    const vera = new Browser(api);
    await vera.signInWith(verasKey);
    expect((await use(vera)).body.code).toBe('second_factor_needed');
    await olga.signInWith(phone);
    expect((await use(olga)).status).toBe(200);
  });

  it('of an operator who is disabled, or has no role in the console, is refused in the same words', async () => {
    await addOperator(api, 'otto');
    const [otto, key] = [new Browser(api), new Authenticator()];
    await otto.signIn('otto', PASSWORD);
    await otto.addPasskey(key, 'key');
    const unknown = said(await new Browser(api).signInWith(stranger()));
    expect(await patch('otto', { enabled: false })).toBe(200);
    expect(said(await new Browser(api).signInWith(key))).toEqual(unknown);
    expect(await patch('otto', { enabled: true })).toBe(200);
    expect((await new Browser(api).signInWith(key)).status).toBe(200);
    const [role] = (await api.call('GET', '/api/v1/assignments?user=otto')).body.items;
    await api.call('DELETE', `/api/v1/assignments/${role.id}`, undefined, { 'if-match': `"${role.version}"` });
    expect(said(await new Browser(api).signInWith(key))).toEqual(unknown);
  });

  it('that is removed is none, and nobody removes or names those of others here', async () => {
    const spare = new Authenticator();
    const { body } = await olga.addPasskey(spare, 'spare');
    const at = `session/passkeys/${body.passkey.id}`;
    const vera = new Browser(api);
    await vera.signInWith(verasKey);
    expect([(await vera.call('DELETE', at)).status, (await vera.call('PATCH', at, { name: 'mine' })).status]).toEqual([404, 404]);
    expect((await vera.call('DELETE', 'session/passkeys/%00')).status).toBe(404);
    expect((await new Browser(api).signInWith(spare)).status).toBe(200);
    expect((await olga.call('DELETE', at)).status).toBe(204);
    expect([(await new Browser(api).signInWith(spare)).status, (await new Browser(api).signInWith(phone)).status]).toEqual([401, 200]);
  });

  it('stays where it is the only way in', async () => {
    const vera = new Browser(api);
    await vera.signInWith(verasKey);
    const [{ id }] = (await vera.call('GET', 'session/passkeys')).body.items;
    const setPassword = (passwordHash: string) =>
      api.app.get(Changes).commit(SYSTEM, { reason: 'test' }, async (em) => {
        (await em.findOneOrFail(Operator, { user: 'vera' })).passwordHash = passwordHash;
      });
    const { passwordHash } = await em().findOneOrFail(Operator, { user: 'vera' });
    await setPassword('');
    expect((await vera.call('DELETE', `session/passkeys/${id}`)).body.code).toBe('still_in_use');
    await setPassword(passwordHash);
    expect((await vera.call('DELETE', `session/passkeys/${id}`)).status).toBe(204);
    expect([(await new Browser(api).signIn('vera', PASSWORD)).status, await em().count(RecoveryCode, { user: 'vera' })]).toEqual([200, 0]);
  });

  it('is taken away with the rest of the second factor by whoever may change operators and holds as much', async () => {
    await api.call('POST', '/api/v1/policy/apply', { file: { licet: 1, roles: { helpdesk: { grants: ['licet.operator:*'] } } } });
    expect(await patch('olga', { secondFactor: false }, await api.key('helpdesk', 'helpdesk'))).toBe(403);
    expect([await patch('olga', { secondFactor: false }), (await operator('olga')).passkeys]).toEqual([200, 0]);
    expect([await em().count(OperatorPasskey, { user: 'olga' }), await em().count(RecoveryCode, { user: 'olga' })]).toEqual([0, 0]);
    expect([(await new Browser(api).signInWith(phone)).status, (await new Browser(api).signIn('olga', PASSWORD)).status]).toEqual([
      401, 200,
    ]);
    const [{ before, after }] = (await api.call('GET', '/api/v1/audit-entries?kind=operators&target=olga')).body.items;
    expect([before.passkeys > 0, after.passkeys]).toEqual([true, 0]);
  });

  it('is for people: an API key has none', async () => {
    const key = await api.key('robot', 'licet.owner');
    for (const [method, path] of [
      ['GET', 'passkeys'],
      ['POST', 'passkeys/start'],
      ['POST', 'passkeys'],
    ] as const)
      // prettier-ignore
      expect((await api.call(method, `/api/v1/session/${path}`, method === 'GET' ? undefined : {}, key)).status).toBe(403);
  });
});
