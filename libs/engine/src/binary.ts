import type { PolicyRow } from '@licet/contract';
import { checkRecords, checkSlots, checkTerms, checkValues } from './binary-check.ts';
import { byKind, byUnit, KEPT_KINDS, type RowTables } from './change.ts';
import { checksum, CHECKSUM_WORDS } from './checksum.ts';
import { compact, withoutEdits } from './compact.ts';
import { ID_WORDS } from './row-id.ts';
import { assemble, type Snapshot } from './snapshot.ts';
import { Table } from './table.ts';
import { createPools, sizesOf, TERMS_WORDS, TermsPool, type Pools } from './terms.ts';
import { idsOfFew, mapOfFew, type Base, type Users } from './users.ts';
import { isMap } from './value.ts';
import { Values } from './values.ts';

// A snapshot as bytes. What is large, users with what they hold, is used where it lies; the rest is JSON and compiled anew. All numbers
// have their lowest byte first:
//
//   header     16 words: mark, version, bytes in all, 0; the checksum of everything after it (4 words); then the sizes below
//   sections   in the order of `Sections`, each filled up to a whole number of doubles

const MARK = 0x5443494c; // `LICT`
const VERSION = 3;
/** The media type of a binary snapshot of the one version that this engine writes and reads. */
export const BINARY_TYPE = `application/vnd.licet.snapshot;version=${VERSION}`;
const HEADER_WORDS = 16;
const CHECKSUM_AT = 4;
const SIZES_AT = CHECKSUM_AT + CHECKSUM_WORDS;
const ALIGNMENT = 8;

/** How many there are of each, in the order of the header. */
interface Sizes {
  readonly terms: number;
  readonly recordWords: number;
  readonly rows: number;
  readonly slotsByKey: number;
  readonly slotsByRowId: number;
  readonly values: number;
  readonly valueBytes: number;
  readonly jsonBytes: number;
}

interface Sections {
  readonly times: Float64Array;
  readonly terms: Int32Array;
  readonly records: Int32Array;
  readonly ids: Int32Array;
  readonly byKey: Int32Array;
  readonly byRowId: Int32Array;
  readonly valueStarts: Int32Array;
  readonly valueBytes: Uint8Array;
  readonly json: Uint8Array;
}

/** What stands in the JSON. The names are in the order of their numbers. */
interface Rest {
  readonly revision: number;
  readonly at?: string | undefined;
  readonly roles: readonly string[];
  readonly tenants: readonly string[];
  readonly groups: readonly string[];
  readonly rows: Readonly<Record<string, readonly { readonly id: string }[]>>;
}

/**
 * Writes a snapshot as bytes: for a disk, or for memory that threads share.
 * @returns the same bytes for the same rows and revision, whatever edits led there
 * @throws Error on a machine whose numbers have their highest byte first
 */
export function toBinary(snapshot: Snapshot): Uint8Array {
  requireLittleEndian();
  const users = snapshot.ordered ? snapshot.users : compact(snapshot.users, snapshot.rows);
  const { base, pools } = users;
  const values = pools.values.pack(base.sizes.values);
  const json = new TextEncoder().encode(JSON.stringify(restOf(snapshot, users)));
  const sizes: Sizes = {
    terms: base.sizes.terms,
    recordWords: base.words.length,
    rows: base.rows,
    slotsByKey: base.byKey.length,
    slotsByRowId: base.byRowId.length,
    values: base.sizes.values,
    valueBytes: values.bytes.length,
    jsonBytes: json.length,
  };
  const bytes = new Uint8Array(lengthOf(sizes));
  const sections = sectionsOf(bytes, sizes);
  sections.times.set(pools.terms.times.subarray(0, sizes.terms * 2));
  sections.terms.set(pools.terms.words.subarray(0, sizes.terms * TERMS_WORDS));
  sections.records.set(base.words);
  sections.ids.set(base.ids);
  sections.byKey.set(base.byKey);
  sections.byRowId.set(base.byRowId);
  sections.valueStarts.set(values.starts);
  sections.valueBytes.set(values.bytes);
  sections.json.set(json);
  const words = wordsOf(bytes);
  words.set([MARK, VERSION, bytes.length]);
  words.set(Object.values(sizes), SIZES_AT);
  seal(bytes);
  return bytes;
}

/**
 * Reads the bytes that {@link toBinary} wrote.
 * @param bytes they are used in place: do not change them afterwards. They may lie in memory that threads share, and are copied only where
 * they do not begin at a multiple of 8
 * @returns the snapshot
 * @throws Error where the bytes are no snapshot, are of another version, cut off or damaged. A checksum and bounds tell damage; nothing
 * here tells whether the bytes come from whom they should
 */
export function fromBinary(bytes: Uint8Array): Snapshot {
  requireLittleEndian();
  const aligned = bytes.byteOffset % ALIGNMENT === 0 ? bytes : bytes.slice();
  const sizes = readHeader(aligned);
  const sections = sectionsOf(aligned, sizes);
  const { version, rows, names } = readRest(sections.json);
  const pools: Pools = {
    ...createPools(...names),
    terms: new TermsPool(sections.terms, sections.times),
    values: new Values({ starts: sections.valueStarts, bytes: sections.valueBytes }),
  };
  checkTerms(pools);
  checkValues(sections.valueStarts, sizes.valueBytes);
  const records = { words: sections.records, ids: sections.ids };
  const { starts, users, rows: held } = checkRecords(records, pools);
  checkSlots(sections.byKey, starts, users, sizes.recordWords);
  checkSlots(sections.byRowId, starts, held, sizes.recordWords);
  const base: Base = {
    ...records,
    ofFew: mapOfFew(records, users),
    idsOfFew: idsOfFew(held),
    byKey: sections.byKey,
    byRowId: sections.byRowId,
    users,
    rows: held,
    sizes: sizesOf(pools),
  };
  return readingRest(() => assemble(version, rows, withoutEdits(base, pools)));
}

/** Writes the checksum of a binary snapshot. */
export function seal(bytes: Uint8Array): void {
  const words = wordsOf(bytes);
  words.set(checksum(words, SIZES_AT), CHECKSUM_AT);
}

function readHeader(bytes: Uint8Array): Sizes {
  if (bytes.length < HEADER_WORDS * 4) throw new Error('the binary snapshot is cut off: it is shorter than its header');
  const header = new Uint32Array(bytes.buffer, bytes.byteOffset, HEADER_WORDS);
  if (header[0] !== MARK) throw new Error('these bytes are no binary snapshot: write one with `toBinary`');
  if (header[1] !== VERSION) throw new Error(`this engine reads binary snapshots of version ${VERSION}, not ${header[1]}: write it anew`);
  if (header[2] !== bytes.length) {
    throw new Error(`the binary snapshot should have ${header[2]} bytes, but has ${bytes.length}: take it anew`);
  }
  const words = wordsOf(bytes);
  const sum = checksum(words, SIZES_AT);
  if (header[3] !== 0 || sum.some((word, i) => word !== words[CHECKSUM_AT + i])) {
    throw new Error('the binary snapshot is damaged, its checksum does not fit: take it anew');
  }
  const [terms = 0, recordWords = 0, rows = 0, slotsByKey = 0, slotsByRowId = 0, values = 0, valueBytes = 0, jsonBytes = 0] =
    header.subarray(SIZES_AT);
  const sizes = { terms, recordWords, rows, slotsByKey, slotsByRowId, values, valueBytes, jsonBytes };
  if (lengthOf(sizes) !== bytes.length) throw new Error('the binary snapshot is damaged, its sections do not fit: take it anew');
  return sizes;
}

function lengthsOf({ terms, recordWords, rows, slotsByKey, slotsByRowId, values, valueBytes, jsonBytes }: Sizes): number[] {
  const words = [terms * TERMS_WORDS, recordWords, rows * ID_WORDS, slotsByKey, slotsByRowId, values + 1];
  return [terms * 16, ...words.map((count) => count * 4), valueBytes, jsonBytes];
}

function lengthOf(sizes: Sizes): number {
  return lengthsOf(sizes).reduce((sum, length) => sum + filledUp(length), HEADER_WORDS * 4);
}

function filledUp(length: number): number {
  return Math.ceil(length / ALIGNMENT) * ALIGNMENT;
}

function sectionsOf({ buffer, byteOffset }: Uint8Array, sizes: Sizes): Sections {
  let end = byteOffset + HEADER_WORDS * 4;
  const [times, terms, records, ids, byKey, byRowId, valueStarts, valueBytes, json] = lengthsOf(sizes).map((length) => {
    const start = end;
    end += filledUp(length);
    return start;
  });
  return {
    times: new Float64Array(buffer, times, sizes.terms * 2),
    terms: new Int32Array(buffer, terms, sizes.terms * TERMS_WORDS),
    records: new Int32Array(buffer, records, sizes.recordWords),
    ids: new Int32Array(buffer, ids, sizes.rows * ID_WORDS),
    byKey: new Int32Array(buffer, byKey, sizes.slotsByKey),
    byRowId: new Int32Array(buffer, byRowId, sizes.slotsByRowId),
    valueStarts: new Int32Array(buffer, valueStarts, sizes.values + 1),
    valueBytes: new Uint8Array(buffer, valueBytes, sizes.valueBytes),
    json: new Uint8Array(buffer, json, sizes.jsonBytes),
  };
}

function restOf({ revision, at, rows }: Snapshot, { base: { sizes }, pools }: Users): Rest {
  return {
    revision,
    at,
    roles: pools.roles.all().slice(0, sizes.roles),
    // Every tenant, `*`, has its number always.
    tenants: pools.tenants.all().slice(1, sizes.tenants),
    groups: pools.groups.all().slice(0, sizes.groups),
    rows: byKind((kind) => [...rows[kind].values()].sort((a, b) => byUnit(a.id, b.id))),
  };
}

function readRest(json: Uint8Array): { version: Pick<Rest, 'revision' | 'at'>; rows: RowTables; names: readonly string[][] } {
  return readingRest(() => {
    const rest = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json)) as Rest;
    const names = [rest.roles, rest.tenants, rest.groups].map((list) => list.map(String));
    const rows = byKind<RowTables>((kind) => Table.of(rest.rows[kind]! as PolicyRow[]));
    const distinct = names.every((list) => new Set(list).size === list.length);
    const whole = distinct && Number.isSafeInteger(rest.revision) && KEPT_KINDS.every((kind) => rest.rows[kind]!.every(isRow));
    if (!whole) throw new Error('not whole');
    return { version: rest, rows, names };
  });
}

function isRow(row: unknown): boolean {
  return isMap(row) && typeof row['id'] === 'string';
}

function readingRest<T>(read: () => T): T {
  try {
    return read();
  } catch {
    throw new Error('the binary snapshot is damaged, its rows cannot be read: take it anew');
  }
}

function wordsOf({ buffer, byteOffset, byteLength }: Uint8Array): Int32Array {
  return new Int32Array(buffer, byteOffset, byteLength / 4);
}

function requireLittleEndian(): void {
  if (new Uint8Array(Int32Array.of(1).buffer)[0] !== 1) {
    throw new Error('binary snapshots have the lowest byte of a number first, which this machine does not: use JSON');
  }
}
