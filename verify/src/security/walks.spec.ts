import { describe, expect, it } from '@jest/globals';
import { walk } from './walks.ts';

describe('delegated administrators', () => {
  it('give nobody what they do not hold, whatever they try', async () => {
    const { beyond, walks, allowed } = await walk({ count: 6, seed: 1 });
    expect({ beyond, walks }).toEqual({ beyond: [], walks: 6 });
    // A walk in which nothing is let through proves nothing.
    expect(allowed).toBeGreaterThan(10);
  }, 120_000);
});
