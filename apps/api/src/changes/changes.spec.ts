import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Delta, emptyRows, type PolicyKind } from '@licet/contract';
import { applyDelta, createSnapshot, toDocument } from '@licet/engine';
import { DIALECTS, startApi, type TestApi } from '../../test/api.ts';
import { SYSTEM } from '../access/access.ts';
import { AuditEntry } from '../audit/audit-entry.entity.ts';
import { DATABASES } from '../database/database.module.ts';
import type { Databases } from '../database/orm.ts';
import { PolicyState } from '../replication/policy-state.ts';
import { Role } from '../roles/role.entity.ts';
import { User } from '../users/user.entity.ts';
import { Change } from './change.entity.ts';
import { Changes } from './changes.service.ts';

describe.each(DIALECTS)('the one door (%s)', (dialect) => {
  let api: TestApi;
  const state = () => api.app.get(PolicyState);
  const em = () => api.app.get<Databases>(DATABASES).policy.em.fork();
  const auditOf = async (target: string) => (await api.call('GET', `/api/v1/audit-entries?target=${encodeURIComponent(target)}`)).body.items;

  beforeAll(async () => {
    api = await startApi(dialect);
    await api.create('resource-types', { id: 'doc', actions: [{ name: 'read' }, { name: 'write' }], attributes: { ownerId: 'string' } });
    await api.create('conditions', { id: 'is-owner', expression: 'resource.properties.ownerId == subject.id' });
    await api.create('roles', { id: 'reader' });
  });
  afterAll(() => api.stop());

  it('writes who, when, before, after and why for every edit', async () => {
    const reason = 'für die Prüfung — “ok”';
    const { revision } = await api.call('PATCH', '/api/v1/roles/reader', { name: 'Reader' }, { 'if-match': '"1"', 'licet-reason': encodeURIComponent(reason) });
    const [entry] = await auditOf('reader');
    expect(entry).toMatchObject({ revision, actor: 'ana', via: 'console', action: 'update', kind: 'roles', reason });
    expect([entry.before.name, entry.after.name]).toEqual(['reader', 'Reader']);
    expect(Math.abs(Date.now() - Date.parse(entry.at))).toBeLessThan(60_000);
  });

  it('never goes back in time where the clock was set back', async () => {
    const { revision } = await api.create('users', { id: 'before' });
    const ahead = new Date(Date.now() + 3_600_000);
    await em().nativeUpdate(Change, { revision }, { at: ahead });
    await state().load(em());
    await api.create('users', { id: 'after' });
    expect((await auditOf('after'))[0]).toMatchObject({ revision: revision + 1, at: ahead.toISOString() });
    expect((await em().findOneOrFail(Change, revision + 1)).at).toEqual(ahead);
    await em().nativeUpdate(Change, { revision: { $gte: revision } }, { at: new Date() });
    await state().load(em());
  });

  it('never writes a password or a key into the audit trail', async () => {
    const created = await api.create('api-keys', { name: 'secretive' });
    const rows = await em().find(AuditEntry, {});
    const text = JSON.stringify(rows);
    expect(text).not.toContain(created.body.secret.split('_')[2]);
    expect(text).not.toContain('argon2');
    expect(rows.some(({ kind }) => kind === 'operators')).toBe(true);
  });

  it('numbers commits without a gap, in order, however many come at once', async () => {
    const before = state().revision;
    const answers = await Promise.all(Array.from({ length: 40 }, (_, index) => api.create('users', { id: `many-${index}` })));
    const revisions = answers.map(({ revision }) => revision).sort((a, b) => a - b);
    expect(revisions).toEqual(Array.from({ length: 40 }, (_, index) => before + 1 + index));
    const changes = await em().find(Change, {}, { orderBy: { revision: 'asc' } });
    expect(changes.map(({ revision }) => revision)).toEqual(Array.from({ length: changes.length }, (_, index) => index + 1));
  });

  it('lets exactly one of two edits of the same version through, and shows the other what is there now', async () => {
    await api.create('roles', { id: 'contested' });
    const edit = (name: string) => api.call('PATCH', '/api/v1/roles/contested', { name }, { 'if-match': '"1"' });
    const answers = await Promise.all([edit('one'), edit('two')]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
    const [won, lost] = answers[0]!.status === 200 ? answers : [answers[1]!, answers[0]!];
    expect(lost!.body).toMatchObject({ code: 'version_mismatch', current: { name: won!.body.name, version: 2 } });
  });

  it('asks for If-Match', async () => {
    expect((await api.call('PATCH', '/api/v1/roles/reader', { name: 'x' })).body.code).toBe('version_required');
    expect((await api.call('DELETE', '/api/v1/roles/reader')).body.code).toBe('version_required');
    expect((await api.call('PATCH', '/api/v1/roles/reader', { name: 'x' }, { 'if-match': 'x' })).body.code).toBe('invalid_request');
  });

  it('applies nothing of a change that breaks a rule', async () => {
    const revision = state().revision;
    const snapshot = JSON.stringify(toDocument(state().snapshot));
    await api.app
      .get(Changes)
      .commit(SYSTEM, { reason: '' }, async (forked) => {
        forked.create(User, { id: 'half', type: 'user', name: null, enabled: true, attributes: {} });
        await forked.flush();
        throw new Error('in the middle');
      })
      .catch(() => undefined);
    const cycle = await api.call('POST', '/api/v1/policy/apply', {
      file: { licet: 1, users: { half: {} }, roles: { a: { inherits: ['b'] }, b: { inherits: ['a'] } } },
    });
    expect([cycle.status, cycle.body.code]).toEqual([422, 'invalid_policy']);
    expect(cycle.body.errors[0]).toMatchObject({ path: 'roles.a.inherits', message: expect.stringContaining('a -> b -> a') });
    expect([await em().count(User, { id: 'half' }), await em().count(Role, { id: 'a' }), await em().count(AuditEntry, { target: 'half' })]).toEqual([0, 0, 0]);
    expect([state().revision, JSON.stringify(toDocument(state().snapshot))]).toEqual([revision, snapshot]);
  });

  it('names the place of what is wrong', async () => {
    const grant = (body: object) => api.call('POST', '/api/v1/grants', { role: 'reader', ...body });
    const unknown = await grant({ permission: 'doc:fly' });
    expect([unknown.status, unknown.body.errors[0].path]).toEqual([422, 'grants.reader.doc:fly']);
    expect((await grant({ permission: 'doc:read', condition: 'nope' })).body.errors[0].path).toBe('condition');
    const condition = (expression: string) => api.call('POST', '/api/v1/conditions', { id: 'c', expression });
    for (const expression of ['resource.properties.ownerId ==', 'true', 'subject.id == subject.id', 'resource.properties.ownerId.matches("(a+)+$")']) {
      const answer = await condition(expression);
      expect([expression, answer.status, answer.body.errors[0].path]).toEqual([expression, 422, 'expression']);
    }
    const typo = await api.call('POST', '/api/v1/roles', { id: 'typo', inhertis: [] });
    expect([typo.status, typo.body.errors[0].path]).toEqual([400, 'inhertis']);
  });

  it('refuses a flush of a policy table outside a commit', async () => {
    const forked = em();
    forked.create(Role, { id: 'back-door', name: '', description: '' });
    await expect(forked.flush()).rejects.toThrow('through changes.commit only');
    expect(await em().count(Role, { id: 'back-door' })).toBe(0);
  });

  it('announces a change only after it is committed, and to everyone', async () => {
    const seen: number[] = [];
    const stop = state().follow((delta) => seen.push(delta.revision));
    const { revision } = await api.create('tenants', { id: 'announced' });
    await api.call('POST', '/api/v1/tenants', { id: 'announced' });
    stop();
    expect(seen).toEqual([revision]);
  });

  it('says of a dry run what would change, and changes nothing', async () => {
    const revision = state().revision;
    const file = { licet: 1, users: { dry: { attributes: { a: 1 } } } };
    const planned = await api.call('POST', '/api/v1/policy/apply', { file, dryRun: true });
    expect(planned.body).toMatchObject({ revision, applied: false, ops: [{ action: 'create', kind: 'users', target: 'dry', before: null }] });
    expect([await em().count(User, { id: 'dry' }), state().revision]).toEqual([0, revision]);
  });

  it('makes no revision where nothing changes', async () => {
    const revision = state().revision;
    const { body } = await api.call('GET', '/api/v1/roles/reader');
    const answer = await api.call('PATCH', '/api/v1/roles/reader', { name: body.name, inherits: [] }, { 'if-match': `"${body.version}"` });
    expect([answer.status, answer.revision, state().revision]).toEqual([200, revision, revision]);
  });

  it('can rebuild the policy of any revision from its changes, equal to what is in force', async () => {
    await api.create('grants', { role: 'reader', permission: 'doc:read', condition: 'is-owner' });
    await api.call('DELETE', '/api/v1/users/many-1', undefined, { 'if-match': '"1"' });
    const changes = await em().find(Change, {}, { orderBy: { revision: 'asc' } });
    let rebuilt = createSnapshot({ format: 1, revision: 0, rows: emptyRows() });
    for (const { revision, at, ops } of changes) rebuilt = applyDelta(rebuilt, { revision, at: at.toISOString(), ops } satisfies Delta);
    const loaded = new PolicyState();
    await loaded.load(em());
    expect(toDocument(rebuilt)).toEqual(toDocument(state().snapshot));
    expect(toDocument(loaded.snapshot)).toEqual(toDocument(rebuilt));
  });

  it('keeps an audit entry for every row that a change touched', async () => {
    const changes = await em().find(Change, {});
    for (const { revision, entries, ops } of changes) {
      const audited = await em().find(AuditEntry, { revision });
      expect(audited.length).toBe(entries);
      const kinds = new Set<PolicyKind>(ops.map(({ kind }) => kind));
      for (const kind of kinds) expect(audited.filter((entry) => entry.kind === kind).length).toBe(ops.filter((op) => op.kind === kind).length);
    }
  });
});
