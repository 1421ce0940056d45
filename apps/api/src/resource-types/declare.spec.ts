import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DIALECTS, startApi, type TestApi } from '../../test/api.ts';

describe.each(DIALECTS)('declaring what an application asks about (%s)', (dialect) => {
  let api: TestApi;
  let key: { authorization: string };

  beforeAll(async () => {
    api = await startApi(dialect);
    key = await api.key('tasks');
    await api.create('resource-types', {
      id: 'page',
      description: 'A page',
      attributes: { owner: 'string' },
      actions: [{ name: 'read', description: 'Look' }],
    });
  });
  afterAll(() => api.stop());

  const declare = async (permissions: unknown, more: object = {}, headers: Record<string, string> = key) =>
    api.call('POST', '/api/v1/resource-types/declare', { permissions, ...more }, headers);
  const type = async (id: string) => (await api.call('GET', `/api/v1/resource-types/${id}`)).body;
  const actions = async (id: string) => (await type(id)).actions.map(({ name }: { name: string }) => name);

  it('adds what is not there in one change, which the audit trail shows as the application’s', async () => {
    const { status, body, revision } = await declare(['task:read', 'task:create', 'report:print', 'task:read']);
    expect([status, body]).toEqual([200, { revision, created: ['report:print', 'task:create', 'task:read'], undeclared: [] }]);
    expect([await actions('task'), await actions('report')]).toEqual([['create', 'read'], ['print']]);
    const { body: audit } = await api.call('GET', `/api/v1/audit-entries?revision=${revision}`);
    expect(audit.items.map(({ actor, action, reason }: Record<string, string>) => `${actor} ${action}: ${reason}`)).toEqual(
      Array(5).fill('service:tasks create: declared by an application'),
    );
    const question = { subject: { type: 'user', id: 'zoe' }, action: { name: 'read' }, resource: { type: 'task', id: 't1' } };
    expect((await api.call('POST', '/access/v1/evaluation', question, key)).body.decision).toBe(false);
  });

  it('tells both sides of the drift, and changes nothing in a dry run', async () => {
    const { body, revision } = await declare(['page:publish', 'task:read'], { dryRun: true });
    expect(body).toEqual({ revision, created: ['page:publish'], undeclared: ['page:read', 'task:create'] });
    expect(await actions('page')).toEqual(['read']);
    expect((await declare(['task:read'])).body).toEqual({ revision, created: [], undeclared: ['task:create'] });
  });

  it('leaves what operators wrote as it is, and adds at its end', async () => {
    await declare(['page:publish', 'page:archive']);
    expect(await type('page')).toMatchObject({
      description: 'A page',
      attributes: { owner: 'string' },
      actions: [
        { name: 'read', description: 'Look' },
        { name: 'archive', description: '' },
        { name: 'publish', description: '' },
      ],
    });
  });

  it('keeps an operator who edits the type meanwhile from removing what was added', async () => {
    const { etag } = await api.call('GET', '/api/v1/resource-types/page');
    await declare(['page:translate']);
    const saved = await api.call('PATCH', '/api/v1/resource-types/page', { actions: [{ name: 'read' }] }, { 'if-match': etag });
    expect([saved.status, await actions('page')]).toEqual([412, ['read', 'archive', 'publish', 'translate']]);
  });

  it.each([
    ['a reserved type', ['task:read', 'licet.role:read'], 'permissions[1]'],
    ['a wildcard', ['task:*'], 'permissions[0]'],
    ['no action', ['task'], 'permissions[0]'],
    ['an action of 129 characters', [`task:${'a'.repeat(129)}`], 'permissions[0]'],
    ['nothing', [], 'permissions'],
    ['more than 1,000', Array.from({ length: 1001 }, (_, index) => `task:a${index}`), 'permissions'],
  ])('refuses %s, and adds nothing', async (_what, permissions, path) => {
    const before = await actions('task');
    const { status, body } = await declare(permissions);
    expect([status, body.code, body.errors[0].path]).toEqual([400, 'invalid_request', path]);
    expect(await actions('task')).toEqual(before);
  });

  it('is all that an application may do with resource types', async () => {
    const version = { 'if-match': `"${(await type('page')).version}"`, ...key };
    const tried = [
      api.call('POST', '/api/v1/resource-types', { id: 'other' }, key),
      api.call('PATCH', '/api/v1/resource-types/page', { description: 'mine' }, version),
      api.call('DELETE', '/api/v1/resource-types/page', undefined, version),
      declare(['task:read'], {}, await api.key('auditor', 'licet.auditor')),
    ];
    expect((await Promise.all(tried)).map(({ status }) => status)).toEqual([403, 403, 403, 403]);
  });

  it('takes a thousand at once', async () => {
    const { status, body } = await declare(Array.from({ length: 1000 }, (_, index) => `bulk:a${index}`));
    expect([status, body.created.length]).toEqual([200, 1000]);
  });
});
