import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { addOperator } from '../../test/operators.ts';
import { DIALECTS, PASSWORD, startApi, type TestApi } from '../../test/api.ts';
import { DATABASES } from '../database/database.module.ts';
import { type Databases, TRIES_TABLE } from '../database/orm.ts';
import { Attempts } from './attempts.ts';

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
    attempts = new Attempts(databases);
  });
  afterEach(() => attempts.onApplicationShutdown());
  afterAll(() => api.stop());

  const tries = async (count: number, account: (n: number) => string, ip: (n: number) => string) => {
    for (let n = 0; n < count; n++) {
      const refused = await attempts.demand(account(n), ip(n)).then(
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
    for (let n = 0; n < 10; n++) await limits.demand('olga', '127.0.0.1').catch(() => undefined);
    for (const password of ['wrong', PASSWORD]) {
      const answer = await api.call('POST', '/api/v1/session', { username: 'olga', password }, { cookie: '' });
      expect([answer.status, answer.body.code, answer.headers['set-cookie']]).toEqual([429, 'too_many_requests', undefined]);
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
      expect(Number(answer.headers['retry-after'])).toBeLessThanOrEqual(300);
    }
  });

  it('are no way to shut somebody out where they are signed in already', async () => {
    const { body } = await api.call('GET', '/api/v1/sessions');
    const home = body.items[0].address as string;
    expect(await tries(400, (n) => (n % 2 ? 'ana' : `made-up-${n}`), one)).toMatchObject({ code: 'too_many_requests' });
    expect(
      await tries(
        1,
        () => 'ana',
        () => '10.77.0.1',
      ),
    ).toMatchObject({ after: 0 });
    expect(
      await tries(
        9,
        () => 'ana',
        () => home,
      ),
    ).toBeUndefined();
  });

  it('that are right count for nothing', async () => {
    for (let n = 0; n < 200; n++) await (await attempts.demand('olga', '10.0.0.1')).right();
    expect(
      await tries(
        9,
        () => 'olga',
        () => '10.0.0.1',
      ),
    ).toBeUndefined();
  });

  it('cannot get round the count by coming all at once', async () => {
    const all = await Promise.allSettled(Array.from({ length: 40 }, () => attempts.demand('olga', '10.0.0.9')));
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
  });

  if (dialect === 'postgres') {
    it('are counted by all processes together, and under no name', async () => {
      const others = new Attempts(databases);
      for (let n = 0; n < 10; n++) await (n % 2 ? attempts : others).demand('a password in the wrong field', '10.0.0.9');
      for (const each of [attempts, others]) {
        await expect(each.demand('a password in the wrong field', '10.0.0.9')).rejects.toMatchObject({ code: 'too_many_requests' });
      }
      const kept = JSON.stringify(await databases.policy.em.fork().execute(`select * from ${TRIES_TABLE}`));
      expect(kept).toMatch(/"key":"own:[\w-]{43}","points":12/);
      expect(kept).not.toMatch(/password|10\.0\.0\.9/);
      await others.onApplicationShutdown();
    });
  }
});
