import { byUnit, type RowTables } from './change.ts';
import { hashUnits, slotOf } from './hash.ts';
import { FLAG_BITS, HAS_ATTRIBUTES, HEAD_WORDS, keyOf, partsOf, REGISTERED, WIDE_KEY, type Parts } from './record.ts';
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
  const memory = new ArrayBuffer(measured.words * 4);
  const words = new Int32Array(memory);
  const copy = copier(users.pools, pools, words);
  let end = 0;
  for (const parts of eachUser(users)) end = copy(parts, end);
  const base: Base = {
    words,
    bytes: new Uint8Array(memory),
    units: new Uint16Array(memory),
    ofFew: mapOfFew(words, measured.users, keys),
    idsOfFew: idsOfFew(words),
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
export function* eachUser({ base: { words }, edits }: Users): Generator<Parts> {
  const edited = [...edits.entries()].sort(([a], [b]) => byUnit(a, b)).map(([key, record]) => ({ key, parts: partsOf(record, 0) }));
  let next = 0;
  for (let at = 0; at < words.length;) {
    const parts = partsOf(words, at);
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

/** @returns a function that copies a record to `words` and has it refer to the new pools; it returns where the copy ends */
function copier(from: Pools, to: Pools, words: Int32Array): (parts: Parts, at: number) => number {
  const termsNow = new Int32Array(from.terms.size).fill(-1);
  const termsOf = (number: number): number => {
    if (termsNow[number]! < 0) termsNow[number] = to.terms.add(from.terms.row(number, from), to);
    return termsNow[number]!;
  };
  return (parts, at) => {
    const moved = at - parts.at;
    for (let i = parts.at; i < parts.end; i++) words[i + moved] = parts.words[i]!;
    if (parts.head & HAS_ATTRIBUTES) {
      words[parts.attributesAt + moved] = to.values.add(from.values.attributes(words[parts.attributesAt + moved]!));
    }
    for (let i = parts.groupsAt + moved; i < parts.termsAt + moved; i++) words[i] = to.groups.add(from.groups.nameOf(words[i]!));
    for (let i = parts.termsAt + moved; i < parts.membershipIdsAt + moved; i++) words[i] = termsOf(words[i]!);
    for (let i = parts.membershipIdsAt + moved; i < parts.end + moved; i += ID_WORDS) {
      if (!isUuid(words, i)) words[i] = to.values.add(from.values.text(words[i]!));
    }
    return parts.end + moved;
  };
}

/** One slot at least stays empty, so that every search ends. */
function slotsFor(entries: number, slotsPerEntry: number): number {
  return Math.floor(entries * slotsPerEntry) + 1;
}

function fillTables({ words, bytes, units, byKey, byRowId }: Base): void {
  for (let at = 0; at < words.length;) {
    const { head, membershipIdsAt, end } = partsOf(words, at);
    const from = at + HEAD_WORDS;
    const length = head >>> FLAG_BITS;
    insert(byKey, head & WIDE_KEY ? hashUnits(units, from * 2, length) : hashUnits(bytes, from * 4, length), at);
    for (let id = membershipIdsAt; id < end; id += ID_WORDS) insert(byRowId, hashId(words, id), at);
    at = end;
  }
}

function insert(table: Int32Array, hash: number, at: number): void {
  let slot = slotOf(hash, table.length);
  while (table[slot] !== 0) if (++slot === table.length) slot = 0;
  table[slot] = at + 1;
}
