import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Decision } from '@licet/contract';
import { Forbidden } from './errors.ts';
import { closeAll, connect } from './tasks.fixture.ts';

afterEach(closeAll);

async function ready() {
  const at = connect();
  await at.licet.ready();
  return at.licet;
}

describe('check', () => {
  it('answers at once, with the path that determined the answer', async () => {
    const licet = await ready();
    const answer: Decision = licet.check('alice', 'task:delete', { id: 't1', properties: { ownerId: 'alice' } });
    expect(answer).toMatchObject({ decision: true, reason: 'allowed_by_grant', revision: 1 });
    expect(answer.path).toMatchObject({ roles: ['member'], grant: 'g-delete', condition: 'own' });
  });

  it('takes a user key, or a type and an id, with attributes of their own', async () => {
    const licet = await ready();
    const may = (subject: Parameters<typeof licet.check>[0]) => licet.check(subject, 'task:read').decision;
    expect([may('alice'), may({ id: 'alice' }), may({ type: 'user', id: 'alice', properties: { a: 1 } })]).toEqual([true, true, true]);
    expect([may('service:alice'), may({ id: 'service:alice' }), may({ type: 'service', id: 'alice' })]).toEqual([false, false, false]);
  });

  it('takes a tenant', async () => {
    const licet = await ready();
    const reason = (tenant: string) => licet.check('alice', 'task:read', 't1', { tenant }).reason;
    expect([reason('default'), reason('acme'), reason('nowhere')]).toEqual(['allowed_by_grant', 'no_matching_grant', 'unknown_tenant']);
  });

  it('names the condition that could not be evaluated', async () => {
    const licet = await ready();
    expect(licet.check('alice', 'task:delete', 't1')).toMatchObject({
      decision: false,
      errors: [{ grant: 'g-delete', condition: 'own', error: 'missing_attribute', at: 'resource.properties.ownerId' }],
    });
  });

  const cyclic: Record<string, unknown> = {};
  cyclic['self'] = cyclic;
  const thrower = {
    get id(): string {
      throw new Error('from a getter');
    },
  };
  const bad: [string, unknown[], string][] = [
    ['no subject', [undefined, 'task:read'], 'name the subject'],
    ['a number as subject', [{ id: 7 }, 'task:read'], 'the id of the subject must be a string, but is a number'],
    ['an empty subject', ['', 'task:read'], 'the id of the subject is empty'],
    ['no permission', ['alice', undefined], 'name the permission as `type:action`'],
    ['a permission without a type', ['alice', ':read'], 'name the permission as `type:action`'],
    ['another resource type', ['alice', 'task:read', { type: 'invoice', id: 'i1' }], 'is about a `task`, not about a `invoice`'],
    ['a value JSON cannot have', ['alice', 'task:read', { id: 't', properties: { n: 1n } }], '`resource.properties.n` is a bigint'],
    ['a number that is none', ['alice', 'task:read', { id: 't', properties: { a: [NaN] } }], '`resource.properties.a[0]` is NaN'],
    ['attributes in a circle', ['alice', 'task:read', { id: 't', properties: cyclic }], 'nests more than 32 levels deep'],
    ['attributes that are a list', ['alice', 'task:read', { id: 't', properties: [] }], 'must be an object, but is an array'],
    ['a getter that throws', [thrower, 'task:read'], 'from a getter'],
    ['null as options', ['alice', 'task:read', 't1', null], 'null'],
  ];
  it.each(bad)('never throws: %s is a denial that says what is wrong', async (_, question, message) => {
    const licet = await ready();
    const answer = licet.check(...(question as Parameters<typeof licet.check>));
    expect(answer).toMatchObject({ decision: false, reason: 'invalid_request', message: expect.stringContaining(message) });
  });

  it('gives attributes the form that they have in JSON', async () => {
    const { licet, plane } = connect();
    await licet.ready();
    const properties = { at: new Date('2026-06-01T12:00:00Z'), gone: undefined, list: [undefined, { deep: new Date(0) }] };
    licet.check('alice', 'task:read', { id: 't1', properties });
    await licet.close();
    const uploaded = plane.posted('/replica/v1/decisions') as { decisions: { request: { resource: object } }[] }[];
    expect(uploaded[0]?.decisions[0]?.request.resource).toEqual({
      type: 'task',
      id: 't1',
      properties: { at: '2026-06-01T12:00:00.000Z', list: [null, { deep: '1970-01-01T00:00:00.000Z' }] },
    });
  });
});

it.each([
  ['texts alone', '{"__proto__":"x","ownerId":"alice"}'],
  ['others, too', '{"__proto__":{"polluted":true},"ownerId":"alice","deep":{"__proto__":{"polluted":true},"n":1}}'],
])('carries no member of its own on that is called __proto__: %s', async (_, text) => {
  const { licet, plane } = connect();
  await licet.ready();
  const properties = JSON.parse(text) as object;
  expect(licet.check('alice', 'task:delete', { id: 't1', properties }, { context: properties }).decision).toBe(true);
  await licet.close();
  expect(JSON.stringify(plane.posted('/replica/v1/decisions'))).not.toContain('__proto__');
});

describe('checkMany', () => {
  it('answers each question in its place', async () => {
    const licet = await ready();
    const own = { id: 't1', properties: { ownerId: 'alice' } };
    const permission = 'task:delete';
    const answers = licet.checkMany('alice', ['task:read', 'nonsense', { permission, resource: own }, { permission }]);
    const reasons = answers.map((answer) => answer.reason);
    expect(reasons).toEqual(['allowed_by_grant', 'invalid_request', 'allowed_by_grant', 'no_matching_grant']);
  });

  it('never throws', async () => {
    const licet = await ready();
    const answers = licet.checkMany('alice', [null, 5, {}] as unknown as string[]);
    expect(answers.map((answer) => answer.reason)).toEqual(['invalid_request', 'invalid_request', 'invalid_request']);
  });
});

describe('require', () => {
  it('goes on where the permission is given, and throws Forbidden where not', async () => {
    const licet = await ready();
    expect(licet.require('alice', 'task:read').decision).toBe(true);
    const refused = () => licet.require('bob', 'task:read');
    expect(refused).toThrow(Forbidden);
    expect(refused).toThrow(expect.objectContaining({ permission: 'task:read', status: 403, statusCode: 403 }));
  });

  it('throws 503 where Licet could not tell', () => {
    const { licet } = connect();
    expect(() => licet.require('alice', 'task:read')).toThrow(expect.objectContaining({ status: 503, statusCode: 503 }));
  });
});

it('stays what it answered with after it was closed', async () => {
  const licet = await ready();
  await licet.close();
  expect(licet.check('alice', 'task:read').decision).toBe(true);
});

it('shows background errors as a warning, once, where nobody listens', async () => {
  const program = `
    import { Licet } from './src/licet.ts';
    import { MemoryControlPlane } from './src/testing.ts';
    const plane = new MemoryControlPlane();
    plane.down = true;
    const licet = new Licet({ fetcher: plane.fetcher, timing: { backoffMs: 1 } });
    await licet.ready(50).catch(() => undefined);
    await licet.close();`;
  const node = ['--conditions=@licet/source', '--input-type=module', '--eval', program];
  const { stderr } = await promisify(execFile)(process.execPath, node, { cwd: fileURLToPath(new URL('..', import.meta.url)) });
  expect(stderr.match(/LicetWarning: .*/g)).toEqual(['LicetWarning: cannot reach the control plane in memory: it is down']);
});

it('lets no listener harm it', async () => {
  const { licet, plane, errors } = connect();
  const heard: number[] = [];
  licet.on('change', () => {
    throw new Error('mine');
  });
  licet.on('change', ({ revision }) => heard.push(revision));
  await licet.ready();
  await licet.reach(plane.commit({ kind: 'groups', id: 'g', row: { id: 'g' } }));
  expect([heard, errors]).toEqual([[1, 2], []]);
});

describe('users.sync', () => {
  it('sends users in parts of a thousand, and adds up', async () => {
    const { licet, plane } = connect();
    const users = Array.from({ length: 1500 }, (_, index) => ({ id: `u${index}`, attributes: { n: index } }));
    expect(await licet.users.sync(users)).toEqual({ revision: 3, created: 1500, updated: 0, unchanged: 0, stayedDisabled: [] });
    expect(plane.posted('/api/v1/users/sync').map((body) => (body as { users: object[] }).users.length)).toEqual([1000, 500]);
  });

  it('sets all that is said of a user who is named twice, in tests without a server too', async () => {
    const licet = await ready();
    const users = [{ id: 'new', enabled: false }, { id: 'new', attributes: { n: 1 } }, { id: 'alice' }];
    expect(await licet.users.sync(users)).toMatchObject({ created: 1, updated: 1 });
    expect(licet.check('new', 'task:read').reason).toBe('disabled_subject');
  });

  it('says why it failed', async () => {
    const { licet, plane } = connect();
    plane.refuse = 403;
    await expect(licet.users.sync([{ id: 'alice' }])).rejects.toThrow('the control plane answered 403');
  });
});
