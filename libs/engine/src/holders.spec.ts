import { emptyRows, type SnapshotDocument } from '@licet/contract';
import { describe, expect, it } from '@jest/globals';
import {
  actionsOf,
  conditionTree,
  findResource,
  findUser,
  grantsOn,
  holdersOf,
  registeredResources,
  registeredUsers,
  tenantExists,
} from './holders.ts';
import { applyDelta, createSnapshot } from './snapshot.ts';

const row = { user: null, group: null, role: 'viewer', tenant: '*', resource: null, startsAt: null, expiresAt: null };
const document: SnapshotDocument = {
  format: 1,
  revision: 1,
  rows: {
    ...emptyRows(),
    tenants: [{ id: 'acme' }],
    'resource-types': [
      { id: 'task', attributes: {} },
      { id: 'empty', attributes: {} },
    ],
    permissions: [{ id: 'task:update' }, { id: 'task:read' }],
    conditions: [{ id: 'c', tree: { op: 'lit', value: true } }],
    roles: [{ id: 'viewer' }, { id: 'editor' }],
    'role-inherits': [{ id: 'i', role: 'editor', inherits: 'viewer' }],
    grants: [
      { id: 'g-2', role: 'viewer', permission: 'task:*', effect: 'allow', condition: null },
      { id: 'g-1', role: 'viewer', permission: 'task:read', effect: 'allow', condition: 'c' },
      { id: 'g-3', role: 'editor', permission: '*:*', effect: 'deny', condition: null },
    ],
    groups: [{ id: 'b' }, { id: 'a' }],
    users: [
      { id: 'bob', enabled: false, attributes: {} },
      { id: 'alice', enabled: true, attributes: { a: 1 } },
    ],
    'group-members': ['b', 'a', 'gone', 'everyone'].map((group) => ({ id: `m-${group}`, group, user: 'alice' })),
    resources: ['task:2', 'task:1'].map((id) => ({ id, tenant: null, attributes: {} })),
    assignments: [
      { ...row, id: '2', user: 'alice', resource: 'task:a:b', startsAt: '2026-01-01T00:00:00Z' },
      { ...row, id: '1', user: 'alice' },
      { ...row, id: '3', user: 'nobody' },
      ...['a', 'b', 'gone', 'everyone', 'anyone'].map((group) => ({ ...row, id: `a-${group}`, group })),
    ],
  },
};
const snapshot = createSnapshot(document);
const held = (key?: string) =>
  [...holdersOf(snapshot, key)].map(({ group, assignments }) => [group, ...[...assignments].map(({ id }) => id)]);

describe('holders', () => {
  it('come in the order of consideration: the user, groups that exist, everyone, anyone', () => {
    expect(held('alice')).toEqual([
      [null, '1', '2'],
      ['a', 'a-a'],
      ['b', 'a-b'],
      ['everyone', 'a-everyone'],
      ['anyone', 'a-anyone'],
    ]);
    expect(held()).toEqual([['anyone', 'a-anyone']]);
  });

  it('hold what the rows say, with their limits', () => {
    const [own] = holdersOf(snapshot, 'alice');
    expect([...own!.assignments].map(({ terms }) => terms)).toEqual([
      { role: 'viewer', tenant: '*', resource: null, period: null },
      { role: 'viewer', tenant: '*', resource: { type: 'task', id: 'a:b' }, period: { startsAt: Date.UTC(2026, 0), expiresAt: Infinity } },
    ]);
  });
});

describe('what else can be read of a snapshot', () => {
  it('are registered users, in ascending key, after edits as well', () => {
    const users = [
      { key: 'alice', enabled: true, attributes: { a: 1 } },
      { key: 'bob', enabled: false, attributes: undefined },
    ];
    expect([...registeredUsers(snapshot)]).toEqual(users);
    expect([findUser(snapshot, 'alice'), findUser(snapshot, 'nobody'), findUser(snapshot, 'x')]).toEqual([users[0], undefined, undefined]);
    const ops = [
      { kind: 'users' as const, id: 'alice', row: null },
      { kind: 'users' as const, id: 'aaa', row: { id: 'aaa', enabled: true, attributes: {} } },
    ];
    const edited = applyDelta(snapshot, { revision: 2, ops });
    expect([...registeredUsers(edited)].map(({ key }) => key)).toEqual(['aaa', 'bob']);
    expect(findUser(edited, 'alice')).toBeUndefined();
  });

  it('are resources, actions, conditions and tenants', () => {
    expect([...registeredResources(snapshot, 'task')].map(({ id }) => id)).toEqual(['task:1', 'task:2']);
    expect([findResource(snapshot, 'task', '1')?.id, findResource(snapshot, 'task', '3')]).toEqual(['task:1', undefined]);
    expect(['task', 'empty', 'gone'].map((type) => actionsOf(snapshot, type))).toEqual([['read', 'update'], [], undefined]);
    expect([conditionTree(snapshot, 'c'), conditionTree(snapshot, 'd')]).toEqual([{ op: 'lit', value: true }, undefined]);
    expect(['acme', '*', 'default'].map((id) => tenantExists(snapshot, id))).toEqual([true, false, false]);
  });

  it('are the grants on a permission, own and inherited, by id and whatever pattern they name', () => {
    const grants = (role: string, effect: 'allow' | 'deny') => grantsOn(snapshot, 'task', 'read', role, effect);
    expect(grants('editor', 'allow').map(({ id, roles }) => [id, ...roles])).toEqual([
      ['g-1', 'editor', 'viewer'],
      ['g-2', 'editor', 'viewer'],
    ]);
    expect(grants('editor', 'deny').map(({ id }) => id)).toEqual(['g-3']);
    expect([grants('gone', 'allow'), grantsOn(snapshot, 'task', 'gone', 'viewer', 'allow')]).toEqual([[], []]);
  });
});
