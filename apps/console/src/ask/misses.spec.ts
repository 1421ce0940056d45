import { describe, expect, it } from '@jest/globals';
import type { AllowFailure, NearMiss } from '@licet/contract';
import { telling } from './misses.ts';

const tenant: AllowFailure = { code: 'other_tenant', tenant: 'beta' };
const ended: AllowFailure = { code: 'no_longer_in_force', expiresAt: '2027-01-01T00:00:00.000Z' };
const condition = (name: string): AllowFailure => ({ code: 'condition_false', condition: name, operands: [] });
const miss = (assignment: string, ...failures: AllowFailure[]): NearMiss => ({
  path: { assignment, group: null, roles: ['r'], grant: 'g', permission: 'task:read', effect: 'allow', condition: null },
  failures,
});

describe('telling', () => {
  it('leaves out what lacks the same and more, or just the same, by the same assignment', () => {
    const least = miss('a', tenant, ended);
    expect(telling([least, miss('a', tenant, ended, condition('c')), miss('a', tenant, ended)])).toEqual([least]);
  });

  it('keeps what lacks something else, or comes by another assignment', () => {
    const all = [miss('a', tenant), miss('b', tenant, ended), miss('a', condition('c')), miss('a', condition('d'), ended)];
    expect(telling(all)).toEqual(all);
  });
});
