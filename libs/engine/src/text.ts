// Texts are sequences of code points (cel-spec, "String"), and JavaScript's are sequences of UTF-16 units. The two differ only where a text
// holds half of a surrogate pair, which JSON can carry: then a half must not be found inside a whole character.

/** Whether `text` begins with the code points of `part`. */
export function startsWith(text: string, part: string): boolean {
  return text.startsWith(part) && isBoundary(text, part.length);
}

/** Whether `text` ends with the code points of `part`. */
export function endsWith(text: string, part: string): boolean {
  return text.endsWith(part) && isBoundary(text, text.length - part.length);
}

/** Whether the code points of `part` follow each other somewhere in `text`. */
export function contains(text: string, part: string): boolean {
  if (part.isWellFormed()) return text.includes(part);
  return !text.isWellFormed() && spaced(text).includes(spaced(part));
}

/** With blanks between the code points, halves neither meet nor part: the search can stay that of the platform, which is linear. */
const spaced = (text: string): string => ` ${[...text].join(' ')} `;

/** Whether a code point begins or ends here: not between the halves of a pair. */
function isBoundary(text: string, at: number): boolean {
  return at <= 0 || at >= text.length || !isHigh(text.charCodeAt(at - 1)) || !isLow(text.charCodeAt(at));
}

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;
