import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DIALECTS, startApi, type TestApi } from '../../test/api.ts';

describe.each(DIALECTS)('roles that applications assign (%s)', (dialect) => {
  let api: TestApi;
  let key: { authorization: string };

  beforeAll(async () => {
    api = await startApi(dialect);
    await api.create('tenants', { id: 'acme' });
    await api.create('roles', { id: 'editor' });
    await api.create('groups', { id: 'support' });
    for (const id of ['alice', 'bob']) await api.create('users', { id });
    key = await api.key('tasks', 'licet.assigning-application');
  });
  afterAll(() => api.stop());

  const ask = (what: 'assign' | 'revoke', body: object, headers: Record<string, string> = key) => api.call('POST', `/api/v1/assignments/${what}`, body, headers);
  const held = async (filter: string) => (await api.call('GET', `/api/v1/assignments?${filter}`)).body.items as Record<string, unknown>[];

  it('assigns with tenant, resource, times and reason, and the audit trail names the key', async () => {
    const terms = { user: 'alice', role: 'editor', tenant: 'acme', resource: 'doc:1' };
    const { status, body } = await ask('assign', { ...terms, expiresAt: '2100-01-01T00:00:00+01:00', reason: 'stands in' });
    expect([status, body]).toEqual([200, { revision: expect.any(Number), changed: 1 }]);
    expect(await held('user=alice')).toEqual([
      expect.objectContaining({ ...terms, startsAt: null, expiresAt: '2099-12-31T23:00:00.000Z' }),
    ]);
    const { body: audit } = await api.call('GET', `/api/v1/audit-entries?revision=${body.revision}`);
    expect(audit.items).toEqual([
      expect.objectContaining({ actor: 'service:tasks', via: 'api', kind: 'assignments', reason: 'stands in' }),
    ]);
  });

  it('takes the reason from the header where the body has none, as every write does', async () => {
    const reasonOf = async (what: 'assign' | 'revoke', body: object) => {
      const { revision } = await ask(what, { user: 'alice', role: 'editor', tenant: '*', ...body }, { ...key, 'licet-reason': 'by%20header' });
      return (await api.call('GET', `/api/v1/changes/${revision}`)).body.reason;
    };
    expect([await reasonOf('assign', {}), await reasonOf('revoke', {})]).toEqual(['by header', 'by header']);
    expect([await reasonOf('assign', { reason: 'by body' }), await reasonOf('revoke', { reason: 'by body' })]).toEqual(['by body', 'by body']);
    const applied = await api.call('POST', '/api/v1/policy/apply', { file: { licet: 1, roles: { applied: {} } } }, { 'licet-reason': 'by%20header' });
    expect((await api.call('GET', `/api/v1/changes/${applied.revision}`)).body.reason).toBe('by header');
  });

  it('says that a permission is needed in all tenants to whoever holds it in one', async () => {
    const { body: made } = await api.create('api-keys', { name: 'acmes', role: 'licet.tenant-administrator', tenant: 'acme' });
    const acmes = { authorization: `Bearer ${made.secret}` };
    const { status, body } = await ask('assign', { user: 'bob', role: 'editor', tenant: 'acme' }, acmes);
    expect([status, body.detail]).toEqual([403, expect.stringContaining('licet.assignment:create in all tenants')]);
  });

  it('changes nothing where it is assigned or revoked already', async () => {
    const first = await ask('assign', { group: 'support', role: 'editor' });
    const again = await ask('assign', { group: 'support', role: 'editor', reason: 'once more' });
    expect(again.body).toEqual({ revision: first.body.revision, changed: 0 });
    expect((await ask('revoke', { group: 'support', role: 'editor' })).body).toEqual({ revision: first.body.revision + 1, changed: 1 });
    expect((await ask('revoke', { group: 'support', role: 'editor' })).body).toEqual({ revision: first.body.revision + 1, changed: 0 });
  });

  it('revokes every assignment on the same terms, whatever its times, and no other', async () => {
    await ask('assign', { user: 'bob', role: 'editor' });
    await ask('assign', { user: 'bob', role: 'editor', startsAt: '2100-01-01T00:00:00Z' });
    await ask('assign', { user: 'bob', role: 'editor', tenant: '*' });
    await ask('assign', { user: 'bob', role: 'editor', resource: 'doc:1' });
    expect((await ask('revoke', { user: 'bob', role: 'editor' })).body).toMatchObject({ changed: 2 });
    const left = await held('user=bob');
    expect(left.map(({ tenant, resource }) => [tenant, resource]).sort()).toEqual([
      ['*', null],
      ['default', 'doc:1'],
    ]);
  });

  it('names what is wrong, and what does not exist', async () => {
    for (const [body, status] of [
      [{ role: 'editor' }, 400],
      [{ user: 'alice', group: 'support', role: 'editor' }, 400],
      [{ user: 'alice', role: 'editor', startsAt: '2100-01-02T00:00:00Z', expiresAt: '2100-01-01T00:00:00Z' }, 400],
      [{ user: 'nobody', role: 'editor' }, 422],
      [{ user: 'alice', role: 'nothing' }, 422],
      [{ user: 'alice', role: 'editor', tenant: 'nowhere' }, 422],
    ] as const) {
      expect([body, (await ask('assign', body)).status]).toEqual([body, status]);
    }
  });

  it('gives no console role, and takes none away', async () => {
    await api.create('assignments', { user: 'bob', role: 'licet.auditor', tenant: '*' });
    for (const what of ['assign', 'revoke'] as const) {
      const { status, body } = await ask(what, { user: what === 'assign' ? 'alice' : 'bob', role: 'licet.auditor', tenant: '*' });
      expect([what, status, body.detail]).toEqual([what, 403, expect.stringContaining('which you do not hold')]);
    }
  });

  it('takes a key that may assign', async () => {
    const plain = await api.key('plain');
    for (const what of ['assign', 'revoke'] as const) expect((await ask(what, { user: 'alice', role: 'editor' }, plain)).status).toBe(403);
  });
});

describe.each(DIALECTS)('many assignments at once (%s)', (dialect) => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startApi(dialect);
    await api.create('tenants', { id: 'acme' });
    await api.create('roles', { id: 'editor' });
  });
  afterAll(() => api.stop());

  interface Held {
    id: string;
    version: number;
  }
  let made = 0;
  const assign = async (tenant: string): Promise<Held> => {
    await api.create('users', { id: `user-${++made}` });
    const { id, version } = (await api.create('assignments', { user: `user-${made}`, role: 'editor', tenant })).body as Held;
    return { id, version };
  };
  const some = async (tenant = 'acme') => [await assign(tenant), await assign(tenant), await assign(tenant)];
  const left = async (rows: Held[]) => {
    const answers = await Promise.all(rows.map(({ id }) => api.call('GET', `/api/v1/assignments/${id}`)));
    return answers.filter(({ status }) => status === 200).length;
  };
  const revoke = (assignments: Held[], headers?: Record<string, string>) =>
    api.call('POST', '/api/v1/assignments/revoke-many', { assignments, reason: 'review of Q4' }, headers);

  it('are revoked in one change, with one reason', async () => {
    const rows = await some();
    const { status, body } = await revoke(rows);
    expect([status, body, await left(rows)]).toEqual([200, { revision: expect.any(Number), changed: 3 }, 0]);
    const { body: audit } = await api.call('GET', `/api/v1/audit-entries?revision=${body.revision}`);
    expect(audit.items.map((entry: Record<string, unknown>) => [entry['action'], entry['reason']])).toEqual(Array(3).fill(['delete', 'review of Q4']));
  });

  it('stay, all of them, where one of them was changed or revoked meanwhile', async () => {
    const rows = await some();
    await api.call('PATCH', `/api/v1/assignments/${rows[1]!.id}`, { reason: 'still needed' }, { 'if-match': '"1"' });
    const changed = await revoke(rows);
    expect([changed.status, changed.body.code, changed.body.current.id]).toEqual([412, 'version_mismatch', rows[1]!.id]);
    const gone = await revoke([rows[0]!, { id: '0197f3a0-5c1b-7000-8123-0123456789ab', version: 1 }]);
    expect([gone.status, gone.body.code]).toEqual([404, 'not_found']);
    expect(await left(rows)).toBe(3);
  });

  it('stay where one of them is of a tenant that one has no say in', async () => {
    const rows = [...(await some()), ...(await some('default'))];
    const admin = await api.key(`admin-${made}`);
    await api.create('assignments', { user: `service:admin-${made}`, role: 'licet.tenant-administrator', tenant: 'acme' });
    expect([(await revoke(rows, admin)).status, await left(rows)]).toEqual([404, 6]);
    expect([(await revoke(rows.slice(0, 3), admin)).status, await left(rows)]).toEqual([200, 3]);
  });

  it('stay where one of them is what makes the last owner', async () => {
    const rows = await some();
    const { body } = await api.call('GET', '/api/v1/assignments?user=ana&role=licet.owner');
    const { status, body: problem } = await revoke([...rows, { id: body.items[0].id, version: body.items[0].version }]);
    expect([status, problem.code, await left(rows)]).toEqual([409, 'still_in_use', 3]);
  });

  it.each([
    ['none', []],
    ['an id that is none', [{ id: 'x', version: 1 }]],
    ['no version', [{ id: '0197f3a0-5c1b-7000-8123-0123456789ab' }]],
    ['more than a thousand', Array(1001).fill({ id: '0197f3a0-5c1b-7000-8123-0123456789ab', version: 1 })],
  ])('are refused for %s', async (_, assignments) => {
    const { status, body } = await revoke(assignments as Held[]);
    expect([status, body.code, body.errors[0].path]).toEqual([400, 'invalid_request', expect.stringMatching(/^assignments/)]);
  });
});
