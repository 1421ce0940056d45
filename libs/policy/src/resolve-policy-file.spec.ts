import { LicetError } from '@licet/contract';
import { describe, expect, it } from '@jest/globals';
import type { DesiredPolicy } from './desired-policy.ts';
import { inlineConditionId } from './inline-condition.ts';
import { parsePolicyFile } from './parse-policy-file.ts';
import { resolvePolicyFile } from './resolve-policy-file.ts';

const resolve = (text: string): DesiredPolicy => resolvePolicyFile(parsePolicyFile(`licet: 1\n${text}`));

function errors(text: string): string[] {
  try {
    resolve(text);
  } catch (error) {
    if (!(error instanceof LicetError) || error.code !== 'invalid_policy') throw error;
    return error.errors!.map(({ path, message }) => `${path}: ${message}`);
  }
  return [];
}

describe('resolvePolicyFile', () => {
  it('fills in what the file leaves out, and sorts', () => {
    const desired = resolve(`
tenants: { default: , acme: { name: Acme } }
resourceTypes: { task: { actions: [read, create] }, note: { actions: { read: See it } } }
roles: { member: { inherits: [viewer], grants: ["task:read"] }, viewer: { description: Looks } }
users: { alice: }
resources: [{ type: task, id: "a:b" }]
`);
    expect(desired).toMatchObject({
      sections: ['tenants', 'resourceTypes', 'roles', 'users', 'resources'],
      tenants: [
        { id: 'acme', name: 'Acme', description: '' },
        { id: 'default', name: 'default', description: '' },
      ],
      resourceTypes: [
        { id: 'note', description: '', attributes: {}, actions: [{ name: 'read', description: 'See it' }] },
        { id: 'task', actions: [{ name: 'read' }, { name: 'create' }] },
      ],
      roles: [
        { id: 'member', name: 'member', inherits: ['viewer'], grants: [{ permission: 'task:read', effect: 'allow', condition: null }] },
        { id: 'viewer', name: 'viewer', description: 'Looks', inherits: [], grants: [] },
      ],
      users: [{ id: 'alice', name: null, enabled: true, attributes: {} }],
      resources: [{ id: 'task:a:b', tenant: null, attributes: {} }],
    });
  });

  it('takes a short user name for what the file says it is, and any other for a key of the installation', () => {
    const desired = resolve(`
users: { bob: { type: service }, "user:carol": }
groups: { support: { members: [bob, "user:dave", carol, "service:bob"] } }
assignments:
  - { user: bob, role: member, tenant: "*", resource: "task:t1", from: 2026-01-01T00:00:00Z, until: 2027-01-01T00:00:00Z, reason: move }
  - { group: everyone, role: viewer }
`);
    expect(desired.users.map(({ id }) => id)).toEqual(['carol', 'service:bob']);
    expect(desired.groups[0]!.members).toEqual(['carol', 'dave', 'service:bob']);
    const open = { startsAt: null, expiresAt: null, reason: '', resource: null };
    expect(desired.assignments).toEqual([
      { ...open, user: null, group: 'everyone', role: 'viewer', tenant: 'default' },
      {
        ...{ user: 'service:bob', group: null, role: 'member', tenant: '*', resource: 'task:t1', reason: 'move' },
        ...{ startsAt: '2026-01-01T00:00:00.000Z', expiresAt: '2027-01-01T00:00:00.000Z' },
      },
    ]);
  });

  it('makes one condition of an expression, however many grants write it', () => {
    const desired = resolve(`
conditions: { is-owner: resource.properties.ownerId == subject.id }
roles:
  a: { grants: [{ permission: "t:x", when: resource.properties.archived }, { permission: "t:y", when: is-owner }] }
  b: { grants: [{ permission: "t:x", effect: deny, when: " resource.properties.archived " }, { permission: "t:z", when: elsewhere }] }
`);
    const id = 'when-resource-properties-archived-c295d689';
    expect(inlineConditionId('resource.properties.archived')).toBe(id);
    expect(desired.conditions.map((row) => row.id)).toEqual(['is-owner', id]);
    expect(desired.conditions[1]).toEqual({
      id,
      description: '',
      expression: 'resource.properties.archived',
      tree: { op: 'var', path: ['resource', 'properties', 'archived'] },
    });
    expect(desired.roles.flatMap(({ grants }) => grants.map(({ condition }) => condition))).toEqual([id, 'is-owner', id, 'elsewhere']);
  });

  it('reports every condition that does not compile, at its place', () => {
    expect(
      errors(`
conditions: { a: subject.id.matches("x"), b: { expression: "1 == 1" } }
roles: { r: { grants: [{ permission: "t:x", when: "resource.propertys.a" }, { permission: "t:x", when: "subject.id =" }] } }
`),
    ).toEqual([
      expect.stringMatching(/^conditions\.a: 1:1: the function `matches` is not available/),
      expect.stringMatching(/^conditions\.b\.expression: 1:1: the condition is always true/),
      expect.stringMatching(/^roles\.r\.grants\[0\]\.when: 1:10: `resource` has the members/),
      expect.stringMatching(/^roles\.r\.grants\[1\]\.when: 1:12: /),
    ]);
  });

  it.each([
    [
      'roles: { a: { inherits: [b] }, b: { inherits: [a] } }',
      'roles.a.inherits: roles inherit from each other in a circle: a -> b -> a; take one of these away',
    ],
    ['roles: { a: { grants: ["t:x", { permission: "t:x" }] } }', 'roles.a.grants[1]: the same grant stands twice: allow `t:x`'],
    [
      'roles: { licet.owner: }',
      'roles.licet.owner: `licet.owner` belongs to Licet itself; a policy file may refer to it, and cannot change it',
    ],
    [
      'resourceTypes: { licet.role: }',
      'resourceTypes.licet.role: `licet.role` belongs to Licet itself; a policy file may refer to it, and cannot change it',
    ],
    ['groups: { anyone: { members: [a] } }', 'groups.anyone: the group `anyone` is built in; assign roles to it without an entry here'],
    ['users: { bob: { type: service }, "service:bob": }', 'users.service:bob: `service:bob` and `bob` are the same user, `service:bob`'],
    ['users: { ":x": }', 'users.:x: use a user key such as `alice` or `service:bob`'],
    ['groups: { g: { members: ["service:"] } }', 'groups.g.members[0]: use a user key such as `alice` or `service:bob`'],
    ['tenants: { a: { name: "" } }', 'tenants.a.name: this is empty; write a text or leave it away'],
    ['resources: [{ type: t, id: a }, { type: t, id: a }]', 'resources[1]: the resource `t:a` stands twice'],
    ['assignments: [{ role: a }]', 'assignments[0].user: name either a `user` or a `group`'],
    ['assignments: [{ role: a, user: b, group: c }]', 'assignments[0].user: name either a `user` or a `group`'],
    ['assignments: [{ role: a, user: b }, { role: a, user: b, reason: again }]', 'assignments[1]: the same assignment stands twice'],
    ['assignments: [{ role: a, user: b, resource: t1 }]', 'assignments[0].resource: use `type:id`, for instance `task:t1`'],
    [
      'assignments: [{ role: a, user: b, from: 2027-01-01T00:00:00Z, until: 2026-01-01T00:00:00Z }]',
      'assignments[0].until: `until` must be later than `from`',
    ],
    [
      'resourceTypes: { t: { attributes: { a-b: any } } }',
      'resourceTypes.t.attributes.a-b: `a-b` cannot be a key: use a name such as `ownerId`',
    ],
  ])('refuses %s', (text, error) => {
    expect(errors(text)).toEqual([error]);
  });

  it('is not confused by names that every object has', () => {
    expect(resolve('groups: { g: { members: [constructor, toString] } }').groups[0]!.members).toEqual(['constructor', 'toString']);
  });

  it('refuses an expression whose id is taken by another', () => {
    const id = inlineConditionId('context.a');
    expect(errors(`conditions: { ${id}: context.b }\nroles: { r: { grants: [{ permission: "t:x", when: context.a }] } }`)).toEqual([
      `roles.r.grants[0].when: the condition \`${id}\` stands in the file with another expression; give this one a name under \`conditions\``,
    ]);
  });
});
