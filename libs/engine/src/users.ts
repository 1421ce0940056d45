import { DEFAULT_USER_TYPE, type Attributes, type PolicyRow, type Subject } from '@licet/contract';
import { findSlot, hashText, placeBits, placeIn } from './hash.ts';
import { ENABLED, FLAG_BITS, HAS_ATTRIBUTES, keyOf, keyUnit, partsOf, WIDE_KEY, type Parts, type Records } from './record.ts';
import { isId } from './request.ts';
import { hashId, ID_WORDS, isUuid, readId, writeUuid } from './row-id.ts';
import { subjectKey } from './standing.ts';
import type { Table } from './table.ts';
import type { Pools, PoolSizes } from './terms.ts';
import type { Values } from './values.ts';

/** All users at the time when they were last put in order, and where to find them. Never changed: it may lie in a binary snapshot. */
export interface Base extends Records {
  /** In ascending key. */
  readonly words: Int32Array;
  /**
   * By id, where the record of a subject of the type `user` begins, as long as there are so few users that a map costs little: it is
   * quicker than `byKey`, since a string knows its hash. Undefined for more. Without ids that have a colon, for which the key is another,
   * and without what is no id: nothing needs to be made of an id that is found here, and no letter of it be looked at.
   */
  readonly ofFew: ReadonlyMap<string, number> | undefined;
  /** The ids of rows that were read, by row, as long as there are so few rows that this costs little. */
  readonly idsOfFew: (string | undefined)[] | undefined;
  /** Open addressing by the hash of the key: slots that lead to records. */
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
  readonly edits: Table<Records>;
  /** Who holds the rows that came or moved since, by id. */
  readonly places: Readonly<Record<HeldKind, Table<string>>>;
  readonly pools: Pools;
  /** How much was in the pools when everything was compiled: what they grew by since may have gone out of use. */
  readonly settled: number;
}

/** @returns where among the records of the base that of this subject begins; undefined where it takes more to find it, or there is none */
export function placeOfFew({ base, edits }: Users, { type, id }: Subject): number | undefined {
  return edits.size === 0 && type === DEFAULT_USER_TYPE ? base.ofFew?.get(id) : undefined;
}

/** @returns the records among which this subject's is, and where it begins; registered or not; -1 where there is none */
export function placeOf(users: Users, subject: Subject): { records: Records; at: number } {
  return placeOfKey(users, subjectKey(subject));
}

function placeOfKey({ base, edits }: Users, key: string | undefined): { records: Records; at: number } {
  const edited = key === undefined || edits.size === 0 ? undefined : edits.get(key);
  return { records: edited ?? base, at: edited ? 0 : key === undefined ? -1 : findInBase(base, key) };
}

/** @returns the record of the user with this key, registered or not; undefined where there is none */
export function findRecord(users: Users, key: string): Parts | undefined {
  const { records, at } = placeOfKey(users, key);
  return at < 0 ? undefined : partsOf(records, at);
}

/** @returns the id of a row */
export function idOfRow({ base, pools }: Users, records: Records, row: number): string {
  const { idsOfFew } = base;
  if (!idsOfFew || records !== base) return readId(records.ids, row * ID_WORDS, pools.values);
  return (idsOfFew[row] ??= readId(base.ids, row * ID_WORDS, pools.values));
}

/** @returns the user's stored attributes; undefined where there are none */
export function attributesOf({ words, head, attributesAt }: Parts, values: Values): Attributes | undefined {
  return head & HAS_ATTRIBUTES ? values.attributes(words[attributesAt]!) : undefined;
}

/** The same of the record that begins here, most of which have none: then nothing else of it is looked at. */
export function attributesAt(records: Records, at: number, values: Values): Attributes | undefined {
  return records.words[at]! & HAS_ATTRIBUTES ? attributesOf(partsOf(records, at), values) : undefined;
}

/** The row of a registered user. */
export function rowOfUser(parts: Parts, key: string, values: Values): PolicyRow<'users'> {
  return { id: key, enabled: (parts.head & ENABLED) !== 0, attributes: attributesOf(parts, values) ?? {} };
}

/** So many users at most are found through a map: a few megabytes. */
const FEW = 1 << 16;

/** So many rows at most have their ids kept once they are read: a few megabytes. */
const FEW_ROWS = 1 << 18;

/** Room for the ids of so many rows, where they are few. */
export function idsOfFew(rows: number): (string | undefined)[] | undefined {
  return rows > FEW_ROWS ? undefined : new Array<string | undefined>(rows).fill(undefined);
}

/** A map of users by id, where they are few. */
export function mapOfFew(records: Records, users: number, keys?: readonly string[]): ReadonlyMap<string, number> | undefined {
  if (users > FEW) return undefined;
  const found = new Map<string, number>();
  for (let at = 0, user = 0; at < records.words.length; user++) {
    const parts = partsOf(records, at);
    const key = keys?.[user] ?? keyOf(parts);
    if (isFew(key)) found.set(key, at);
    at = parts.end;
  }
  return found;
}

/** Whether a key may be among the few. */
function isFew(key: string): boolean {
  return !key.includes(':') && isId(key);
}

/** @returns where the record begins; -1 where there is none */
export function findInBase(base: Base, key: string): number {
  const { byKey, ofFew } = base;
  if (ofFew && isFew(key)) return ofFew.get(key) ?? -1;
  const hash = hashText(key);
  const bits = placeBits(base.words.length);
  for (let slot = findSlot(byKey, hash, bits); slot >= 0; slot = findSlot(byKey, hash, bits, slot + 1)) {
    const at = placeIn(byKey[slot]!, bits);
    if (hasKey(base, at, key)) return at;
  }
  return -1;
}

function hasKey(base: Base, at: number, key: string): boolean {
  const { words } = base;
  if (words[at]! >>> FLAG_BITS !== key.length) return false;
  const { head, keyAt } = partsOf(base, at);
  const wide = (head & WIDE_KEY) !== 0;
  for (let i = 0; i < key.length; i++) if (keyUnit(words, keyAt, wide, i) !== key.charCodeAt(i)) return false;
  return true;
}

const scratch = new Int32Array(ID_WORDS);

/** @returns where the record of the base begins that holds the row with this id; -1 where none does */
export function findHolderInBase(base: Base, kind: HeldKind, id: string, values: Values): number {
  const { byRowId } = base;
  const uuid = writeUuid(scratch, 0, id);
  const hash = uuid ? hashId(scratch, 0) : hashText(id);
  const bits = placeBits(base.words.length);
  for (let slot = findSlot(byRowId, hash, bits); slot >= 0; slot = findSlot(byRowId, hash, bits, slot + 1)) {
    const at = placeIn(byRowId[slot]!, bits);
    if (holdsRow(partsOf(base, at), kind, id, uuid, values)) return at;
  }
  return -1;
}

function holdsRow({ ids, rows, assignmentRows, rowsEnd }: Parts, kind: HeldKind, id: string, uuid: boolean, values: Values): boolean {
  const [from, end] = kind === 'assignments' ? [assignmentRows, rowsEnd] : [rows, assignmentRows];
  for (let at = from * ID_WORDS; at < end * ID_WORDS; at += ID_WORDS) {
    if (uuid ? sameWords(ids, at) : !isUuid(ids, at) && values.text(ids[at]!) === id) return true;
  }
  return false;
}

function sameWords(ids: Int32Array, at: number): boolean {
  return ids[at] === scratch[0] && ids[at + 1] === scratch[1] && ids[at + 2] === scratch[2] && ids[at + 3] === scratch[3];
}
