import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DIALECTS, startApi, type TestApi } from '../../test/api.ts';

describe.each(DIALECTS)('a resource type (%s)', (dialect) => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startApi(dialect);
  });
  afterAll(() => api.stop());

  const remove = (id: string, version = 1) => api.call('DELETE', `/api/v1/resource-types/${id}`, undefined, { 'if-match': `"${version}"` });
  const permissions = async (type: string) =>
    (await api.call('GET', `/api/v1/permissions?resourceType=${type}`)).body.items.map(({ id }: { id: string }) => id);

  it('is kept while a grant or a resource needs it, and not by those of a similar name', async () => {
    for (const id of ['a_b', 'aXb', 'A_B', 'a_b-c']) await api.create('resource-types', { id, actions: [{ name: 'read' }] });
    await api.create('roles', { id: 'reader' });
    for (const id of ['aXb', 'A_B', 'a_b-c']) await api.create('grants', { role: 'reader', permission: `${id}:read` });
    const grant = await api.create('grants', { role: 'reader', permission: 'a_b:*' });
    const kept = await remove('a_b');
    expect([kept.status, kept.body.code, kept.body.detail]).toEqual([409, 'still_in_use', expect.stringContaining('1 grant')]);
    await api.call('DELETE', `/api/v1/grants/${grant.body.id}`, undefined, { 'if-match': '"1"' });
    await api.create('resources', { id: 'a_b:one' });
    expect((await remove('a_b')).body.detail).toContain('1 registered resource');
    await api.call('DELETE', '/api/v1/resources/a_b%3Aone', undefined, { 'if-match': '"1"' });
    const assigned = await api.create('assignments', { group: 'everyone', role: 'reader', resource: 'a_b:one' });
    expect((await remove('a_b')).body.detail).toContain('1 assignment');
    await api.call('DELETE', `/api/v1/assignments/${assigned.body.id}`, undefined, { 'if-match': '"1"' });
    expect([(await remove('a_b')).status, await permissions('a_b'), await permissions('aXb')]).toEqual([204, [], ['aXb:read']]);
  });

  it('keeps its actions in the order they were written, each once', async () => {
    const names = ['publish', 'read', 'archive'];
    await api.create('resource-types', { id: 'page', actions: names.map((name) => ({ name })) });
    const read = async () => (await api.call('GET', '/api/v1/resource-types/page')).body;
    expect((await read()).actions.map(({ name }: { name: string }) => name)).toEqual(names);
    const reordered = await api.call(
      'PATCH',
      '/api/v1/resource-types/page',
      { actions: names.toReversed().map((name) => ({ name })) },
      { 'if-match': '"1"' },
    );
    expect([reordered.status, (await read()).actions.map(({ name }: { name: string }) => name), (await read()).version]).toEqual([
      200,
      names.toReversed(),
      2,
    ]);
    const twice = await api.call('POST', '/api/v1/resource-types', { id: 'twice', actions: [{ name: 'read' }, { name: 'read' }] });
    expect([twice.status, twice.body.errors[0].path]).toEqual([400, 'actions']);
  });

  it('does not lose an action that a grant names', async () => {
    await api.create('resource-types', { id: 'form', actions: [{ name: 'fill' }, { name: 'read' }] });
    await api.create('roles', { id: 'filler' });
    await api.create('grants', { role: 'filler', permission: 'form:fill' });
    const { status, body } = await api.call('PATCH', '/api/v1/resource-types/form', { actions: [{ name: 'read' }] }, { 'if-match': '"1"' });
    expect([status, body.code, body.errors[0].path]).toEqual([422, 'invalid_policy', 'grants.filler.form:fill']);
    expect((await permissions('form')).sort()).toEqual(['form:fill', 'form:read']);
  });
});
