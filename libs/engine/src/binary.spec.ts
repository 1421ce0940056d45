import {
  emptyRows,
  POLICY_KINDS,
  type DeltaOp,
  type EvaluationRequest,
  type PolicyKind,
  type PolicyRow,
  type SnapshotDocument,
} from '@licet/contract';
import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { fromBinary, seal, toBinary } from './binary.ts';
import { decide } from './decide.ts';
import { applyDelta, createSnapshot, toDocument, type Snapshot } from './snapshot.ts';

jest.setTimeout(300_000); // Thousands of policies, on a machine that may be busy.

const row = { user: 'alice', group: null, role: 'r1', tenant: 'default', resource: null, startsAt: null, expiresAt: null };
/** So many sequences of edits: ten thousand take a while. */
const SEQUENCES = Number(process.env['LICET_SEQUENCES'] ?? 1000);
const NOW = Date.parse('2026-06-01T12:00:00.000Z');
const answers = (snapshot: Snapshot) => QUESTIONS.map((question) => decide(snapshot, question, NOW));
const next = (snapshot: Snapshot, ops: DeltaOp[]) => applyDelta(snapshot, { revision: snapshot.revision + 1, ops });
const same = (left: Uint8Array, right: Uint8Array) => Buffer.compare(left, right) === 0;

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
const somePolicy: fc.Arbitrary<SnapshotDocument> = fc.tuple(...POLICY_KINDS.map(rowsOf)).map((rows) => ({
  format: 1,
  revision: 7,
  rows: { ...emptyRows(), ...Object.fromEntries(POLICY_KINDS.map((kind, i) => [kind, rows[i]])) },
}));

/** Edits, mostly of users and of what they hold. */
const someOps: fc.Arbitrary<DeltaOp[]> = fc.array(
  of<PolicyKind>(...POLICY_KINDS, 'users', 'assignments', 'assignments', 'assignments', 'group-members', 'group-members').chain((kind) =>
    fc
      .tuple(ROWS[kind] as fc.Arbitrary<PolicyRow>, of(false, false, true))
      .map(([row, deleted]) => ({ kind, id: row.id, row: deleted ? null : row })),
  ),
  { minLength: 1, maxLength: 5 },
);

/** Questions about these names. */
const QUESTIONS: EvaluationRequest[] = ['alice', 'bob', 'abc', '__proto__', 'zoë', '王', '😀', 'nobody'].flatMap((id) => [
  { subject: { type: 'user', id }, action: { name: 'read' }, resource: { type: 'task', id: '1' } },
  { subject: { type: 'user', id }, action: { name: 'update' }, resource: { type: 'task', id: 'a:b' }, context: { tenant: 'acme' } },
]);

describe('a binary snapshot', () => {
  it('is the snapshot that it was written from', () => {
    const check = (document: SnapshotDocument) => {
      const snapshot = createSnapshot(document);
      const bytes = toBinary(snapshot);
      const read = fromBinary(bytes);
      expect(toDocument(read)).toEqual(toDocument(snapshot));
      expect(answers(read)).toEqual(answers(snapshot));
      expect(same(toBinary(read), bytes)).toBe(true);
    };
    fc.assert(fc.property(somePolicy, check), { numRuns: 500 });
  });

  it('gives back the rows as they were', () => {
    const check = (document: SnapshotDocument) => {
      const byId = (rows: readonly { id: string }[]) => [...rows].sort((a, b) => (a.id < b.id ? -1 : 1));
      const sorted = Object.fromEntries(Object.entries(document.rows).map(([kind, rows]) => [kind, byId(rows)]));
      expect(toDocument(fromBinary(toBinary(createSnapshot(document)))).rows).toEqual(sorted);
    };
    fc.assert(fc.property(somePolicy, check), { numRuns: 500 });
  });

  it('is after any edits, byte for byte, what the same rows give anew', () => {
    const check = (document: SnapshotDocument, edits: DeltaOp[][], read: boolean) => {
      let snapshot = createSnapshot(document);
      if (read) snapshot = fromBinary(toBinary(snapshot));
      for (const ops of edits) snapshot = next(snapshot, ops);
      expect(same(toBinary(snapshot), toBinary(createSnapshot(structuredClone(toDocument(snapshot)))))).toBe(true);
    };
    fc.assert(fc.property(somePolicy, fc.array(someOps, { maxLength: 4 }), fc.boolean(), check), { numRuns: SEQUENCES });
  });

  it('is edited like any other snapshot, and stays as it is', () => {
    const check = (document: SnapshotDocument, ops: DeltaOp[]) => {
      const bytes = toBinary(createSnapshot(document));
      const kept = bytes.slice();
      const edited = next(fromBinary(bytes), ops);
      expect(answers(edited)).toEqual(answers(next(createSnapshot(document), ops)));
      expect(same(bytes, kept)).toBe(true);
    };
    fc.assert(fc.property(somePolicy, someOps, check), { numRuns: 500 });
  });

  it('may lie in memory that threads share, and at any place in it', () => {
    const snapshot = createSnapshot(sample());
    const bytes = toBinary(snapshot);
    for (const offset of [0, 8, 1, 4]) {
      const shared = new Uint8Array(new SharedArrayBuffer(bytes.length + offset + 3), offset, bytes.length);
      shared.set(bytes);
      expect(toDocument(fromBinary(shared))).toEqual(toDocument(snapshot));
    }
  });

  it('stays small: 50 bytes for a user and 30 for each assignment whose id is a UUID', () => {
    const size = (users: number) => {
      const document = sample();
      const keys = Array.from({ length: users }, (_, n) => `user${n}`);
      document.rows.users = keys.map((id) => ({ id, enabled: true, attributes: {} }));
      document.rows.assignments = keys.flatMap((user, n) =>
        [1, 2, 3].map((i) => ({ ...row, id: `0197f3a0-5c1b-7000-8${i}00-${String(n).padStart(12, '0')}`, user })),
      );
      return toBinary(createSnapshot(document)).length;
    };
    expect(size(2000) - size(1000)).toBeLessThan(1000 * (50 + 3 * 30));
  });
});

describe('fromBinary', () => {
  const bytes = toBinary(createSnapshot(sample()));
  const changed = (at: number, value: number) => {
    const copy = bytes.slice();
    copy[at] = value;
    return copy;
  };

  it.each([
    ['nothing', new Uint8Array(0), 'shorter than its header'],
    ['half a header', bytes.slice(0, 60), 'shorter than its header'],
    ['something else', new Uint8Array(200), 'no binary snapshot'],
    ['another version', changed(4, 9), 'version 3, not 9'],
    ['the beginning', bytes.slice(0, -8), 'but has'],
    ['more than it wrote', new Uint8Array([...bytes, 0, 0, 0, 0, 0, 0, 0, 0]), 'but has'],
    ['other bytes', changed(200, bytes[200]! ^ 1), 'checksum'],
  ])('refuses %s', (_, given, message) => {
    expect(() => fromBinary(given)).toThrow(message);
  });

  it('refuses whatever is cut off or damaged', () => {
    const damage = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 20 });
    const check = (edits: [number, number][], cut: number) => {
      const given = bytes.slice(0, bytes.length - cut);
      for (const [at, bits] of edits) if (at < given.length) given[at]! ^= bits;
      if (same(given, bytes)) return;
      expect(() => fromBinary(given)).toThrow(/binary snapshot/);
    };
    fc.assert(fc.property(damage, fc.oneof(fc.constant(0), fc.nat(bytes.length)), check), { numRuns: 1000 });
  });

  it('notices a single bit that changes, wherever it is', () => {
    for (let bit = 0; bit < bytes.length * 8; bit += 7) {
      const given = changed(bit >>> 3, bytes[bit >>> 3]! ^ (1 << (bit & 7)));
      expect(() => fromBinary(given)).toThrow();
    }
  });

  it('reads or refuses bytes with a checksum that fits, and then answers or denies, and ends', () => {
    // Numbers near the bounds, in the places of sizes, records and tables.
    const words = fc.array(fc.tuple(fc.nat(bytes.length / 4 - 9), fc.oneof(fc.integer({ min: -3, max: 60 }), fc.integer())), {
      minLength: 1,
      maxLength: 4,
    });
    let read = 0;
    const check = (edits: [number, number][]) => {
      const given = bytes.slice();
      const view = new Int32Array(given.buffer);
      for (const [at, value] of edits) view[at + 8] = value;
      seal(given);
      let snapshot;
      try {
        snapshot = fromBinary(given);
      } catch (error) {
        expect(String(error)).toMatch(/^Error: .*binary snapshot/);
        return;
      }
      read++;
      for (const { decision, reason, path } of answers(snapshot)) {
        expect([decision, typeof reason, typeof (path?.assignment ?? '')]).toEqual([reason === 'allowed_by_grant', 'string', 'string']);
      }
    };
    fc.assert(fc.property(words, check), { numRuns: 1000 });
    expect(read).toBeGreaterThan(0);
    expect(({} as Record<string, unknown>)['a']).toBeUndefined();
  });

  it.each([
    ['is full, in which a search would never end', (slots: Int32Array) => slots.fill(1)],
    ['leads past the records', (slots: Int32Array) => (slots[slots.findIndex((slot) => slot !== 0)] = -1)],
    ['leads into the middle of a record', (slots: Int32Array) => slots[slots.findIndex((slot) => slot !== 0)]!++],
  ])('refuses a table of keys that %s, though the checksum fits', (_, spoil) => {
    const given = bytes.slice();
    const [terms, records, rows, slots] = new Int32Array(given.buffer, 32, 4) as unknown as [number, number, number, number];
    spoil(new Int32Array(given.buffer, 64 + terms * 48 + Math.ceil(records / 2) * 8 + rows * 16, slots));
    seal(given);
    expect(() => fromBinary(given)).toThrow('its records do not fit');
  });

  it('refuses random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (given) => expect(() => fromBinary(given)).toThrow(/binary snapshot/)),
      { numRuns: 500 },
    );
  });
});

function sample(): SnapshotDocument {
  const rows = {
    ...emptyRows(),
    tenants: [{ id: 'default' }, { id: 'acme' }],
    'resource-types': [{ id: 'task', attributes: {} }],
    permissions: [{ id: 'task:read' }, { id: 'task:update' }],
    roles: [{ id: 'r1' }, { id: 'r2' }],
    grants: [
      { id: 'g-1', role: 'r1', permission: 'task:read', effect: 'allow' as const, condition: null },
      { id: 'g-2', role: 'r2', permission: 'task:update', effect: 'deny' as const, condition: null },
    ],
    groups: [{ id: 'g1' }],
    users: ['alice', 'bob', '王'].map((id) => ({ id, enabled: true, attributes: { a: id } })),
    'group-members': [{ id: 'm-1', group: 'g1', user: 'bob' }],
    assignments: [
      { ...row, id: '0197f3a0-5c1b-7000-8123-0123456789ab' },
      { ...row, id: 'a-2', user: '王', resource: 'task:1', expiresAt: '2027-01-01T00:00:00Z' },
      { ...row, id: 'a-3', user: null, group: 'g1', role: 'r2' },
    ],
  };
  return { format: 1, revision: 3, rows };
}
