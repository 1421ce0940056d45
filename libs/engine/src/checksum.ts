export const CHECKSUM_WORDS = 4;

/**
 * A checksum of words from `from` on: four sums over every fourth word. Whatever changes within one word changes one of them; other
 * damage goes unseen once in 2^32 or less. It says nothing about who wrote the words.
 */
export function checksum(words: Int32Array, from: number): Int32Array {
  let [a, b, c, d] = [1, 2, 3, 4];
  let i = from;
  for (; i + 3 < words.length; i += 4) {
    a = step(a, words[i]!);
    b = step(b, words[i + 1]!);
    c = step(c, words[i + 2]!);
    d = step(d, words[i + 3]!);
  }
  for (; i < words.length; i++) a = step(a, words[i]!);
  return Int32Array.of(a, b, c, d);
}

/** Both steps can be undone, so that two sums that differ stay different; turning carries what differs in high bits to the low ones. */
function step(sum: number, word: number): number {
  return Math.imul(((sum << 15) | (sum >>> 17)) ^ word, 0x9e3779b1);
}
