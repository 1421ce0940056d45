import { describe, expect, it } from '@jest/globals';
import { ANY, createBody, defaultSort, exportQuery, listQuery, updateBody } from './query.ts';

const page = { page: 2, perPage: 25 };

describe('listQuery', () => {
  it('carries search, paging, sorting and filters to the server', () => {
    const sort = { field: 'name', order: 'DESC' } as const;
    expect(listQuery('users', { ...page, sort, filter: { q: ' ali ', enabled: true } })).toBe(
      'q=ali&page=2&perPage=25&sort=name&order=desc&enabled=true',
    );
  });

  it('leaves out a sort field that the collection does not sort by', () => {
    expect(listQuery('audit-entries', { ...page, sort: { field: 'id', order: 'ASC' }, filter: {} })).toBe('page=2&perPage=25');
  });

  it('leaves out filters that are empty, switched off, or unknown to the collection', () => {
    expect(listQuery('roles', { ...page, filter: { q: '  ', builtIn: ANY, colour: 'red' } })).toBe('page=2&perPage=25');
  });

  it('keeps a filter whose value is false', () => {
    expect(listQuery('decisions', { ...page, filter: { decision: false } })).toBe('page=2&perPage=25&decision=false');
  });

  it('encodes what an id may hold', () => {
    expect(listQuery('assignments', { ...page, filter: { user: 'service:a&b=c' } })).toContain('user=service%3Aa%26b%3Dc');
  });
});

describe('exportQuery', () => {
  it('carries what the list is searched and filtered by, and no page of it', () => {
    const filter = { q: ' ali ', kind: 'users', action: ANY, colour: 'red', revision: 7 };
    expect(exportQuery('audit-entries', filter, 'csv')).toBe('format=csv&q=ali&kind=users&revision=7');
  });
});

describe('defaultSort', () => {
  it('reads the leading minus as descending', () => {
    expect(defaultSort('changes')).toEqual({ field: 'revision', order: 'DESC' });
    expect(defaultSort('roles')).toEqual({ field: 'id', order: 'ASC' });
  });
});

describe('updateBody', () => {
  it('sends only what may be edited', () => {
    const data = { id: 'viewer', name: 'Viewer', description: '', inherits: [], version: 3, builtIn: false, changeReason: 'because' };
    expect(updateBody('roles', data)).toEqual({ name: 'Viewer', description: '', inherits: [] });
  });

  it('keeps null, which empties a member', () => {
    expect(updateBody('users', { name: null })).toEqual({ name: null });
  });
});

describe('createBody', () => {
  it('leaves out what is empty, but neither false nor an empty list', () => {
    expect(createBody({ id: 'a', name: '', description: null, enabled: false, inherits: [] })).toEqual({
      id: 'a',
      enabled: false,
      inherits: [],
    });
  });
});
