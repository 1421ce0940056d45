import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Browser } from '../../test/authenticator.ts';
import { addOperator } from '../../test/operators.ts';
import { DIALECTS, PASSWORD, startApi, type TestApi } from '../../test/api.ts';
import { DATABASES } from '../database/database.module.ts';
import { type Databases, TRIES_TABLE } from '../database/orm.ts';
import { Attempts } from './attempts.ts';
import { KnownBrowsers } from './known-browsers.ts';
import { Seal } from './seal.ts';

const KNOWN = { network: '10.0.0.1', until: Date.now() + 60_000 };

describe.each(DIALECTS)('attempts to sign in (%s)', (dialect) => {
  let api: TestApi;
  let databases: Databases;
  let attempts: Attempts;

  beforeAll(async () => {
    api = await startApi(dialect);
    databases = api.app.get(DATABASES);
    await addOperator(api, 'olga');
  });
  beforeEach(async () => {
    if (dialect === 'postgres') await databases.policy.em.fork().execute(`delete from ${TRIES_TABLE}`);
    attempts = new Attempts(databases, api.app.get(KnownBrowsers));
  });
  afterEach(() => attempts.onApplicationShutdown());
  afterAll(() => api.stop());

  const at = (ip: string, cookies: Record<string, string> = {}) => ({ ip, cookies });
  const tries = async (count: number, account: (n: number) => string, ip: (n: number) => string, cookies?: Record<string, string>) => {
    for (let n = 0; n < count; n++) {
      const refused = await attempts.demand(account(n), at(ip(n), cookies)).then(
        () => undefined,
        (error: { code: string; retryAfter: number }) => error,
      );
      if (refused) return { after: n, ...{ code: refused.code, retryAfter: refused.retryAfter } };
    }
    return undefined;
  };
  const one = (n: number) => `10.0.${n >> 8}.${n & 255}`;

  it('are limited for an account at an address, for an account, for an address and in all', async () => {
    expect(
      await tries(
        50,
        () => 'olga',
        () => '10.0.0.1',
      ),
    ).toMatchObject({ after: 10, code: 'too_many_requests' });
    expect(await tries(50, () => 'vera', one)).toMatchObject({ after: 20, code: 'too_many_requests' });
    expect(
      await tries(
        100,
        (n) => `made-up-${n}`,
        () => '10.9.9.9',
      ),
    ).toMatchObject({ after: 60, code: 'too_many_requests' });
    expect(await tries(400, (n) => `made-up-too-${n}`, one)).toMatchObject({ code: 'too_many_requests', retryAfter: expect.any(Number) });
  });

  it('count one IPv6 network as one address', async () => {
    expect(
      await tries(
        50,
        () => 'olga',
        (n) => `2001:db8:0:1::${n.toString(16)}`,
      ),
    ).toMatchObject({ after: 10 });
    expect(
      await tries(
        5,
        () => 'olga',
        (n) => `2001:db8:0:2:${n}::1`,
      ),
    ).toBeUndefined();
  });

  it('say when to come back, which is soon, and check nothing until then', async () => {
    const limits = api.app.get(Attempts);
    for (let n = 0; n < 10; n++) await limits.demand('olga', at('127.0.0.1')).catch(() => undefined);
    for (const password of ['wrong', PASSWORD]) {
      const answer = await api.call('POST', '/api/v1/session', { username: 'olga', password }, { cookie: '' });
      expect([answer.status, answer.body.code, answer.headers['set-cookie']]).toEqual([429, 'too_many_requests', undefined]);
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
      expect(Number(answer.headers['retry-after'])).toBeLessThanOrEqual(300);
    }
  });

  describe('in a browser that has let an operator in', () => {
    const name = 'licet_browser';
    const left = async (account: string, ip: string, cookies: Record<string, string> = {}) =>
      (
        await tries(
          20,
          () => account,
          () => ip,
          cookies,
        )
      )?.after;
    const signIn = async (username: string) => {
      const browser = new Browser(api);
      await browser.signIn(username, PASSWORD);
      return Object.fromEntries(browser.cookies);
    };
    const sealed = (known: object, user = 'ana') => api.app.get(Seal).close(JSON.stringify(known), `\u0000browser of ${user}`);

    it('are its own, also after sign-out and from another address: nobody is shut out there by others', async () => {
      const cookies = await signIn('ana');
      delete cookies['licet_session'];
      expect(await tries(400, (n) => (n % 2 ? 'ana' : `made-up-${n}`), one)).toMatchObject({ code: 'too_many_requests' });
      expect([await left('ana', '10.77.0.1'), await left('ana', '10.77.0.1', cookies)]).toEqual([0, 10]);
      // Nor by who sits behind the same address, or behind a proxy that nobody named.
      await left('olga', '127.0.0.1');
      expect(await left('olga', '127.0.0.1', { [name]: sealed(KNOWN, 'olga') })).toBe(10);
    });

    it('are the same for all cookies from one network: to sign in again and again gives no more of them', async () => {
      const [first, second] = [await signIn('ana'), await signIn('ana')];
      expect(first[name]).not.toBe(second[name]);
      expect([await left('ana', '10.0.0.1', first), await left('ana', '10.0.0.1', second)]).toEqual([10, 0]);
    });

    it('are those of a stranger where the cookie is of somebody else, too old or made up', async () => {
      const cookies = await signIn('olga');
      await left('ana', '10.0.0.1');
      for (const value of [cookies[name]!, sealed({ ...KNOWN, until: Date.now() - 1 }), 'made-up', sealed(KNOWN).slice(0, -1)]) {
        expect(await left('ana', '10.0.0.1', { [name]: value })).toBe(0);
      }
      expect(await left('ana', '10.0.0.1', { [name]: sealed(KNOWN) })).toBe(10);
    });

    it('is what a browser becomes by all that was asked for, in a cookie that no script or other site can use', async () => {
      const wrong = new Browser(api);
      await wrong.signIn('ana', 'wrong');
      expect(wrong.cookies.size).toBe(0);
      const answer = await api.call('POST', '/api/v1/session', { username: 'ana', password: PASSWORD }, { cookie: '' });
      const [, cookie] = [answer.headers['set-cookie']].flat();
      expect(cookie).toMatch(/^licet_browser=[\w-]+; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Strict$/);
    });
  });

  it('that are right count for nothing', async () => {
    for (let n = 0; n < 200; n++) await (await attempts.demand('olga', at('10.0.0.1'))).right();
    expect(
      await tries(
        9,
        () => 'olga',
        () => '10.0.0.1',
      ),
    ).toBeUndefined();
  });

  it('cannot get round the count by coming all at once', async () => {
    const all = await Promise.allSettled(Array.from({ length: 40 }, () => attempts.demand('olga', at('10.0.0.9'))));
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
  });

  if (dialect === 'postgres') {
    it('are counted by all processes together, and under no name', async () => {
      const others = new Attempts(databases, api.app.get(KnownBrowsers));
      for (let n = 0; n < 10; n++) await (n % 2 ? attempts : others).demand('a password in the wrong field', at('10.0.0.9'));
      for (const each of [attempts, others]) {
        await expect(each.demand('a password in the wrong field', at('10.0.0.9'))).rejects.toMatchObject({ code: 'too_many_requests' });
      }
      const kept = JSON.stringify(await databases.policy.em.fork().execute(`select * from ${TRIES_TABLE}`));
      expect(kept).toMatch(/"key":"own:[\w-]{43}","points":12/);
      expect(kept).not.toMatch(/password|10\.0\.0\.9/);
      await others.onApplicationShutdown();
    });
  }
});
