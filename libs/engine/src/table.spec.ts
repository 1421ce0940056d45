import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { Table } from './table.ts';

const contents = (table: Table<number>) => Object.fromEntries([...table.entries()].sort());
const key = fc.constantFrom('a', 'b', 'c', 'constructor', '__proto__', '');
const edits = fc.array(fc.tuple(key, fc.option(fc.nat(9), { nil: undefined })), { maxLength: 6 });

jest.setTimeout(60_000);

describe('Table', () => {
  it('behaves as a map that is copied before each edit', () => {
    fc.assert(
      fc.property(fc.array(edits, { maxLength: 8 }), (steps) => {
        let table = Table.empty<number>();
        let model = new Map<string, number>();
        const seen: [Table<number>, Map<string, number>][] = [];
        for (const step of steps) {
          table = table.with(step);
          model = new Map(model);
          for (const [name, value] of step) {
            if (value === undefined) model.delete(name);
            else model.set(name, value);
          }
          seen.push([table, model]);
        }
        for (const [then, expected] of seen) {
          expect(new Map(then.entries())).toEqual(expected);
          expect([then.size, [...then.values()].length]).toEqual([expected.size, expected.size]);
        }
      }),
    );
  });

  it('keeps two tables that come from one another apart, though they add different keys', () => {
    const base = Table.empty<number>().with([['a', 1]]);
    const left = base.with([['left', 2]]);
    const right = base.with([['right', 3]]);
    expect([base, left, right].map(contents)).toEqual([{ a: 1 }, { a: 1, left: 2 }, { a: 1, right: 3 }]);
    expect([base.get('left'), right.get('left'), left.get('right')]).toEqual([undefined, undefined, undefined]);
  });

  it('holds many pages, and edits one', () => {
    const many = Table.empty<number>().with(Array.from({ length: 5000 }, (_, i) => [`k${i}`, i]));
    const edited = many.with([
      ['k4999', -1],
      ['k0', undefined],
    ]);
    expect([many.size, many.get('k4999'), many.get('k0')]).toEqual([5000, 4999, 0]);
    expect([edited.size, edited.get('k4999'), edited.get('k0'), edited.get('k2500')]).toEqual([4999, -1, undefined, 2500]);
  });

  it('made of rows is the table that the same rows give one after the other: of one id the last', () => {
    const rows = Array.from({ length: 1200 }, (_, n) => ({ id: `k${n % 1100}`, n }));
    const one = Table.of(rows);
    const other = Table.empty<(typeof rows)[number]>().with(rows.map((row) => [row.id, row]));
    expect([...one.entries()]).toEqual([...other.entries()]);
    expect([one.size, one.values(), one.get('k0')?.n]).toEqual([1100, other.values(), 1100]);
    const edited = one.with([['k0', undefined]]);
    expect([edited.size, edited.get('k0'), one.get('k0')?.n]).toEqual([1099, undefined, 1100]);
  });

  it('is itself where an edit changes nothing, and keeps its index until most of it is stale', () => {
    const table = Table.empty<number>().with(Array.from({ length: 1000 }, (_, i) => [`k${i}`, i]));
    expect([table.with([]), table.with([['gone', undefined]])]).toEqual([table, table]);
    expect(table.with([])).toBe(table);
    const remove = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => [`k${from + i}`, undefined] as const);
    // 244 left: 2 * 244 + a page of 512 is 1000.
    const scanty = table.with(remove(244, 1000));
    expect([scanty.size, scanty.with([['k0', 1]]).slots]).toEqual([244, 1000]);
    expect(scanty.with(remove(243, 244)).with([['k0', 1]]).slots).toBe(243);
  });

  it('does not grow with keys that come and go', () => {
    let table = Table.empty<number>().with([['kept', 1]]);
    const before = table;
    for (let i = 0; i < 20_000; i++) table = table.with([[`a${i}`, i]]).with([[`a${i}`, undefined]]);
    expect(contents(table)).toEqual({ kept: 1 });
    expect(table.slots).toBeLessThan(2000);
    expect(contents(before)).toEqual({ kept: 1 });
  });
});
