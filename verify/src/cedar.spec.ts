import { expect, it, jest } from '@jest/globals';
import { compareWithCedar } from './cedar.ts';

jest.setTimeout(600_000); // Seconds of work, on a machine that may be very busy.

it('decides as Cedar does, two thousand times, and names a grant that Cedar names too', () => {
  const { count, differences, examples, counts } = compareWithCedar(2_000, 20260603);
  expect(examples).toEqual([]);
  expect([count, differences]).toEqual([2_000, 0]);
  expect(counts['allowed_by_grant']).toBeGreaterThan(100);
  expect(counts['denied_by_grant']).toBeGreaterThan(100);
});
