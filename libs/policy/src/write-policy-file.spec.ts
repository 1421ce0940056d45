import { type Attributes, CONDITION_ROOTS, type Effect } from '@licet/contract';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { assignmentKey, type DesiredPolicy, emptyDesired, grantKey, SECTIONS } from './desired-policy.ts';
import { inlineConditionId } from './inline-condition.ts';
import { parseCondition } from './parse-condition.ts';
import { parsePolicyFile } from './parse-policy-file.ts';
import { resolvePolicyFile } from './resolve-policy-file.ts';
import { formatPolicyFile, writePolicyFile } from './write-policy-file.ts';

const again = (desired: DesiredPolicy) => resolvePolicyFile(parsePolicyFile(writePolicyFile(desired)));

const PREFIXES = ['no', 'true', '1', '0x1', 'null', '1e3', 'a.b', 'constructor', 'default', '2026-01-01', 'context.a'];
const key = fc
  .tuple(fc.constantFrom(...PREFIXES), fc.integer({ min: 0, max: 9 }))
  .map(([prefix, n]) => (n < 3 ? prefix : `${prefix}-${n}`));
const NASTY = ['', ' a', 'a\n', '# x', '- x', 'a: b', '"', "'", '\u0000', '\u0085', 'no', '~', '\ufeff', '<<', '| x\n\ty'];
const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 30 }), fc.constantFrom(...NASTY));
const name = text.map((value) => value.trim() || 'n');
const user = fc.oneof(
  ...[key, key.map((id) => `service:${id}`), key.map((id) => `user:a:${id}`), name.map((id) => `device:${id.replaceAll(/\p{Cc}/gu, '')}x`)],
);
const attributes = fc
  .dictionary(text, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 })
  .map((map) => JSON.parse(JSON.stringify(map), (k, v: unknown) => (k === '__proto__' ? undefined : v)) as Attributes);
const EXPRESSIONS = [
  ...['context.a', 'context.a-1', 'subject.id == resource.properties.x', 'context.a // why\n && context.b'],
  'now < timestamp("2027-01-01T00:00:00Z")',
];
const expression = fc
  .oneof(
    fc.constantFrom(...EXPRESSIONS),
    text.map((value) => `subject.id == ${JSON.stringify(value)}`),
  )
  .filter((value) => parseCondition(value).tree !== undefined);
const instant = fc.option(fc.integer({ min: 0, max: 4e12 }).map((ms) => new Date(ms).toISOString()));
const permission = fc.tuple(fc.constantFrom('*', 'task', 'true'), fc.constantFrom('*', 'read', 'no')).map((parts) => parts.join(':'));
const effect = fc.constantFrom<Effect>('allow', 'deny');
const described = fc.record({ id: key, name, description: text });

const action = fc.record({ name: key.map((k) => `a${k}`), description: text });
const declared = fc.dictionary(
  key.map((k) => k.replaceAll(/\W/g, '_').replace(/^\d/, '_')),
  fc.constantFrom('string' as const, 'any' as const),
);
const rows = fc.record({
  tenants: fc.array(described),
  resourceTypes: fc.array(
    fc.record({ id: key, description: text, actions: fc.uniqueArray(action, { selector: (item) => item.name }), attributes: declared }),
  ),
  conditions: fc.array(fc.record({ id: key, description: text, expression })),
  inline: fc.array(expression),
  roles: fc.array(fc.record({ id: key, name, description: text, grants: fc.array(fc.record({ permission, effect, pick: fc.nat() })) })),
  groups: fc.array(fc.record({ id: key, name, description: text, members: fc.uniqueArray(user) })),
  users: fc.array(fc.record({ id: user, name: fc.option(name), enabled: fc.boolean(), attributes })),
  resources: fc.array(fc.record({ id: fc.tuple(key, key).map((parts) => parts.join(':')), tenant: fc.option(key), attributes })),
  assignments: fc.array(
    fc.record({
      ...{ who: user, byGroup: fc.boolean(), role: key, tenant: fc.oneof(key, fc.constant('*'), fc.constant('default')) },
      ...{ resource: fc.option(key.map((k) => `task:${k}:b`)), times: fc.tuple(instant, instant), reason: text },
    }),
  ),
  sections: fc.subarray([...SECTIONS]),
});

/** What resolvePolicyFile gives for any file, made without a file. */
const policy = rows.map((raw): DesiredPolicy => {
  const named = unique(raw.conditions.map((row) => ({ ...row, expression: row.expression.trim() })));
  const inline = raw.inline.map((value) => ({ id: inlineConditionId(value), description: '', expression: value.trim() }));
  const conditions = unique([...named, ...inline]).map((row) => ({ ...row, tree: parseCondition(row.expression).tree! }));
  const ids = [null, 'of-the-installation', ...conditions.map(({ id }) => id)];
  const roles = unique(raw.roles).map(({ grants, ...role }, index, all) => ({
    ...role,
    inherits: all.slice(0, index).map(({ id }) => id),
    grants: uniqueBy(
      grants.map(({ pick, ...grant }) => ({ ...grant, condition: ids[pick % ids.length]! })),
      grantKey,
    ),
  }));
  const assignments = raw.assignments.map(({ who, byGroup, times: [from, until], ...row }) => ({
    ...row,
    user: byGroup ? null : who,
    group: byGroup ? 'everyone' : null,
    startsAt: from !== null && until !== null && from >= until ? null : from,
    expiresAt: until,
  }));
  const desired = {
    tenants: unique(raw.tenants),
    resourceTypes: unique(raw.resourceTypes),
    conditions,
    roles,
    groups: unique(raw.groups).map((group) => ({ ...group, members: group.members.toSorted() })),
    users: unique(raw.users),
    resources: unique(raw.resources),
    assignments: uniqueBy(assignments, assignmentKey),
  };
  const filled = { ...desired, conditions: named };
  return { ...desired, sections: SECTIONS.filter((section) => raw.sections.includes(section) || filled[section].length > 0) };
});

function uniqueBy<T>(items: T[], keyOf: (item: T) => string): T[] {
  return [...new Map(items.map((item) => [keyOf(item), item]))].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
}
const unique = <T extends { id: string }>(items: T[]): T[] => uniqueBy(items, ({ id }) => id);

describe('writePolicyFile', () => {
  it('loses nothing: reading what it wrote gives the same policy', () => {
    fc.assert(
      fc.property(policy, (desired) => {
        const sections = new Set(desired.sections);
        const read = again(desired);
        // A condition that no grant uses stands under `conditions`, whether or not the section was there.
        if (!sections.has('conditions')) read.sections = read.sections.filter((section) => section !== 'conditions');
        expect(read).toEqual(desired);
      }),
      { numRuns: 100 },
    );
  });

  it('writes the same text for the same rows in any order', () => {
    fc.assert(
      fc.property(policy, (desired) => {
        const turned = { ...desired };
        for (const section of SECTIONS) turned[section] = [...desired[section]].reverse() as never;
        turned.roles = turned.roles.map((role) => ({ ...role, inherits: role.inherits.toReversed(), grants: role.grants.toReversed() }));
        turned.groups = turned.groups.map((group) => ({ ...group, members: group.members.toReversed() }));
        expect(writePolicyFile(turned)).toBe(writePolicyFile(desired));
      }),
      { numRuns: 50 },
    );
  });

  it('writes short forms, a section after the other', () => {
    const condition = (id: string, expression: string) => ({ id, description: '', expression, tree: parseCondition(expression).tree! });
    const inline = condition(inlineConditionId('resource.properties.archived'), 'resource.properties.archived');
    const text = writePolicyFile({
      ...emptyDesired(),
      sections: ['tenants', 'groups'],
      tenants: [{ id: 'default', name: 'default', description: '' }],
      resourceTypes: [
        {
          id: 'task',
          description: '',
          actions: [
            { name: 'read', description: '' },
            { name: 'delete', description: '' },
          ],
          attributes: { ownerId: 'string' },
        },
      ],
      conditions: [condition('is-owner', 'resource.properties.ownerId == subject.id'), inline],
      roles: [
        {
          id: 'viewer',
          name: 'Viewer',
          description: '',
          inherits: [],
          grants: [{ permission: 'task:read', effect: 'allow', condition: null }],
        },
        {
          ...{
            id: 'member',
            name: 'member',
            description: 'Does the work of the team, and cannot touch what others have done',
            inherits: ['viewer'],
          },
          grants: [
            { permission: 'task:delete', effect: 'allow', condition: 'is-owner' },
            { permission: 'task:delete', effect: 'deny', condition: inline.id },
          ],
        },
      ],
      users: [
        { id: 'service:bob', name: null, enabled: true, attributes: {} },
        { id: 'alice', name: null, enabled: false, attributes: { no: 'no' } },
      ],
      assignments: [
        { user: 'alice', group: null, role: 'member', tenant: 'default', resource: null, startsAt: null, expiresAt: null, reason: '' },
      ],
    });
    expect(text).toBe(`licet: 1

tenants:
  default: {}

resourceTypes:
  task: { actions: [ read, delete ], attributes: { ownerId: string } }

conditions:
  is-owner: resource.properties.ownerId == subject.id

roles:
  member:
    description: Does the work of the team, and cannot touch what others have done
    inherits: [ viewer ]
    grants:
      - { permission: task:delete, when: is-owner }
      - { permission: task:delete, effect: deny, when: resource.properties.archived }
  viewer: { name: Viewer, grants: [ task:read ] }

groups: {}

users:
  alice: { enabled: false, attributes: { "no": "no" } }
  service:bob: {}

assignments:
  - { user: alice, role: member }
`);
  });

  it('keeps the tests of a file', () => {
    const text =
      'licet: 1\n\ntests:\n  - { name: x, ask: { subject: bob, action: read, resource: { type: task, id: t1 } }, expect: deny }\n';
    expect(formatPolicyFile(parsePolicyFile(text))).toBe(text);
  });

  it('keeps the description of a condition that was made from an expression', () => {
    const id = inlineConditionId('context.a');
    const role = {
      id: 'r',
      name: 'r',
      description: '',
      inherits: [],
      grants: [{ permission: '*:*', effect: 'allow' as const, condition: id }],
    };
    const condition = { id, description: 'Since the audit of May', expression: 'context.a', tree: parseCondition('context.a').tree! };
    const desired: DesiredPolicy = { ...emptyDesired(), sections: ['conditions', 'roles'], conditions: [condition], roles: [role] };
    expect(again(desired)).toEqual(desired);
  });

  it('does not take the name of a condition for an expression', () => {
    const named = (id: string) => ({ id, description: '', expression: 'context.a', tree: parseCondition('context.a').tree! });
    for (const root of CONDITION_ROOTS) {
      const role = {
        id: 'r',
        name: 'r',
        description: '',
        inherits: [],
        grants: [{ permission: '*:*', effect: 'allow' as const, condition: `${root}.x` }],
      };
      const desired: DesiredPolicy = {
        ...emptyDesired(),
        sections: ['conditions', 'roles'],
        conditions: [named(`${root}.x`)],
        roles: [role],
      };
      expect(again(desired)).toEqual(desired);
    }
  });
});
