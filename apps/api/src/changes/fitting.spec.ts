import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DIALECTS, startApi, type TestApi } from '../../test/api.ts';

// docs/rules.md says these rules.
describe.each(DIALECTS)('what must fit together (%s)', (dialect) => {
  let api: TestApi;
  let [assignment, timed] = ['', ''];
  const at = (year: number) => `${year}-01-01T00:00:00Z`;

  beforeAll(async () => {
    api = await startApi(dialect);
    await api.create('resource-types', { id: 'doc', attributes: { locked: 'bool' }, actions: [{ name: 'read' }] });
    await api.create('tenants', { id: 'acme' });
    await api.create('conditions', { id: 'is-locked', expression: 'resource.properties.locked' });
    await api.create('roles', { id: 'reader' });
    await api.create('roles', { id: 'editor', inherits: ['reader'] });
    await api.create('grants', { role: 'reader', permission: 'doc:read', condition: 'is-locked' });
    await api.create('users', { id: 'bob' });
    await api.key('app');
    await api.create('groups', { id: 'staff' });
    await api.create('group-members', { group: 'staff', user: 'bob' });
    assignment = (await api.create('assignments', { user: 'bob', role: 'reader', tenant: 'acme' })).body.id;
    timed = (await api.create('assignments', { user: 'bob', role: 'editor', startsAt: at(2090), expiresAt: at(2091) })).body.id;
    await api.create('assignments', { group: 'staff', role: 'reader' });
  });
  afterAll(() => api.stop());

  const refused = async (
    method: 'POST' | 'PATCH' | 'DELETE',
    path: string,
    body: object | undefined,
    expected: [number, string, RegExp],
  ) => {
    const before = await api.call('GET', '/api/v1/audit-entries?perPage=1');
    const version: Record<string, string> = method === 'POST' ? {} : { 'if-match': '"1"' };
    const answer = await api.call(method, `/api/v1/${path}`, body, version);
    const said = [
      answer.body.detail,
      ...(answer.body.errors ?? []).map(({ path, message }: Record<string, string>) => `${path}: ${message}`),
    ];
    expect([answer.status, answer.body.code, said.join('\n')]).toEqual([...expected.slice(0, 2), expect.stringMatching(expected[2])]);
    expect((await api.call('GET', '/api/v1/audit-entries?perPage=1')).body.total).toBe(before.body.total);
  };

  it.each<[string, object, [number, string, RegExp]]>([
    ['grants', { role: 'ghost', permission: 'doc:read' }, [422, 'invalid_policy', /role.*ghost/]],
    ['grants', { role: 'reader', permission: 'doc:write' }, [422, 'invalid_policy', /no action `write`/]],
    ['grants', { role: 'reader', permission: 'page:read' }, [422, 'invalid_policy', /`page` does not exist/]],
    ['grants', { role: 'reader', permission: '*:write' }, [422, 'invalid_policy', /no resource type has the action `write`/]],
    ['grants', { role: 'reader', permission: 'doc:read', condition: 'ghost' }, [422, 'invalid_policy', /condition.*ghost/]],
    ['grants', { role: 'reader', permission: 'doc:read', condition: 'is-locked' }, [422, 'invalid_policy', /stands twice/]],
    ['conditions', { id: 'odd', expression: 'resource.properties.locked ==' }, [422, 'invalid_policy', /./]],
    ['roles', { id: 'lost', inherits: ['ghost'] }, [422, 'invalid_policy', /inherits.*ghost/]],
    ['group-members', { group: 'staff', user: 'bob' }, [409, 'already_exists', /./]],
    ['group-members', { group: 'staff', user: 'ghost' }, [422, 'invalid_policy', /user.*ghost/]],
    ['assignments', { user: 'ghost', role: 'reader' }, [422, 'invalid_policy', /user.*ghost/]],
    ['assignments', { user: 'bob', role: 'ghost' }, [422, 'invalid_policy', /role.*ghost/]],
    ['assignments', { user: 'bob', role: 'reader', tenant: 'ghost' }, [422, 'invalid_policy', /tenant.*ghost/]],
    ['assignments', { user: 'bob', group: 'staff', role: 'reader' }, [400, 'invalid_request', /either a `user` or a `group`/]],
    ['assignments', { user: 'bob', role: 'reader', tenant: 'acme' }, [409, 'already_exists', /has the role `reader` there already/]],
    [
      'assignments',
      { user: 'bob', role: 'reader', startsAt: at(2091), expiresAt: at(2090) },
      [400, 'invalid_request', /later than `startsAt`/],
    ],
    ['roles', { id: 'reader' }, [409, 'already_exists', /./]],
  ])('is asked of a new row: %s %j', (collection, body, expected) => refused('POST', collection, body, expected));

  it('is asked of an edit: no way round in the hierarchy, and times in order with those that stay', async () => {
    await refused('PATCH', 'roles/reader', { inherits: ['editor'] }, [422, 'invalid_policy', /editor.*reader/]);
    await refused('PATCH', `assignments/${timed}`, { expiresAt: at(2089) }, [400, 'invalid_request', /later than `startsAt`/]);
    await refused('PATCH', `assignments/${timed}`, { startsAt: at(2092) }, [400, 'invalid_request', /later than `startsAt`/]);
  });

  it.each([
    ['roles/reader', /still used by/],
    ['conditions/is-locked', /still used by 1 grant/],
    ['resource-types/doc', /still used by/],
    ['tenants/acme', /still used by 1 assignment/],
    ['groups/staff', /still used by 1 assignment/],
    ['users/service:app', /still used by 1 API key/],
  ])('is asked where a row goes: %s', (path, said) => refused('DELETE', path, undefined, [409, 'still_in_use', said]));

  it('lets go what nothing refers to any more, and with a user what the user was given', async () => {
    const remove = async (path: string) => (await api.call('DELETE', `/api/v1/${path}`, undefined, { 'if-match': '"1"' })).status;
    expect([await remove(`assignments/${assignment}`), await remove('tenants/acme'), await remove('users/bob')]).toEqual([204, 204, 204]);
    expect((await api.call('GET', `/api/v1/assignments/${timed}`)).status).toBe(404);
    const [newest] = (await api.call('GET', '/api/v1/audit-entries?perPage=1')).body.items;
    const { items } = (await api.call('GET', `/api/v1/audit-entries?revision=${newest.revision}`)).body;
    expect(items.map(({ kind, action }: Record<string, string>) => `${kind} ${action}`).sort()).toEqual([
      'assignments delete',
      'group-members delete',
      'users delete',
    ]);
  });
});
