import { expect, it, jest } from '@jest/globals';
import { fuzzRequests } from './fuzz-requests.ts';

jest.setTimeout(600_000); // Seconds of work, on a machine that may be very busy.

it('answers hostile questions in the closed way, quickly, and is not changed by them', async () => {
  const { count, differences, examples, counts } = await fuzzRequests(20_000, 20260604);
  expect(examples).toEqual([]);
  expect([count, differences]).toEqual([20_000, 0]);
  // Every kind of answer was reached.
  for (const kind of ['HTTP 200', 'HTTP 400', 'HTTP 413', 'invalid_request', 'unknown_subject'])
    expect([kind, counts[kind] ?? 0]).not.toEqual([kind, 0]);
});
