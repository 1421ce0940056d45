import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DIALECTS, startApi, type TestApi } from '../../test/api.ts';
import { DATABASES } from '../database/database.module.ts';
import type { Databases } from '../database/orm.ts';

describe.each(DIALECTS)('the audit trail (%s)', (dialect) => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startApi(dialect);
  });
  afterAll(() => api.stop());

  it.each([
    ['no JSON', dialect === 'sqlite' ? '{oops' : '"{oops"', '{oops'],
    ['a list', '["oops"]', ['oops']],
  ])('shows an entry whose row is %s as unreadable, and the others as ever', async (what, text, unreadable) => {
    const [first, second] = [`first-${what}`, `second-${what}`];
    await api.create('users', { id: first, name: 'First' });
    await api.create('users', { id: second, name: 'Second' });
    await api.call('PATCH', `/api/v1/users/${first}`, { name: 'Other' }, { 'if-match': '"1"' });
    const { policy } = api.app.get<Databases>(DATABASES);
    await policy.em.getConnection().execute(`update audit_entries set "before" = '${text}' where target = '${first}' and action = 'update'`);
    const { status, body } = await api.call('GET', '/api/v1/audit-entries?kind=users');
    expect(status).toBe(200);
    const [damaged, ...others] = body.items.slice(0, 3);
    expect(damaged).toMatchObject({ target: first, before: { unreadable }, after: { name: 'Other' } });
    expect(others).toEqual([
      expect.objectContaining({ target: second, before: null, after: expect.objectContaining({ name: 'Second' }) }),
      expect.objectContaining({ target: first, before: null, after: expect.objectContaining({ name: 'First' }) }),
    ]);
    expect((await api.call('GET', `/api/v1/audit-entries/${damaged.id}`)).body).toEqual(damaged);
  });
});
