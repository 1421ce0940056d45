const SEED = 0x811c9dc5 | 0;
const PRIME = 0x01000193;

/** The hash of a text by its UTF-16 code units (FNV-1a, then mixed). */
export function hashText(text: string): number {
  let hash = SEED;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), PRIME);
  return mix(hash);
}

/** The hash that {@link hashText} gives for a text of so many code units. */
export function hashUnits(length: number, unitAt: (index: number) => number): number {
  let hash = SEED;
  for (let i = 0; i < length; i++) hash = Math.imul(hash ^ unitAt(i), PRIME);
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
function slotOf(hash: number, slots: number): number {
  return Math.floor((hash >>> 0) * slots * 2 ** -32);
}

// A slot of a table that leads to records: 0, or 1 + where a record begins, and above that as many bits of the hash as there is room for, so
// that most slots of others are passed over without a look at their records.

/** How many bits of a slot say where a record begins, among so many words. */
export function placeBits(words: number): number {
  return 32 - Math.clz32(words);
}

/** @returns where the record begins that a slot leads to; -1 for an empty slot */
export function placeIn(slot: number, bits: number): number {
  return (slot & ((1 << bits) - 1)) - 1;
}

/**
 * Searches a table, which has an empty slot.
 * @param from where to go on behind a slot that led to something else
 * @returns the number of the next slot that may lead to what has this hash; -1 where there is none
 */
export function findSlot(table: Int32Array, hash: number, bits: number, from = slotOf(hash, table.length)): number {
  for (let number = from; ; number++) {
    if (number === table.length) number = 0;
    const slot = table[number]!;
    if (slot === 0) return -1;
    if ((slot ^ (hash << bits)) >>> bits === 0) return number;
  }
}

/** Enters where a record begins into a table that has an empty slot. */
export function enter(table: Int32Array, hash: number, at: number, bits: number): void {
  let slot = slotOf(hash, table.length);
  while (table[slot] !== 0) if (++slot === table.length) slot = 0;
  table[slot] = (at + 1) | (hash << bits);
}
