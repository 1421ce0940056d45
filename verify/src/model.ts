/**
 * Random policies. Names come from short lists, so that rows meet, dangle and replace one another; every list has names that mean
 * something in a programming language. Roles inherit in any shape, cycles included: the control plane refuses them, the engine must not hang.
 */
import {
  emptyRows,
  POLICY_KINDS,
  type Attributes,
  type PolicyKind,
  type PolicyRow,
  type PolicyRows,
  type SnapshotDocument,
} from '@licet/contract';
import { randomAttributes, randomTree } from './condition-model.ts';
import type { Random } from './random.ts';

export const NOW = Date.parse('2026-06-01T12:00:00.000Z');
/** The times of assignments and questions: around one another, so that bounds are hit exactly. */
export const TIMES = [-86_400_000, -1, 0, 1, 86_400_000].map((ms) => NOW + ms);
/** What is no time, and stands where one should. */
export const UNREADABLE = 'soon';

/** How many rows of each kind there are at most. */
export type Size = 'tiny' | 'small' | 'medium' | 'large';

interface Most {
  tenants: number;
  types: number;
  actions: number;
  conditions: number;
  roles: number;
  groups: number;
  users: number;
  resources: number;
  /** For each role. */
  grants: number;
  inherits: number;
  /** For each user. */
  memberships: number;
  assignments: number;
}

const SIZES: Record<Size, Most> = {
  tiny: {
    tenants: 2,
    types: 2,
    actions: 2,
    conditions: 3,
    roles: 4,
    groups: 2,
    users: 3,
    resources: 3,
    grants: 1.5,
    inherits: 1,
    memberships: 1,
    assignments: 1.5,
  },
  small: {
    tenants: 3,
    types: 3,
    actions: 3,
    conditions: 4,
    roles: 5,
    groups: 3,
    users: 5,
    resources: 4,
    grants: 2,
    inherits: 1.2,
    memberships: 1,
    assignments: 2.5,
  },
  medium: {
    tenants: 8,
    types: 8,
    actions: 6,
    conditions: 12,
    roles: 70,
    groups: 12,
    users: 60,
    resources: 30,
    grants: 3,
    inherits: 0.8,
    memberships: 1.5,
    assignments: 3,
  },
  large: {
    tenants: 20,
    types: 20,
    actions: 10,
    conditions: 30,
    roles: 300,
    groups: 40,
    users: 1200,
    resources: 300,
    grants: 3,
    inherits: 0.6,
    memberships: 1.5,
    assignments: 2,
  },
};

const TENANTS = ['default', 'acme', 'Acme', 'constructor', 'licet.console'];
const TYPES = ['task', 'licet.role', 'note', 'constructor', 'licet', 'Task'];
const ACTIONS = ['read', 'update', 'toString', 'Read'];
const CONDITIONS = ['c0', 'hasOwnProperty', 'C0', 'c.0'];
const ROLES = ['viewer', 'constructor', 'Viewer', 'licet.owner', '10', '9'];
const GROUPS = ['staff', 'valueOf', 'Staff', 'a'];
const USERS = ['alice', 'service:bob', '__proto__', 'user:a:b', 'constructor', 'Alice', 'ä', '\u{1f600}', 'device:x:y', 'alice '];
const RESOURCE_IDS = ['1', '__proto__', 'a:b', '\u{1f600}', 'ä', 'x y'];

/** The names that the rows of one policy are made of, those that no row has included. */
export interface Names {
  tenants: string[];
  types: string[];
  actions: string[];
  conditions: string[];
  roles: string[];
  groups: string[];
  users: string[];
  resources: string[];
}

export function randomNames(random: Random, size: Size): Names {
  const most = SIZES[size];
  const some = (odd: readonly string[], prefix: string, count: number): string[] => {
    const all = [...odd, ...Array.from({ length: count }, (_, i) => `${prefix}${i}`)];
    return [odd[0] as string, ...random.shuffled(all.slice(1)).slice(0, Math.max(1, random.between(Math.ceil(count / 2), count)))];
  };
  // A reserved type is always among them: no wildcard reaches it.
  const types = [...new Set(['licet.role', ...some(TYPES, 't', most.types)])];
  const ids = some(RESOURCE_IDS, 'r', Math.ceil(most.resources / 2));
  return {
    types,
    tenants: some(TENANTS, 'tenant', most.tenants),
    actions: some(ACTIONS, 'act', most.actions),
    conditions: some(CONDITIONS, 'cond', most.conditions),
    roles: some(ROLES, 'role', most.roles),
    groups: some(GROUPS, 'group', most.groups),
    users: some(USERS, 'user-', most.users),
    resources: Array.from({ length: most.resources }, () => `${random.pick(types)}:${random.pick(ids)}`),
  };
}

/** A policy of these names. Two policies of the same names share most ids, so that one can be edited into the other. */
export function randomDocument(random: Random, size: Size, names: Names, revision: number): SnapshotDocument {
  const most = SIZES[size];
  const known = <T>(all: readonly T[]): T[] => all.filter(() => !random.once(20));
  const many = (owners: readonly unknown[], each: number) =>
    Array.from({ length: random.below(Math.ceil(owners.length * each * 2)) + 1 }, (_, i) => i);
  const types = known(names.types);
  const permissions = types.flatMap((type) => known(names.actions).map((action) => ({ id: `${type}:${action}` })));
  if (random.once(4)) permissions.push({ id: 'nowhere:read' });
  const resources = new Map(
    known(names.resources).map((id) => [
      id,
      { id, tenant: random.once(2) ? null : random.pick(names.tenants), attributes: randomAttributes(random) },
    ]),
  );
  const rows: PolicyRows = {
    ...emptyRows(),
    tenants: ids(known(names.tenants)),
    'resource-types': types.map((id) => ({ id, attributes: {} })),
    permissions,
    conditions: known(names.conditions).map((id) => ({ id, tree: randomTree(random) })),
    roles: ids(known(names.roles)),
    'role-inherits': many(names.roles, most.inherits).map((i) => randomInherits(random, names, i)),
    grants: many(names.roles, most.grants).map((i) => randomGrant(random, names, i)),
    groups: ids(known([...names.groups, 'everyone', 'anyone'])),
    users: known(names.users).map((id) => ({ id, enabled: !random.once(8), attributes: randomAttributes(random) })),
    'group-members': many(names.users, most.memberships).map((i) => ({
      id: rowId('m', i),
      group: randomGroup(random, names),
      user: random.pick(names.users),
    })),
    resources: [...resources.values()],
    assignments: many(names.users, most.assignments).map((i) => randomAssignment(random, names, i)),
  };
  for (const kind of POLICY_KINDS) (rows as Record<PolicyKind, PolicyRow[]>)[kind] = random.shuffled(rows[kind] as PolicyRow[]);
  return { format: 1, revision, rows };
}

function ids(names: readonly string[]): { id: string }[] {
  return names.map((id) => ({ id }));
}

/** Ids of rows are any text. */
function rowId(prefix: string, i: number): string {
  return i === 3 ? '__proto__' : i % 7 === 5 ? `${prefix.toUpperCase()}${i}` : `${prefix}${i}`;
}

function randomInherits(random: Random, { roles }: Names, i: number): PolicyRow<'role-inherits'> {
  const at = random.below(roles.length);
  // Mostly downwards and not far, which makes deep hierarchies; sometimes anywhere, which makes cycles and diamonds.
  const to = random.once(5) ? random.below(roles.length) : Math.min(at + random.between(1, 4), roles.length - 1);
  return { id: rowId('i', i), role: roles[at] as string, inherits: roles[to] as string };
}

function randomGrant(random: Random, names: Names, i: number): PolicyRow<'grants'> {
  const type = random.once(5) ? '*' : random.pick(names.types);
  const action = random.once(4) ? '*' : random.pick(names.actions);
  return {
    id: rowId('g', i),
    role: random.pick(names.roles),
    permission: `${type}:${action}`,
    effect: random.once(6) ? 'deny' : 'allow',
    condition: random.once(2) ? random.pick(names.conditions) : null,
  };
}

function randomGroup(random: Random, { groups }: Names): string {
  return random.once(groups.length + 3) ? random.pick(['everyone', 'anyone']) : random.pick(groups);
}

function randomAssignment(random: Random, names: Names, i: number): PolicyRow<'assignments'> {
  const toGroup = random.once(3);
  const some = (): string => (random.once(12) ? UNREADABLE : new Date(random.pick(TIMES)).toISOString());
  const time = (): string | null => (random.once(4) ? some() : null);
  return {
    id: rowId('a', i),
    user: toGroup || random.once(40) ? null : random.pick(names.users),
    // A row that names both is the user's.
    group: toGroup || random.once(40) ? randomGroup(random, names) : null,
    role: random.pick(names.roles),
    tenant: random.once(3) ? '*' : random.pick(names.tenants),
    resource: random.once(4) ? random.pick(names.resources) : null,
    startsAt: time(),
    expiresAt: time(),
  };
}

/** Attributes with a member that names a tenant. */
export function withTenant(attributes: Attributes, tenant: Attributes[string]): Attributes {
  return { ...attributes, tenant };
}
