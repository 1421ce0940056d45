import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DIALECTS, inject, startApi, type TestApi } from '../../test/api.ts';
import { listen } from '../../test/http.ts';
import { DATABASES } from '../database/database.module.ts';
import type { Databases } from '../database/orm.ts';

const USERS = 1_200;
// Large enough that an export of all waits for who reads it.
const NOTE = `ä "quoted", \r\n text${'.'.repeat(8_000)}`;
const FORMULA = '=HYPERLINK("http://x.example", "a reason")';

describe.each(DIALECTS)('an export (%s)', (dialect) => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startApi(dialect);
    for (let from = 0; from < USERS; from += 600) {
      const users = Array.from({ length: 600 }, (_, i) => ({ id: `user-${from + i}`, attributes: { note: NOTE } }));
      expect((await api.call('POST', '/api/v1/users/sync', { users })).status).toBe(200);
    }
    await api.call('POST', '/api/v1/roles', { id: 'noted' }, { 'licet-reason': FORMULA });
  }, 60_000);
  afterAll(() => api.stop());

  const lines = (body: string) =>
    body
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  const all = async (list: string) => {
    const rows: unknown[] = [];
    for (let page = 1; ; page++) {
      const { body } = await api.call('GET', `/api/v1/${list}${list.includes('?') ? '&' : '?'}page=${page}&perPage=1000&order=asc`);
      rows.push(...body.items);
      if (rows.length >= body.total) return rows;
    }
  };

  it.each(['audit-entries', 'audit-entries?kind=users&q=USER-11', 'audit-entries?action=delete', 'security-events'])(
    'of %s is what its list has, all of it, the oldest first',
    async (list) => {
      const [name, query = ''] = list.split('?');
      const { status, body, headers } = await api.call('GET', `/api/v1/${name}/export?${query}`);
      expect([status, headers['content-type']]).toEqual([200, 'application/jsonl; charset=utf-8']);
      expect(headers['content-disposition']).toMatch(new RegExp(`^attachment; filename="licet-${name}-\\d{4}-\\d\\d-\\d\\d\\.jsonl"$`));
      expect(lines(body)).toEqual(await all(list));
    },
  );

  it('of decisions has those of the tenants that one may look into', async () => {
    await api.create('tenants', { id: 'acme' });
    const key = await api.key('app');
    const ask = (id: string, tenant: string) => {
      const question = { subject: { type: 'user', id: 'user-1' }, action: { name: 'read' }, resource: { type: 'task', id }, context: { tenant } };
      return api.call('POST', '/access/v1/evaluation', question, key);
    };
    await ask('1', 'acme');
    await ask('2', 'default');
    await api.create('roles', { id: 'acme-auditor' });
    await api.create('grants', { role: 'acme-auditor', permission: 'licet.decision:read', effect: 'allow' });
    const confined = await api.key('confined');
    await api.create('assignments', { user: 'service:confined', role: 'acme-auditor', tenant: 'acme' });
    const of = async (headers?: Record<string, string>) => {
      const { status, body } = await api.call('GET', '/api/v1/decisions/export', undefined, headers);
      return [status, lines(body).map(({ tenant }) => tenant)];
    };
    expect(await of()).toEqual([200, ['acme', 'default']]);
    expect(await of(confined)).toEqual([200, ['acme']]);
    expect((await api.call('GET', '/api/v1/audit-entries/export', undefined, confined)).status).toBe(403);
  });

  it('as CSV has a header once and as many lines as rows, and no formula for a spreadsheet', async () => {
    const { body, headers } = await api.call('GET', '/api/v1/audit-entries/export?format=csv');
    expect(headers['content-type']).toBe('text/csv; charset=utf-8; header=present');
    const text = body as string;
    expect(text.startsWith('\ufeffid,revision,at,actor,')).toBe(true);
    const { body: list } = await api.call('GET', '/api/v1/audit-entries?perPage=1');
    // JSON has its line ends escaped: what is left of them ends a row.
    expect(text.split('\r\n').length - 2).toBe(list.total);
    expect(text.match(/id,revision/g)).toHaveLength(1);
    expect(text).toContain(`,"'${FORMULA.replaceAll('"', '""')}"`);
    expect(text).toContain('""note"":""ä \\""quoted\\"", \\r\\n text...');
  });

  it.each([
    ['format=xml', 'format: '],
    ['page=2', 'page: is no filter here; use one of q, format, actor'],
    ['knd=users', 'knd: is no filter here'],
    ['revision=x', 'revision: use a number'],
    ['since=yesterday', 'since'],
  ])('is refused for %s before it begins', async (query, message) => {
    const { status, body } = await api.call('GET', `/api/v1/audit-entries/export?${query}`);
    expect([status, body.code]).toEqual([400, 'invalid_request']);
    expect(JSON.stringify(body)).toContain(message);
  });

  it('that cannot be read to its end is cut off, so that it does not pass for whole', async () => {
    const { url } = await listen(api);
    const { body: session } = await api.call('POST', '/api/v1/api-keys', { name: 'exporting', role: 'licet.owner' });
    const answer = await fetch(`${url}/api/v1/audit-entries/export`, { headers: { authorization: `Bearer ${session.secret}` } });
    const reader = answer.body!.getReader();
    await reader.read();
    await api.app.get<Databases>(DATABASES).policy.em.getConnection().execute('alter table audit_entries rename to gone');
    const rest = async () => {
      for (;;) if ((await reader.read()).done) return;
    };
    await expect(rest()).rejects.toThrow('terminated');
    expect((await inject(api, { url: '/healthz' })).statusCode).toBe(200);
  });
});
