/** The engine against the naive reference: random policies, random questions, and the whole answer compared. */
import type { Decision, EvaluationRequest, SnapshotDocument } from '@licet/contract';
import { createSnapshot, decide, type Snapshot } from '@licet/engine';
import { editedInto } from './edits.ts';
import { randomDocument, randomNames, type Size } from './model.ts';
import { Questions } from './question.ts';
import { Random } from './random.ts';
import { reference } from './reference.ts';
import { same } from './same.ts';

/** A question to which the two gave different answers. */
export interface Difference {
  model: number;
  question: number;
  request: EvaluationRequest;
  now: number;
  engine: Decision;
  reference: Decision;
}

export interface Outcome {
  models: number;
  decisions: number;
  /** How often each reason was the answer. */
  reasons: Record<string, number>;
  /** How many answers named an error of a condition. */
  errors: number;
  differences: number;
  /** The first few of them. */
  examples: Difference[];
}

type Compared = Exclude<Size, 'tiny'>;

const QUESTIONS: Record<Compared, number> = { small: 2_000, medium: 5_000, large: 40_000 };
const CYCLE = 200;
const MOST_EXAMPLES = 10;
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
export function compareAnswers(decisions: number, seed: number, share = { of: 0, outOf: 1 }): Outcome {
  const { models, last } = plan(decisions);
  const outcome = nothing();
  for (let model = share.of; model < models; model += share.outOf) {
    compareModel(seed, model, model === models - 1 ? last : QUESTIONS[sizeOf(model)], outcome);
  }
  return outcome;
}

/** Where counting begins. */
export function nothing(): Outcome {
  return { models: 0, decisions: 0, reasons: {}, errors: 0, differences: 0, examples: [] };
}

/** Compares the answers to so many questions about one model, and adds them to the outcome. */
export function compareModel(seed: number, model: number, count: number, outcome: Outcome): void {
  const { document, snapshot, questions } = randomModel(seed, model);
  const ask = reference(document);
  for (let question = 0; question < count; question++) {
    const { request, now } = questions.next();
    const mine = decide(snapshot, request, now);
    const theirs = ask(request, now);
    outcome.reasons[theirs.reason] = (outcome.reasons[theirs.reason] ?? 0) + 1;
    if (theirs.errors.length > 0) outcome.errors++;
    if (same(mine, theirs)) continue;
    outcome.differences++;
    if (outcome.examples.length < MOST_EXAMPLES) outcome.examples.push({ model, question, request, now, engine: mine, reference: theirs });
  }
  outcome.models++;
  outcome.decisions += count;
}

/** Two outcomes as one. */
export function addOutcomes(one: Outcome, other: Outcome): Outcome {
  const reasons = { ...one.reasons };
  for (const [reason, count] of Object.entries(other.reasons)) reasons[reason] = (reasons[reason] ?? 0) + count;
  return {
    models: one.models + other.models,
    decisions: one.decisions + other.decisions,
    reasons,
    errors: one.errors + other.errors,
    differences: one.differences + other.differences,
    examples: [...one.examples, ...other.examples].slice(0, MOST_EXAMPLES),
  };
}
