import { afterEach, describe, expect, it } from '@jest/globals';
import { problem } from '@licet/contract';
import { dataProvider, REASON_FIELD, revisionOf } from './dataProvider.ts';
import { serve, stopServing } from '../../test/server.ts';

afterEach(stopServing);

const row = { id: 'viewer', name: 'Viewer', description: '', inherits: [], version: 3 };

describe('an update', () => {
  it('is made on the version that the form was filled with, never on a fresher copy that its author has not seen', async () => {
    const seen = await serve(() => ({ status: 200, body: { ...row, version: 4 } }));
    await dataProvider.update('roles', { id: 'viewer', data: { ...row, name: 'Mine' }, previousData: { ...row, version: 9 } });
    expect(seen[0]?.headers['if-match']).toBe('"3"');
  });

  it('sends the reason as a header, and only what may be edited as the body', async () => {
    const seen = await serve(() => ({ status: 200, body: { ...row, version: 4 }, headers: { 'licet-revision': '12' } }));
    const data = { ...row, builtIn: false, [REASON_FIELD]: 'CR-1' };
    const answer = await dataProvider.update('roles', { id: 'viewer', data, previousData: row });
    expect(seen[0]).toMatchObject({ method: 'PATCH', url: '/api/v1/roles/viewer', headers: { 'licet-reason': 'CR-1' } });
    expect(JSON.parse(seen[0]?.body ?? '')).toEqual({ name: 'Viewer', description: '', inherits: [] });
    expect(revisionOf(answer.data)).toBe(12);
  });

  it('that changed nothing has made no revision, though the answer names the present one', async () => {
    await serve(() => ({ status: 200, body: row, headers: { 'licet-revision': '12' } }));
    const answer = await dataProvider.update('roles', { id: 'viewer', data: row, previousData: row });
    expect(revisionOf(answer.data)).toBeNull();
  });

  it('reaches a row whose key has a colon, a slash and a space', async () => {
    const seen = await serve(() => ({ status: 200, body: { id: 'device:a/b c' } }));
    await dataProvider.update('users', { id: 'device:a/b c', data: { enabled: true, version: 1 }, previousData: { id: 'device:a/b c' } });
    expect(seen[0]?.url).toBe('/api/v1/users/device%3Aa%2Fb%20c');
  });
});

describe('a creation', () => {
  it('leaves out what is empty, and the reason', async () => {
    const seen = await serve(() => ({ status: 201, body: row }));
    await dataProvider.create('roles', { data: { id: 'viewer', name: '', inherits: [], [REASON_FIELD]: 'new' } });
    expect(JSON.parse(seen[0]?.body ?? '')).toEqual({ id: 'viewer', inherits: [] });
    expect(seen[0]?.headers['licet-reason']).toBe('new');
  });
});

describe('reading', () => {
  it('asks the server for one page', async () => {
    const seen = await serve(() => ({ status: 200, body: { items: [row], total: 31 } }));
    const answer = await dataProvider.getList('roles', {
      pagination: { page: 2, perPage: 10 },
      sort: { field: 'name', order: 'ASC' },
      filter: { q: 'v' },
    });
    expect(answer).toEqual({ data: [row], total: 31 });
    expect(seen[0]?.url).toBe('/api/v1/roles?q=v&page=2&perPage=10&sort=name&order=asc');
  });

  it('of several rows does not fail because one is gone', async () => {
    await serve(({ url }) => (url.endsWith('/gone') ? { status: 404, body: problem('not_found', 'gone') } : { status: 200, body: row }));
    expect((await dataProvider.getMany('roles', { ids: ['viewer', 'gone'] })).data).toEqual([row]);
  });

  it('refuses what is no collection', async () => {
    await expect(dataProvider.getOne('constructor', { id: 1 })).rejects.toThrow('no collection `constructor`');
  });
});

describe('writing many rows at once', () => {
  it('has no door', async () => {
    await expect(dataProvider.updateMany('roles', { ids: ['a'], data: {} })).rejects.toThrow('one by one');
    await expect(dataProvider.deleteMany('roles', { ids: ['a'] })).rejects.toThrow('one by one');
  });
});
