import { describe, expect, it } from '@jest/globals';
import { attributesOf, linesOf } from './attributes.ts';

describe('attributes', () => {
  it('come back as they were, whatever their type', () => {
    const attributes = {
      department: 'sales',
      level: 3,
      remote: false,
      regions: ['eu', 'us'],
      nothing: null,
      nested: { a: [1, { b: true }] },
      empty: [],
      awkward: ['a,b', ' c '],
      looksLikeNumber: '42',
    };
    expect(attributesOf(linesOf(attributes))).toEqual({ attributes });
  });

  it('refuse a number, a JSON text or a name that cannot be stored, and say which', () => {
    expect(attributesOf([{ name: 'level', kind: 'number', text: 'three' }])).toEqual({ fault: 'The attribute level is not a number.' });
    expect(attributesOf([{ name: 'level', kind: 'number', text: '' }])).toEqual({ fault: 'The attribute level is not a number.' });
    expect(attributesOf([{ name: 'x', kind: 'json', text: '{' }])).toEqual({ fault: 'The attribute x is not valid JSON.' });
    expect(attributesOf([{ name: ' ', kind: 'text', text: 'y' }])).toEqual({ fault: 'An attribute has no name.' });
    const twice = { name: 'x', kind: 'text', text: '1' } as const;
    expect(attributesOf([twice, twice])).toEqual({ fault: 'The attribute x is there twice.' });
  });

  it('pass over a line that was only begun', () => {
    expect(attributesOf([{ name: '', kind: 'text', text: '' }])).toEqual({ attributes: {} });
  });
});
