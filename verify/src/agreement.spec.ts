import { expect, it, jest } from '@jest/globals';
import { compareWays } from './agreement.ts';
import { WAYS } from './ways.ts';

jest.setTimeout(600_000); // Seconds of work, on a machine that may be very busy.

it('gives the same answer whatever way it is asked', async () => {
  const { count, differences, examples, counts } = await compareWays(150, 20260603);
  expect(examples).toEqual([]);
  expect([count, differences]).toEqual([150, 0]);
  // Searches find what is registered, and a filter plan cannot say everything: these ways answer a part of the questions.
  for (const { name } of WAYS.slice(1)) {
    const least = /search|plan/.test(name) ? 900 : 150 * 20;
    expect([name, (counts[name] ?? 0) >= least]).toEqual([name, true]);
  }
});

it('would notice a way that answers one question otherwise', async () => {
  const [decide] = WAYS.slice(0, 1) as [(typeof WAYS)[0]];
  const wrong = {
    name: 'wrong',
    ask: async (...asked: Parameters<typeof decide.ask>) => (await decide.ask(...asked)).map((said, i) => (i === 7 ? !said : said)),
  };
  const { differences } = await compareWays(5, 1, undefined, [decide, wrong]);
  expect(differences).toBe(5);
});
