import { ID_WORDS, isUuid, readId, writeId } from './row-id.ts';
import type { Pools } from './terms.ts';
import { isWide, textOf } from './values.ts';

// A user with all that is the user's own, as words of 32 bits:
//
//   head           the flags below, and above them the length of the key in UTF-16 code units
//   assignments    how many: a
//   key            a byte, or two where one is not enough, for each code unit; 0 up to the next whole word
//   attributes     only with HAS_ATTRIBUTES: the number of a value
//   memberships    only with HAS_MEMBERSHIPS: how many: m
//   groups         m numbers of groups, in ascending name of the group
//   terms          a numbers of terms, in ascending id of the assignment
//   ids            4 words for each membership, then 4 for each assignment, in the same order
//
// Terms lie side by side right after what names the user, because a decision reads the terms of all and the id of one at most.

/** Rows may name a user who does not exist: such a user is not registered. */
export const REGISTERED = 1;
export const ENABLED = 2;
export const WIDE_KEY = 4;
export const HAS_ATTRIBUTES = 8;
export const HAS_MEMBERSHIPS = 16;
export const FLAG_BITS = 5;
/** The word of the record that says how many assignments there are. */
export const ASSIGNMENTS = 1;
export const HEAD_WORDS = 2;

/** Where in a record things lie. */
export interface Parts {
  readonly words: Int32Array;
  readonly at: number;
  readonly head: number;
  /** Meaningful with {@link HAS_ATTRIBUTES} only. */
  readonly attributesAt: number;
  readonly memberships: number;
  readonly groupsAt: number;
  readonly assignments: number;
  readonly termsAt: number;
  readonly membershipIdsAt: number;
  readonly idsAt: number;
  readonly end: number;
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

export function partsOf(words: Int32Array, at: number): Parts {
  const head = words[at]!;
  const assignments = words[at + ASSIGNMENTS]!;
  const attributesAt = at + HEAD_WORDS + keyWords(head);
  const membershipsAt = attributesAt + (head & HAS_ATTRIBUTES ? 1 : 0);
  const memberships = head & HAS_MEMBERSHIPS ? words[membershipsAt]! : 0;
  const groupsAt = membershipsAt + (head & HAS_MEMBERSHIPS ? 1 : 0);
  const termsAt = groupsAt + memberships;
  const membershipIdsAt = termsAt + assignments;
  const idsAt = membershipIdsAt + memberships * ID_WORDS;
  const end = idsAt + assignments * ID_WORDS;
  return { words, at, head, attributesAt, memberships, groupsAt, assignments, termsAt, membershipIdsAt, idsAt, end };
}

/** Where the numbers of terms begin in the record at `at`: as in {@link partsOf}, for decisions, which need nothing else of most records. */
export function termsAt(words: Int32Array, at: number): number {
  const head = words[at]!;
  const next = at + HEAD_WORDS + keyWords(head) + (head & HAS_ATTRIBUTES ? 1 : 0);
  return head & HAS_MEMBERSHIPS ? next + 1 + words[next]! : next;
}

/** Where the ids of assignments begin in the record at `at`. */
export function idsAt(words: Int32Array, at: number): number {
  const memberships = words[at]! & HAS_MEMBERSHIPS ? partsOf(words, at).memberships : 0;
  return termsAt(words, at) + words[at + ASSIGNMENTS]! + memberships * ID_WORDS;
}

export function isRegistered({ head }: Parts): boolean {
  return (head & REGISTERED) !== 0;
}

export function keyOf({ words, at, head }: Parts): string {
  const length = head >>> FLAG_BITS;
  const from = words.byteOffset + (at + HEAD_WORDS) * 4;
  return textOf(head & WIDE_KEY ? new Uint16Array(words.buffer, from, length) : new Uint8Array(words.buffer, from, length));
}

/** How many words the record of a user takes. */
export function sizeOfUser({ key, attributes, memberships, assignments }: UserData): number {
  const ofKey = isWide(key) ? (key.length + 1) >>> 1 : (key.length + 3) >>> 2;
  const ofMemberships = memberships.length === 0 ? 0 : 1 + memberships.length * (1 + ID_WORDS);
  return HEAD_WORDS + ofKey + (attributes === undefined ? 0 : 1) + ofMemberships + assignments.length * (1 + ID_WORDS);
}

/** Writes a user into words that are all 0. The memberships and the assignments are in order. */
export function writeUser(words: Int32Array, at: number, user: UserData, { groups, values }: Pools): void {
  const { key, memberships, assignments } = user;
  words[at] =
    (user.registered ? REGISTERED : 0) |
    (user.enabled ? ENABLED : 0) |
    (isWide(key) ? WIDE_KEY : 0) |
    (user.attributes === undefined ? 0 : HAS_ATTRIBUTES) |
    (memberships.length === 0 ? 0 : HAS_MEMBERSHIPS) |
    (key.length << FLAG_BITS);
  words[at + ASSIGNMENTS] = assignments.length;
  const from = words.byteOffset + (at + HEAD_WORDS) * 4;
  const units = words[at]! & WIDE_KEY ? new Uint16Array(words.buffer, from, key.length) : new Uint8Array(words.buffer, from, key.length);
  for (let i = 0; i < key.length; i++) units[i] = key.charCodeAt(i);

  let next = at + HEAD_WORDS + keyWords(words[at]!);
  if (user.attributes !== undefined) words[next++] = user.attributes;
  if (memberships.length > 0) words[next++] = memberships.length;
  for (const { group } of memberships) words[next++] = groups.add(group);
  for (const { terms } of assignments) words[next++] = terms;
  for (const { id, text } of memberships) {
    writeId(words, next, id, values, text);
    next += ID_WORDS;
  }
  for (const { id, text } of assignments) {
    writeId(words, next, id, values, text);
    next += ID_WORDS;
  }
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

export function readMemberships({ words, memberships, groupsAt, membershipIdsAt }: Parts, pools: Pools): Membership[] {
  return Array.from({ length: memberships }, (_, i) => ({
    ...readRowId(words, membershipIdsAt + i * ID_WORDS, pools),
    group: pools.groups.nameOf(words[groupsAt + i]!),
  }));
}

export function readAssignments({ words, assignments, termsAt, idsAt }: Parts, pools: Pools): Assignment[] {
  return Array.from({ length: assignments }, (_, i) => ({ ...readRowId(words, idsAt + i * ID_WORDS, pools), terms: words[termsAt + i]! }));
}

function readRowId(words: Int32Array, at: number, { values }: Pools): { id: string; text: number | undefined } {
  return { id: readId(words, at, values), text: isUuid(words, at) ? undefined : words[at]! };
}
