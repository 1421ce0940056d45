import { readdirSync, readFileSync } from 'node:fs';
import { emptyRows, type Decision, type EvaluationRequest, type PolicyRows } from '@licet/contract';
import { describe, expect, it, jest } from '@jest/globals';
import { compareAnswers } from './differential.ts';
import { reference } from './reference.ts';
import { addTallies } from './tally.ts';

jest.setTimeout(600_000); // Ten seconds of work, on a machine that may be very busy.

const DECISIONS = 1_000_000;
const SEED = 20260601;

describe('the naive reference', () => {
  const cases = new URL('../../libs/conformance/cases/', import.meta.url);

  it.each(readdirSync(cases))('answers the conformance cases of %s', (file) => {
    const { policy, cases: asked } = JSON.parse(readFileSync(new URL(file, cases), 'utf8')) as {
      policy: Partial<PolicyRows>;
      cases: { name: string; request: EvaluationRequest; now: string; expect: Omit<Decision, 'revision'> }[];
    };
    const ask = reference({ format: 1, revision: 1, rows: { ...emptyRows(), ...policy } });
    for (const { name, request, now, expect: expected } of asked) {
      expect({ name, ...ask(request, Date.parse(now)) }).toEqual({ name, ...expected, revision: 1 });
    }
  });

  it('gives the whole answer of the engine to a million random questions', () => {
    const { examples, differences, count, counts } = compareAnswers(DECISIONS, SEED);
    expect(examples).toEqual([]);
    expect(differences).toBe(0);
    expect(count).toBe(DECISIONS);
    // The policies are rich enough to reach every answer, and not by a few questions.
    const rare = DECISIONS / 1000;
    for (const reason of [...REASONS, 'with errors']) expect([reason, (counts[reason] ?? 0) > rare]).toEqual([reason, true]);
  });

  it('asks the same questions for the same seed, however the work is shared', () => {
    const shares = [0, 1].map((of) => compareAnswers(30_000, 7, { of, outOf: 2 }));
    expect(shares.reduce(addTallies)).toEqual(compareAnswers(30_000, 7));
  });
});

const REASONS = [
  'allowed_by_grant',
  'denied_by_grant',
  'disabled_subject',
  'invalid_request',
  'no_matching_grant',
  'unknown_action',
  'unknown_resource_type',
  'unknown_subject',
  'unknown_tenant',
];
