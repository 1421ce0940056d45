import { type Expr, type PolicyRows, RESERVED_ROLES } from '@licet/contract';
import { describe, expect, it } from '@jest/globals';
import { checkAssignments, checkPolicy } from './check-policy.ts';
import { findCycles } from './hierarchy.ts';

type Checked = Pick<PolicyRows, 'tenants' | 'resource-types' | 'permissions' | 'conditions' | 'roles' | 'role-inherits' | 'grants'>;

const grant = (role: string, permission: string, condition: string | null = null, effect: 'allow' | 'deny' = 'allow') => ({
  ...{ id: `${role} ${permission} ${effect} ${condition}`, role, permission, effect, condition },
});
const inherit = (role: string, inherits: string) => ({ id: `${role} ${inherits}`, role, inherits });

function policy(changes: Partial<Checked> = {}): Checked {
  return {
    tenants: [{ id: 'default' }],
    'resource-types': [{ id: 'task', attributes: {} }],
    permissions: [{ id: 'task:read' }, { id: 'task:update' }, { id: 'licet.decision:evaluate' }],
    conditions: [{ id: 'is-owner', tree: { op: 'var', path: ['context', 'a'] } }],
    roles: [{ id: 'viewer' }, { id: 'member' }],
    'role-inherits': [inherit('member', 'viewer')],
    grants: [grant('viewer', 'task:read'), grant('member', 'task:update', 'is-owner')],
    ...changes,
  };
}

describe('checkPolicy', () => {
  it('finds nothing wrong with a valid policy', () => {
    expect(checkPolicy(policy())).toEqual([]);
  });

  it('takes what Licet itself has as there', () => {
    const own = Object.entries(RESERVED_ROLES).flatMap(([role, { grants }]) => grants.map((permission) => grant(role, permission)));
    expect(checkPolicy(policy({ grants: own, 'role-inherits': [inherit('member', 'licet.auditor')] }))).toEqual([]);
  });

  it('refuses a condition that fits no resource type which its grant reaches', () => {
    const over: Expr = {
      op: 'gt',
      args: [
        { op: 'var', path: ['resource', 'properties', 'size'] },
        { op: 'lit', value: 3 },
      ],
    };
    const rows = (size: 'string' | 'number', permission: string) =>
      policy({
        'resource-types': [
          { id: 'task', attributes: { size } },
          { id: 'note', attributes: { size: 'number' } },
          { id: 'file', attributes: {} },
        ],
        permissions: [{ id: 'task:read' }, { id: 'task:update' }, { id: 'note:read' }, { id: 'file:read' }],
        conditions: [{ id: 'over', tree: over }],
        grants: [grant('viewer', permission, 'over')],
      });
    const message =
      'the condition `over` does not fit `task`: in `resource.properties.size > 3`, `>` cannot compare a string with a number; correct the condition, or the attributes that `task` declares';
    expect(checkPolicy(rows('string', 'task:read'))).toEqual([{ path: 'grants.viewer.task:read', message }]);
    expect(checkPolicy(rows('string', '*:update'))).toEqual([{ path: 'grants.viewer.*:update', message }]);
    for (const permission of ['*:read', '*:*', 'note:read', 'file:read']) expect(checkPolicy(rows('string', permission))).toEqual([]);
    expect(checkPolicy(rows('number', 'task:read'))).toEqual([]);
  });

  it('shows the way round a circle in the hierarchy', () => {
    const rows = [inherit('b', 'a'), inherit('a', 'c'), inherit('c', 'b'), inherit('d', 'a'), inherit('e', 'e')];
    const roles = ['a', 'b', 'c', 'd', 'e'].map((id) => ({ id }));
    expect(checkPolicy(policy({ roles, grants: [], 'role-inherits': rows }))).toEqual([
      { path: 'roles.a.inherits', message: 'roles inherit from each other in a circle: a -> c -> b -> a; take one of these away' },
      { path: 'roles.e.inherits', message: 'roles inherit from each other in a circle: e -> e; take one of these away' },
    ]);
  });

  it.each([
    ['task:delete', 'the resource type `task` has no action `delete`'],
    ['tusk:read', 'the resource type `tusk` does not exist'],
    ['tusk:*', 'the resource type `tusk` does not exist'],
    ['*:delete', "no resource type has the action `delete`; wildcards do not reach Licet's own"],
    ['*:evaluate', "no resource type has the action `evaluate`; wildcards do not reach Licet's own"],
    ['licet.role:fly', 'the resource type `licet.role` has no action `fly`'],
  ])('refuses a grant on %s', (permission, message) => {
    expect(checkPolicy(policy({ grants: [grant('viewer', permission)] }))).toEqual([{ path: `grants.viewer.${permission}`, message }]);
  });

  it.each(['task:read', 'task:*', '*:read', '*:*', 'licet.role:update', 'licet.role:*'])('takes a grant on %s', (permission) => {
    expect(checkPolicy(policy({ grants: [grant('viewer', permission)] }))).toEqual([]);
  });

  it('finds a grant that stands twice, and leaves apart those that differ', () => {
    const grants = [
      grant('viewer', 'task:read'),
      grant('viewer', 'task:read', 'is-owner'),
      grant('viewer', 'task:read', 'is-owner', 'deny'),
    ];
    expect(checkPolicy(policy({ grants }))).toEqual([]);
    expect(checkPolicy(policy({ grants: [...grants, grant('viewer', 'task:read', 'is-owner', 'deny')] }))).toEqual([
      { path: 'grants.viewer.task:read', message: 'the same grant stands twice: deny when `is-owner`' },
    ]);
  });

  it('reports everything that is wrong at once, sorted by path', () => {
    const broken = policy({
      permissions: [{ id: 'task:read' }, { id: 'box:open' }],
      grants: [grant('nobody', 'task:read'), grant('member', 'task:read', 'gone')],
      'role-inherits': [inherit('member', 'ghost'), inherit('spirit', 'viewer')],
    });
    expect(checkPolicy(broken)).toEqual([
      { path: 'grants.member.task:read', message: 'the condition `gone` does not exist' },
      { path: 'grants.nobody.task:read', message: 'the role `nobody` does not exist' },
      { path: 'permissions.box:open', message: 'the resource type `box` does not exist' },
      { path: 'roles.member.inherits', message: 'the role `ghost` does not exist' },
      { path: 'roles.spirit.inherits', message: 'the role `spirit` does not exist' },
    ]);
  });

  it('is not confused by keys that every object has', () => {
    const odd = policy({
      roles: [{ id: 'constructor' }],
      'role-inherits': [],
      grants: [grant('toString', 'task:read'), grant('constructor', 'hasOwnProperty:*')],
    });
    expect(checkPolicy(odd).map(({ message }) => message)).toEqual([
      'the resource type `hasOwnProperty` does not exist',
      'the role `toString` does not exist',
    ]);
  });
});

describe('findCycles', () => {
  const names = Array.from({ length: 50_000 }, (_, i) => `r${String(i).padStart(5, '0')}`);

  it('goes through a very deep hierarchy', () => {
    const chain = new Map(names.map((name, i) => [name, i + 1 < names.length ? [names[i + 1]!] : []]));
    expect(findCycles(chain)).toEqual([]);
    chain.set(names.at(-1)!, [names[0]!]);
    expect(findCycles(chain)[0]).toHaveLength(names.length + 1);
  });

  it('takes the shortest way round, and one circle for each knot', () => {
    const knots = new Map([
      ['a', ['b', 'd']],
      ['b', ['c']],
      ['c', ['a']],
      ['d', ['a', 'x']],
      ['x', ['y']],
      ['y', ['x']],
      ['z', ['a']],
    ]);
    expect(findCycles(knots).toSorted()).toEqual([
      ['a', 'd', 'a'],
      ['x', 'y', 'x'],
    ]);
  });
});

describe('checkAssignments', () => {
  const context = {
    hasUser: (key: string) => key === 'alice',
    hasGroup: (key: string) => key === 'support',
    hasRole: (key: string) => key === 'member',
    hasTenant: (key: string) => key === 'acme',
  };

  it('takes assignments whose parts are there, built-in ones included', () => {
    const rows = [
      { user: 'alice', group: null, role: 'member', tenant: 'acme' },
      { user: null, group: 'everyone', role: 'licet.auditor', tenant: '*' },
      { user: null, group: 'support', role: 'member', tenant: 'default' },
    ];
    expect(checkAssignments(rows, context)).toEqual([]);
  });

  it('names each part that is not there, and an assignment to both or to nobody', () => {
    const rows = [
      { user: 'bob', group: null, role: 'boss', tenant: 'nowhere' },
      { id: 'x', user: 'alice', group: 'support', role: 'member', tenant: '*' },
      { user: null, group: null, role: 'member', tenant: '*' },
    ];
    expect(checkAssignments(rows, context)).toEqual([
      { path: 'assignments[0].user', message: 'the user `bob` does not exist' },
      { path: 'assignments[0].role', message: 'the role `boss` does not exist' },
      { path: 'assignments[0].tenant', message: 'the tenant `nowhere` does not exist' },
      { path: 'assignments.x.user', message: 'name either a `user` or a `group`' },
      { path: 'assignments[2].user', message: 'name either a `user` or a `group`' },
    ]);
  });
});
