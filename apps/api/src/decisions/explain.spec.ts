import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DIALECTS, startApi, type TestApi } from '../../test/api.ts';
import { DATABASES } from '../database/database.module.ts';
import type { Databases } from '../database/orm.ts';

describe.each(DIALECTS)('an explanation (%s)', (dialect) => {
  let api: TestApi;
  let assigned: number;
  let revoked: number;

  beforeAll(async () => {
    api = await startApi(dialect);
    await api.create('resource-types', { id: 'task', actions: [{ name: 'read' }, { name: 'delete' }], attributes: {} });
    await api.create('roles', { id: 'reader' });
    await api.create('roles', { id: 'admin', inherits: ['reader'] });
    await api.create('grants', { role: 'reader', permission: 'task:read', effect: 'allow' });
    await api.create('grants', { role: 'admin', permission: 'task:*', effect: 'allow' });
    await api.create('users', { id: 'alice' });
    const made = await api.create('assignments', { user: 'alice', role: 'admin', expiresAt: '2027-01-01T00:00:00.000Z' });
    assigned = made.revision;
    revoked = (await api.call('DELETE', `/api/v1/assignments/${made.body.id}`, undefined, { 'if-match': '"1"' })).revision;
  });
  afterAll(() => api.stop());

  const explain = (more: object = {}, headers?: Record<string, string>) =>
    api.call(
      'POST',
      '/api/v1/explain',
      { subject: { type: 'user', id: 'alice' }, action: { name: 'delete' }, resource: { type: 'task', id: 't1' }, ...more },
      headers,
    );

  it('says which roles would give what is denied now', async () => {
    const { status, body } = await explain();
    expect([status, body.decision.decision, body.decision.reason, body.decision.revision]).toEqual([
      200,
      false,
      'no_matching_grant',
      revoked,
    ]);
    expect([body.paths, body.misses, body.roles]).toEqual([[], [], [{ role: 'admin', conditional: false }]]);
  });

  it('is that of the revision asked for', async () => {
    const { body } = await explain({ revision: assigned, at: '2026-12-31T23:59:59.999Z' });
    expect([body.decision.decision, body.decision.revision]).toEqual([true, assigned]);
    expect(body.paths.map(({ path }: { path: { roles: string[] } }) => path.roles)).toEqual([['admin']]);
    const before = await explain({ revision: assigned - 1 });
    expect([before.body.decision.decision, before.body.decision.revision]).toEqual([false, assigned - 1]);
    expect((await explain({ revision: 0 })).body.decision.reason).toBe('unknown_resource_type');
  });

  it('is that of the time asked for', async () => {
    const { body } = await explain({ revision: assigned, at: '2027-01-01T00:00:00.000Z' });
    expect(body.decision.decision).toBe(false);
    expect(body.misses[0].failures).toEqual([{ code: 'no_longer_in_force', expiresAt: '2027-01-01T00:00:00.000Z' }]);
  });

  it('is not given of a revision that is not there yet, or for a question that cannot be understood', async () => {
    const ahead = await explain({ revision: revoked + 1 });
    expect([ahead.status, ahead.body.code]).toEqual([409, 'revision_ahead']);
    const wrong = await explain({ subject: { type: 'user' } });
    expect([wrong.status, wrong.body.errors[0].path]).toEqual([400, 'subject.id']);
    expect((await explain({ at: 'yesterday' })).body.errors[0].path).toBe('at');
    expect((await explain({ revision: -1 })).body.errors[0].path).toBe('revision');
  });

  it('is given of whatever the decision endpoint answers, and of nothing else', async () => {
    const key = await api.key('asks');
    const question = (properties: string, more = '') =>
      `{"subject":{"type":"user","id":"alice"},"action":{"name":"read"},"resource":{"type":"task","id":"t1","properties":${properties}}${more}}`;
    for (const [payload, expected] of [
      [question('{"constructor":{"prototype":{"a":1}}}'), 200],
      [question('{"__proto__":{"polluted":1},"deep":[{"__proto__":{"polluted":1}}]}'), 200],
      [question('{"text":"\\u0000\\ud800"}'), 200],
      [question('null', ',"context":null'), 200],
      [question('[]'), 400],
      [question(`{"a":${'['.repeat(32)}${']'.repeat(32)}}`), 400],
      ['[]', 400],
      ['"text"', 400],
      ['{', 400],
      ['', 400],
    ] as const) {
      const statuses = [];
      for (const [path, headers] of [
        ['/access/v1/evaluation', key],
        ['/licet/v1/explain', key],
        ['/api/v1/explain', {}],
      ] as const) {
        statuses.push((await api.call('POST', path, payload, { ...headers, 'content-type': 'application/json' })).status);
      }
      expect([payload, statuses]).toEqual([payload, [expected, expected, expected]]);
    }
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('is for those who may see the policy', async () => {
    expect((await explain({}, await api.key('app'))).status).toBe(403);
    expect((await explain({}, await api.key('reviewer', 'licet.auditor'))).status).toBe(200);
    expect((await explain({}, { cookie: '' })).status).toBe(401);
  });

  it('of the present is also for applications that may hold the policy, at the decision endpoint', async () => {
    const question = { subject: { type: 'user', id: 'alice' }, action: { name: 'delete' }, resource: { type: 'task', id: 't1' } };
    const ask = (path: string, key: Record<string, string>) => api.call('POST', path, question, key);
    const [app, narrow] = [await api.key('holder'), await api.key('reader', 'licet.auditor')];
    const { status, body } = await ask('/licet/v1/explain', app);
    expect([status, body]).toEqual([200, (await explain()).body]);
    expect((await ask('/tenants/default/licet/v1/explain', app)).body).toEqual(body);
    expect((await ask('/licet/v1/plan', app)).body).toMatchObject({ kind: 'never', reason: 'no_matching_grant' });
    expect((await ask('/licet/v1/explain', narrow)).body).toMatchObject({ status: 403, code: 'forbidden' });
  });

  it('is refused where a change of the past is missing, rather than made of the rest', async () => {
    const connection = api.app.get<Databases>(DATABASES).policy.em.getConnection();
    await connection.execute(`update changes set revision = -1 where revision = ${assigned - 2}`);
    const gone = await explain({ revision: assigned - 2 });
    await connection.execute(`update changes set revision = ${assigned - 2} where revision = -1`);
    expect([gone.status, gone.body.code]).toEqual([410, 'revision_gone']);
    expect((await explain({ revision: assigned - 2 })).status).toBe(200);
  });
});
