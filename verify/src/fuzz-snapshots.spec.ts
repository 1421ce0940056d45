import { expect, it, jest } from '@jest/globals';
import { fuzzSnapshots } from './fuzz-snapshots.ts';

jest.setTimeout(120_000);

it('hostile bytes are refused with a sentence, or are a snapshot that answers', async () => {
  const { count, differences, examples, counts } = await fuzzSnapshots(2_000, 20260604, undefined, 100);
  expect(examples).toEqual([]);
  expect([count, differences]).toEqual([2_000, 0]);
  // Both what the checksum catches and what lies behind it.
  for (const what of ['taken', 'its checksum does not fit', 'its records do not fit', 'its rows cannot be read', 'no binary snapshot']) {
    const times = Object.entries(counts).reduce((sum, [name, each]) => sum + (name.includes(what) ? each : 0), 0);
    expect([what, times > 10]).toEqual([what, true]);
  }
});
