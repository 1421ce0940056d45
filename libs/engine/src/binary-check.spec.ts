import { emptyRows } from '@licet/contract';
import { describe, expect, it } from '@jest/globals';
import { fromBinary, seal, toBinary } from './binary.ts';
import { checkRecords, checkSlots, checkTerms, checkValues } from './binary-check.ts';
import { ENABLED, FLAG_BITS, HAS_ATTRIBUTES, HAS_MEMBERSHIPS, REGISTERED } from './record.ts';
import { createSnapshot } from './snapshot.ts';
import { createPools, FOR_PERIOD, FOR_RESOURCE, GROUP, LIMITS, RESOURCE_ID, RESOURCE_TYPE, ROLE, TENANT, TermsPool } from './terms.ts';

const DAMAGED = /the binary snapshot is damaged, its records do not fit/;

/** Two roles, three tenants with `*`, two groups, four values; so many terms with these words. */
function pools(terms: readonly number[] = []) {
  const made = { ...createPools(['r1', 'r2'], ['default', 'acme'], ['g1', 'g2']), terms: new TermsPool(Int32Array.from(terms)) };
  for (const value of ['a', 'b', 'c', 'd']) made.values.add(value);
  return made;
}

const ABSENT = -1;
const PLAIN = [0, 0, 0, ABSENT, ABSENT, ABSENT, ABSENT, ABSENT];
/** Plain terms but for these words. */
const terms = (words: Record<number, number>) => PLAIN.map((word, i) => words[i] ?? word);

describe('the terms of a binary snapshot', () => {
  it.each([
    ['the first and the last role', [terms({ [ROLE]: 0 }), terms({ [ROLE]: 1 })]],
    ['every tenant and the last one', [terms({ [TENANT]: 0 }), terms({ [TENANT]: 2 })]],
    ['no group, the first and the last one', [terms({ [GROUP]: ABSENT }), terms({ [GROUP]: 0 }), terms({ [GROUP]: 1 })]],
    ['the first and the last value', [terms({ [RESOURCE_TYPE]: 0, 5: 3, 6: 0 }), terms({ [RESOURCE_TYPE]: 3, [RESOURCE_ID]: 3 })]],
    ['all limits, of a resource with the first id', [terms({ [LIMITS]: 7, [RESOURCE_ID]: 0 })]],
    ['nothing', []],
  ])('may name %s', (_, given) => {
    expect(() => checkTerms(pools(given.flat()))).not.toThrow();
  });

  it.each([
    ['a role below the first', { [ROLE]: -1 }],
    ['a role behind the last', { [ROLE]: 2 }],
    ['a tenant below the first', { [TENANT]: -1 }],
    ['a tenant behind the last', { [TENANT]: 3 }],
    ['a group below none', { [GROUP]: -2 }],
    ['a group behind the last', { [GROUP]: 2 }],
    ['limits below none', { [LIMITS]: -1 }],
    ['limits that there are not', { [LIMITS]: 8 }],
    ['a type that is no value', { [RESOURCE_TYPE]: 4 }],
    ['a type below none', { [RESOURCE_TYPE]: -2 }],
    ['an id that is no value', { [RESOURCE_ID]: 4 }],
    ['a beginning that is no value', { 5: 4 }],
    ['an end that is no value', { 6: 4 }],
    ['one resource, and not which', { [LIMITS]: FOR_RESOURCE }],
    ['one resource for a time, and not which', { [LIMITS]: FOR_RESOURCE + FOR_PERIOD, [RESOURCE_TYPE]: 0 }],
  ])('may not name %s, be it the first terms or later ones', (_, words) => {
    expect(() => checkTerms(pools([...terms(words), ...PLAIN]))).toThrow(DAMAGED);
    expect(() => checkTerms(pools([...PLAIN, ...PLAIN, ...terms(words)]))).toThrow(DAMAGED);
  });
});

describe('the values of a binary snapshot', () => {
  it.each([
    ['none', [0], 0],
    ['one', [0, 5], 5],
    ['empty ones', [0, 0, 2, 2], 2],
  ])('may be %s', (_, starts, bytes) => {
    expect(() => checkValues(Int32Array.from(starts), bytes)).not.toThrow();
  });

  it.each([
    ['begin behind the first byte', [1, 5], 5],
    ['begin before the first byte', [-1, 5], 5],
    ['go back', [0, 4, 3, 5], 5],
    ['end before the last byte', [0, 2, 4], 5],
    ['end behind the last byte', [0, 2, 6], 5],
  ])('may not %s', (_, starts, bytes) => {
    expect(() => checkValues(Int32Array.from(starts), bytes)).toThrow(DAMAGED);
  });
});

const UUID = [0x0197f3a0, 0x5c1b7000, 0x81230123 | 0, 0x456789ab];
const TEXT = (value: number) => [value, 99, 0, 0];
const HEAD = REGISTERED + ENABLED + (2 << FLAG_BITS);
const KEY = 0x6261; // `ab`

/** A user with attributes, two memberships and two assignments: one id of each is a UUID, the other a text. */
const FULL = [HEAD + HAS_ATTRIBUTES + HAS_MEMBERSHIPS, 2, 0, 0, 1, 3, 2, 0, 1, KEY];
const FULL_IDS = [...UUID, ...TEXT(0), ...TEXT(3), ...UUID];
const [ASSIGNMENTS, ROWS, TERMS, ATTRIBUTES, MEMBERSHIPS, GROUPS] = [1, 2, 3, 5, 6, 7];
/** A user who holds nothing, behind so many rows of others. */
const bare = (rows = 0) => [HEAD, 0, rows, KEY];
const TWO_TERMS = [...PLAIN, ...PLAIN];
const changed = (list: readonly number[], words: Record<number, number>) => list.map((word, i) => words[i] ?? word);
const check = (words: readonly number[], ids: readonly number[] = [], termsOf: readonly number[] = TWO_TERMS) =>
  checkRecords({ words: Int32Array.from(words), ids: Int32Array.from(ids) }, pools(termsOf));

describe('the records of a binary snapshot', () => {
  it('are counted, with where they begin', () => {
    const { starts, users, rows } = check([...bare(), ...FULL, ...bare(4), ...bare(4)], FULL_IDS);
    const begin = [...starts].flatMap((byte, i) => [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) => byte & (1 << bit)).map((bit) => i * 8 + bit));
    expect(begin).toEqual([0, 4, 4 + FULL.length, 8 + FULL.length]);
    expect([users, rows]).toEqual([4, 4]);
  });

  it('may be none', () => {
    expect(check([], [], [])).toMatchObject({ users: 0, rows: 0 });
  });

  it.each([
    ['fewer assignments than none', { [ASSIGNMENTS]: -1 }],
    ['more assignments than there are words', { [ASSIGNMENTS]: 3 }],
    ['rows that are those of another', { [ROWS]: 1 }],
    ['rows before the first', { [ROWS]: -1 }],
    ['fewer memberships than none', { [MEMBERSHIPS]: -1 }],
    ['more memberships than there are words', { [MEMBERSHIPS]: 1 << 20 }],
    ['attributes below the first value', { [ATTRIBUTES]: -1 }],
    ['attributes behind the last value', { [ATTRIBUTES]: 4 }],
    ['a group below the first', { [GROUPS]: -1 }],
    ['a group behind the last', { [GROUPS + 1]: 2 }],
    ['terms below the first', { [TERMS]: -1 }],
    ['terms behind the last', { [TERMS + 1]: 2 }],
  ])('may not have %s, be they first or last', (_, words) => {
    expect(() => check([...changed(FULL, words), ...bare(4)], FULL_IDS)).toThrow(DAMAGED);
    expect(() => check([...bare(), ...changed(FULL, words)], FULL_IDS)).toThrow(DAMAGED);
  });

  it.each([
    ['a membership with an id below the first value', { 4: -1 }],
    ['a membership with an id behind the last value', { 4: 4 }],
    ['an assignment with an id below the first value', { 8: -1 }],
    ['an assignment with an id behind the last value', { 8: 4 }],
    ['a last assignment with an id that is no UUID and no value', { 12: -1, 14: 0 }],
  ])('may not have %s', (_, words) => {
    expect(() => check(FULL, changed(FULL_IDS, words))).toThrow(DAMAGED);
  });

  it('may not have more rows than there are ids, nor fewer', () => {
    expect(() => check(FULL, FULL_IDS.slice(4))).toThrow(DAMAGED);
    expect(() => check(FULL, [...FULL_IDS, ...UUID])).toThrow(DAMAGED);
    expect(() => check([], UUID)).toThrow(DAMAGED);
  });

  it('may not be cut off, wherever that is', () => {
    for (let length = 1; length < FULL.length; length++) {
      expect(() => check([...bare(), ...FULL.slice(0, length)], FULL_IDS)).toThrow(DAMAGED);
    }
  });

  it('are not asked for attributes that they do not have', () => {
    expect(check([HEAD, 1, 0, 0, KEY], TEXT(2), PLAIN)).toMatchObject({ users: 1, rows: 1 });
  });
});

describe('the slots of a binary snapshot', () => {
  const { starts } = check([...bare(), ...bare(), ...bare()]);

  it.each([
    ['nothing', [0], 0],
    ['all there is, with one slot empty', [1, 0, 9, 5], 3],
    ['bits of hashes above', [1 | (7 << 4), 0, 9 | (-1 << 4), 5], 3],
  ])('may hold %s', (_, slots, entries) => {
    expect(() => checkSlots(Int32Array.from(slots), starts, entries, 12)).not.toThrow();
  });

  it.each([
    ['more than there is', [1, 5, 0], 1],
    ['less than there is', [1, 0, 0, 0], 2],
    ['no empty slot, so that a search for what is not there would not end', [1, 5], 2],
    ['the middle of a record', [2, 0], 1],
    ['nothing but the bits of a hash', [7 << 4, 0], 1],
    ['nothing but the highest bit of a hash', [-(2 ** 31), 0], 1],
    ['what lies behind the last record', [13, 0], 1],
    ['what lies far behind the last record', [-1, 0], 1],
  ])('may not hold %s', (_, slots, entries) => {
    expect(() => checkSlots(Int32Array.from(slots), starts, entries, 12)).toThrow(DAMAGED);
  });
});

describe('the other rows of a binary snapshot', () => {
  it.each([
    ['two roles of one name', '["r1","r2"]', '["r1","r1"]'],
    ['two groups of one name', '["g1","g2"]', '["g1","g1"]'],
    ['a revision that is no whole number', '"revision":300', '"revision":0.5'],
    ['a row that is none', '{"id":"acme"}', 'null         '],
    ['a row whose id is no text', '{"id":"acme"}', '{"id":123456}'],
    ['a row without an id', '{"id":"acme"}', '{"ix":"acme"}'],
    ['no rows of a kind', '"tenants":[{"id"', '"tenantz":[{"id"'],
    ['what is no JSON', '"revision"', '"revision '],
  ])('may not have %s', (_, before, after) => {
    const named = (...ids: string[]) => ids.map((id) => ({ id }));
    const rows = { ...emptyRows(), tenants: named('acme'), roles: named('r1', 'r2'), groups: named('g1', 'g2') };
    const given = Buffer.from(toBinary(createSnapshot({ format: 1, revision: 300, rows })));
    const at = given.indexOf(before);
    expect([at > 0, before.length]).toEqual([true, after.length]);
    given.write(after, at, 'latin1');
    const bytes = new Uint8Array(given);
    seal(bytes);
    expect(() => fromBinary(bytes)).toThrow('its rows cannot be read');
  });
});
