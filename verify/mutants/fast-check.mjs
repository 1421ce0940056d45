// Properties as mutants meet them: fewer examples, the same each time, and no search for the smallest one.
/* eslint-disable @nx/enforce-module-boundaries -- it stands for the package in specs, which may import it */
import fc from 'fast-check';

const SHARE = 10;

export * from 'fast-check';
export default {
  ...fc,
  assert: (property, options = {}) =>
    fc.assert(property, { ...options, numRuns: Math.ceil((options.numRuns ?? 100) / SHARE), seed: 4711, endOnFailure: true }),
};
