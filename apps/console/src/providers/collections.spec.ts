import { describe, expect, it } from '@jest/globals';
import { COLLECTIONS as CONTRACT, type CollectionSpec } from '@licet/contract';
import { COLLECTIONS, isCollection } from './collections.ts';

const members = (schema: object | undefined): string[] => (schema && 'shape' in schema ? Object.keys(schema.shape as object) : []);

describe('the console’s table of collections', () => {
  it('names the same collections as the contract', () => {
    expect(Object.keys(COLLECTIONS)).toEqual(Object.keys(CONTRACT));
  });

  it.each(Object.entries(CONTRACT as Record<string, CollectionSpec>))('agrees with the contract on %s', (name, spec) => {
    expect(isCollection(name) && COLLECTIONS[name]).toEqual({
      permission: spec.permission,
      filters: spec.filters,
      sort: spec.sort,
      editable: members(spec.update),
    });
  });

  it('knows no collection of another name, inherited ones included', () => {
    expect(isCollection('toString')).toBe(false);
  });
});
