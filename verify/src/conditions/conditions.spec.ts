import { compileCondition, ConditionError } from '@licet/engine';
import { parseCondition } from '@licet/policy';
import { describe, expect, it } from '@jest/globals';
import { bindings, referee } from './cel-oracle.ts';
import { run as fuzz } from './fuzz.ts';
import { run as officialTests } from './official-tests.ts';
import { run as randomExpressions } from './random-expressions.ts';

/** A run prints its seed, so that what it finds can be found again. */
const SEED = Number(process.env['VERIFY_SEED'] ?? Math.floor(Math.random() * 2 ** 32));

describe('the tree evaluator', () => {
  it('gives the official result in every CEL conformance test of the profile', async () => {
    const { checked, refusedErrors, unparsable, refusedValues, differences } = await officialTests();
    expect(differences).toEqual([]);
    expect(checked).toBeGreaterThanOrEqual(290);
    expect([refusedErrors, unparsable]).toEqual([19, 158]);
    expect(Object.values(refusedValues).reduce((sum, count) => sum + count, 0)).toBe(71);
  });

  it('takes no pair of `!` away: what is no boolean stays an error', () => {
    const text = '!(!(context.a)) != context.b';
    const scope = {
      subject: { type: 'user', id: 'a' },
      action: { name: 'a' },
      resource: { type: 'a', id: 'a' },
      context: { a: 'text', b: 1 },
      now: 0,
    };
    expect(compileCondition(parseCondition(text).tree!)(scope)).toEqual(new ConditionError('not_boolean', 'not'));
    expect(referee(text)(bindings(scope))).toBe('error');
  });

  it(`agrees with @bufbuild/cel on random conditions (VERIFY_SEED=${SEED})`, async () => {
    const { checked, agreed, differences } = await randomExpressions({ count: 5000, seed: SEED });
    expect(differences).toEqual([]);
    expect(checked).toBe(5000);
    expect(Math.min(...Object.values(agreed))).toBeGreaterThan(600);
  }, 120_000);
});

describe('hostile input', () => {
  // Code runs slower inside Jest, beside other specs: the 10 ms are held by the command, and here what grows without bound is found.
  it(`throws nothing, changes no prototype and takes no long work (VERIFY_SEED=${SEED})`, async () => {
    const { checked, taken, decided, differences } = await fuzz({ count: 20_000, seed: SEED, mostMs: 100 });
    expect(differences).toEqual([]);
    expect(checked).toBe(20_000);
    expect(taken).toBeGreaterThan(300);
    expect(decided).toBeGreaterThan(300);
  }, 120_000);
});
