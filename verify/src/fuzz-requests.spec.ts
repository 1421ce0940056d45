import { expect, it, jest } from '@jest/globals';
import { fuzzRequests } from './fuzz-requests.ts';
import { WHOLE } from './tally.ts';

jest.setTimeout(600_000); // Seconds of work, on a machine that may be very busy.

// Code runs slower inside Jest: the 10 ms are held by the command.
it('answers hostile questions in the closed way, quickly, and is not changed by them', async () => {
  const { count, differences, examples, counts } = await fuzzRequests(20_000, 20260604, WHOLE, 100);
  expect(examples).toEqual([]);
  expect([count, differences]).toEqual([20_000, 0]);
  // Every kind of answer was reached.
  for (const kind of ['HTTP 200', 'HTTP 400', 'HTTP 413', 'invalid_request', 'unknown_subject'])
    expect([kind, counts[kind] ?? 0]).not.toEqual([kind, 0]);
});
