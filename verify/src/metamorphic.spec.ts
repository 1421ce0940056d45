import { POLICY_KINDS, type DeltaOp, type EvaluationRequest, type PolicyRow, type SnapshotDocument } from '@licet/contract';
import { applyDelta, createSnapshot, decide, toDocument, type Snapshot } from '@licet/engine';
import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { opsBetween } from './edits.ts';
import { NOW, randomDocument, randomNames, type Names } from './model.ts';
import { Questions, type Question } from './question.ts';
import { Random } from './random.ts';
import { BEHIND, looksAtAttributesOnly, renamedDecision, renamedDocument, renamedQuestion } from './renaming.ts';

jest.setTimeout(600_000); // Seconds of work, on a machine that may be very busy.

// What changes when a policy changes: nobody has to know the right answer to know how two answers belong together.

interface Model {
  random: Random;
  names: Names;
  document: SnapshotDocument;
  questions: Question[];
}
const QUESTIONS = 40;
const RUNS = { numRuns: 100 };

const model = fc.integer().map((seed): Model => {
  const random = new Random(seed);
  const names = randomNames(random, 'small');
  const document = randomDocument(random, 'small', names, 5);
  const from = new Questions(random, document, names);
  return { random, names, document, questions: Array.from({ length: QUESTIONS }, () => from.next()) };
});
const always = (check: (model: Model) => void) => fc.assert(fc.property(model, check), RUNS);

const answers = (snapshot: Snapshot, questions: readonly Question[]) => questions.map(({ request, now }) => decide(snapshot, request, now));
const allowed = (snapshot: Snapshot, questions: readonly Question[]) => answers(snapshot, questions).map(({ decision }) => decision);
const withRows = (document: SnapshotDocument, rows: Partial<SnapshotDocument['rows']>): SnapshotDocument => ({
  ...document,
  rows: { ...document.rows, ...rows },
});
const next = (snapshot: Snapshot, ...ops: DeltaOp[]) => applyDelta(snapshot, { revision: snapshot.revision + 1, ops });

/** A grant that another policy of the same names has. */
function anotherGrant({ random, names, document }: Model, effect: 'allow' | 'deny'): PolicyRow<'grants'> {
  const { grants } = randomDocument(random, 'small', names, 5).rows;
  const existing = random.pick(document.rows.assignments);
  return { ...random.pick(grants), id: 'another', effect, ...(random.once(2) && { role: existing.role }) };
}

describe('a policy', () => {
  it('gives the whole answer again when its rows come in another order', () => {
    always(({ random, document, questions }) => {
      const shuffled = Object.fromEntries(POLICY_KINDS.map((kind) => [kind, random.shuffled<PolicyRow>(document.rows[kind])]));
      const other = createSnapshot(withRows(document, shuffled as Partial<SnapshotDocument['rows']>));
      expect(answers(other, questions)).toEqual(answers(createSnapshot(document), questions));
    });
  });

  it('takes nothing from anyone by one more allow', () => {
    let given = 0;
    always((made) => {
      const { document, questions } = made;
      const before = allowed(createSnapshot(document), questions);
      const after = allowed(
        createSnapshot(withRows(document, { grants: [...document.rows.grants, anotherGrant(made, 'allow')] })),
        questions,
      );
      for (const [i, was] of before.entries()) expect([i, after[i] || !was]).toEqual([i, true]);
      given += after.filter((is, i) => is && !before[i]).length;
    });
    expect(given).toBeGreaterThan(0);
  });

  it('gives nothing to anyone by one more deny', () => {
    let taken = 0;
    always((made) => {
      const { document, questions } = made;
      const before = allowed(createSnapshot(document), questions);
      const after = allowed(
        createSnapshot(withRows(document, { grants: [...document.rows.grants, anotherGrant(made, 'deny')] })),
        questions,
      );
      for (const [i, is] of after.entries()) expect([i, before[i] || !is]).toEqual([i, true]);
      taken += before.filter((was, i) => was && !after[i]).length;
    });
    expect(taken).toBeGreaterThan(0);
  });

  it('gives the same answers in other names when everything is renamed', () => {
    always(({ document, questions }) => {
      const blind = withoutNames(document);
      const valid = questions.filter(({ request }) => isQuestion(request));
      const expected = answers(createSnapshot(blind), valid).map((decision) => renamedDecision(decision, BEHIND));
      const renamed = valid.map(({ request, now }) => ({ request: renamedQuestion(request, BEHIND), now }));
      expect(answers(createSnapshot(renamedDocument(blind, BEHIND)), renamed)).toEqual(expected);
    });
  });

  it('gives in a new tenant what it gives in the one whose assignments were cloned', () => {
    always(({ random, names, document, questions }) => {
      const from = random.pick(names.tenants);
      const blind = withoutNames(document);
      const { tenants, assignments } = blind.rows;
      const clones = assignments
        .filter(({ tenant }) => tenant === from)
        .map((row) => ({ ...row, id: `${row.id} in clone`, tenant: 'clone' }));
      // A tenant that does not exist has nothing to clone but that.
      const exists = tenants.some(({ id }) => id === from);
      const cloned = createSnapshot(
        withRows(blind, { tenants: exists ? [...tenants, { id: 'clone' }] : tenants, assignments: [...assignments, ...clones] }),
      );
      const there = ({ request, now }: Question, tenant: string) => decide(cloned, inTenant(request, tenant), now);
      for (const question of questions.filter(({ request }) => isQuestion(request))) {
        const [original, clone] = [there(question, from), there(question, 'clone')];
        expect({ ...clone, path: unclone(clone.path) }).toEqual(original);
      }
    });
  });
});

describe('a change', () => {
  it('is undone by its opposite: revoke and assign again, and the other way round', () => {
    always(({ random, document, questions }) => {
      const before = createSnapshot(document);
      const row = random.pick(document.rows.assignments);
      const again = next(next(before, { kind: 'assignments', id: row.id, row: null }), { kind: 'assignments', id: row.id, row });
      const fresh = { ...row, id: 'fresh' };
      const undone = next(next(before, { kind: 'assignments', id: 'fresh', row: fresh }), { kind: 'assignments', id: 'fresh', row: null });
      for (const snapshot of [again, undone]) {
        const revision = before.revision + 2;
        expect(toDocument(snapshot)).toEqual({ ...toDocument(before), revision });
        expect(answers(snapshot, questions)).toEqual(answers(before, questions).map((answer) => ({ ...answer, revision })));
      }
    });
  });

  it('gives what the same rows compiled anew give, whatever it edits, and leaves the snapshot before as it was', () => {
    always(({ random, names, document, questions }) => {
      const before = createSnapshot(document);
      const [was, rows] = [answers(before, questions), JSON.stringify(toDocument(before))];
      const target = randomDocument(random, 'small', names, before.revision + 1);
      const after = next(before, ...random.shuffled(opsBetween(document, target)));
      expect(answers(after, questions)).toEqual(answers(createSnapshot(target), questions));
      expect(toDocument(after)).toEqual(toDocument(createSnapshot(target)));
      expect([answers(before, questions), JSON.stringify(toDocument(before))]).toEqual([was, rows]);
    });
  });

  it('may be made one row at a time or all at once', () => {
    always(({ random, names, document, questions }) => {
      const ops = random.shuffled(opsBetween(document, randomDocument(random, 'small', names, 6))).slice(0, 12);
      const at = (snapshot: Snapshot) => answers(snapshot, questions).map((answer) => ({ ...answer, revision: 0 }));
      const once = next(createSnapshot(document), ...ops);
      const stepwise = ops.reduce((snapshot, op) => next(snapshot, op), createSnapshot(document));
      expect(at(stepwise)).toEqual(at(once));
    });
  });
});

/** Without conditions that may say something else in other names. */
function withoutNames(document: SnapshotDocument): SnapshotDocument {
  return withRows(document, { conditions: document.rows.conditions.filter(({ tree }) => looksAtAttributesOnly(tree)) });
}

function isQuestion(request: unknown): request is EvaluationRequest {
  const { reason } = decide(
    createSnapshot({ format: 1, revision: 1, rows: {} as SnapshotDocument['rows'] }),
    request as EvaluationRequest,
    NOW,
  );
  return reason !== 'invalid_request';
}

function inTenant(request: EvaluationRequest, tenant: string): EvaluationRequest {
  return { ...request, resource: { ...request.resource, properties: { ...request.resource.properties, tenant } } };
}

function unclone<P extends { assignment: string } | null>(path: P): P {
  return path === null ? path : { ...path, assignment: path.assignment.replace(/ in clone$/, '') };
}
