/** What a referee counted. */
export interface Tally {
  /** How many answers were compared. */
  count: number;
  differences: number;
  /** The first few differences. */
  examples: unknown[];
  /** What else is worth a number: how often each reason was the answer, how many models there were. */
  counts: Record<string, number>;
}

const MOST_EXAMPLES = 10;

export function emptyTally(): Tally {
  return { count: 0, differences: 0, examples: [], counts: {} };
}

export function countOne(tally: Tally, name: string): void {
  tally.counts[name] = (tally.counts[name] ?? 0) + 1;
}

export function addDifference(tally: Tally, example: unknown): void {
  tally.differences++;
  if (tally.examples.length < MOST_EXAMPLES) tally.examples.push(example);
}

/** Two tallies as one. */
export function addTallies(one: Tally, other: Tally): Tally {
  const counts = { ...one.counts };
  for (const [name, count] of Object.entries(other.counts)) counts[name] = (counts[name] ?? 0) + count;
  return {
    count: one.count + other.count,
    differences: one.differences + other.differences,
    examples: [...one.examples, ...other.examples].slice(0, MOST_EXAMPLES),
    counts,
  };
}

/** A part of the work: of all models, the one whose number is `of` among each `outOf`. */
export interface Share {
  of: number;
  outOf: number;
}

export const WHOLE: Share = { of: 0, outOf: 1 };
