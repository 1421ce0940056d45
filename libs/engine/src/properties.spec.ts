import {
  emptyRows,
  POLICY_KINDS,
  type Decision,
  type Delta,
  type DeltaOp,
  type EvaluationRequest,
  type Expr,
  type PolicyKind,
  type PolicyRow,
  type SnapshotDocument,
} from '@licet/contract';
import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { decide } from './decide.ts';
import { rolesGranted } from './holders.ts';
import { referenceDecide } from './reference.fixture.ts';
import { applyDelta, createSnapshot, toDocument, type Snapshot } from './snapshot.ts';

jest.setTimeout(120_000); // Thousands of policies, on a machine that may be busy.

// Policies from few names, so that rows meet, dangle and replace one another.
const NOW = Date.parse('2026-06-01T12:00:00.000Z');
const TENANTS = ['default', 'acme', 'other'];
const TYPES = ['task', 'licet.role', 'note'];
const ACTIONS = ['read', 'update'];
const ROLES = ['r1', 'r2', 'r3', 'r4', 'r5'];
const GROUPS = ['g1', 'g2', 'everyone', 'anyone'];
const USERS = ['alice', 'bob', 'service:bob', 'constructor'];
const RESOURCES = ['task:1', 'task:2', 'licet.role:1'];
const TIMES = [null, '2026-06-01T12:00:00.000Z', '2026-06-01T11:59:59.999Z', '2026-06-01T12:00:00.001Z', 'soon'];
const TREES: Expr[] = [
  {
    op: 'eq',
    args: [
      { op: 'var', path: ['resource', 'properties', 'ownerId'] },
      { op: 'var', path: ['subject', 'id'] },
    ],
  },
  { op: 'var', path: ['subject', 'properties', 'flag'] },
  { op: 'lit', value: true },
];

const of = <T>(values: readonly T[]) => fc.constantFrom(...values);
const numbered = (prefix: string, count: number) => of(Array.from({ length: count }, (_, i) => `${prefix}${i}`));
const attributes = fc.record({ ownerId: of(['alice', 'bob']), flag: of([true, false, 'no']) }, { requiredKeys: [] });
const permission = fc.tuple(of([...TYPES, 'task', '*', '*']), of([...ACTIONS, '*'])).map(([type, action]) => `${type}:${action}`);
const ROWS: { [K in PolicyKind]: fc.Arbitrary<PolicyRow<K>> } = {
  tenants: fc.record({ id: of(TENANTS) }),
  'resource-types': fc.record({ id: of(TYPES), attributes: fc.constant({}) }),
  permissions: fc.record({ id: permission.filter((id) => !id.includes('*')) }),
  conditions: fc.record({ id: of(['c1', 'c2']), tree: of(TREES) }),
  roles: fc.record({ id: of(ROLES) }),
  'role-inherits': fc.record({ id: numbered('i', 8), role: of(ROLES), inherits: of(ROLES) }),
  grants: fc.record({
    id: numbered('g', 10),
    role: of(ROLES),
    permission,
    effect: of(['allow', 'allow', 'deny'] as const),
    condition: of([null, null, 'c1', 'c2', 'c3']),
  }),
  groups: fc.record({ id: of(GROUPS) }),
  users: fc.record({ id: of(USERS), enabled: of([true, true, true, false]), attributes }),
  'group-members': fc.record({ id: numbered('m', 6), group: of(GROUPS), user: of(USERS) }),
  resources: fc.record({ id: of(RESOURCES), tenant: of([null, ...TENANTS]), attributes }),
  assignments: fc
    .record({
      id: numbered('a', 10),
      holder: of([...USERS, ...USERS, ...GROUPS]),
      role: of(ROLES),
      tenant: of([...TENANTS, '*', '*']),
      resource: of([null, null, null, ...RESOURCES]),
      startsAt: of(TIMES),
      expiresAt: of(TIMES),
    })
    .map(({ holder, ...row }) => (GROUPS.includes(holder) ? { ...row, user: null, group: holder } : { ...row, user: holder, group: null })),
};

/** So many rows at least, for most questions to get past what is unknown. */
const FEWEST: Partial<Record<PolicyKind, number>> = {
  tenants: 2,
  'resource-types': 2,
  permissions: 4,
  roles: 4,
  grants: 6,
  'role-inherits': 3,
  groups: 2,
  users: 3,
  'group-members': 2,
  assignments: 6,
};
const rowsOf = (kind: PolicyKind) =>
  fc.uniqueArray(ROWS[kind] as fc.Arbitrary<{ id: string }>, {
    selector: ({ id }) => id,
    minLength: FEWEST[kind] ?? 0,
    maxLength: 10,
    size: 'max',
  });
const someDocument = fc.tuple(...POLICY_KINDS.map(rowsOf)).map((rows): SnapshotDocument => ({
  format: 1,
  revision: 7,
  rows: { ...emptyRows(), ...Object.fromEntries(POLICY_KINDS.map((kind, i) => [kind, rows[i]])) },
}));
const someOp = of(POLICY_KINDS).chain((kind) =>
  fc
    .tuple(ROWS[kind] as fc.Arbitrary<PolicyRow>, fc.boolean())
    .map(([row, deleted]): DeltaOp => ({ kind, id: row.id, row: deleted ? null : row })),
);
const someOps = fc.array(someOp, { minLength: 1, maxLength: 8, size: 'max' });

const QUESTIONS: EvaluationRequest[] = [...USERS, 'stranger'].flatMap((id) =>
  ['task', 'licet.role'].flatMap((type) =>
    ACTIONS.map((name) => ({ subject: { type: 'user', id }, action: { name }, resource: { type, id: '1' } })),
  ),
);
QUESTIONS.push(
  {
    subject: { type: 'service', id: 'bob' },
    action: { name: 'read' },
    resource: { type: 'task', id: '2', properties: { tenant: 'acme' } },
  },
  { subject: { type: 'service', id: 'bob' }, action: { name: 'update' }, resource: { type: 'task', id: '3' }, context: { tenant: 'acme' } },
  {
    subject: { type: 'user', id: 'alice', properties: { flag: true } },
    action: { name: 'read' },
    resource: { type: 'task', id: '3', properties: { ownerId: 'alice' } },
  },
);
const answers = (snapshot: Snapshot): Decision[] => QUESTIONS.map((question) => decide(snapshot, question, NOW));
/** Which roles grant what: explanations and searches say so, where decisions find it out again. */
const granting = (snapshot: Snapshot) =>
  TYPES.flatMap((type) => ACTIONS.map((name) => (['allow', 'deny'] as const).map((effect) => rolesGranted(snapshot, type, name, effect))));
const rebuilt = (snapshot: Snapshot): Snapshot => createSnapshot(structuredClone(toDocument(snapshot)));
const next = (snapshot: Snapshot, ops: DeltaOp[]): Delta => ({ revision: snapshot.revision + 1, ops });

describe('the engine', () => {
  it('decides as the rows read in the plainest way', () => {
    const reasons = new Set<string>();
    const check = (document: SnapshotDocument) => {
      const snapshot = createSnapshot(document);
      for (const question of QUESTIONS) {
        const decision = decide(snapshot, question, NOW);
        reasons.add(decision.reason);
        expect(decision).toEqual(referenceDecide(document, question, NOW));
      }
    };
    fc.assert(fc.property(someDocument, check), { numRuns: 1000 });
    // The policies are rich enough to reach every answer.
    expect([...reasons].sort()).toEqual([
      'allowed_by_grant',
      'denied_by_grant',
      'disabled_subject',
      'no_matching_grant',
      'unknown_action',
      'unknown_resource_type',
      'unknown_subject',
      'unknown_tenant',
    ]);
  });

  it('does not depend on the order of the rows', () => {
    const check = (document: SnapshotDocument) => {
      const reversed = Object.fromEntries(POLICY_KINDS.map((kind) => [kind, [...document.rows[kind]].reverse()]));
      const other = createSnapshot({ ...document, rows: { ...document.rows, ...reversed } });
      expect(answers(other)).toEqual(answers(createSnapshot(document)));
    };
    fc.assert(fc.property(someDocument, check), { numRuns: 200 });
  });
});

describe('applyDelta', () => {
  it('gives after any edits what the same rows compiled anew give, and leaves all snapshots before as they were', () => {
    const check = (document: SnapshotDocument, edits: DeltaOp[][]) => {
      let snapshot = createSnapshot(document);
      const seen = [{ snapshot, document: JSON.stringify(toDocument(snapshot)), answers: answers(snapshot) }];
      for (const ops of edits) {
        snapshot = applyDelta(snapshot, next(snapshot, ops));
        const now = { snapshot, document: JSON.stringify(toDocument(snapshot)), answers: answers(snapshot) };
        expect(now.document).toBe(JSON.stringify(documentAfter(JSON.parse(seen.at(-1)!.document) as SnapshotDocument, ops)));
        expect(now.answers).toEqual(answers(rebuilt(snapshot)));
        expect(granting(snapshot)).toEqual(granting(rebuilt(snapshot)));
        seen.push(now);
      }
      for (const before of seen) {
        expect(JSON.stringify(toDocument(before.snapshot))).toBe(before.document);
        expect(answers(before.snapshot)).toEqual(before.answers);
      }
    };
    fc.assert(fc.property(someDocument, fc.array(someOps, { minLength: 1, maxLength: 4, size: 'max' }), check), { numRuns: 600 });
  });

  it('takes two different deltas on one snapshot without mixing them up', () => {
    const check = (document: SnapshotDocument, left: DeltaOp[], right: DeltaOp[]) => {
      const base = createSnapshot(document);
      const [one, other] = [applyDelta(base, next(base, left)), applyDelta(base, next(base, right))];
      for (const snapshot of [one, other]) expect(answers(snapshot)).toEqual(answers(rebuilt(snapshot)));
      expect(toDocument(one)).toEqual({ ...documentAfter(toDocument(base), left) });
    };
    fc.assert(fc.property(someDocument, someOps, someOps, check), { numRuns: 300 });
  });
});

/** The edits made on plain rows. */
function documentAfter({ revision, rows }: SnapshotDocument, ops: DeltaOp[]): SnapshotDocument {
  const after = Object.fromEntries(
    POLICY_KINDS.map((kind) => {
      const byId = new Map<string, PolicyRow>(rows[kind].map((row) => [row.id, row]));
      for (const { id, row } of ops.filter((op) => op.kind === kind)) {
        if (row) byId.set(id, row);
        else byId.delete(id);
      }
      return [kind, [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1))];
    }),
  );
  return { format: 1, revision: revision + 1, rows: { ...emptyRows(), ...after } };
}
