import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DIALECTS, PASSWORD, startApi, type TestApi } from '../../test/api.ts';
import { Authenticator, Browser } from '../../test/authenticator.ts';
import { addOperator } from '../../test/operators.ts';
import { DATABASES } from '../database/database.module.ts';
import type { Databases } from '../database/orm.ts';
import { UsedSignIn } from './identity.entity.ts';
import { Seal } from './seal.ts';

describe.each(DIALECTS)('a passkey (%s)', (dialect) => {
  let api: TestApi;
  let olga: Browser;
  let phone: Authenticator;
  const em = () => api.app.get<Databases>(DATABASES).policy.em.fork();

  beforeAll(async () => {
    api = await startApi(dialect);
    [phone, olga] = [new Authenticator(), new Browser(api)];
    await addOperator(api, 'olga');
    await olga.signIn('olga', PASSWORD);
    await olga.addPasskey(phone, 'phone');
  });
  afterAll(() => api.stop());

  it('is refused under a challenge that was used, has run out, is of another browser, or for another purpose', async () => {
    const [browser, other] = [new Browser(api), new Browser(api)];
    const send = (from: Browser, passkey: object) => from.call('POST', 'session/passkey', { passkey });
    const passkey = await browser.signed(phone);
    const cookie = browser.cookies.get('licet_passkey')!;
    await other.signed(phone);
    expect((await send(other, passkey)).status).toBe(401);
    expect((await send(browser, passkey)).status).toBe(200);
    browser.cookies.set('licet_passkey', cookie);
    expect((await send(browser, passkey)).status).toBe(401);
    const twice = await browser.signed(phone);
    const both = [new Browser(api), new Browser(api)];
    for (const each of both) each.cookies.set('licet_passkey', browser.cookies.get('licet_passkey')!);
    expect((await Promise.all(both.map((each) => send(each, twice)))).map(({ status }) => status).sort()).toEqual([200, 401]);
    for (const [after, status] of [
      [-1, 401],
      [60_000, 200],
    ] as const) {
      const given = await other.call('POST', 'session/passkey/start');
      const { challenge } = given.body;
      const sealed = api.app.get(Seal).close(JSON.stringify({ challenge, until: Date.now() + after }), '\u0000passkey: sign in');
      other.cookies.set('licet_passkey', sealed);
      expect((await send(other, phone.sign(given.body))).status).toBe(status);
    }
    const { body } = await olga.call('POST', 'session/passkeys/start');
    expect((await send(olga, phone.sign({ ...body, rpId: 'localhost' }))).status).toBe(401);
  });

  it('has a challenge that is kept once it is used, and as long as it could be used again', async () => {
    await em().nativeDelete(UsedSignIn, {});
    expect((await new Browser(api).signInWith(phone)).status).toBe(200);
    const [used, ...others] = await em().find(UsedSignIn, {});
    expect([others, Math.round((used!.expiresAt.getTime() - Date.now()) / 60_000)]).toEqual([[], 5]);
    await em().nativeUpdate(UsedSignIn, {}, { expiresAt: new Date(Date.now() - 1) });
    expect((await new Browser(api).signInWith(phone)).status).toBe(200);
    expect(await em().count(UsedSignIn, { id: used!.id })).toBe(0);
  });

  if (dialect === 'sqlite') {
    it('is asked for as often as somebody likes, and nothing is written', async () => {
      const written = async () => (await em().execute<[{ rows: number }]>('select total_changes() as rows'))[0].rows;
      const before = await written();
      for (let n = 0; n < 50; n++) expect((await new Browser(api).call('POST', 'session/passkey/start')).status).toBe(200);
      expect(await written()).toBe(before);
    });
  }
});
