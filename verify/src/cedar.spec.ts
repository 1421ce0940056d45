import { expect, it, jest } from '@jest/globals';
import { compareWithCedar } from './cedar.ts';

jest.setTimeout(60_000);

it('decides as Cedar does, two thousand times, and names a grant that Cedar names too', () => {
  const { differences, decisions, allowed } = compareWithCedar(2_000, 20260602);
  expect(differences).toEqual([]);
  expect(decisions).toBe(2_000);
  expect(allowed).toBeGreaterThan(200);
});
