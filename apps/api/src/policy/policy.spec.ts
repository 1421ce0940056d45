import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type PlannedOp, PolicyFile } from '@licet/contract';
import { toDocument } from '@licet/engine';
import { parsePolicyFile } from '@licet/policy';
import { DIALECTS, startApi, type TestApi } from '../../test/api.ts';
import { apply, decisionsOf, readPolicyYaml } from '../../test/policy.ts';
import { PolicyState } from '../replication/policy-state.ts';

const EXAMPLE = join(import.meta.dirname, '../../../../examples/flask-task-manager/policy.yaml');
const FILE = readPolicyYaml();

describe.each(DIALECTS)('a policy file (%s)', (dialect) => {
  let api: TestApi;
  let key: { authorization: string };

  beforeAll(async () => {
    api = await startApi(dialect);
    key = await api.key('app');
  });
  afterAll(() => api.stop());

  const state = () => api.app.get(PolicyState);
  const exported = async () => (await api.call('GET', '/api/v1/policy')).body as PolicyFile;
  const evaluate = async (question: object) => (await api.call('POST', '/access/v1/evaluation', question, key)).body;
  const brief = (ops: PlannedOp[]) => ops.map(({ action, kind, target }) => `${action} ${kind} ${target}`).sort();

  it('is in force with one change, and its own tests hold in the running installation', async () => {
    const file = parsePolicyFile(readFileSync(EXAMPLE, 'utf8'));
    const names = new Set(file.tests!.map(({ ask }) => ask.subject).filter((subject) => typeof subject === 'string'));
    const before = state().revision;
    const { status, body, revision } = await apply(api, file, { reason: 'the example' });
    expect([status, body.applied, body.revision, revision]).toEqual([200, true, before + 1, before + 1]);
    await api.call('POST', '/api/v1/users/sync', { users: [...names].map((id) => ({ id })) });
    for (const { name, ask, expect: expected, reason } of file.tests!) {
      const { subject, action, resource, context } = ask;
      const question = {
        subject: typeof subject === 'string' ? { type: 'user', id: subject } : subject,
        action: typeof action === 'string' ? { name: action } : action,
        resource,
        ...(context ? { context } : {}),
      };
      const answer = await evaluate(question);
      expect([name, answer.decision, reason ?? answer.context.reason]).toEqual([name, expected === 'allow', answer.context.reason]);
    }
    const { body: audit } = await api.call('GET', `/api/v1/audit-entries?revision=${revision}&perPage=1000`);
    expect(audit.total).toBe(body.ops.length);
    expect(new Set(audit.items.map(({ reason, actor }: { reason: string; actor: string }) => `${actor}: ${reason}`))).toEqual(
      new Set(['ana: the example']),
    );
  });

  it('says in a dry run exactly what it would do, and then does that', async () => {
    const before = toDocument(state().snapshot);
    const planned = await apply(api, FILE, { dryRun: true });
    expect([planned.status, planned.body.applied, planned.body.revision]).toEqual([200, false, before.revision]);
    expect(toDocument(state().snapshot)).toEqual(before);
    const done = await apply(api, FILE);
    expect([done.body.applied, done.body.revision]).toEqual([true, before.revision + 1]);
    const withoutUuids = (ops: PlannedOp[]) =>
      brief(ops)
        .map((line) => line.replace(/[0-9a-f-]{36}/, 'id'))
        .sort();
    expect(withoutUuids(done.body.ops)).toEqual(withoutUuids(planned.body.ops));
    expect(done.body.ops.length).toBeGreaterThan(40);
  });

  it('changes nothing when it is applied again, nor does what was exported', async () => {
    const revision = state().revision;
    for (const file of [FILE, FILE, await exported()]) {
      const { body } = await apply(api, file);
      expect(body).toEqual({ revision, applied: false, ops: [] });
    }
    expect((await apply(api, await exported(), { prune: true, dryRun: true })).body.ops).toEqual([]);
  });

  it('is exported as a valid file without what is part of Licet, and without accounts of keys', async () => {
    const file = await exported();
    expect(PolicyFile.parse(file)).toEqual(file);
    expect(JSON.stringify(file)).not.toMatch(/licet\.|service:app|argon2|everyone": \{/);
    expect(Object.keys(file.users!)).toEqual(expect.arrayContaining(['alice', 'ada', 'ana', 'service:robot', 'odd: name / with %']));
    expect(file.resourceTypes!['doc']!.actions).toEqual({ create: 'Make one', read: '', update: 'Change it', delete: '' });
    expect(file.roles!['member']!.grants).toContainEqual({
      permission: 'doc:delete',
      when: 'resource.properties.ownerId == subject.id && subject.properties.level >= 2',
    });
  });

  it('makes what it names equal to it, and leaves the rest alone', async () => {
    const before = await exported();
    const file = {
      roles: { member: { grants: ['doc:create', { permission: 'doc:update', when: 'is-large' }] } },
      groups: { staff: { members: ['carl'] } },
      resourceTypes: { report: { actions: ['export', 'read', 'print'] } },
      users: { bob: { name: 'Bob', attributes: { level: 2 } } },
    };
    const { status, body } = await apply(api, file);
    expect([status, body.applied]).toEqual([200, true]);
    const after = await exported();
    expect(after.roles!['member']).toEqual({ inherits: [], grants: ['doc:create', { permission: 'doc:update', when: 'is-large' }] });
    expect(after.groups!['staff']!.members).toEqual(['carl']);
    expect(after.resourceTypes!['report']!.actions).toEqual(['export', 'read', 'print']);
    expect(after.users!['bob']).toEqual({ name: 'Bob', enabled: true, attributes: { level: 2 } });
    const touched = ['member', 'staff', 'report', 'bob'];
    for (const section of ['tenants', 'resourceTypes', 'roles', 'groups', 'users'] as const) {
      const rest = (policy: PolicyFile) => Object.entries(policy[section]!).filter(([id]) => !touched.includes(id));
      expect(rest(after)).toEqual(rest(before));
    }
    expect([after.assignments, after.resources, after.conditions]).toEqual([before.assignments, before.resources, before.conditions]);
    const conditions = (await api.call('GET', '/api/v1/conditions?q=when-')).body;
    expect([conditions.total, brief(body.ops).filter((line) => line.startsWith('delete conditions')).length]).toEqual([0, 2]);
    expect((await apply(api, FILE)).body.applied).toBe(true);
  });

  it('deletes what its sections do not name only where it is told to', async () => {
    const file = {
      users: FILE.users,
      groups: FILE.groups,
      roles: { viewer: FILE.roles!['viewer'] },
      assignments: [{ group: 'everyone', role: 'viewer' }],
    };
    // A console role stands in no file: it goes with the group.
    await api.create('groups', { id: 'reviewers' });
    await api.create('assignments', { group: 'reviewers', role: 'licet.auditor', tenant: '*' });
    const kept = await exported();
    expect((await apply(api, { ...file, roles: FILE.roles, assignments: FILE.assignments })).body.applied).toBe(false);
    const planned = await apply(api, file, { prune: true, dryRun: true });
    expect(brief(planned.body.ops)).toEqual(
      expect.arrayContaining([
        'delete roles admin',
        'delete users ada',
        'delete groups reviewers',
        'delete role-inherits ' + String(planned.body.ops.find((op: PlannedOp) => op.kind === 'role-inherits').target),
      ]),
    );
    expect(await exported()).toEqual(kept);
    const done = await apply(api, file, { prune: true });
    expect([done.status, done.body.applied]).toEqual([200, true]);
    const after = await exported();
    expect([
      Object.keys(after.roles!),
      after.assignments!.length,
      Object.keys(after.users!).includes('ada'),
      Object.keys(after.users!).includes('ana'),
    ]).toEqual([['viewer'], 1, false, true]);
    expect([after.tenants, after.resourceTypes, after.resources]).toEqual([kept.tenants, kept.resourceTypes, kept.resources]);
    expect((await api.call('GET', '/api/v1/session')).status).toBe(200);
    expect(
      (await evaluate({ subject: { type: 'user', id: 'alice' }, action: { name: 'read' }, resource: { type: 'doc', id: 'x' } })).decision,
    ).toBe(true);
    expect((await apply(api, FILE)).body.applied).toBe(true);
  });

  it('is the same for more rows than one question to the database is about', async () => {
    const names = Array.from({ length: 1100 }, (_, number) => `many-${number}`);
    const opsOf = async (named: readonly string[], more?: object) => {
      const resources = [...FILE.resources!, ...named.map((id) => ({ type: 'doc', id }))];
      const assignments = [...FILE.assignments!, ...named.map((id) => ({ user: 'alice', role: 'viewer', resource: `doc:${id}` }))];
      const { ops } = (await apply(api, { ...FILE, resources, assignments }, more)).body as { ops: PlannedOp[] };
      return ops.filter((op) => JSON.stringify(op).includes('many-')).length;
    };
    expect(await opsOf(names)).toBe(2200);
    expect(await opsOf(names)).toBe(0);
    expect(await opsOf(names.slice(-1), { prune: true })).toBe(2198);
    expect(await opsOf([], { prune: true })).toBe(2);
  }, 60_000);

  it('follows times, tenants and single resources', async () => {
    const ask = async (user: string, action: string, id: string, tenant?: string) => {
      const subject = user.includes(':') ? { type: 'service', id: user.split(':')[1] } : { type: 'user', id: user };
      return (
        await evaluate({
          subject,
          action: { name: action },
          resource: { type: 'doc', id, properties: { size: 1, archived: false } },
          ...(tenant ? { context: { tenant } } : {}),
        })
      ).decision;
    };
    expect(
      await Promise.all([
        ask('alice', 'create', 'x'),
        ask('alice', 'create', 'x', 'acme'),
        ask('alice', 'delete', 'x', 'beta'),
        ask('alice', 'delete', 'x'),
      ]),
    ).toEqual([true, true, true, false]);
    expect(
      await Promise.all([
        ask('bob', 'update', 't1'),
        ask('bob', 'update', 'other', 'acme'),
        ask('service:robot', 'update', 'other'),
        ask('carl', 'read', 'x'),
      ]),
    ).toEqual([true, false, true, false]);
    const at = (offset: number) => new Date(Date.now() + offset * 60_000).toISOString();
    for (const [times, allowed] of [
      [{ from: at(-2) }, true],
      [{ from: at(2) }, false],
      [{ until: at(2) }, true],
      [{ until: at(-2) }, false],
      [{ from: at(-2), until: at(2) }, true],
      [{}, true],
    ] as const) {
      const applied = await apply(api, { assignments: [{ user: 'bob', role: 'admin', tenant: 'beta', reason: 'times', ...times }] });
      expect(applied.body.applied).toBe(true);
      expect([times, await ask('bob', 'delete', 'x', 'beta')]).toEqual([times, allowed]);
    }
    expect((await api.call('GET', '/api/v1/assignments?user=bob&tenant=beta')).body.items).toEqual([
      expect.objectContaining({ startsAt: null, expiresAt: null, reason: 'times' }),
    ]);
  });

  it.each([
    ['an unknown action', { roles: { x: { grants: ['doc:fly'] } } }, 422, 'grants.x.doc:fly'],
    ['a condition that does not compile', { conditions: { c: 'resource.properties.ownerId ==' } }, 422, 'conditions.c'],
    [
      'an inline condition that does not compile',
      { roles: { x: { grants: [{ permission: 'doc:read', when: 'subject.id ==' }] } } },
      422,
      'roles.x.grants[0].when',
    ],
    ['a condition that is always true', { conditions: { c: '1 == 1' } }, 422, 'conditions.c'],
    ['a circle', { roles: { x: { inherits: ['y'] }, y: { inherits: ['x'] } } }, 422, 'roles.x.inherits'],
    ['a circle through what is installed', { roles: { viewer: { inherits: ['admin'] } } }, 422, 'roles.admin.inherits'],
    ['an unknown condition', { roles: { x: { grants: [{ permission: 'doc:read', when: 'nope' }] } } }, 422, 'roles.x.grants'],
    ['an unknown role to inherit from', { roles: { x: { inherits: ['nope'] } } }, 422, 'roles.x.inherits'],
    ['an unknown role', { assignments: [{ user: 'bob', role: 'nope' }] }, 422, 'assignments.role'],
    ['an unknown user', { assignments: [{ user: 'nope', role: 'viewer' }] }, 422, 'assignments.user'],
    ['an unknown tenant', { assignments: [{ user: 'bob', role: 'viewer', tenant: 'nope' }] }, 422, 'assignments.tenant'],
    ['an unknown group', { assignments: [{ group: 'nope', role: 'viewer' }] }, 422, 'assignments.group'],
    ['an unknown member', { groups: { g: { members: ['nope'] } } }, 422, 'groups.g.members'],
    ['an unknown tenant of a resource', { resources: [{ type: 'doc', id: 'x', tenant: 'nope' }] }, 422, 'resources.doc:x.tenant'],
    ['an unknown resource type', { resources: [{ type: 'nope', id: 'x' }] }, 422, 'resources.nope:x.type'],
    ['a role of Licet', { roles: { 'licet.owner': { grants: [] } } }, 422, 'roles.licet.owner'],
    ['a member that nobody knows', { roles: { x: { grant: [] } } }, 400, 'file.roles.x.grant'],
    ['a member of another type', { users: { x: { enabled: 'yes' } } }, 400, 'file.users.x.enabled'],
    ['another version of the format', { licet: 2 }, 400, 'file.licet'],
  ])('applies nothing where it holds %s, and names the place', async (_what, bad, status, path) => {
    const before = toDocument(state().snapshot);
    const { status: answered, body } = await apply(api, { tenants: { 'half-applied': {} }, ...bad });
    expect([answered, body.code, body.errors?.[0].path]).toEqual([status, status === 422 ? 'invalid_policy' : 'invalid_request', path]);
    expect(toDocument(state().snapshot)).toEqual(before);
    expect((await api.call('GET', '/api/v1/tenants/half-applied')).status).toBe(404);
  });
});

describe.each([
  ['sqlite', 'postgres'],
  ['postgres', 'sqlite'],
] as const)('a whole policy taken from %s to %s', (from, to) => {
  it('is the same file again and decides the same', async () => {
    const first = await startApi(from);
    expect((await apply(first, FILE)).status).toBe(200);
    const file = (await first.call('GET', '/api/v1/policy')).body as PolicyFile;
    const decisions = await decisionsOf(first, await first.key('app'));
    await first.stop();
    const second = await startApi(to);
    const applied = await apply(second, file);
    expect([applied.status, applied.body.applied]).toEqual([200, true]);
    expect(JSON.stringify((await second.call('GET', '/api/v1/policy')).body)).toBe(JSON.stringify(file));
    expect(await decisionsOf(second, await second.key('another-app'))).toEqual(decisions);
    await second.stop();
    expect(decisions.length).toBe(576);
    expect(new Set(decisions.map((line) => /"reason":"(\w+)"/.exec(line)![1]))).toEqual(
      new Set(['allowed_by_grant', 'denied_by_grant', 'no_matching_grant', 'unknown_action', 'disabled_subject', 'unknown_subject']),
    );
  });
});
