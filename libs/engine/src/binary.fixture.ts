import {
  emptyRows,
  POLICY_KINDS,
  type DeltaOp,
  type EvaluationRequest,
  type PolicyKind,
  type PolicyRow,
  type SnapshotDocument,
} from '@licet/contract';
import fc from 'fast-check';

// Policies for tests of the layout: ids that are UUIDs and ids that are not, keys of one byte and of two, attributes, limits of all kinds.

const of = <T>(...values: readonly T[]) => fc.constantFrom(...values);
const uuid = (n: number) => `0197f3a0-5c1b-7${n}00-${'89ab'[n % 4]}123-0123456789a${n}`;
const ID = of(
  ...[0, 1, 2, 3, 4, 5].map(uuid),
  'a-1',
  'A-1',
  'ä',
  '名前',
  uuid(1).toUpperCase(),
  uuid(1).replace('-8', '-0'),
  '0'.repeat(36),
  'x\ud800',
);
const USER = of('alice', 'bob', 'a', 'ab', 'abc', 'service:bob', 'constructor', '__proto__', 'zoë', '王', '😀', '王子様');
const GROUP = of('g1', 'g2', 'everyone', 'anyone');
const ROLE = of('r1', 'r2', 'r3');
const TENANT = of('default', 'acme');
const RESOURCE = of('task:1', 'task:a:b', 'note:王');
const TIME = of(null, null, '2026-06-01T12:00:00.000Z', '2026-06-01T12:00:00Z', '2027-01-01T00:00:00.5Z');
const ATTRIBUTES = of<object>(
  {},
  {},
  { ownerId: 'alice' },
  { 王: ['x', 1.5, null, { a: true }] },
  JSON.parse('{"__proto__": {"a": 1}, "7": 0}') as object,
);

const rowOf = (fields: Record<string, fc.Arbitrary<unknown>>) => fc.record(fields);
const held = {
  id: ID,
  role: ROLE,
  tenant: of('default', 'acme', '*', 'gone'),
  resource: fc.option(RESOURCE, { freq: 3 }),
  startsAt: TIME,
  expiresAt: TIME,
};
const ROWS: Record<PolicyKind, fc.Arbitrary<unknown>> = {
  tenants: rowOf({ id: TENANT }),
  'resource-types': rowOf({ id: of('task', 'note'), attributes: of({}) }),
  permissions: rowOf({ id: of('task:read', 'task:update', 'note:read') }),
  conditions: rowOf({ id: of('c1'), tree: of({ op: 'has', path: ['subject', 'properties', 'ownerId'] }) }),
  roles: rowOf({ id: ROLE }),
  'role-inherits': rowOf({ id: of('i1', 'i2'), role: ROLE, inherits: ROLE }),
  grants: rowOf({
    id: of('g-1', 'g-2', 'g-3'),
    role: ROLE,
    permission: of('task:read', '*:*', 'task:*'),
    effect: of('allow', 'allow', 'deny'),
    condition: of(null, 'c1'),
  }),
  groups: rowOf({ id: GROUP }),
  users: rowOf({ id: USER, enabled: of(true, true, false), attributes: ATTRIBUTES }),
  'group-members': rowOf({ id: ID, group: GROUP, user: USER }),
  resources: rowOf({ id: RESOURCE, tenant: of(null, 'acme'), attributes: ATTRIBUTES }),
  assignments: fc.oneof(
    { arbitrary: rowOf({ ...held, user: USER, group: of(null) }), weight: 5 },
    { arbitrary: rowOf({ ...held, user: of(null), group: GROUP }), weight: 2 },
    { arbitrary: rowOf({ ...held, user: USER, group: GROUP }), weight: 1 },
  ),
};

const rowsOf = (kind: PolicyKind) => fc.uniqueArray(ROWS[kind] as fc.Arbitrary<PolicyRow>, { selector: ({ id }) => id, maxLength: 6 });

/** Any policy of these names. */
export const somePolicy: fc.Arbitrary<SnapshotDocument> = fc.tuple(...POLICY_KINDS.map(rowsOf)).map((rows) => ({
  format: 1,
  revision: 7,
  rows: { ...emptyRows(), ...Object.fromEntries(POLICY_KINDS.map((kind, i) => [kind, rows[i]])) },
}));

/** Edits, mostly of users and of what they hold. */
export const someOps: fc.Arbitrary<DeltaOp[]> = fc.array(
  of<PolicyKind>(...POLICY_KINDS, 'users', 'assignments', 'assignments', 'assignments', 'group-members', 'group-members').chain((kind) =>
    fc
      .tuple(ROWS[kind] as fc.Arbitrary<PolicyRow>, of(false, false, true))
      .map(([row, deleted]) => ({ kind, id: row.id, row: deleted ? null : row })),
  ),
  { minLength: 1, maxLength: 5 },
);

/** Questions about these names. */
export const QUESTIONS: EvaluationRequest[] = ['alice', 'bob', 'abc', '__proto__', 'zoë', '王', '😀', 'nobody'].flatMap((id) => [
  { subject: { type: 'user', id }, action: { name: 'read' }, resource: { type: 'task', id: '1' } },
  { subject: { type: 'user', id }, action: { name: 'update' }, resource: { type: 'task', id: 'a:b' }, context: { tenant: 'acme' } },
]);
