import { compareWays } from './agreement.ts';
import { run as fuzzConditions } from './conditions/fuzz.ts';
import { run as officialTests } from './conditions/official-tests.ts';
import { run as randomExpressions } from './conditions/random-expressions.ts';
import { compareWithCedar } from './cedar.ts';
import { compareAnswers, randomModel, type Difference } from './differential.ts';
import { fuzzRequests } from './fuzz-requests.ts';
import { fuzzSnapshots } from './fuzz-snapshots.ts';
import { compareWithPython } from './python.ts';
import { shrink } from './shrink.ts';
import { addDifference, emptyTally, type Share, type Tally } from './tally.ts';

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
  { name: 'SDK for Python', unit: 'decisions', usual: 1_000_000, option: 'python', run: compareWithPython },
  { name: 'CEL: random conditions', unit: 'conditions', usual: 1_000_000, option: 'conditions', run: shared(randomExpressions) },
  { name: 'CEL: official tests', unit: 'runs', usual: 1, option: 'official', run: shared(officialTests) },
  { name: 'hostile questions', unit: 'inputs', usual: 1_000_000, option: 'hostile', run: fuzzRequests },
  { name: 'hostile conditions', unit: 'inputs', usual: 1_000_000, option: 'hostile-conditions', run: shared(fuzzConditions) },
  { name: 'hostile snapshots', unit: 'inputs', usual: 1_000_000, option: 'hostile-snapshots', run: fuzzSnapshots },
];

function withFewRows(example: unknown, seed: number): string {
  const { model, request, now } = example as Difference;
  const least = shrink(randomModel(seed, model).document, request, now);
  return least ? JSON.stringify(least) : 'only after deltas, not where the policy is compiled anew';
}

/** A program that does its work whole, shared among several by giving each a part of the count and a seed of its own. */
function shared(run: (options: { count: number; seed: number }) => Promise<{ checked: number; differences: string[] }>): Referee['run'] {
  return async (count, seed, { of, outOf }) => {
    const part = Math.floor(count / outOf) + (of < count % outOf ? 1 : 0);
    if (part === 0) return emptyTally();
    const { checked, differences, ...others } = await run({ count: part, seed: seed + of });
    const tally = { ...emptyTally(), count: checked };
    for (const difference of differences) addDifference(tally, difference);
    // Times of the parts do not add up.
    for (const [name, value] of Object.entries(others)) if (typeof value === 'number' && !name.endsWith('Ms')) tally.counts[name] = value;
    return tally;
  };
}
