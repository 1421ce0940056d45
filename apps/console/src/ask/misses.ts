import type { AllowFailure, NearMiss } from '@licet/contract';

const same = (a: AllowFailure, b: AllowFailure) => JSON.stringify(a) === JSON.stringify(b);

/**
 * The near misses that say something new. One that goes through the same assignment as another, and lacks all that the other lacks and
 * more, is of no help: what mends it mends the other first.
 */
export function telling(misses: readonly NearMiss[]): NearMiss[] {
  const kept: NearMiss[] = [];
  for (const miss of misses) {
    const outdone = kept.some(
      ({ path, failures }) =>
        path.assignment === miss.path.assignment && failures.every((failure) => miss.failures.some((other) => same(failure, other))),
    );
    if (!outdone) kept.push(miss);
  }
  return kept;
}
