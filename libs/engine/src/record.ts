import { ID_WORDS, isUuid, readId, writeId } from './row-id.ts';
import type { Pools } from './terms.ts';
import { isWide, textOf } from './values.ts';

// A user with all that is the user's own, as words of 32 bits:
//
//   head           the flags below, and above them the length of the key in UTF-16 code units
//   assignments    how many: a
//   rows           which row, of all rows that users hold, is the first of this user's: the memberships, then the assignments
//   terms          a numbers of terms, in ascending id of the assignment
//   attributes     only with HAS_ATTRIBUTES: the number of a value
//   memberships    only with HAS_MEMBERSHIPS: how many: m
//   groups         m numbers of groups, in ascending name of the group
//   key            a byte, or two where one is not enough, for each code unit; 0 up to the next whole word
//
// The ids of rows lie apart, in the order of the records: a decision reads the terms of all of a user's rows and the id of one at most,
// and the less lies between the terms of one user and the next, the more of them are at hand in the processor.

/** Rows may name a user who does not exist: such a user is not registered. */
export const REGISTERED = 1;
export const ENABLED = 2;
export const WIDE_KEY = 4;
export const HAS_ATTRIBUTES = 8;
export const HAS_MEMBERSHIPS = 16;
export const FLAG_BITS = 5;
/** The words of the record that say how many assignments there are, and which row is the first. */
export const ASSIGNMENTS = 1;
export const ROWS = 2;
/** The terms come right after these. */
export const HEAD_WORDS = 3;

/** Records of users, and the ids of the rows in them. */
export interface Records {
  readonly words: Int32Array;
  /** {@link ID_WORDS} for each row. */
  readonly ids: Int32Array;
}

/** Where in a record things lie. */
export interface Parts extends Records {
  readonly at: number;
  readonly head: number;
  readonly assignments: number;
  readonly termsAt: number;
  /** Meaningful with {@link HAS_ATTRIBUTES} only. */
  readonly attributesAt: number;
  readonly memberships: number;
  readonly groupsAt: number;
  readonly keyAt: number;
  readonly end: number;
  /** The first of the user's rows, where those begin that are assignments, and where they end. */
  readonly rows: number;
  readonly assignmentRows: number;
  readonly rowsEnd: number;
}

/** A user as edits see it. */
export interface UserData {
  key: string;
  registered: boolean;
  enabled: boolean;
  /** The number of a value; undefined for none. */
  attributes: number | undefined;
  memberships: readonly Membership[];
  assignments: readonly Assignment[];
}
export interface Membership {
  readonly id: string;
  /** The number of the id among the values; undefined where it is not known, or the id is a UUID. */
  readonly text: number | undefined;
  readonly group: string;
}
export interface Assignment {
  readonly id: string;
  readonly text: number | undefined;
  readonly terms: number;
}

export function keyWords(head: number): number {
  return head & WIDE_KEY ? ((head >>> FLAG_BITS) + 1) >>> 1 : ((head >>> FLAG_BITS) + 3) >>> 2;
}

export function partsOf({ words, ids }: Records, at: number): Parts {
  const head = words[at]!;
  const assignments = words[at + ASSIGNMENTS]!;
  const termsAt = at + HEAD_WORDS;
  const attributesAt = termsAt + assignments;
  const membershipsAt = attributesAt + (head & HAS_ATTRIBUTES ? 1 : 0);
  const memberships = head & HAS_MEMBERSHIPS ? words[membershipsAt]! : 0;
  const groupsAt = membershipsAt + (head & HAS_MEMBERSHIPS ? 1 : 0);
  const keyAt = groupsAt + memberships;
  const end = keyAt + keyWords(head);
  const rows = words[at + ROWS]!;
  const assignmentRows = rows + memberships;
  const rowsEnd = assignmentRows + assignments;
  return { words, ids, at, head, assignments, termsAt, attributesAt, memberships, groupsAt, keyAt, end, rows, assignmentRows, rowsEnd };
}

/** Which row is the first of the user's assignments: as in {@link partsOf}, for decisions, which need nothing else of most records. */
export function assignmentRowsAt(words: Int32Array, at: number): number {
  const head = words[at]!;
  if ((head & HAS_MEMBERSHIPS) === 0) return words[at + ROWS]!;
  return words[at + ROWS]! + words[at + HEAD_WORDS + words[at + ASSIGNMENTS]! + (head & HAS_ATTRIBUTES ? 1 : 0)]!;
}

export function isRegistered({ head }: Parts): boolean {
  return (head & REGISTERED) !== 0;
}

/** A code unit of the key that begins at this word: the lowest bits of a word come first, whatever the machine's order of bytes. */
export function keyUnit(words: Int32Array, keyAt: number, wide: boolean, index: number): number {
  return (words[keyAt + wordOfUnit(wide, index)]! >>> shiftOfUnit(wide, index)) & (wide ? 0xffff : 0xff);
}

function wordOfUnit(wide: boolean, index: number): number {
  return wide ? index >>> 1 : index >>> 2;
}

function shiftOfUnit(wide: boolean, index: number): number {
  return wide ? (index & 1) << 4 : (index & 3) << 3;
}

export function keyOf({ words, keyAt, head }: Parts): string {
  const wide = (head & WIDE_KEY) !== 0;
  const units = wide ? new Uint16Array(head >>> FLAG_BITS) : new Uint8Array(head >>> FLAG_BITS);
  for (let i = 0; i < units.length; i++) units[i] = keyUnit(words, keyAt, wide, i);
  return textOf(units);
}

/** How many words the record of a user takes, without the ids of rows. */
export function sizeOfUser({ key, attributes, memberships, assignments }: UserData): number {
  const ofKey = isWide(key) ? (key.length + 1) >>> 1 : (key.length + 3) >>> 2;
  const ofMemberships = memberships.length === 0 ? 0 : 1 + memberships.length;
  return HEAD_WORDS + assignments.length + (attributes === undefined ? 0 : 1) + ofMemberships + ofKey;
}

/**
 * Writes a user into words that are all 0. The memberships and the assignments are in order.
 * @param row the number of the user's first row
 */
export function writeUser({ words, ids }: Records, at: number, row: number, user: UserData, { groups, values }: Pools): void {
  const { key, memberships, assignments } = user;
  words[at] =
    (user.registered ? REGISTERED : 0) |
    (user.enabled ? ENABLED : 0) |
    (isWide(key) ? WIDE_KEY : 0) |
    (user.attributes === undefined ? 0 : HAS_ATTRIBUTES) |
    (memberships.length === 0 ? 0 : HAS_MEMBERSHIPS) |
    (key.length << FLAG_BITS);
  words[at + ASSIGNMENTS] = assignments.length;
  words[at + ROWS] = row;

  let next = at + HEAD_WORDS;
  for (const { terms } of assignments) words[next++] = terms;
  if (user.attributes !== undefined) words[next++] = user.attributes;
  if (memberships.length > 0) words[next++] = memberships.length;
  for (const { group } of memberships) words[next++] = groups.add(group);
  const wide = (words[at]! & WIDE_KEY) !== 0;
  for (let i = 0; i < key.length; i++) {
    const word = next + wordOfUnit(wide, i);
    words[word] = words[word]! | (key.charCodeAt(i) << shiftOfUnit(wide, i));
  }

  let nextRow = row;
  for (const { id, text } of memberships) writeId(ids, nextRow++ * ID_WORDS, id, values, text);
  for (const { id, text } of assignments) writeId(ids, nextRow++ * ID_WORDS, id, values, text);
}

export function readUser(parts: Parts, key: string, pools: Pools): UserData {
  const { words, head, attributesAt } = parts;
  return {
    key,
    registered: (head & REGISTERED) !== 0,
    enabled: (head & ENABLED) !== 0,
    attributes: head & HAS_ATTRIBUTES ? words[attributesAt]! : undefined,
    memberships: readMemberships(parts, pools),
    assignments: readAssignments(parts, pools),
  };
}

export function readMemberships({ words, ids, memberships, groupsAt, rows }: Parts, pools: Pools): Membership[] {
  const read: Membership[] = [];
  for (let i = 0; i < memberships; i++) {
    const at = (rows + i) * ID_WORDS;
    read.push({ id: readId(ids, at, pools.values), text: textAt(ids, at), group: pools.groups.nameOf(words[groupsAt + i]!) });
  }
  return read;
}

export function readAssignments({ words, ids, assignments, termsAt, assignmentRows }: Parts, pools: Pools): Assignment[] {
  const read: Assignment[] = [];
  for (let i = 0; i < assignments; i++) {
    const at = (assignmentRows + i) * ID_WORDS;
    read.push({ id: readId(ids, at, pools.values), text: textAt(ids, at), terms: words[termsAt + i]! });
  }
  return read;
}

function textAt(ids: Int32Array, at: number): number | undefined {
  return isUuid(ids, at) ? undefined : ids[at]!;
}
