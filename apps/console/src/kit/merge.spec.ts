import { describe, expect, it } from '@jest/globals';
import { merged, threeWay } from './merge.ts';

const fields = ['name', 'description', 'inherits'];
const base = { name: 'Viewer', description: 'reads', inherits: ['a'], version: 1 };

describe('threeWay', () => {
  it('finds nothing where nobody changed anything that can be edited', () => {
    expect(threeWay(base, { ...base, version: 2 }, base, fields)).toEqual([]);
  });

  it('tells who changed what', () => {
    const theirs = { ...base, name: 'Reader', description: 'sees' };
    const mine = { ...base, name: 'Guest', inherits: ['a', 'b'] };
    expect(threeWay(base, theirs, mine, fields).map(({ field, changed }) => [field, changed])).toEqual([
      ['name', 'both'],
      ['description', 'theirs'],
      ['inherits', 'mine'],
    ]);
  });

  it('sees no collision where both made the same change', () => {
    expect(threeWay(base, { ...base, name: 'X' }, { ...base, name: 'X' }, fields)[0]?.changed).toBe('agreed');
  });
});

describe('merged', () => {
  const rows = threeWay(base, { ...base, name: 'Reader', description: 'sees' }, { ...base, name: 'Guest', inherits: [] }, fields);

  it('keeps both sides’ own changes and follows the choice where they collide', () => {
    expect(merged(rows, { name: 'theirs' })).toEqual({ name: 'Reader', description: 'sees', inherits: [] });
  });

  it('keeps my edits where nothing was chosen', () => {
    expect(merged(rows, {})).toMatchObject({ name: 'Guest' });
  });
});
