import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parsePolicyFile } from './parse-policy-file.ts';
import { resolvePolicyFile } from './resolve-policy-file.ts';
import { reviewPolicy } from './review-policy.ts';
import { runTests } from './run-tests.ts';
import { toSnapshotDocument } from './to-snapshot-document.ts';

const NOW = Date.parse('2026-06-01T12:00:00Z');
const run = (text: string) => runTests(parsePolicyFile(`licet: 1\n${text}`), NOW);

const POLICY = `
resourceTypes: { task: { actions: [read, delete], attributes: { ownerId: string } } }
conditions: { is-owner: resource.properties.ownerId == subject.id, in-june: 'now >= timestamp("2026-06-01T00:00:00Z")' }
roles:
  viewer: { grants: [{ permission: "task:read", when: in-june }] }
  member: { inherits: [viewer], grants: [{ permission: "task:delete", when: is-owner }] }
groups: { support: { members: [bob] } }
users: { bob: { type: service, attributes: { level: 3 } } }
assignments: [{ group: support, role: member }, { group: everyone, role: viewer, until: 2027-01-01T00:00:00Z }]
`;
const test = (ask: string, rest: string) =>
  `tests: [{ name: x, ask: { ${ask}, resource: { type: task, id: t1, properties: { ownerId: bob } } }, ${rest} }]`;

describe('runTests', () => {
  it('asks for the user that the file means by a name', () => {
    const [result] = run(POLICY + test('subject: bob, action: delete', 'expect: allow'));
    expect(result).toMatchObject({
      name: 'x',
      passed: true,
      now: NOW,
      request: { subject: { type: 'service', id: 'bob' }, action: { name: 'delete' } },
      expected: { decision: true },
      decision: { decision: true, reason: 'allowed_by_grant', path: { group: 'support', roles: ['member'], condition: 'is-owner' } },
    });
  });

  it('takes a name for a registered user, and a subject in full as it is', () => {
    expect(run(POLICY + test('subject: carol, action: read', 'expect: allow'))[0]!.passed).toBe(true);
    expect(run(POLICY + test('subject: { type: user, id: carol }, action: read', 'expect: deny, reason: unknown_subject'))[0]!.passed).toBe(
      true,
    );
  });

  it('asks at the time of the test, else at the time it is given', () => {
    expect(run(POLICY + test('subject: carol, action: read, now: 2026-05-31T23:59:59Z', 'expect: deny'))[0]!.passed).toBe(true);
    expect(run(POLICY + test('subject: carol, action: read, now: 2027-01-01T00:00:00Z', 'expect: deny'))[0]!.passed).toBe(true);
  });

  it('fails a test whose decision or whose reason is another', () => {
    expect(run(POLICY + test('subject: carol, action: delete', 'expect: allow'))[0]).toMatchObject({
      passed: false,
      decision: { reason: 'no_matching_grant' },
    });
    expect(run(POLICY + test('subject: carol, action: delete', 'expect: deny, reason: denied_by_grant'))[0]!.passed).toBe(false);
  });

  it('refuses a reason that there is not', () => {
    expect(() => run(POLICY + test('subject: carol, action: delete', 'expect: deny, reason: because'))).toThrow(
      'a test expects a reason that there is not',
    );
  });

  it('passes all tests of the task manager', () => {
    const text = readFileSync(new URL('../../../examples/flask-task-manager/policy.yaml', import.meta.url), 'utf8');
    const file = parsePolicyFile(text);
    const results = runTests(file, NOW);
    expect(results.length).toBeGreaterThan(10);
    expect(results.filter(({ passed }) => !passed).map(({ name }) => name)).toEqual([]);
    expect(reviewPolicy(resolvePolicyFile(file))).toEqual([]);
  });
});

describe('toSnapshotDocument', () => {
  it('has what every installation has, registers who is named, and gives each row an id of its own', () => {
    const { revision, rows } = toSnapshotDocument(
      resolvePolicyFile(
        parsePolicyFile(
          'licet: 1\ngroups: { g: { members: [a] } }\nassignments: [{ user: b, role: r }, { user: b, role: r, until: 2027-01-01T00:00:00Z }]',
        ),
      ),
      7,
    );
    expect(revision).toBe(7);
    expect(rows.tenants).toEqual([{ id: 'default' }]);
    expect(rows.groups.map(({ id }) => id)).toEqual(['anyone', 'everyone', 'g']);
    expect(rows.users.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(rows.assignments.map(({ id }) => id)).toEqual(['user b is r in default', 'user b is r in default (2)']);
  });
});

describe('reviewPolicy', () => {
  it('names what the file leaves to the installation, and conditions that contradict declared attributes', () => {
    const file = parsePolicyFile(`licet: 1
resourceTypes: { task: { actions: [read], attributes: { ownerId: string } } }
roles: { r: { inherits: [base, licet.auditor], grants: ["task:read", "task:fly", { permission: "note:read", when: resource.properties.ownerId < 3 }] } }
assignments: [{ group: g, role: q, tenant: acme }, { user: somebody, role: r }]
`);
    expect(reviewPolicy(resolvePolicyFile(file)).map(({ path, message }) => `${path}: ${message}`)).toEqual([
      'conditions.when-resource-properties-ownerId-3-ba84031a: 1:1: `<` cannot compare a string with a number',
      'grants.r.note:read: the resource type `note` does not exist in this file',
      'grants.r.task:fly: the resource type `task` has no action `fly` in this file',
      'roles.r.inherits: the role `base` does not exist in this file',
      'assignments[0].group: the group `g` does not exist in this file',
      'assignments[0].role: the role `q` does not exist in this file',
      'assignments[0].tenant: the tenant `acme` does not exist in this file',
    ]);
  });

  const notes = (text: string) =>
    reviewPolicy(resolvePolicyFile(parsePolicyFile(`licet: 1\n${text}`))).map(({ path, message }) => `${path}: ${message}`);
  const TYPES = `resourceTypes:
  task: { actions: [read, delete], attributes: { ownerId: string, archived: bool } }
  note: { actions: [read], attributes: { authorId: string, archived: number } }
  file: { actions: [read] }
`;

  it('names attributes that nothing declares, with what may be meant', () => {
    const grants = `roles: { r: { grants: [{ permission: "task:read", when: resource.properties.ownerID == subject.id }, {
      permission: "task:delete", when: resource.properties.tenant == context.tenant && has(resource.properties.colour) }, {
      permission: "file:read", when: resource.properties.size == 1 }, { permission: "*:read", when: resource.properties.authorId == subject.id }] } }`;
    expect(notes(TYPES + grants)).toEqual([
      expect.stringMatching(/^conditions\.\S+: `task` declares no attribute `ownerID`; did you mean `ownerId`\?$/),
      expect.stringMatching(/^conditions\.\S+: `task` declares no attribute `colour`; declare it, so that its type is checked$/),
    ]);
  });

  it('names a condition that does not fit the types it is used for', () => {
    const grants = `conditions: { old: resource.properties.archived > 3 }
roles: { r: { grants: [{ permission: "task:read", when: old }, { permission: "*:read", when: old }, { permission: "note:read", when: old }] } }`;
    const message =
      'the condition `old` does not fit `task`: in `resource.properties.archived > 3`, `>` is for numbers, strings and timestamps, and this is a boolean; correct the condition, or the attributes that `task` declares';
    expect(notes(TYPES + grants)).toEqual([`grants.r.task:read: ${message}`, `grants.r.*:read: ${message}`]);
  });

  it.each([
    [
      '"task:read", { permission: "task:*", effect: deny }',
      ['grants.r.task:read: this allow never applies: the deny of `task:*` in the role `r` always beats it; remove one of the two'],
    ],
    [
      '{ permission: "task:read", when: context.a }, { permission: "task:read", effect: deny, when: context.a }',
      [
        'grants.r.task:read: this allow never applies: the deny of `task:read` in the role `r` under the same condition always beats it; remove one of the two',
      ],
    ],
    [
      '"task:*", { permission: "task:read", when: context.a }',
      [
        'grants.r.task:read: this grant changes nothing: the allow of `task:*` in the role `r` applies without a condition; remove one of the two',
      ],
    ],
    [
      '{ permission: "file:read", when: context.a }',
      ['grants.r.file:read: this allow never applies: the deny of `file:read` in the role `base` always beats it; remove one of the two'],
    ],
    ['"task:*", { permission: "task:read", effect: deny }', []],
    ['"licet.role:read", { permission: "*:read", effect: deny }', []],
    ['"task:read", { permission: "task:read", effect: deny, when: context.a }', []],
    ['"task:read", { permission: "*:read", when: context.a }', []],
    ['{ permission: "task:read", when: context.a }, { permission: "task:read", when: context.b }', []],
  ])('grants that can never change a decision: %s', (grants, expected) => {
    const base = `base: { grants: [{ permission: "file:read", effect: deny }] }`;
    expect(notes(`${TYPES}roles: { ${base}, r: { inherits: [base], grants: [${grants}] } }`)).toEqual(expected);
  });
});
