import { describe, expect, it } from '@jest/globals';
import { packText, unpackText, Values } from './values.ts';

describe('a packed text', () => {
  it.each([
    ['', 1],
    ['abc', 4],
    ['\u0000\u00ff', 3],
    ['\u0100', 3],
    ['a\ud800z', 7],
    ['x'.repeat(4095), 4096],
    ['x'.repeat(4096), 4097],
    [`${'x'.repeat(4096)}王`, 8195],
  ])('takes a byte for each code unit, or two where one needs two, and one that says so', (text, bytes) => {
    const packed = packText(text);
    expect([packed.length, unpackText(packed)]).toEqual([bytes, text]);
  });
});

describe('values', () => {
  const packed = () => {
    const values = new Values();
    expect([values.add('one'), values.add({ owner: '王' }), values.add('three')]).toEqual([0, 1, 2]);
    return values.pack(2);
  };

  it('are numbered on behind those that were packed, and packed again as they were', () => {
    const values = new Values(packed());
    expect([values.size, values.add('two'), values.add({ n: 3 }), values.size]).toEqual([2, 2, 3, 4]);
    for (const each of [values, new Values(values.pack(4))]) {
      expect([each.text(0), each.attributes(1), each.text(2), each.attributes(3)]).toEqual(['one', { owner: '王' }, 'two', { n: 3 }]);
    }
  });

  it('are unpacked once', () => {
    const values = new Values(packed());
    expect(values.attributes(1)).toBe(values.attributes(1));
  });

  it('are no attributes where their JSON is no object', () => {
    const values = new Values();
    values.add('[1]');
    expect(new Values(values.pack(1)).attributes(0)).toEqual({});
  });
});
