import { compareWays } from './agreement.ts';
import { compareWithCedar } from './cedar.ts';
import { compareAnswers, randomModel, type Difference } from './differential.ts';
import { fuzzRequests } from './fuzz-requests.ts';
import { shrink } from './shrink.ts';
import type { Share, Tally } from './tally.ts';

/** Somebody who judges the engine. */
export interface Referee {
  name: string;
  /** What is counted. */
  unit: string;
  /** How many, unless it is said otherwise. */
  usual: number;
  /** The option of the command that says how many. */
  option: string;
  run: (count: number, seed: number, share: Share) => Tally | Promise<Tally>;
  /** Says more about the first difference. */
  explain?: (example: unknown, seed: number) => string;
}

/** All referees of `npm run verify:engine`, in order. */
export const REFEREES: readonly Referee[] = [
  { name: 'naive reference', unit: 'decisions', usual: 100_000_000, option: 'decisions', run: compareAnswers, explain: withFewRows },
  { name: 'Cedar', unit: 'decisions', usual: 100_000, option: 'cedar', run: compareWithCedar },
  { name: 'agreement of all ways to ask', unit: 'models', usual: 10_000, option: 'models', run: compareWays },
  { name: 'hostile questions', unit: 'inputs', usual: 1_000_000, option: 'hostile', run: fuzzRequests },
];

function withFewRows(example: unknown, seed: number): string {
  const { model, request, now } = example as Difference;
  const least = shrink(randomModel(seed, model).document, request, now);
  return least ? JSON.stringify(least) : 'only after deltas, not where the policy is compiled anew';
}
