/**
 * What a mutant of the engine has to get past before it meets the engine's own specs, in a second or two: the conformance cases, some
 * thousand answers of the reference, and what the docstrings of snapshots and deltas promise. The first thing that is wrong throws.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import {
  emptyRows,
  POLICY_KINDS,
  type Delta,
  type DeltaOp,
  type EvaluationRequest,
  type PolicyRow,
  type PolicyRows,
  type SnapshotDocument,
} from '@licet/contract';
import { applyDelta, createSnapshot, decide, tenantOf, toDocument, type Snapshot } from '@licet/engine';
import { compareModel, randomModel, sizeOf } from './differential.ts';
import { opsBetween } from './edits.ts';
import { randomDocument, randomNames } from './model.ts';
import { Questions } from './question.ts';
import { Random } from './random.ts';
import { reference } from './reference.ts';
import { emptyTally } from './tally.ts';

const SEED = 4711;

function conformance(): void {
  const folder = new URL('../../libs/conformance/cases/', import.meta.url);
  for (const file of readdirSync(folder)) {
    const { policy, cases } = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as {
      policy: Partial<PolicyRows>;
      cases: { name: string; request: EvaluationRequest; now: string; expect: object }[];
    };
    const snapshot = createSnapshot({ format: 1, revision: 1, rows: { ...emptyRows(), ...policy } });
    for (const { name, request, now, expect } of cases) {
      assert.deepEqual(decide(snapshot, request, Date.parse(now)), { ...expect, revision: 1 }, `${file}: ${name}`);
    }
  }
}

function answers(): void {
  const tally = emptyTally();
  for (let model = 0; model < 80; model++) compareModel(SEED, model, sizeOf(model) === 'small' ? 100 : 400, tally);
  assert.deepEqual(tally.examples, []);
}

/** A chain of deltas, two of them on one snapshot: each step decides and reads as its rows do, and no step changes what was before. */
function deltas(): void {
  for (let model = 0; model < 12; model++) {
    const random = new Random(SEED, model);
    const names = randomNames(random, 'small');
    const documents = Array.from({ length: 6 }, (_, i) => randomDocument(random, 'small', names, i));
    const first = documents[0] as SnapshotDocument;
    const seen: { snapshot: Snapshot; document: SnapshotDocument }[] = [{ snapshot: createSnapshot(first), document: first }];
    for (const document of documents.slice(1)) {
      const before = seen[random.below(seen.length)] as (typeof seen)[0];
      const revision = before.document.revision + 1;
      const ops = random.shuffled(opsBetween(before.document, document));
      seen.push({ snapshot: applyDelta(before.snapshot, { revision, ops }), document: { ...document, revision } });
    }
    for (const { snapshot, document } of seen) {
      assert.deepEqual(toDocument(snapshot), sorted(document));
      const questions = new Questions(random, document, names);
      const ask = reference(document);
      for (let i = 0; i < 60; i++) {
        const { request, now } = questions.next();
        assert.deepEqual(decide(snapshot, request, now), ask(request, now));
      }
    }
  }
}

function sorted({ revision, rows }: SnapshotDocument): SnapshotDocument {
  const inOrder = POLICY_KINDS.map((kind) => [kind, [...(rows[kind] as PolicyRow[])].sort((a, b) => (a.id < b.id ? -1 : 1))]);
  return { format: 1, revision, rows: Object.fromEntries(inOrder) as PolicyRows };
}

function refusals(): void {
  const { snapshot, document } = randomModel(SEED, 0);
  const { revision } = document;
  assert.throws(() => createSnapshot({ ...document, format: 2 as 1 }), /format 1, not 2/);
  for (const to of [revision - 1, revision, revision + 2])
    assert.throws(() => applyDelta(snapshot, { revision: to, ops: [] }), /take a new snapshot/);
  const wrong: DeltaOp = { kind: 'roles', id: 'one', row: { id: 'other' } };
  assert.throws(() => applyDelta(snapshot, { revision: revision + 1, ops: [wrong] }), /names `one`, but its row is `other`/);
  const unknown = { revision: revision + 1, ops: [{ kind: 'quotas', id: 'x', row: { id: 'x' } }] } as unknown as Delta;
  assert.deepEqual(toDocument(applyDelta(snapshot, unknown)), { ...toDocument(snapshot), revision: revision + 1 });
  const { roles: _left, ...rest } = document.rows;
  assert.deepEqual(toDocument(createSnapshot({ ...document, rows: rest as PolicyRows })).rows.roles, []);
}

function hostile(): void {
  const { snapshot } = randomModel(SEED, 0);
  const thrower = new Proxy(
    {},
    {
      get: () => {
        throw new Error('no');
      },
    },
  );
  const values: unknown[] = [
    undefined,
    null,
    5,
    'x',
    [],
    {},
    thrower,
    { subject: thrower },
    Object.create(null),
    { subject: null, action: null, resource: null },
  ];
  for (const value of values) {
    const { decision, reason } = decide(snapshot, value as EvaluationRequest, 0);
    assert.deepEqual([decision, reason], [false, 'invalid_request']);
    assert.equal(tenantOf(snapshot, value as EvaluationRequest), 'default');
  }
}

function tenants(): void {
  const rows = { ...emptyRows(), resources: [{ id: 'task:1', tenant: 'acme', attributes: {} }] };
  const snapshot = createSnapshot({ format: 1, revision: 1, rows });
  const of = (id: string, properties: object, context: object) =>
    tenantOf(snapshot, {
      subject: { type: 'user', id: 'alice' },
      action: { name: 'read' },
      resource: { type: 'task', id, properties },
      context,
    } as EvaluationRequest);
  assert.equal(of('1', { tenant: 'globex' }, { tenant: 'other' }), 'globex');
  assert.equal(of('1', { tenant: 5 }, { tenant: 'other' }), '');
  assert.equal(of('2', { tenant: '' }, { tenant: 'other' }), '');
  assert.equal(of('2', { tenant: null }, { tenant: 'other' }), 'other');
  assert.equal(of('2', {}, {}), 'default');
}

export const CHECKS = { conformance, tenants, refusals, hostile, answers, deltas };
