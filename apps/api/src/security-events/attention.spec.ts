import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SecurityEvent as Event } from '@licet/contract';
import { DIALECTS, startApi, type TestApi } from '../../test/api.ts';
import { DATABASES } from '../database/database.module.ts';
import type { Databases } from '../database/orm.ts';
import { SecurityEvent } from './security-event.entity.ts';
import { SECOND_FACTOR_NEEDED, SecurityEvents, type Told } from './security-events.service.ts';

const MINUTE_MS = 60_000;

describe.each(DIALECTS)('what wants a look in the log of security events (%s)', (dialect) => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startApi(dialect);
  });
  afterAll(() => api.stop());

  const tell = (told: Told, ip: string) =>
    api.app.get(SecurityEvents).record(told, { ip, method: 'POST', routeOptions: { url: '/api/v1/session' } } as never);
  const read = async (query: object = {}) => {
    const answer = await api.call('GET', `/api/v1/security-events?${new URLSearchParams({ attention: 'true', ...query }).toString()}`);
    return (answer.body.items as Event[]).map(({ event, outcome, actor, detail }) => [event, outcome, actor, detail].join(' ')).sort();
  };
  const half = (actor: string): Told => ({ event: 'sign-in', actor, method: ['password'], ...SECOND_FACTOR_NEEDED });
  const whole = (actor: string): Told => ({ event: 'sign-in', actor, method: ['password', 'code'] });

  it('is a right password after which no second factor came from there, and not each sign-in', async () => {
    const [home, elsewhere] = ['192.0.2.20', '203.0.113.7'];
    for (const [told, ip] of [
      [half('olga'), home],
      [whole('olga'), home],
      [half('tina'), home],
      [whole('tina'), elsewhere],
      [half('vera'), elsewhere],
      [whole('vera'), home],
      [half('ulla'), home],
      [whole('ulla'), home],
      [{ ...whole('paul'), event: 'proof' }, home],
      [half('paul'), home],
    ] as const)
      tell(told, ip);
    await api.app.get(SecurityEvents).flush();
    const late = new Date(Date.now() + 12 * MINUTE_MS);
    const em = api.app.get<Databases>(DATABASES).log.em.fork();
    await em.nativeUpdate(SecurityEvent, { actor: 'ulla', outcome: 'done' }, { at: late, until: late });
    expect(await read({ event: 'sign-in' })).toEqual(
      ['paul', 'tina', 'ulla', 'vera'].map((actor) => `sign-in partial ${actor} second-factor-needed`),
    );
  });

  it('is what was refused, but not what each day of work brings', async () => {
    const refused = { outcome: 'refused', actor: 'emma' } as const;
    for (const told of [
      { event: 'access', ...refused, detail: 'session-ended' },
      { event: 'access', outcome: 'partial', actor: 'emma', detail: 'step-up-needed' },
      { event: 'access', ...refused, detail: 'licet.role:create' },
      { event: 'cross-site', ...refused },
      { event: 'sign-in', ...refused, detail: 'wrong-password' },
      { event: 'sign-out', actor: 'emma' },
    ] as const)
      tell(told, '192.0.2.21');
    expect(await read({ actor: 'emma' })).toEqual([
      'access refused emma licet.role:create',
      'cross-site refused emma ',
      'sign-in refused emma wrong-password',
    ]);
  });

  it('is each way in that was opened', async () => {
    await api.create('operators', { id: 'nina', role: 'licet.auditor' });
    await api.key('nightly');
    expect(await read({ actor: 'ana' })).toEqual(['api-key-added done ana ', 'link-made done ana ', 'operator-added done ana ']);
  });

  it('takes no other value, which would look like what it is not', async () => {
    expect((await api.call('GET', '/api/v1/security-events?attention=false')).status).toBe(400);
  });
});
