import { placeBits, placeIn } from './hash.ts';
import { HAS_ATTRIBUTES, partsOf, type Records } from './record.ts';
import { ID_WORDS, isUuid } from './row-id.ts';
import { FOR_RESOURCE, LIMITS, RESOURCE_ID, TERMS_WORDS, GROUP, ROLE, TENANT, type Pools } from './terms.ts';

// What a decision trusts of a binary snapshot, checked once when it is read: that whatever refers to something else hits it.

const DAMAGED = 'the binary snapshot is damaged, its records do not fit: take it anew';

/** Checks that all terms name roles, tenants, groups and values that there are. */
export function checkTerms({ terms, roles, tenants, groups, values }: Pools): void {
  const { words } = terms;
  const bounds = new Float64Array(TERMS_WORDS).fill(values.size);
  bounds[ROLE] = roles.size;
  bounds[TENANT] = tenants.size;
  bounds[GROUP] = groups.size;
  bounds[LIMITS] = 8;
  for (let at = 0; at < words.length; at += TERMS_WORDS) {
    for (let i = 0; i < TERMS_WORDS; i++)
      if (words[at + i]! < (i <= LIMITS ? 0 : -1) || words[at + i]! >= bounds[i]!) throw new Error(DAMAGED);
    if ((words[at + LIMITS]! & FOR_RESOURCE) !== 0 && words[at + RESOURCE_ID]! < 0) throw new Error(DAMAGED);
  }
}

/** Checks that values follow one another. */
export function checkValues(starts: Int32Array, bytes: number): void {
  for (let i = 1; i < starts.length; i++) if (starts[i]! < starts[i - 1]!) throw new Error(DAMAGED);
  if (starts[0] !== 0 || starts.at(-1) !== bytes) throw new Error(DAMAGED);
}

/** Where records begin: a bit for each word. */
export type Starts = Uint8Array;

/** Checks that records follow one another, and refer to groups, terms, rows and values that there are. */
export function checkRecords(records: Records, { groups, terms, values }: Pools): { starts: Starts; users: number; rows: number } {
  const { words } = records;
  const [groupsEnd, termsEnd, valuesEnd] = [groups.size, terms.size, values.size];
  const starts = new Uint8Array((words.length >>> 3) + 1);
  let users = 0;
  let rows = 0;
  for (let at = 0; at < words.length;) {
    starts[at >>> 3]! |= 1 << (at & 7);
    const parts = partsOf(records, at);
    const fits =
      parts.end <= words.length &&
      parts.memberships >= 0 &&
      parts.assignments >= 0 &&
      parts.rows === rows &&
      ((parts.head & HAS_ATTRIBUTES) === 0 || areBelow(words, parts.attributesAt, parts.attributesAt + 1, valuesEnd)) &&
      areBelow(words, parts.groupsAt, parts.keyAt, groupsEnd) &&
      areBelow(words, parts.termsAt, parts.attributesAt, termsEnd);
    if (!fits) throw new Error(DAMAGED);
    users++;
    rows = parts.rowsEnd;
    at = parts.end;
  }
  checkIds(records.ids, rows, valuesEnd);
  return { starts, users, rows };
}

function checkIds(ids: Int32Array, rows: number, valuesEnd: number): void {
  if (rows * ID_WORDS !== ids.length) throw new Error(DAMAGED);
  for (let id = 0; id < ids.length; id += ID_WORDS) {
    if (!isUuid(ids, id) && !areBelow(ids, id, id + 1, valuesEnd)) throw new Error(DAMAGED);
  }
}

// Apart from who calls it, and not a closure there: the loops over a million records are then compiled in their first milliseconds.
function areBelow(words: Int32Array, from: number, to: number, bound: number): boolean {
  for (let i = from; i < to; i++) if (words[i]! < 0 || words[i]! >= bound) return false;
  return true;
}

/** Checks that the slots hold so many beginnings of records, and that one is empty, so that every search ends. */
export function checkSlots(slots: Int32Array, starts: Starts, entries: number, words: number): void {
  const bits = placeBits(words);
  let taken = 0;
  for (let i = 0; i < slots.length; i++) {
    if (slots[i] === 0) continue;
    const at = placeIn(slots[i]!, bits);
    // Below 0, and behind the last record, there is no bit at all.
    if ((starts[at >>> 3]! & (1 << (at & 7))) === 0) throw new Error(DAMAGED);
    taken++;
  }
  if (taken !== entries || taken >= slots.length) throw new Error(DAMAGED);
}
