import { describe, expect, it } from '@jest/globals';
import { chain, GrantChains } from './permission.ts';

const grants = ['g-1', 'g-2'].map((id) => ({ id, permission: 'task:read', effect: 'allow' as const, condition: null, roles: ['r'] }));
/** Places as a grid of 128 roles has them: many differ in high bits alone, so that they meet in a small table. */
const PLACES = Array.from({ length: 600 }, (_, n) => (n % 40) * 128 * 1024 + n);

describe('the grants of roles on permissions', () => {
  it('are found at the place where they were put, however many there are, and nowhere else', () => {
    const chains = new GrantChains();
    const put = PLACES.filter((_, n) => n % 2 === 0).map((place) => chain(grants, place, new Map())!);
    for (const [n, first] of put.entries()) {
      expect(chains.get(first.place)).toBeUndefined();
      chains.add(first);
      expect(put.slice(0, n + 1).filter((each) => chains.get(each.place) !== each)).toEqual([]);
    }
    expect(PLACES.filter((place, n) => n % 2 === 1 && chains.get(place))).toEqual([]);
  });

  it('are in their order, each with its condition, which errs where it does not exist', () => {
    const holds = () => true;
    const conditional = grants.map((grant, n) => ({ ...grant, condition: n === 0 ? 'known' : 'unknown' }));
    const first = chain(conditional, 5, new Map([['known', holds]]));
    expect([first?.id, first?.holds, first?.next?.id, first?.next?.next]).toEqual(['g-1', holds, 'g-2', undefined]);
    expect(first?.next?.holds?.({} as never)).toEqual({ error: 'missing_attribute', at: 'condition' });
    expect([chain(grants, 5, new Map())?.holds, chain([], 5, new Map())]).toEqual([null, undefined]);
  });
});
