import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { SecurityEvent as Schema } from '@licet/contract';
import { generateSync } from 'otplib';
import { Authenticator, Browser } from '../../test/authenticator.ts';
import { DIALECTS, inject, PASSWORD, startApi, type TestApi } from '../../test/api.ts';
import { addOperator } from '../../test/operators.ts';
import { output } from '../../test/output.ts';
import { DATABASES } from '../database/database.module.ts';
import type { Databases } from '../database/orm.ts';
import { Attempts } from '../operators/attempts.ts';
import { SecurityEvent } from './security-event.entity.ts';
import { LIMITS, SecurityEvents } from './security-events.service.ts';

const FOREIGN = { 'sec-fetch-site': 'cross-site' };

describe('the log of security events', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startApi('sqlite');
    for (const name of ['olga', 'tina']) await addOperator(api, name);
  });
  afterAll(async () => {
    jest.restoreAllMocks();
    await api.stop();
  });

  const read = async (query: object) => {
    const answer = await api.call('GET', `/api/v1/security-events?${new URLSearchParams({ perPage: '1000', ...query }).toString()}`);
    return answer.body.items as Schema[];
  };
  const signIn = (username: string, password: string, remoteAddress = '192.0.2.9', code?: string) =>
    inject(api, { method: 'POST', url: '/api/v1/session', payload: { username, password, code }, remoteAddress });
  const em = () => api.app.get<Databases>(DATABASES).log.em.fork();

  it('tells who signed in and out, how and from where, and holds to the contract', async () => {
    const olga = new Browser(api);
    await olga.signIn('olga', PASSWORD);
    await olga.addPasskey(new Authenticator(), 'key');
    await olga.call('DELETE', 'session');
    const events = await read({ actor: 'olga' });
    expect(events.map(({ event, method, outcome }) => [event, outcome, method])).toEqual([
      ['sign-out', 'done', []],
      ['passkey-added', 'done', []],
      ['sign-in', 'done', ['password']],
    ]);
    expect(events[2]).toMatchObject({ address: '127.0.0.1', route: 'POST /api/v1/session', target: null, detail: null, count: 1 });
    for (const event of events) expect(Schema.parse(event)).toEqual(event);
    expect((await api.call('GET', `/api/v1/security-events/${events[0]!.id}`)).body).toEqual(events[0]);
  });

  it('tells of tries that failed: why, how often and from where, one row for each account and address in a minute', async () => {
    for (let turn = 0; turn < 2; turn++) expect((await signIn('tina', `wrong ${turn}`)).statusCode).toBe(401);
    await signIn('tina', 'wrong', '192.0.2.10');
    const events = await read({ actor: 'tina', event: 'sign-in' });
    expect(events.map(({ detail, address, count }) => [detail, address, count]).sort()).toEqual([
      ['wrong-password', '192.0.2.10', 1],
      ['wrong-password', '192.0.2.9', 2],
    ]);
  });

  it('takes a sign-in with two factors for no refusal: its first half is told apart, and so is a right password with a wrong code', async () => {
    const vera = new Browser(api);
    await addOperator(api, 'vera');
    await vera.signIn('vera', PASSWORD);
    const { secret } = (await vera.call('POST', 'session/second-factor/start', {})).body;
    const factor = { currentPassword: PASSWORD, secret, code: generateSync({ secret }) };
    const { recoveryCodes } = (await vera.call('POST', 'session/second-factor', factor)).body;
    const address = '192.0.2.14';
    const written = output('json');
    for (const code of [undefined, '000000', recoveryCodes[0]]) await signIn('vera', PASSWORD, address, code);
    const events = await read({ actor: 'vera', address });
    expect(events.map(({ event, outcome, method, detail }) => [event, outcome, method.join(), detail])).toEqual([
      ['sign-in', 'done', 'password,recovery-code', null],
      ['sign-in', 'refused', 'password', 'wrong-code'],
      ['sign-in', 'partial', 'password', 'second-factor-needed'],
    ]);
    expect(await read({ actor: 'vera', outcome: 'partial' })).toHaveLength(1);
    const lines = written.end().trimEnd().split('\n').map((line) => JSON.parse(line) as Record<string, string>); // prettier-ignore
    expect(lines.filter((line) => line['address'] === address).map(({ level, outcome }) => [level, outcome])).toEqual([
      ['info', 'partial'],
      ['warn', 'refused'],
      ['info', 'done'],
    ]);
  });

  it('tells of a right password where the account is disabled, which the answer does not', async () => {
    await addOperator(api, 'ulla');
    const etag = (await api.call('GET', '/api/v1/operators/ulla')).headers['etag'] as string;
    await api.call('PATCH', '/api/v1/operators/ulla', { enabled: false }, { 'if-match': etag });
    const [right, wrong] = [await signIn('ulla', PASSWORD), await signIn('ulla', 'wrong')].map((answer) => JSON.parse(answer.body));
    expect({ ...right, requestId: null }).toEqual({ ...wrong, requestId: null });
    const events = await read({ actor: 'ulla', event: 'sign-in', outcome: 'refused' });
    expect(events.map(({ detail }) => detail).sort()).toEqual(['may-not-enter', 'wrong-password']);
  });

  it('keeps a name that was tried only where there is such an operator', async () => {
    const typed = 'correct horse battery';
    const written = output('json');
    await api.create('users', { id: 'no-operator' });
    for (const name of [typed, 'no-operator', 'tina\u0000']) await signIn(name, PASSWORD, '192.0.2.11');
    const events = await read({ address: '192.0.2.11' });
    expect(events.map(({ actor, detail, count }) => [actor, detail, count])).toEqual([[null, 'wrong-password', 2]]);
    expect(JSON.stringify(await em().find(SecurityEvent, {}))).not.toContain(typed);
    const lines = written.end();
    expect([lines.includes('wrong-password'), lines.includes(typed)]).toEqual([true, false]);
  });

  it('tells of tries that were too many', async () => {
    for (let turn = 0; turn < 10; turn++) await api.app.get(Attempts).demand('tina', { ip: '192.0.2.12', cookies: {} });
    for (let turn = 0; turn < 2; turn++) await signIn('tina', 'wrong', '192.0.2.12');
    expect((await read({ address: '192.0.2.12' })).map(({ detail, count }) => [detail, count])).toEqual([['throttled', 2]]);
  });

  it('tells of refused requests, with the permission that was missing', async () => {
    const tina = new Browser(api);
    await tina.signIn('tina', PASSWORD);
    expect((await tina.call('POST', 'roles', { id: 'mine' })).status).toBe(403);
    const rights = { user: 'tina', role: 'licet.owner', tenant: '*' };
    expect((await tina.call('POST', 'assignments', rights)).status).toBe(403);
    await tina.call('POST', 'roles', { id: 'mine' }, FOREIGN);
    await inject(api, { url: '/api/v1/roles', remoteAddress: '192.0.2.13' });
    await inject(api, { url: '/api/v1/roles', remoteAddress: '192.0.2.13', headers: { cookie: 'licet_session=old' } });
    await inject(api, { url: '/api/v1/session', remoteAddress: '192.0.2.13' });
    expect((await read({ actor: 'tina', event: 'access' })).map(({ detail, route }) => [detail, route])).toEqual([
      ['licet.assignment:create', 'POST /api/v1/assignments'],
      ['licet.role:create', 'POST /api/v1/roles'],
    ]);
    expect((await read({ event: 'cross-site' })).map(({ route }) => route)).toEqual(['POST /api/v1/roles']);
    expect((await read({ address: '192.0.2.13' })).map(({ event, detail }) => [event, detail])).toEqual([
      ['access', 'session-ended'],
      ['access', 'no-credentials'],
    ]);
  });

  it('tells of API keys that are not live, and whose they were; of those unknown it keeps nothing', async () => {
    const keys = { revoked: await api.key('revoked'), expired: { authorization: '' } };
    const { body: expired } = await api.create('api-keys', { name: 'expired', expiresAt: new Date(0).toISOString() });
    keys.expired.authorization = `Bearer ${expired.secret}`;
    const [row] = (await api.call('GET', '/api/v1/api-keys?q=revoked')).body.items;
    await api.call('DELETE', `/api/v1/api-keys/${row.id}`, undefined, { 'if-match': `"${row.version}"` });
    const unknown = `Bearer ${expired.secret.replace(/_[0-9a-f]{64}_/, `_${'0'.repeat(64)}_`)}`;
    for (const authorization of [keys.revoked.authorization, keys.expired.authorization, unknown, 'Bearer lct_half'])
      for (const [method, url] of [
        ['POST', '/access/v1/evaluation'],
        ['GET', '/replica/v1/snapshot'],
        ['GET', '/api/v1/roles'],
      ] as const)
        // prettier-ignore
        expect((await inject(api, { method, url, headers: { authorization } })).statusCode).toBe(401);
    const events = await read({ event: 'api-key' });
    const shown = new Set(events.map(({ detail, actor, target }) => [detail, actor, target].join(' ')));
    const account = (name: string) => `service:${name}`;
    expect([...shown].sort()).toEqual([`expired ${account('expired')} ${expired.id}`, 'malformed  ', `revoked ${account('revoked')} ${row.id}`, 'unknown  ']); // prettier-ignore
    expect(events).toHaveLength(12);
    expect((await read({ event: 'api-key-revoked' })).map(({ actor, target }) => [actor, target])).toEqual([['ana', row.id]]);
    const weak = await api.key('weak', 'licet.decision-point');
    await inject(api, { method: 'POST', url: '/access/v1/evaluation', headers: weak });
    expect((await read({ actor: 'service:weak' }))[0]).toMatchObject({ event: 'access', detail: 'licet.decision:evaluate' });
  });

  it('tells what others did to an account', async () => {
    await api.create('operators', { id: 'otto', role: 'licet.auditor' });
    await api.call('POST', '/api/v1/operators/otto/link');
    const { etag } = await api.call('GET', '/api/v1/operators/otto');
    await api.call('PATCH', '/api/v1/operators/otto', { enabled: false }, { 'if-match': etag });
    const events = await read({ target: 'otto' });
    expect(events.map(({ event, actor }) => [event, actor]).sort()).toEqual([
      ['link-made', 'ana'],
      ['link-made', 'ana'],
      ['operator-added', 'ana'],
      ['operator-disabled', 'ana'],
    ]);
  });

  it('is for those who read the audit trail of all tenants, and not for those of one', async () => {
    await api.create('tenants', { id: 'acme' });
    await addOperator(api, 'ayla', null);
    await api.create('assignments', { user: 'ayla', role: 'licet.auditor', tenant: 'acme' });
    const ayla = new Browser(api);
    expect((await ayla.signIn('ayla', PASSWORD)).status).toBe(200);
    expect((await ayla.call('GET', 'security-events')).status).toBe(403);
    await api.create('assignments', { user: 'ayla', role: 'licet.auditor', tenant: '*' });
    expect((await ayla.call('GET', 'security-events')).status).toBe(200);
  });
});

describe.each(DIALECTS)('the table of security events (%s)', (dialect) => {
  let api: TestApi;
  const before = { ...LIMITS };
  beforeAll(async () => {
    api = await startApi(dialect);
    for (const name of ['olga', 'tina']) await addOperator(api, name);
  });
  afterAll(async () => {
    Object.assign(LIMITS, before);
    jest.restoreAllMocks();
    await api.stop();
  });

  const log = () => api.app.get(SecurityEvents);
  const em = () => api.app.get<Databases>(DATABASES).log.em.fork();
  const read = async (query: object) => {
    const answer = await api.call('GET', `/api/v1/security-events?${new URLSearchParams({ perPage: '1000', ...query }).toString()}`);
    return answer.body.items as Schema[];
  };
  const from = (ip: string) => ({ ip, method: 'POST', routeOptions: { url: '/flood' } }) as never;

  it('neither grows nor forgets accounts under a flood from many addresses', async () => {
    LIMITS.groups = 20;
    for (let host = 0; host < 250; host++)
      log().record(
        { event: 'proof', outcome: 'refused', attempted: host % 2 ? 'tina' : 'olga', method: ['password'], detail: 'wrong-password' },
        from(`198.51.100.${host}`),
      );
    const events = await read({ event: 'proof', outcome: 'refused' });
    expect(events.length).toBeLessThanOrEqual(22);
    expect(events.reduce((sum, { count }) => sum + count, 0)).toBe(250);
    expect(new Set(events.filter(({ address }) => address === null).map(({ actor }) => actor))).toEqual(new Set(['olga', 'tina']));
    LIMITS.groups = before.groups;
  });

  it('is written later where the database does not take it, and keeps no request waiting', async () => {
    const databases = api.app.get<Databases>(DATABASES);
    const [away, said] = [jest.spyOn(databases.log.em, 'fork'), jest.spyOn(process.stderr, 'write').mockReturnValue(true)];
    away.mockImplementation(() => {
      throw new Error('the database is away');
    });
    log().record({ event: 'sign-in', attempted: 'tina', method: ['password', 'code'] }, from('192.0.2.14'));
    await log().flush();
    away.mockRestore();
    said.mockRestore();
    expect(await read({ address: '192.0.2.14' })).toEqual([expect.objectContaining({ actor: 'tina', method: ['password', 'code'] })]);
  });

  it('is kept for as long as is set; refusals also no more than a number, which crowd out nothing else', async () => {
    LIMITS.step = 3;
    await log().prune(Date.now() + 89 * 86_400_000);
    expect(await em().count(SecurityEvent, {})).toBeGreaterThan(5);
    const done = await em().count(SecurityEvent, { outcome: 'done' });
    LIMITS.refusals = 5;
    await log().prune();
    expect([await em().count(SecurityEvent, { outcome: 'refused' }), await em().count(SecurityEvent, { outcome: 'done' })]).toEqual([
      5,
      done,
    ]);
    await log().prune(Date.now() + 91 * 86_400_000);
    expect(await em().count(SecurityEvent, {})).toBe(0);
  });
});
