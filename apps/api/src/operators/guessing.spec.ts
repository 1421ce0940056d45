import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateSync } from 'otplib';
import { DIALECTS, newDatabase, openApi, PASSWORD, type TestApi } from '../../test/api.ts';
import { Browser } from '../../test/authenticator.ts';
import { addOperator } from '../../test/operators.ts';
import { DATABASES } from '../database/database.module.ts';
import type { Databases } from '../database/orm.ts';
import { OperatorIdentity } from './identity.entity.ts';
import { OperatorUse } from './operator.entity.ts';

const ISSUER = 'http://localhost:9';
const IN_A_ROW = 9;

describe.each(DIALECTS)('somebody who guesses (%s)', (dialect) => {
  let api: TestApi;
  const em = () => api.app.get<Databases>(DATABASES).policy.em.fork();

  beforeAll(async () => {
    const { settings, remove } = await newDatabase(dialect);
    const oidc = { issuer: ISSUER, clientId: 'licet', clientSecret: 'x', label: 'x', scopes: 'openid', roles: {}, demand: {} };
    api = await openApi({ ...settings, oidc }, remove);
  });
  afterAll(() => api.stop());

  /** Somebody signed in, with an authenticator app unless said otherwise, whom a provider knows. */
  const signedIn = async (user: string, { withApp = true } = {}) => {
    await addOperator(api, user);
    const browser = new Browser(api);
    await browser.signIn(user, PASSWORD);
    const secret: string = (await browser.call('POST', 'session/second-factor/start')).body.secret;
    const code = () => generateSync({ secret });
    if (withApp) await browser.call('POST', 'session/second-factor', { currentPassword: PASSWORD, secret, code: code() });
    await em().insert(OperatorIdentity, { user, issuer: ISSUER, subject: user, assignments: [], createdAt: new Date() });
    return { browser, code };
  };
  const linkFor = async (user: string) =>
    new URLSearchParams((await api.call('POST', `/api/v1/operators/${user}/link`)).body.link.split('?')[1]).get('token');
  const signedOut = ({ cookies }: Browser) => {
    const browser = new Browser(api);
    browser.cookies.set('licet_browser', cookies.get('licet_browser')!);
    return browser;
  };
  /** Guesses just below the limit, does something else in between, and goes on. Says how many guesses went through. */
  const guesses = async (guess: () => Promise<{ status: number }>, between: () => Promise<unknown>) => {
    let through = 0;
    for (let round = 0; round < 3; round++) {
      for (let n = 0; n < IN_A_ROW; n++) if ((await guess()).status !== 429) through += 1;
      await between();
    }
    return through;
  };

  it.each<[string, (user: string, browser: Browser) => Promise<unknown>]>([
    ['the password alone in between', (user, browser) => browser.signIn(user, PASSWORD)],
    [
      'a new password that is too weak in between',
      (_user, browser) => browser.call('POST', 'session/password', { currentPassword: PASSWORD, newPassword: 'password password' }),
    ],
    [
      'a one-time link without the code in between',
      async (user, browser) => signedOut(browser).call('POST', 'session/link', { token: await linkFor(user), password: PASSWORD }),
    ],
  ])('codes gets no further with %s', async (what, between) => {
    const user = what.replaceAll(' ', '-');
    const { browser } = await signedIn(user);
    const guess = () => browser.signIn(user, PASSWORD, { code: '000000' });
    expect(await guesses(guess, () => between(user, browser))).toBe(10);
  });

  it('codes gets no further as a stranger either', async () => {
    await signedIn('vera');
    const guess = (more = {}) => new Browser(api).signIn('vera', PASSWORD, more);
    expect(await guesses(() => guess({ code: '000000' }), guess)).toBe(10);
  });

  it.each([true, false])(
    'the password gets no further with the start of a proof by the provider in between; with a second factor: %s',
    async (withApp) => {
      const user = `prover-${withApp}`;
      const { browser, code } = await signedIn(user, { withApp });
      const begin = async () => {
        await em().nativeUpdate(OperatorUse, { user }, { totpStep: 0 });
        return browser.call('POST', 'session/step-up/oidc', withApp ? { code: code() } : {});
      };
      // The provider is away, which is said once all else was right.
      expect((await begin()).status).toBe(503);
      expect(await guesses(() => browser.call('POST', 'session/step-up', { password: 'wrong' }), begin)).toBe(10);
    },
  );

  it('is told from whoever is asked for a code, however often, and from whoever shows all of it', async () => {
    const { code } = await signedIn('nora');
    for (let n = 0; n < 12; n++) expect((await new Browser(api).signIn('nora', PASSWORD)).body.code).toBe('second_factor_needed');
    const wrong = async () => (await new Browser(api).signIn('nora', PASSWORD, { code: '000000' })).status;
    for (let round = 0; round < 2; round++) {
      for (let n = 0; n < IN_A_ROW; n++) expect(await wrong()).toBe(401);
      await em().nativeUpdate(OperatorUse, { user: 'nora' }, { totpStep: 0 });
      expect((await new Browser(api).signIn('nora', PASSWORD, { code: code() })).status).toBe(200);
    }
  });
});
