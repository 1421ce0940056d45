import { describe, expect, it } from '@jest/globals';
import { APPLICATION_ROLE, ASSIGNING_ROLE, DECISION_POINT_ROLE, OWNER_ROLE, RESERVED_ROLES } from '@licet/contract';
import { GRANTED, scopeOf } from './scopes.ts';

const grantsOf = (role: string): string[] => [...RESERVED_ROLES[role]!.grants, ...RESERVED_ROLES[role]!.inherits.flatMap(grantsOf)];

describe('what a key may do', () => {
  it.each(Object.keys(GRANTED))('is what the contract says of %s, each in words', (role) => {
    expect(GRANTED[role]!.toSorted()).toEqual(grantsOf(role).toSorted());
    expect(scopeOf(role, '*')).toHaveLength(GRANTED[role]!.length);
  });

  it.each([APPLICATION_ROLE, ASSIGNING_ROLE, DECISION_POINT_ROLE])('is said in words for %s', (role) => {
    expect(scopeOf(role, '*')!.length).toBeGreaterThan(3);
  });

  it('says who may read the policy, change assignments and know other keys', () => {
    const says = (role: string, word: string) => scopeOf(role, '*')!.some((line) => line.includes(word));
    expect([APPLICATION_ROLE, ASSIGNING_ROLE, DECISION_POINT_ROLE].map((role) => says(role, 'assign roles'))).toEqual([false, true, false]);
    expect([APPLICATION_ROLE, ASSIGNING_ROLE, DECISION_POINT_ROLE].map((role) => says(role, 'hashes'))).toEqual([false, false, true]);
    expect([APPLICATION_ROLE, ASSIGNING_ROLE, DECISION_POINT_ROLE].map((role) => says(role, 'whole policy'))).toEqual([true, true, true]);
  });

  it('is no more than questions in one tenant, for a key of that tenant', () => {
    expect(scopeOf(ASSIGNING_ROLE, 'acme')).toEqual([
      'ask who may do what, at `/tenants/acme` only',
      'ask for explanations, at `/tenants/acme` only',
    ]);
  });

  it('is left to the page of any other role', () => {
    expect([scopeOf(OWNER_ROLE, '*'), scopeOf('own-role', '*')]).toEqual([undefined, undefined]);
  });
});
