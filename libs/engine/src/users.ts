import { DEFAULT_USER_TYPE, type Attributes, type PolicyRow, type Subject } from '@licet/contract';
import { hashText, slotOf } from './hash.ts';
import { ENABLED, FLAG_BITS, HAS_ATTRIBUTES, HEAD_WORDS, keyOf, partsOf, WIDE_KEY, type Parts } from './record.ts';
import { hashId, ID_WORDS, isUuid, readId, writeUuid } from './row-id.ts';
import { subjectKey } from './standing.ts';
import type { Table } from './table.ts';
import type { Pools, PoolSizes } from './terms.ts';
import type { Values } from './values.ts';

/** All users at the time when they were last put in order, and where to find them. Never changed: it may lie in a binary snapshot. */
export interface Base {
  /** The records of users in ascending key. */
  readonly words: Int32Array;
  /** The same memory in bytes and in code units of two bytes, for keys. */
  readonly bytes: Uint8Array;
  readonly units: Uint16Array;
  /**
   * By id, where the record of a subject of the type `user` begins, as long as there are so few users that a map costs little: it is
   * quicker than `byKey`, since a string knows its hash. Undefined for more. Without ids that have a colon, for which the key is another.
   */
  readonly ofFew: ReadonlyMap<string, number> | undefined;
  /** The ids that were read, a quarter of where they begin leads to them; as long as the records are so short that this costs little. */
  readonly idsOfFew: (string | undefined)[] | undefined;
  /** Open addressing by the hash of the key: 0, or 1 + where a record begins. */
  readonly byKey: Int32Array;
  /** The same by the id of the rows that a user holds, memberships and assignments alike. */
  readonly byRowId: Int32Array;
  readonly users: number;
  readonly rows: number;
  /** How large the pools were then: what was added later comes after that. */
  readonly sizes: PoolSizes;
}

/** The kinds of rows that lie in the records of users. */
export type HeldKind = 'group-members' | 'assignments';

/**
 * Users with their memberships and assignments: a base, and the users that changed since, who are looked for first. An edit thus leaves
 * the base alone; when much has changed, a new one is made.
 */
export interface Users {
  readonly base: Base;
  /** By key, a record that stands in place of the base's. A user who is gone is one who is not registered and holds nothing. */
  readonly edits: Table<Int32Array>;
  /** Who holds the rows that came or moved since, by id. */
  readonly places: Readonly<Record<HeldKind, Table<string>>>;
  readonly pools: Pools;
  /** How much was in the pools when everything was compiled: what they grew by since may have gone out of use. */
  readonly settled: number;
}

/** @returns the words in which the record of this subject lies, and where; registered or not; -1 where there is none */
export function placeOf(users: Users, subject: Subject): { words: Int32Array; at: number } {
  const { base, edits } = users;
  // Ids that are found here have no colon: nothing needs to be made of them, and no letter be looked at.
  const at = edits.size === 0 && subject.type === DEFAULT_USER_TYPE ? base.ofFew?.get(subject.id) : undefined;
  return at === undefined ? placeOfKey(users, subjectKey(subject)) : { words: base.words, at };
}

function placeOfKey({ base, edits }: Users, key: string | undefined): { words: Int32Array; at: number } {
  const edited = key === undefined || edits.size === 0 ? undefined : edits.get(key);
  return { words: edited ?? base.words, at: edited ? 0 : key === undefined ? -1 : findInBase(base, key) };
}

/** @returns the record of the user with this key, registered or not; undefined where there is none */
export function findRecord(users: Users, key: string): Parts | undefined {
  const { words, at } = placeOfKey(users, key);
  return at < 0 ? undefined : partsOf(words, at);
}

/** @returns the id that begins at this word of a user's record */
export function idAt({ base, pools }: Users, words: Int32Array, at: number): string {
  const { idsOfFew } = base;
  if (!idsOfFew || words !== base.words) return readId(words, at, pools.values);
  return (idsOfFew[at >>> 2] ??= readId(words, at, pools.values)); // Ids are four words long, so that no two meet.
}

/** @returns the user's stored attributes; undefined where there are none */
export function attributesOf({ words, head, attributesAt }: Parts, values: Values): Attributes | undefined {
  return head & HAS_ATTRIBUTES ? values.attributes(words[attributesAt]!) : undefined;
}

/** The row of a registered user. */
export function rowOfUser(parts: Parts, key: string, values: Values): PolicyRow<'users'> {
  return { id: key, enabled: (parts.head & ENABLED) !== 0, attributes: attributesOf(parts, values) ?? {} };
}

/** So many users at most are found through a map: a few megabytes. */
const FEW = 1 << 16;

/** So many words at most have their ids kept once they are read: a few megabytes. */
const FEW_WORDS = 1 << 20;

/** Room for the ids in these records, where they are few. */
export function idsOfFew(words: Int32Array): (string | undefined)[] | undefined {
  return words.length > FEW_WORDS ? undefined : new Array<string | undefined>(words.length >>> 2).fill(undefined);
}

/** A map of users by id, where they are few. */
export function mapOfFew(words: Int32Array, users: number, keys?: readonly string[]): ReadonlyMap<string, number> | undefined {
  if (users > FEW) return undefined;
  const found = new Map<string, number>();
  for (let at = 0, user = 0; at < words.length; user++) {
    const parts = partsOf(words, at);
    const key = keys?.[user] ?? keyOf(parts);
    if (!key.includes(':')) found.set(key, at);
    at = parts.end;
  }
  return found;
}

/** @returns where the record begins; -1 where there is none */
export function findInBase(base: Base, key: string): number {
  const { byKey, ofFew } = base;
  if (ofFew && !key.includes(':')) return ofFew.get(key) ?? -1;
  for (let slot = slotOf(hashText(key), byKey.length); ;) {
    const at = byKey[slot]! - 1;
    if (at < 0 || hasKey(base, at, key)) return at;
    if (++slot === byKey.length) slot = 0;
  }
}

function hasKey({ words, bytes, units }: Base, at: number, key: string): boolean {
  const head = words[at]!;
  if (head >>> FLAG_BITS !== key.length) return false;
  const wide = (head & WIDE_KEY) !== 0;
  const given = wide ? units : bytes;
  const from = (at + HEAD_WORDS) * (wide ? 2 : 4);
  for (let i = 0; i < key.length; i++) if (given[from + i] !== key.charCodeAt(i)) return false;
  return true;
}

const scratch = new Int32Array(ID_WORDS);

/** @returns where the record of the base begins that holds the row with this id; -1 where none does */
export function findHolderInBase(base: Base, kind: HeldKind, id: string, values: Values): number {
  const { byRowId, words } = base;
  const uuid = writeUuid(scratch, 0, id);
  for (let slot = slotOf(uuid ? hashId(scratch, 0) : hashText(id), byRowId.length); ;) {
    const at = byRowId[slot]! - 1;
    if (at < 0 || indexOfRow(partsOf(words, at), kind, id, uuid, values) >= 0) return at;
    if (++slot === byRowId.length) slot = 0;
  }
}

function indexOfRow(parts: Parts, kind: HeldKind, id: string, uuid: boolean, values: Values): number {
  const { words } = parts;
  const [from, count] = kind === 'assignments' ? [parts.idsAt, parts.assignments] : [parts.membershipIdsAt, parts.memberships];
  for (let i = 0; i < count; i++) {
    const at = from + i * ID_WORDS;
    if (uuid ? sameWords(words, at) : !isUuid(words, at) && values.text(words[at]!) === id) return i;
  }
  return -1;
}

function sameWords(words: Int32Array, at: number): boolean {
  return words[at] === scratch[0] && words[at + 1] === scratch[1] && words[at + 2] === scratch[2] && words[at + 3] === scratch[3];
}
