const SEED = 0x811c9dc5 | 0;
const PRIME = 0x01000193;

/** The hash of a text by its UTF-16 code units (FNV-1a, then mixed). */
export function hashText(text: string): number {
  let hash = SEED;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), PRIME);
  return mix(hash);
}

/** The hash that {@link hashText} gives for a text with these code units. */
export function hashUnits(units: Uint8Array | Uint16Array, from: number, length: number): number {
  let hash = SEED;
  for (let i = from; i < from + length; i++) hash = Math.imul(hash ^ units[i]!, PRIME);
  return mix(hash);
}

/** Spreads what differs in some bits over all bits (the last steps of MurmurHash3). */
export function mix(hash: number): number {
  let mixed = hash;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

/** Where the search for a hash begins in a table of this many slots, which need not be a power of two. */
export function slotOf(hash: number, slots: number): number {
  return Math.floor((hash >>> 0) * slots * 2 ** -32);
}
