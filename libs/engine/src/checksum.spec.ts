import { describe, expect, it } from '@jest/globals';
import { checksum } from './checksum.ts';

/** Words without a pattern that the sums could share. */
const words = (length: number) => Int32Array.from({ length }, (_, i) => Math.imul(i + 1, 0x2545f491) ^ (i << 20));
const sums = (given: Int32Array, from = 0) => [...checksum(given, from)];

describe('checksum', () => {
  it('is what stands in binary snapshots that are kept on disks', () => {
    expect(sums(Int32Array.of())).toEqual([1, 2, 3, 4]);
    expect(sums(Int32Array.of(0))).toEqual([Math.imul(1 << 15, 0x9e3779b1), 2, 3, 4]);
    const step = (sum: number) => Math.imul((sum << 15) | (sum >>> 17), 0x9e3779b1);
    expect(sums(Int32Array.of(0, 0, 0))).toEqual([step(step(step(1))), 2, 3, 4]);
    expect(sums(Int32Array.of(0, 0, 0, 0))).toEqual([1, 2, 3, 4].map((sum) => Math.imul(sum << 15, 0x9e3779b1)));
    expect(sums(Int32Array.of(1 << 15, 2 << 15, 3 << 15, 4 << 15))).toEqual([0, 0, 0, 0]);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8, 23])('tells of %i words when any bit of any of them changes', (length) => {
    const given = words(length);
    const before = sums(given);
    for (let bit = 0; bit < length * 32; bit++) {
      const changed = given.slice();
      changed[bit >>> 5]! ^= 1 << (bit & 31);
      expect(sums(changed)).not.toEqual(before);
    }
  });

  it('tells words that change places', () => {
    const given = words(12);
    for (let one = 0; one < 12; one++) {
      for (let other = 0; other < one; other++) {
        const changed = given.slice();
        [changed[one], changed[other]] = [given[other]!, given[one]!];
        expect(sums(changed)).not.toEqual(sums(given));
      }
    }
  });

  it('leaves out what stands before its beginning, and nothing else', () => {
    const given = words(9);
    expect(sums(given, 3)).toEqual(sums(given.subarray(3)));
    expect(sums(given, 9)).toEqual(sums(Int32Array.of()));
  });
});
