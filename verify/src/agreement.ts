/** Whether all ways to ask give the same answers, over random models. */
import type { Attributes, EvaluationRequest } from '@licet/contract';
import { createSnapshot } from '@licet/engine';
import { randomAttributes } from './condition-model.ts';
import { editedInto } from './edits.ts';
import { randomDocument, randomNames, TIMES } from './model.ts';
import { Questions } from './question.ts';
import { Random } from './random.ts';
import { addDifference, countOne, emptyTally, WHOLE, type Tally } from './tally.ts';
import { WAYS, type Way } from './ways.ts';

const QUESTIONS = 20;

/**
 * Asks the questions of so many models in every way; the first way is what the others are held to.
 * @returns what was counted: models, and for each way how many answers it gave
 */
export async function compareWays(models: number, seed: number, share = WHOLE, ways: readonly Way[] = WAYS): Promise<Tally> {
  const tally = emptyTally();
  for (let model = share.of; model < models; model += share.outOf) await compareModel(seed, model, ways, tally);
  return tally;
}

async function compareModel(seed: number, number: number, ways: readonly Way[], tally: Tally): Promise<void> {
  const random = new Random(seed, number);
  const names = randomNames(random, 'small');
  const document = randomDocument(random, 'small', names, 9);
  const edited = number % 2 === 1;
  const snapshot = edited ? editedInto(document, randomDocument(random, 'small', names, 9), random) : createSnapshot(document);
  const model = { document, snapshot, now: random.pick(TIMES) };
  const from = new Questions(random, document, names, sendable);
  const questions = Array.from({ length: QUESTIONS }, (): EvaluationRequest => from.valid().request);

  const [first, ...others] = ways;
  const expected = (await first?.ask(model, questions)) ?? [];
  for (const { name, ask } of others) {
    const answers = await ask(model, questions);
    for (const [i, request] of questions.entries()) {
      const answer = answers[i];
      if (answer === undefined) continue;
      countOne(tally, name);
      if (answer !== expected[i])
        addDifference(tally, { model: number, way: name, request, now: model.now, answer, expected: expected[i] });
    }
  }
  tally.count++;
}

/** Over HTTP no member is called `__proto__`: it is taken out of every request. */
function sendable(random: Random): Attributes {
  return Object.fromEntries(Object.entries(randomAttributes(random)).filter(([name]) => name !== '__proto__'));
}
