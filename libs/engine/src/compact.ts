import { byUnit, type RowTables } from './change.ts';
import { enter, hashUnits, placeBits } from './hash.ts';
import { FLAG_BITS, HAS_ATTRIBUTES, keyOf, keyUnit, partsOf, REGISTERED, ROWS, WIDE_KEY, type Parts, type Records } from './record.ts';
import { hashId, ID_WORDS, isUuid } from './row-id.ts';
import { Table } from './table.ts';
import { createPools, sizesOf, sumOfSizes, type Pools } from './terms.ts';
import { idsOfFew, mapOfFew, type Base, type Users } from './users.ts';

// Puts users in order: a new base without edits, and new pools with what is in use and nothing else.
//
// Invariant: what comes out depends on the rows alone, not on how they came to be, bit for bit. Users are taken in ascending key, names are
// numbered in ascending order, terms and values in the order in which users refer to them.

/** So full are the tables: many empty slots where every decision looks, few where edits do. */
const SLOTS_PER_USER = 1.5;
const SLOTS_PER_ROW = 1.12;

/**
 * @param rows all other rows; the names in them are numbered, too
 * @param keys of all users in ascending order, where they are at hand: equal strings are told fastest where they are the same
 */
export function compact(users: Users, rows: RowTables, keys?: readonly string[]): Users {
  const measured = measure(users);
  const pools = numberNames(users.pools, measured, rows);
  const records: Records = { words: new Int32Array(measured.words), ids: new Int32Array(measured.rows * ID_WORDS) };
  const copy = copier(users.pools, pools, records);
  for (const parts of eachUser(users)) copy(parts);
  const base: Base = {
    ...records,
    ofFew: mapOfFew(records, measured.users, keys),
    idsOfFew: idsOfFew(measured.rows),
    byKey: new Int32Array(slotsFor(measured.users, SLOTS_PER_USER)),
    byRowId: new Int32Array(slotsFor(measured.rows, SLOTS_PER_ROW)),
    users: measured.users,
    rows: measured.rows,
    sizes: sizesOf(pools),
  };
  fillTables(base);
  return withoutEdits(base, pools);
}

/** Users as they are in a base. */
export function withoutEdits(base: Base, pools: Pools): Users {
  const places = { 'group-members': Table.empty<string>(), assignments: Table.empty<string>() };
  return { base, edits: Table.empty(), places, pools, settled: sumOfSizes(pools) };
}

/** Each user who is registered or holds something, in ascending key. */
export function* eachUser({ base, edits }: Users): Generator<Parts> {
  const edited = [...edits.entries()].sort(([a], [b]) => byUnit(a, b)).map(([key, record]) => ({ key, parts: partsOf(record, 0) }));
  let next = 0;
  for (let at = 0; at < base.words.length;) {
    const parts = partsOf(base, at);
    at = parts.end;
    if (next < edited.length) {
      const key = keyOf(parts);
      for (; next < edited.length && edited[next]!.key < key; next++) if (isThere(edited[next]!.parts)) yield edited[next]!.parts;
      // The edited one comes in a later turn.
      if (edited[next]?.key === key) continue;
    }
    if (isThere(parts)) yield parts;
  }
  for (; next < edited.length; next++) if (isThere(edited[next]!.parts)) yield edited[next]!.parts;
}

function isThere({ head, assignments, memberships }: Parts): boolean {
  return (head & REGISTERED) !== 0 || assignments > 0 || memberships > 0;
}

interface Measured {
  words: number;
  users: number;
  rows: number;
  /** By number, whether a record refers to it. */
  terms: Uint8Array;
  groups: Uint8Array;
}

function measure(users: Users): Measured {
  const { terms, groups } = users.pools;
  const measured = { words: 0, users: 0, rows: 0, terms: new Uint8Array(terms.size), groups: new Uint8Array(groups.size) };
  for (const { words, at, memberships, groupsAt, assignments, termsAt, end } of eachUser(users)) {
    measured.words += end - at;
    measured.users++;
    measured.rows += memberships + assignments;
    for (let i = 0; i < memberships; i++) measured.groups[words[groupsAt + i]!] = 1;
    for (let i = 0; i < assignments; i++) measured.terms[words[termsAt + i]!] = 1;
  }
  return measured;
}

function numberNames(pools: Pools, measured: Measured, rows: RowTables): Pools {
  const names = { roles: new Set<string>(), tenants: new Set<string>(), groups: new Set<string>() };
  for (const kind of ['roles', 'tenants', 'groups'] as const) for (const { id } of rows[kind].values()) names[kind].add(id);
  const use = ({ role, tenant, group }: { role: string; tenant: string; group: string | null }) => {
    names.roles.add(role);
    names.tenants.add(tenant);
    if (group !== null) names.groups.add(group);
  };
  measured.terms.forEach((used, number) => used && use(pools.terms.row(number, pools)));
  measured.groups.forEach((used, number) => used && names.groups.add(pools.groups.nameOf(number)));
  for (const row of rows.assignments.values()) use(row);
  return createPools([...names.roles].sort(), [...names.tenants].sort(), [...names.groups].sort());
}

/** @returns a function that copies a record behind those that it copied before, and has the copy refer to the new pools */
function copier(from: Pools, to: Pools, { words, ids }: Records): (parts: Parts) => void {
  const termsNow = new Int32Array(from.terms.size).fill(-1);
  const termsOf = (number: number): number => {
    if (termsNow[number]! < 0) termsNow[number] = to.terms.add(from.terms.row(number, from), to);
    return termsNow[number]!;
  };
  let end = 0;
  let idsEnd = 0;
  return (parts) => {
    const moved = end - parts.at;
    for (let i = parts.at; i < parts.end; i++) words[i + moved] = parts.words[i]!;
    words[end + ROWS] = idsEnd / ID_WORDS;
    for (let i = parts.termsAt + moved; i < parts.attributesAt + moved; i++) words[i] = termsOf(words[i]!);
    if (parts.head & HAS_ATTRIBUTES) {
      words[parts.attributesAt + moved] = to.values.add(from.values.attributes(words[parts.attributesAt + moved]!));
    }
    for (let i = parts.groupsAt + moved; i < parts.keyAt + moved; i++) words[i] = to.groups.add(from.groups.nameOf(words[i]!));
    for (let i = parts.rows * ID_WORDS; i < parts.rowsEnd * ID_WORDS; i += ID_WORDS, idsEnd += ID_WORDS) {
      for (let word = 0; word < ID_WORDS; word++) ids[idsEnd + word] = parts.ids[i + word]!;
      if (!isUuid(ids, idsEnd)) ids[idsEnd] = to.values.add(from.values.text(ids[idsEnd]!));
    }
    end = parts.end + moved;
  };
}

/** One slot at least stays empty, so that every search ends. */
function slotsFor(entries: number, slotsPerEntry: number): number {
  return Math.floor(entries * slotsPerEntry) + 1;
}

function fillTables(base: Base): void {
  const { words, ids, byKey, byRowId } = base;
  const bits = placeBits(words.length);
  for (let at = 0; at < words.length;) {
    const { head, keyAt, rows, rowsEnd, end } = partsOf(base, at);
    const wide = (head & WIDE_KEY) !== 0;
    const hash = hashUnits(head >>> FLAG_BITS, (i) => keyUnit(words, keyAt, wide, i));
    enter(byKey, hash, at, bits);
    for (let row = rows; row < rowsEnd; row++) enter(byRowId, hashId(ids, row * ID_WORDS), at, bits);
    at = end;
  }
}
