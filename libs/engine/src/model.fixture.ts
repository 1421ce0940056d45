import {
  emptyRows,
  POLICY_KINDS,
  type EvaluationRequest,
  type Expr,
  type PolicyKind,
  type PolicyRow,
  type PolicyRows,
  type SnapshotDocument,
} from '@licet/contract';
import fc from 'fast-check';

// Policies and questions from few names, so that rows meet, dangle and contradict one another.

export const NOW = Date.parse('2026-06-01T12:00:00.000Z');
/** The last one stands for no subject: the key of that user is `alice`. */
export const USERS = ['alice', 'bob', 'carol', 'service:bob', 'user:a:b', 'constructor', 'user:alice'];
export const RESOURCES = ['task:1', 'task:2', 'task:3', 'note:1'];
const TENANTS = ['default', 'acme', 'other'];
const TYPES = ['task', 'note'];
const ACTIONS = ['read', 'update'];
const ROLES = ['r1', 'r2', 'r3', 'r4', 'r5'];
const GROUPS = ['g1', 'g2', 'everyone', 'anyone'];
const TIMES = [null, null, null, null, '2026-06-01T12:00:00.000Z', '2026-06-01T11:59:59.999Z', '2026-06-01T12:00:00.001Z', 'soon'];
const CONDITIONS = ['c1', 'c2', 'c3'];

export const of = <T>(values: readonly T[]) => fc.constantFrom(...values);
const numbered = (prefix: string, count: number) => of(Array.from({ length: count }, (_, i) => `${prefix}${i}`));

const scalar = of(['alice', 'bob', '1', '', 1, 2, true, false, null, '2026-06-01T12:00:00Z']);
const list = fc.array(fc.oneof(scalar, fc.constant({ k: 'alice' })), { maxLength: 3 });
const map = fc.dictionary(of(['k', 'alice']), scalar, { maxKeys: 2 });
const ATTRIBUTES = { a: fc.oneof(scalar, list), b: scalar, list, map, flag: of([true, false, true, 'no']) };
/** Attributes of the names and values that conditions read; each may be missing. */
export const attributes = fc.record(ATTRIBUTES, { requiredKeys: [] });
/** The attributes of a resource: those, and perhaps a tenant, or what is none. */
export const resourceAttributes = fc.record(
  { ...ATTRIBUTES, tenant: of<string | number>(['acme', 'acme', 'default', 'default', 'default', 'other', 'nowhere', '', 5]) },
  { requiredKeys: [] },
);

const PATHS = [
  ...['a', 'b', 'list', 'map', 'flag'].flatMap((name) => [
    ['subject', 'properties', name],
    ['resource', 'properties', name],
    ['resource', 'properties', name],
  ]),
  ...['id', 'type'].flatMap((name) => [
    ['subject', name],
    ['resource', name],
  ]),
  ['resource', 'properties', 'map', 'k'],
  ['subject', 'properties', 'map', 'k'],
  ['resource', 'properties', 'tenant'],
  ['resource', 'id', 'x'],
  ['context', 'a'],
  ['context', 'list'],
  ['action', 'name'],
  ['now'],
];
/** Paths to all that a part of the question has; only engines that hold the whole part can read them. */
const WHOLE_PATHS = [['resource'], ['resource', 'properties'], ['subject', 'properties'], ['context'], ['subject']];

/** Conditions of every operator, right and wrong in their types. `whole`: also over maps as a whole. */
export function someTree(whole: boolean): fc.Arbitrary<Expr> {
  const path = of(whole ? [...PATHS, ...WHOLE_PATHS, ...WHOLE_PATHS] : PATHS);
  const item = of([['x'], ['x'], ['y'], ['x', 'k']]);
  const { bool } = fc.letrec<{ bool: Expr; value: Expr }>((tie) => {
    const bool = tie('bool');
    const value = tie('value');
    return {
      value: fc.oneof(
        { maxDepth: 3, withCrossShrink: true },
        scalar.map((literal): Expr => ({ op: 'lit', value: literal })),
        path.map((members): Expr => ({ op: 'var', path: members })),
        path.map((members): Expr => ({ op: 'var', path: members })),
        item.map((members): Expr => ({ op: 'var', path: members })),
        fc.array(value, { maxLength: 3 }).map((args): Expr => ({ op: 'list', args })),
        fc.tuple(of(['size', 'timestamp'] as const), value).map(([op, arg]): Expr => ({ op, args: [arg] })),
        bool,
      ),
      bool: fc.oneof(
        { maxDepth: 4, withCrossShrink: true },
        path.map((members): Expr => ({ op: 'has', path: members })),
        of(['subject', 'resource']).map((part): Expr => ({ op: 'var', path: [part, 'properties', 'flag'] })),
        fc
          .tuple(of(['eq', 'ne', 'lt', 'le', 'gt', 'ge', 'in', 'startsWith', 'endsWith', 'contains'] as const), value, value)
          .map(([op, left, right]): Expr => ({ op, args: [left, right] })),
        fc
          .tuple(of(['eq', 'ne', 'in', 'startsWith'] as const), value, value)
          .map(([op, left, right]): Expr => ({ op, args: [left, right] })),
        fc.tuple(of(['and', 'or'] as const), fc.array(bool, { minLength: 2, maxLength: 3 })).map(([op, args]): Expr => ({ op, args })),
        bool.map((arg): Expr => ({ op: 'not', args: [arg] })),
        fc
          .tuple(of(['exists', 'all'] as const), of(['x', 'x', 'y', 'resource']), value, bool)
          .map(([op, each, over, body]): Expr => ({ op, each, args: [over, body] })),
      ),
    };
  });
  return bool;
}

const permission = fc.tuple(of([...TYPES, 'task', '*']), of([...ACTIONS, '*'])).map(([type, action]) => `${type}:${action}`);

function rowsFrom(tree: fc.Arbitrary<Expr>): { [K in PolicyKind]: fc.Arbitrary<PolicyRow<K>> } {
  return {
    tenants: fc.record({ id: of(TENANTS) }),
    'resource-types': fc.record({ id: of(TYPES), attributes: fc.constant({}) }),
    permissions: fc.record({ id: permission.filter((id) => !id.includes('*')) }),
    conditions: fc.record({ id: of(CONDITIONS), tree }),
    roles: fc.record({ id: of(ROLES) }),
    'role-inherits': fc.record({ id: numbered('i', 8), role: of(ROLES), inherits: of(ROLES) }),
    grants: fc.record({
      id: numbered('g', 10),
      role: of(ROLES),
      permission,
      effect: of(['allow', 'allow', 'allow', 'deny'] as const),
      condition: of([null, null, ...CONDITIONS, ...CONDITIONS]),
    }),
    groups: fc.record({ id: of(GROUPS) }),
    users: fc.record({ id: of(USERS), enabled: of([true, true, true, true, false]), attributes }),
    'group-members': fc.record({ id: numbered('m', 6), group: of(GROUPS), user: of(USERS) }),
    resources: fc.record({ id: of(RESOURCES), tenant: of([null, ...TENANTS]), attributes }),
    assignments: fc
      .record({
        id: numbered('a', 10),
        holder: of([...USERS, ...USERS, ...GROUPS]),
        role: of(ROLES),
        tenant: of([...TENANTS, 'default', '*', '*']),
        resource: of([null, null, null, null, ...RESOURCES]),
        startsAt: of(TIMES),
        expiresAt: of(TIMES),
      })
      .map(({ holder, ...row }) =>
        GROUPS.includes(holder) ? { ...row, user: null, group: holder } : { ...row, user: holder, group: null },
      ),
  };
}

/** So many rows at least, for most questions to get past what is unknown. */
const FEWEST: Partial<Record<PolicyKind, number>> = {
  ...{ tenants: 2, 'resource-types': 2, permissions: 4, roles: 4, conditions: 2, grants: 6, 'role-inherits': 2 },
  ...{ groups: 2, users: 4, 'group-members': 3, assignments: 6 },
};

/** Random policies, whose conditions are of `trees`. */
export function someDocument(trees: fc.Arbitrary<Expr>): fc.Arbitrary<SnapshotDocument> {
  const rows = rowsFrom(trees);
  const rowsOf = (kind: PolicyKind) =>
    fc.uniqueArray(rows[kind] as fc.Arbitrary<{ id: string }>, {
      selector: ({ id }) => id,
      minLength: FEWEST[kind] ?? 0,
      maxLength: 10,
      size: 'max',
    });
  return fc.tuple(...POLICY_KINDS.map(rowsOf)).map((lists): SnapshotDocument => ({
    format: 1,
    revision: 7,
    rows: { ...emptyRows(), ...(Object.fromEntries(POLICY_KINDS.map((kind, i) => [kind, lists[i]])) as unknown as PolicyRows) },
  }));
}

const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const context = optional(fc.record({ a: scalar, list, tenant: of(['acme', 'other', 'nowhere']) }, { requiredKeys: [] }));

/** Random questions about the names of those policies, now and then about others. */
export const someQuestion: fc.Arbitrary<EvaluationRequest> = fc.record({
  subject: fc.record({
    type: of(['user', 'user', 'user', 'user', 'service']),
    id: of(['alice', 'bob', 'carol', 'a:b', 'constructor', 'stranger']),
    properties: optional(attributes),
  }),
  action: fc.record({ name: of([...ACTIONS, ...ACTIONS, ...ACTIONS, 'fly']) }),
  resource: fc.record({
    type: of(['task', 'task', 'task', 'note']),
    id: of(['1', '2', '3', '4']),
    properties: optional(resourceAttributes),
  }),
  context,
});
