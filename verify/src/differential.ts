/** The engine against the naive reference: random policies, random questions, and the whole answer compared. */
import type { Decision, EvaluationRequest, SnapshotDocument } from '@licet/contract';
import { createSnapshot, decide, type Snapshot } from '@licet/engine';
import { editedInto } from './edits.ts';
import { randomDocument, randomNames, type Size } from './model.ts';
import { Questions } from './question.ts';
import { Random } from './random.ts';
import { reference } from './reference.ts';
import { same } from './same.ts';
import { addDifference, countOne, emptyTally, WHOLE, type Tally } from './tally.ts';

/** A question to which the two gave different answers. */
export interface Difference {
  model: number;
  question: number;
  request: EvaluationRequest;
  now: number;
  engine: Decision;
  reference: Decision;
}

type Compared = Exclude<Size, 'tiny'>;

export const QUESTIONS: Record<Compared, number> = { small: 2_000, medium: 5_000, large: 40_000 };
const CYCLE = 200;
const REVISION = 9;

/** Models come in a fixed cycle of sizes: one in 200 is large, one in 8 medium. */
export function sizeOf(model: number): Compared {
  if (model % CYCLE === 100) return 'large';
  return model % 8 === 3 ? 'medium' : 'small';
}

/** How many models make so many decisions; the questions of the last are cut. */
export function plan(decisions: number): { models: number; last: number } {
  let left = decisions;
  let models = 0;
  let last = 0;
  while (left > 0) {
    last = Math.min(left, QUESTIONS[sizeOf(models)]);
    left -= last;
    models++;
  }
  return { models, last };
}

/** A policy with its snapshot, which in every other model was edited into what it is. */
export function randomModel(seed: number, model: number): { document: SnapshotDocument; snapshot: Snapshot; questions: Questions } {
  const random = new Random(seed, model);
  const size = sizeOf(model);
  const names = randomNames(random, size);
  const document = randomDocument(random, size, names, REVISION);
  const edited = model % 2 === 1 || size === 'large';
  const snapshot = edited ? editedInto(document, randomDocument(random, size, names, REVISION), random) : createSnapshot(document);
  return { document, snapshot, questions: new Questions(random, document, names) };
}

/**
 * Compares the answers to this many questions, or a share of them.
 * @param share of the models, number `of` each `outOf`
 */
export function compareAnswers(decisions: number, seed: number, share = WHOLE): Tally {
  const { models, last } = plan(decisions);
  const tally = emptyTally();
  for (let model = share.of; model < models; model += share.outOf) {
    compareModel(seed, model, model === models - 1 ? last : QUESTIONS[sizeOf(model)], tally);
  }
  return tally;
}

/** Compares the answers to so many questions about one model, and counts them. */
export function compareModel(seed: number, model: number, count: number, tally: Tally): void {
  const { document, snapshot, questions } = randomModel(seed, model);
  const ask = reference(document);
  for (let question = 0; question < count; question++) {
    const { request, now } = questions.next();
    const mine = decide(snapshot, request, now);
    const theirs = ask(request, now);
    countOne(tally, theirs.reason);
    if (theirs.errors.length > 0) countOne(tally, 'with errors');
    if (same(mine, theirs)) continue;
    const difference: Difference = { model, question, request, now, engine: mine, reference: theirs };
    addDifference(tally, difference);
  }
  countOne(tally, 'models');
  tally.count += count;
}
