import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer } from 'node:net';
import type { LicetError } from '@licet/contract';
import { inject, newDatabase, openApi, PASSWORD, type TestApi } from '../../test/api.ts';
import { Browser } from '../../test/browser.ts';
import { writeCertificate } from '../../test/certificate.ts';
import { CLIENT, jwt, type RealProvider, type SpoiltProvider, startProvider, startSpoiltProvider } from '../../test/identity-providers.ts';
import { isPublicAddress } from '../http/public-address.ts';
import { IdentityProvider } from './oidc.provider.ts';

const HERE = 'https://licet.example';
const UNKNOWN = '/#/login?provider=unknown';

describe('sign-in with an identity provider', () => {
  let provider: RealProvider;
  let api: TestApi;
  const is = (subject: string) => void (provider.who = { subject });

  beforeAll(async () => {
    provider = await startProvider(`${HERE}/api/v1/session/oidc/callback`);
    await provider.stop();
    const { settings, remove } = await newDatabase('sqlite');
    api = await openApi({ ...settings, publicUrl: HERE, oidc: provider.settings }, remove);
  });
  afterAll(async () => {
    await api.stop();
    await provider.stop();
  });

  const begun = async (subject: string) => {
    is(subject);
    const browser = new Browser(api);
    const { body } = await browser.ask('POST', '/api/v1/session/oidc', {});
    return { browser, url: new URL(body.url), callback: await browser.atProvider(body.url) };
  };

  describe('while the provider is away', () => {
    it('fails alone: the api starts, passwords work, and the provider is asked anew', async () => {
      const start = await new Browser(api).ask('POST', '/api/v1/session/oidc', {});
      expect([start.status, start.body.code, start.headers['set-cookie']]).toEqual([503, 'unavailable', undefined]);
      const ana = new Browser(api);
      expect((await ana.ask('POST', '/api/v1/session', { username: 'ana', password: PASSWORD })).status).toBe(200);
      provider = await startProvider(`${HERE}/api/v1/session/oidc/callback`, Number(new URL(provider.issuer).port));
      is('sub-ana');
      expect(await ana.signIn({ currentPassword: PASSWORD }, '/api/v1/session/identity')).toBe('/#/account?provider=linked');
    });

    it('is taken for away where its certificate is not trusted, and is asked nothing', async () => {
      const asked: string[] = [];
      const { cert, key } = writeCertificate(api.settings.dataDir);
      const files = { cert: readFileSync(cert), key: readFileSync(key) };
      const server = createTlsServer(files, ({ url }, response) => {
        asked.push(url!);
        response.end('{}');
      });
      await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
      const issuer = `https://localhost:${(server.address() as AddressInfo).port}`;
      const warned = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
      const other = new IdentityProvider({ ...api.settings, oidc: { ...provider.settings, issuer } });
      expect(await other.begin().catch(({ code }: LicetError) => code)).toBe('unavailable');
      expect([asked, String(warned.mock.calls[0])]).toEqual([[], expect.stringContaining('self-signed certificate')]);
      warned.mockRestore();
      server.close();
    });

    it('says so to whoever comes back from it', async () => {
      const { browser, callback } = await begun('sub-ana');
      await provider.stop();
      expect(await browser.comeBack(callback)).toBe('/#/login?provider=unavailable');
      provider = await startProvider(`${HERE}/api/v1/session/oidc/callback`, Number(new URL(provider.issuer).port));
    });
  });

  describe('what comes back from the provider', () => {
    it('is asked for with code, PKCE, state and nonce, and a cookie that no other host can set', async () => {
      const { browser, url, callback } = await begun('sub-ana');
      const { headers } = await browser.ask('POST', '/api/v1/session/oidc', {});
      expect(headers['set-cookie']).toMatch(/^__Host-licet_provider=[^;]+; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
      const asked = Object.fromEntries(url.searchParams);
      expect(asked).toMatchObject({ response_type: 'code', code_challenge_method: 'S256', scope: 'openid', client_id: 'licet' });
      for (const random of ['state', 'nonce', 'code_challenge']) expect(asked[random]!.length).toBeGreaterThanOrEqual(43);
      expect(asked['redirect_uri']).toBe(`${HERE}/api/v1/session/oidc/callback`);
      expect(callback).toContain(`iss=${encodeURIComponent(provider.issuer)}`);
    });

    it('is taken for ten minutes', async () => {
      const [inTime, late] = [await begun('sub-ana'), await begun('sub-ana')];
      const clock = jest.spyOn(Date, 'now');
      const now = Date.now();
      clock.mockReturnValue(now + 9 * 60_000);
      expect(await inTime.browser.comeBack(inTime.callback)).toBe('/#/');
      clock.mockReturnValue(now + 10 * 60_000);
      expect(await late.browser.comeBack(late.callback)).toBe('/#/login?provider=expired');
      clock.mockRestore();
    });

    it('is taken once', async () => {
      const { browser, callback } = await begun('sub-ana');
      const cookies = new Map(browser.cookies);
      expect(await browser.comeBack(callback)).toBe('/#/');
      expect(await browser.comeBack(callback)).toBe('/#/login?provider=expired');
      const again = new Browser(api);
      for (const [name, value] of cookies) again.cookies.set(name, value);
      const both = await Promise.all([again.comeBack(callback), again.comeBack(callback)]);
      expect([both, await again.user()]).toEqual([['/#/login?provider=expired', '/#/login?provider=expired'], undefined]);
    });

    it('is taken in the browser that set out alone', async () => {
      const attacker = await begun('sub-ana');
      const victim = await begun('sub-otto');
      for (const browser of [victim.browser, new Browser(api)]) {
        expect(await browser.comeBack(attacker.callback)).toBe('/#/login?provider=expired');
        expect(await browser.user()).toBeUndefined();
      }
      // What somebody else sent has not spoilt what the victim had begun.
      expect(await victim.browser.comeBack(victim.callback)).toBe(UNKNOWN);
    });

    it('has the code of this sign-in, not one that was put in its place', async () => {
      const [attacker, victim] = [await begun('sub-ana'), await begun('sub-otto')];
      const [theirs, mine] = [attacker, victim].map(({ callback }) => new URLSearchParams(callback.split('?')[1]));
      mine!.set('code', theirs!.get('code')!);
      expect(await victim.browser.comeBack(`/api/v1/session/oidc/callback?${mine!.toString()}`)).toBe('/#/login?provider=refused');
      expect(await victim.browser.user()).toBeUndefined();
    });

    it.each([
      ['another issuer', (query: URLSearchParams) => query.set('iss', 'https://other.example')],
      ['no issuer, where the provider says that it names itself', (query: URLSearchParams) => query.delete('iss')],
      ['two codes', (query: URLSearchParams) => query.append('code', 'x')],
      ['two states', (query: URLSearchParams) => query.append('state', 'x')],
      ['no code', (query: URLSearchParams) => query.delete('code')],
    ])('is refused with %s', async (_name, spoil) => {
      const { browser, callback } = await begun('sub-ana');
      const query = new URLSearchParams(callback.split('?')[1]);
      spoil(query);
      expect(await browser.comeBack(`/api/v1/session/oidc/callback?${query.toString()}`)).toBe('/#/login?provider=refused');
      expect(await browser.user()).toBeUndefined();
    });

    it('leads to a page of the console and nowhere else', async () => {
      const { browser, callback } = await begun('sub-ana');
      const forged = { host: 'evil.example', 'x-forwarded-host': 'evil.example', origin: 'https://evil.example' };
      const targets = '&redirect_uri=https://evil.example&returnTo=//evil.example&next=https://evil.example';
      const { headers } = await browser.ask('GET', callback + targets, undefined, forged);
      expect(headers['location']).toBe(`${HERE}/#/`);
      for (const url of ['/api/v1/session/oidc/callback', `/api/v1/session/oidc/callback?error=x${targets}`]) {
        const answer = await inject(api, { method: 'GET', url, headers: forged });
        expect([answer.statusCode, answer.headers.location]).toEqual([302, `${HERE}/#/login?provider=expired`]);
      }
    });
  });

  describe('a provider that is spoilt, or somebody who stands in its place', () => {
    let spoilt: SpoiltProvider;
    let heard = 0;
    const inside = createServer((socket) => {
      heard++;
      socket.destroy();
    });
    beforeAll(async () => {
      spoilt = await startSpoiltProvider();
      await new Promise<void>((resolve) => inside.listen(0, resolve));
    });
    afterAll(async () => {
      await spoilt.stop();
      await new Promise<void>((resolve) => inside.close(() => resolve()));
    });

    const now = () => Math.floor(Date.now() / 1000);
    type Make = (claims: object) => string;
    const signed: Make = (claims) => jwt({ alg: 'RS256', kid: 'one' }, claims, spoilt.key);
    /** What becomes of a sign-in for which the provider gives this ID token. */
    const outcome = async (more: object = {}, make = signed, maxAge?: number, demand = {}) => {
      const client = new IdentityProvider({ ...api.settings, oidc: { ...spoilt.settings, demand } });
      const { expected } = await client.begin(maxAge);
      const { state, nonce } = expected;
      const claims = { iss: spoilt.issuer, aud: CLIENT.id, sub: 'sub-ana', nonce, iat: now(), exp: now() + 60, ...more };
      spoilt.idToken = make(claims);
      const who = await client.finish(new URLSearchParams({ code: 'c', state }).toString(), expected);
      return typeof who === 'string' ? who : `${who.subject} of ${who.issuer}`;
    };
    const spoil = (what: Partial<Pick<SpoiltProvider, 'answers' | 'metadata'>>) => Object.assign(spoilt, { answers: {}, metadata: {}, asked: [], ...what });

    it('is believed while all is as it should be', async () => {
      expect(await outcome()).toBe(`sub-ana of ${spoilt.issuer}`);
      expect(await outcome({ aud: [CLIENT.id] })).toBe(`sub-ana of ${spoilt.issuer}`);
    });

    it.each([
      ['the nonce of another sign-in', () => ({ nonce: 'x'.repeat(43) })],
      ['no nonce', () => ({ nonce: undefined })],
      ['another audience', () => ({ aud: 'another' })],
      ['a further audience', () => ({ aud: [CLIENT.id, 'another'], azp: CLIENT.id })],
      ['another authorized party', () => ({ azp: 'another', aud: [CLIENT.id, 'another'] })],
      ['no audience', () => ({ aud: undefined })],
      ['another issuer', () => ({ iss: 'https://other.example' })],
      ['nearly the issuer', () => ({ iss: `${spoilt.issuer}/` })],
      ['an end that has passed', () => ({ exp: now() - 60 })],
      ['no end', () => ({ exp: undefined })],
      ['a beginning that is to come', () => ({ nbf: now() + 600 })],
      ['no subject', () => ({ sub: undefined })],
      ['an empty subject', () => ({ sub: '' })],
      ['a subject that is no text', () => ({ sub: ['sub-ana'] })],
    ])('is refused with %s', async (_name, claims: () => object) => {
      expect(await outcome(claims())).toBe('refused');
    });

    it('proves nothing anew where it does not say that somebody signed in there just now', async () => {
      expect(await outcome({ auth_time: now() - 5 }, signed, 60)).toBe(`sub-ana of ${spoilt.issuer}`);
      for (const claims of [{}, { auth_time: now() - 600 }, { auth_time: '0' }]) expect(await outcome(claims, signed, 60)).toBe('refused');
    });

    it('signs nobody in who did not sign in there as it is demanded, and asks for `acr`', async () => {
      spoil({});
      const demand = { acr: ['gold', 'silver'], amr: ['mfa', 'hwk'] };
      const is = async (acr: unknown, amr: unknown) => (await outcome({ acr, amr }, signed, undefined, demand)).split(' ')[0];
      for (const amr of [['pwd', 'mfa'], 'hwk']) expect(await is('gold', amr)).toBe('sub-ana');
      for (const amr of [['pwd'], ['MFA', 'mfa '], 'pwd mfa', undefined, [true, { mfa: 1 }, null]]) expect(await is('gold', amr)).toBe('lacking');
      for (const acr of ['bronze', undefined]) expect(await is(acr, ['mfa'])).toBe('lacking');
      const { url } = await new IdentityProvider({ ...api.settings, oidc: { ...spoilt.settings, demand } }).begin();
      expect(new URL(url).searchParams.get('acr_values')).toBe('gold silver');
    });

    const { privateKey: foreign } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const as = (header: { alg: string; kid?: string }, key: () => SpoiltProvider['key'] | string): Make => (claims) => jwt(header, claims, key());
    const pem = () => createPublicKey(spoilt.key).export({ format: 'pem', type: 'spki' }).toString();
    it.each([
      ['by another key', as({ alg: 'RS256', kid: 'one' }, () => foreign)],
      ['by a key that the provider does not have', as({ alg: 'RS256', kid: 'two' }, () => foreign)],
      ['not at all', as({ alg: 'none' }, () => '')],
      ['with the client secret', as({ alg: 'HS256' }, () => CLIENT.secret)],
      ['with the public key as a secret', as({ alg: 'HS256', kid: 'one' }, pem)],
      ['and changed afterwards', (claims: object) => signed(claims).replace(/\.[^.]+\./, `.${signed({ ...claims, sub: 'sub-eve' }).split('.')[1]!}.`)],
    ] satisfies [string, Make][])('is refused with an ID token that is signed %s', async (_name, make) => {
      for (const metadata of [{}, { id_token_signing_alg_values_supported: ['RS256', 'HS256', 'none'] }]) {
        spoil({ metadata });
        expect(await outcome({}, make)).toBe('refused');
      }
    });

    it.each([
      ['sends the code elsewhere', (answer: ServerResponse, elsewhere: string) => answer.writeHead(307, { location: elsewhere }).end()],
      ['answers with nothing', (answer: ServerResponse) => answer.writeHead(204).end()],
      ['answers with a page', (answer: ServerResponse) => answer.setHeader('content-type', 'text/html').end('<h1>Hello</h1>')],
      ['breaks off', (answer: ServerResponse) => answer.writeHead(200, { 'content-length': 100 }).write('{', () => answer.destroy())],
    ])('is followed nowhere when it %s', async (_name, answer: (response: ServerResponse, elsewhere: string) => unknown) => {
      for (const path of ['/token', '/jwks', '/.well-known/openid-configuration']) {
        spoil({ answers: { [path]: (response) => void answer(response, `${spoilt.issuer}/elsewhere`) } });
        const refusal = await outcome().catch((error: LicetError) => error.code);
        expect([path, ['refused', 'unavailable'].includes(refusal)]).toEqual([path, true]);
        expect(spoilt.asked).not.toContain('/elsewhere');
      }
    });

    it('is not listened to without end', async () => {
      spoil({ metadata: { padding: 'x'.repeat(600_000) } });
      await expect(outcome()).rejects.toMatchObject({ code: 'unavailable' });
    });

    it('cannot make the api ask inside the network', async () => {
      const { port } = inside.address() as AddressInfo;
      for (const host of [`http://127.0.0.1:${port}`, `https://127.0.0.1:${port}`, `https://localhost:${port}`, `https://[::1]:${port}`]) {
        for (const member of ['token_endpoint', 'jwks_uri']) {
          spoil({ metadata: { [member]: `${host}/inside` } });
          expect([host, member, await outcome()]).toEqual([host, member, 'unavailable']);
        }
      }
      expect(heard).toBe(0);
    });

    it('is not believed to be another issuer, nor nearly the same', async () => {
      for (const issuer of [`${spoilt.issuer}/`, 'https://other.example', provider.issuer]) {
        spoil({ metadata: { issuer } });
        await expect(outcome()).rejects.toMatchObject({ code: 'unavailable' });
      }
    });
  });

  it.each([
    ...['8.8.8.8', '2606:4700::1111'].map((address) => [address, true] as const),
    ...['0.0.0.0', '10.1.2.3', '100.64.0.1', '127.0.0.1', '169.254.169.254', '172.31.0.1', '192.168.1.1', '224.0.0.1', '255.255.255.255'].map(
      (address) => [address, false] as const,
    ),
    ...['::', '::1', '::ffff:10.0.0.1', '::ffff:8.8.8.8', '64:ff9b::a00:1', 'fe80::1', 'fd00::1', '2001:db8::1', '2002:a00:1::', 'ff02::1', 'x', ''].map(
      (address) => [address, false] as const,
    ),
  ])('the address %s is public: %s', (address, expected) => {
    expect(isPublicAddress(address)).toBe(expected);
  });
});
