import { hashText, mix } from './hash.ts';
import type { Values } from './values.ts';

// The id of a row of users takes four words. Licet makes ids that are UUIDs (RFC 9562): those are kept as they are. The two highest bits
// of the third word are then 10, the variant. Any other id is a text: the number of the text, its hash, and two words that are 0.

export const ID_WORDS = 4;

const UUID_LENGTH = 36;
/** The value of each hexadecimal digit by its code; capitals are not among them, since they would come back small. */
const DIGITS = Int8Array.from({ length: 128 }, (_, code) => '0123456789abcdef'.indexOf(String.fromCharCode(code)));
const CODES = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));
const DASH = 0x2d;

/** Whether the four words are a UUID; else they are a text. */
export function isUuid(words: Int32Array, at: number): boolean {
  return words[at + 2]! >>> 30 === 2;
}

/**
 * Writes an id.
 * @param text the number of the id among the values where that is known; else it is added, if the id is no UUID
 */
export function writeId(words: Int32Array, at: number, id: string, values: Values, text: number | undefined): void {
  if (text === undefined && writeUuid(words, at, id)) return;
  words[at] = text ?? values.add(id);
  words[at + 1] = hashText(id);
  words[at + 2] = 0;
  words[at + 3] = 0;
}

/** Reads an id. */
export function readId(words: Int32Array, at: number, values: Values): string {
  return isUuid(words, at) ? readUuid(words, at) : values.text(words[at]!);
}

/** The hash of an id where it lies. */
export function hashId(words: Int32Array, at: number): number {
  if (!isUuid(words, at)) return words[at + 1]!;
  const half = Math.imul(words[at]! ^ Math.imul(words[at + 1]!, 0x9e3779b1), 0x85ebca6b);
  return mix(half ^ words[at + 2]! ^ Math.imul(words[at + 3]!, 0xc2b2ae35));
}

/** Writes a UUID as four words, the first digits highest. @returns false where `id` is none in small letters, or of another variant */
export function writeUuid(words: Int32Array, at: number, id: string): boolean {
  if (id.length !== UUID_LENGTH) return false;
  let word = 0;
  let digits = 0;
  for (let i = 0; i < UUID_LENGTH; i++) {
    const code = id.charCodeAt(i);
    if (i === 8 || i === 13 || i === 18 || i === 23) {
      if (code !== DASH) return false;
      continue;
    }
    const digit = code < 128 ? DIGITS[code]! : -1;
    if (digit < 0) return false;
    word = (word << 4) | digit;
    digits++;
    if ((digits & 7) === 0) words[at + (digits >> 3) - 1] = word;
  }
  return isUuid(words, at);
}

/** All characters go into one string at once: putting it together from pieces takes longer than the rest of a decision. */
function readUuid(words: Int32Array, at: number): string {
  const [a, b, c, d] = [words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!];
  // prettier-ignore
  return String.fromCharCode(
    digit(a, 28), digit(a, 24), digit(a, 20), digit(a, 16), digit(a, 12), digit(a, 8), digit(a, 4), digit(a, 0), DASH,
    digit(b, 28), digit(b, 24), digit(b, 20), digit(b, 16), DASH, digit(b, 12), digit(b, 8), digit(b, 4), digit(b, 0), DASH,
    digit(c, 28), digit(c, 24), digit(c, 20), digit(c, 16), DASH, digit(c, 12), digit(c, 8), digit(c, 4), digit(c, 0),
    digit(d, 28), digit(d, 24), digit(d, 20), digit(d, 16), digit(d, 12), digit(d, 8), digit(d, 4), digit(d, 0),
  );
}

/** The code of a digit of the word, counted in bits from the right. */
function digit(word: number, shift: number): number {
  return CODES[(word >>> shift) & 0xf]!;
}
