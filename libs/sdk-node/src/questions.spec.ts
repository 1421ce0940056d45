import { afterEach, describe, expect, it } from '@jest/globals';
import type { FetcherRequest } from './fetcher.ts';
import { Licet } from './licet.ts';
import { closeAll, connect, TASKS } from './tasks.fixture.ts';
import { MemoryControlPlane } from './testing.ts';

afterEach(closeAll);

const POLICY = {
  ...TASKS,
  users: ['alice', 'bob', 'carol', 'service:alice'].map((id) => ({ id, enabled: true, attributes: {} })),
  resources: ['t1', 't2', 't3'].map((id) => ({ id: `task:${id}`, tenant: null, attributes: { ownerId: id === 't3' ? 'bob' : 'alice' } })),
  assignments: ['alice', 'bob', 'service:alice'].map((user) => ({ ...TASKS.assignments![0]!, id: `a-${user}`, user })),
};
const ONE_TENANT = { tenant: null };

describe.each(['local', 'remote'] as const)('in %s mode', (mode) => {
  const ask = async () => {
    const plane = new MemoryControlPlane(POLICY, 7);
    const licet = mode === 'local' ? connect({}, plane).licet : new Licet({ mode, fetcher: plane.fetcher });
    await licet.ready();
    return { plane, licet };
  };

  it('an explanation says what a denial lacks', async () => {
    const { licet } = await ask();
    const explained = await licet.explain('bob', 'task:delete', 't1');
    expect(explained.decision).toMatchObject({ decision: false, reason: 'no_matching_grant', revision: 7 });
    expect(explained.misses).toMatchObject([
      { path: { assignment: 'a-bob', grant: 'g-delete' }, failures: [{ code: 'condition_false', condition: 'own' }] },
    ]);
    expect((await licet.explain('carol', 'task:read')).roles).toEqual([{ role: 'member', conditional: false }]);
  });

  it('a filter plan says for which rows, with the type, the attributes and the tenant that are known', async () => {
    const { licet } = await ask();
    expect(await licet.filterPlan('alice', 'task:read', ONE_TENANT)).toEqual({ kind: 'always', revision: 7 });
    expect(await licet.filterPlan('alice', 'task:read', undefined, { tenant: 'acme' })).toMatchObject({ reason: 'no_matching_grant' });
    expect(await licet.filterPlan('alice', 'task:delete', ONE_TENANT)).toMatchObject({
      kind: 'conditional',
      condition: { op: 'isTrue', args: [{ op: 'eq', args: [{ op: 'var' }, { op: 'lit', value: 'alice' }] }] },
    });
    expect(await licet.filterPlan('alice', 'task:delete', { tenant: null, ownerId: 'bob' })).toMatchObject({ kind: 'never' });
  });

  it('a search gives names in order, of users of one type, of resources, of actions', async () => {
    const { licet } = await ask();
    expect(await licet.whoCan('task:read', 't1')).toEqual(['alice', 'bob']);
    expect(await licet.whoCan('task:delete', 't3')).toEqual(['bob']);
    expect(await licet.whoCan('task:read', 't1', { type: 'service' })).toEqual(['service:alice']);
    expect(await licet.whoCan('task:read', 't1', { tenant: 'acme' })).toEqual([]);
    expect(await licet.whatCan('alice', 'task:delete')).toEqual(['t1', 't2']);
    expect(await licet.whatCan('alice', 'task:read', { limit: 2 })).toEqual(['t1', 't2']);
    expect(await licet.actionsOn('bob', 'task', 't1')).toEqual(['read']);
    expect(await licet.actionsOn('bob', 'task', { id: 't9', properties: { ownerId: 'bob' } })).toEqual(['delete', 'read']);
  });

  it('a question that is none is a denial with what is wrong, or for a search an error', async () => {
    const { licet } = await ask();
    expect((await licet.explain('alice', 'nonsense')).decision).toMatchObject({ reason: 'invalid_request', message: expect.any(String) });
    expect(await licet.filterPlan('alice', 'nonsense')).toMatchObject({ kind: 'never', reason: 'invalid_request' });
    await expect((async () => licet.whoCan('nonsense'))()).rejects.toThrow(TypeError);
    await expect((async () => licet.whatCan({ id: '' }, 'task:read'))()).rejects.toThrow('empty');
  });

  it.each([1.5, 0.5, -1, NaN, null, '1.5', 'abc', 2 ** 53])('a search for %p results at most is an error', async (limit) => {
    const { licet } = await ask();
    const options = { limit: limit as number };
    const searches = [() => licet.whoCan('task:read', 't1', options), () => licet.whatCan('alice', 'task:read', options)];
    for (const search of searches) await expect((async () => search())()).rejects.toThrow('`limit` must be a whole number');
  });

  it('a search may be for none, and for all', async () => {
    const { licet } = await ask();
    expect(await licet.whoCan('task:read', 't1', { limit: 0 })).toEqual([]);
    for (const limit of [Infinity, undefined, 2]) expect(await licet.whoCan('task:read', 't1', { limit })).toEqual(['alice', 'bob']);
  });

  it.each([-1, 0.5, NaN, Infinity, null, '7'])('a revision that is none is no question: %p', async (given) => {
    const { licet } = await ask();
    const options = { atLeast: given as number };
    const denial = { decision: false, reason: 'invalid_request', message: expect.stringContaining('`atLeast`') };
    expect(await licet.check('alice', 'task:read', 't1', options)).toMatchObject(denial);
    expect(await licet.checkMany('alice', ['task:read'], options)).toMatchObject([denial]);
    expect((await licet.explain('alice', 'task:read', 't1', options)).decision).toMatchObject(denial);
    expect(await licet.filterPlan('alice', 'task:read', {}, options)).toMatchObject({ kind: 'never', reason: 'invalid_request' });
    await expect((async () => licet.whoCan('task:read', 't1', options))()).rejects.toThrow(TypeError);
  });

  it.each([5, '', null, {}, ['default']])('a tenant that is none is no question: %p', async (given) => {
    const { licet } = await ask();
    const options = { tenant: given as string };
    const denial = { decision: false, reason: 'invalid_request', message: expect.stringContaining('`tenant`') };
    expect(await licet.check('alice', 'task:read', 't1', options)).toMatchObject(denial);
    await expect((async () => licet.whoCan('task:read', 't1', options))()).rejects.toThrow(TypeError);
  });

  it.each([null, false, 0, '', 5, [], new Date(0), new Map(), { id: undefined }, { id: null }, { id: '' }])(
    'a resource that is none is not taken for no particular one: %p',
    async (given) => {
      const { licet } = await ask();
      const resource = given as unknown as string;
      const denial = { decision: false, reason: 'invalid_request' };
      expect(await licet.check('alice', 'task:read', resource)).toMatchObject(denial);
      expect(await licet.checkMany('alice', [{ permission: 'task:read', resource }])).toMatchObject([denial]);
      expect((await licet.explain('alice', 'task:read', resource)).decision).toMatchObject(denial);
    },
  );

  it('a resource may be of a class that has an id, and one without an id is no particular one', async () => {
    const { licet } = await ask();
    class Task {
      readonly id = 't1';
    }
    const resources = [new Task(), { properties: {} }, {}, Object.create(null) as object, undefined];
    for (const resource of resources) expect((await licet.check('alice', 'task:read', resource)).decision).toBe(true);
  });

  it('what throws while it is read, and what is no list, is a denial', async () => {
    const { licet } = await ask();
    const thrown = { toString: () => { throw new Error('again'); } }; // prettier-ignore
    const thrower = (name: string) => Object.defineProperty({}, name, { get: () => { throw thrown as unknown as Error; }, enumerable: true }); // prettier-ignore
    const denial = { decision: false, reason: 'invalid_request', message: expect.any(String) };
    for (const name of ['tenant', 'context', 'atLeast', 'log']) {
      expect(await licet.check('alice', 'task:read', 't1', thrower(name))).toMatchObject(denial);
      expect(await licet.checkMany('alice', ['task:read', 'nonsense'], thrower(name))).toMatchObject([denial, denial]);
    }
    for (const name of ['permission', 'resource']) {
      const question = Object.assign(thrower(name), name === 'permission' ? {} : { permission: 'task:read' });
      expect(await licet.checkMany('alice', ['task:read', question as never])).toMatchObject([{ decision: true }, denial]);
    }
    for (const questions of [undefined, null, 5, 'task:read', {}]) {
      expect(await licet.checkMany('alice', questions as unknown as string[])).toMatchObject([denial]);
    }
    const none = null as unknown as object;
    expect(await licet.checkMany('alice', ['task:read'], none)).toMatchObject([denial]);
    expect((await licet.explain('alice', 'task:read', 't1', none)).decision).toMatchObject(denial);
    expect(await licet.filterPlan('alice', 'task:read', {}, none)).toMatchObject({ kind: 'never', reason: 'invalid_request' });
    await expect((async () => licet.whoCan('task:read', 't1', none))()).rejects.toThrow(TypeError);
    for (const permission of [Symbol('x'), thrown, null]) {
      const demand = async () => licet.require('ada', permission as unknown as string);
      await expect(demand()).rejects.toMatchObject({ name: 'Forbidden', permission: expect.any(String), status: 403 });
    }
  });

  it('a permission that nobody declared is said once, with what to do', async () => {
    const { licet } = await ask();
    const errors: Error[] = [];
    licet.on('error', (error) => errors.push(error));
    for (let time = 0; time < 2; time += 1) {
      await licet.check('alice', 'task:raed');
      await licet.checkMany('alice', ['task:raed', 'tusk:read', 'nonsense', 'task:read']);
      await licet.checkMany('alice', ['task:of-a-page'], { log: false });
    }
    const said = (permission: string) => expect.stringContaining(`no permission \`${permission}\`, so it is denied: declare it, or mend`);
    expect(errors.map(({ message }) => message)).toEqual([said('task:raed'), said('tusk:read')]);
  });

  it('nothing is logged as a decision', async () => {
    const { licet, plane } = await ask();
    await licet.explain('alice', 'task:read');
    await licet.filterPlan('alice', 'task:read');
    await licet.whoCan('task:read');
    await licet.close();
    expect(plane.posted('/replica/v1/decisions')).toEqual([]);
  });
});

describe('where Licet cannot tell', () => {
  it('local answers are closed: no explanation, no row, and no empty list', async () => {
    const { licet, plane } = connect();
    plane.down = true;
    expect(licet.explain('alice', 'task:read')).toMatchObject({ decision: { reason: 'not_ready' }, paths: [], roles: [] });
    expect(licet.filterPlan('alice', 'task:read')).toEqual({ kind: 'never', reason: 'not_ready', revision: 0 });
    expect(() => licet.whoCan('task:read')).toThrow(expect.objectContaining({ name: 'Unavailable', status: 503 }));
  });

  it('answers older than the revision asked for are closed, too', async () => {
    const { licet } = connect();
    await licet.ready();
    const options = { atLeast: 2 };
    expect(licet.explain('alice', 'task:read', 't1', options).decision.reason).toBe('stale');
    expect(licet.filterPlan('alice', 'task:read', {}, options)).toEqual({ kind: 'never', reason: 'stale', revision: 1 });
    expect(() => licet.whatCan('alice', 'task:read', options)).toThrow('older than it may be');
  });

  const bad: [string, () => Response | Promise<Response>][] = [
    ['nobody there', () => Promise.reject(new Error('connection refused'))],
    ['an error', () => Response.json({ kind: 'always', revision: 1, results: [] }, { status: 500 })],
    ['an empty object', () => Response.json({})],
    ['a plan without a revision', () => Response.json({ kind: 'always' })],
    ['a plan with an operator that is none', () => Response.json({ kind: 'conditional', revision: 1, condition: { op: 'always' } })],
    ['results without types', () => Response.json({ results: [{ id: 'alice' }] })],
  ];
  it.each(bad)('remote answers are closed: %s', async (_, make) => {
    const licet = new Licet({ mode: 'remote', fetcher: () => Promise.resolve(make()) });
    expect((await licet.explain('alice', 'task:read')).decision).toMatchObject({ decision: false, reason: 'unreachable' });
    expect(await licet.filterPlan('alice', 'task:read')).toEqual({ kind: 'never', reason: 'unreachable', revision: 0 });
    await expect(licet.whoCan('task:read')).rejects.toMatchObject({ name: 'Unavailable', status: 503 });
  });
});

describe('a search over HTTP', () => {
  const pages = (answer: (token: string | undefined) => object) => {
    const asked: { page: { token?: string; limit: number } }[] = [];
    const fetcher = (_path: string, { body, headers }: FetcherRequest) => {
      const request = JSON.parse(body ?? '') as (typeof asked)[number] & { atLeast?: string };
      asked.push({ page: request.page });
      expect(headers['licet-at-least']).toBe('5');
      return Promise.resolve(Response.json(answer(request.page.token)));
    };
    return { asked, licet: new Licet({ mode: 'remote', fetcher }) };
  };
  const user = (id: string) => ({ type: 'user', id });

  it('follows the pages to the end, also through empty ones', async () => {
    const { licet, asked } = pages((token) => ({
      results: token === 'b' ? [] : [user(token ?? 'first')],
      page: { next_token: { undefined: 'a', a: 'b', b: 'c', c: '' }[String(token)]! },
    }));
    expect(await licet.whoCan('task:read', 't1', { atLeast: 5 })).toEqual(['first', 'a', 'c']);
    expect(asked.map(({ page }) => page)).toEqual([
      { limit: 1000 },
      { limit: 1000, token: 'a' },
      { limit: 1000, token: 'b' },
      { limit: 1000, token: 'c' },
    ]);
  });

  it('ends with as many results as it may have, and where it has no end', async () => {
    const endless = () => pages((token) => ({ results: [user(`u${token}`)], page: { next_token: 'again' } }));
    const { licet, asked } = endless();
    expect(await licet.whoCan('task:read', 't1', { atLeast: 5, limit: 2 })).toHaveLength(2);
    expect(asked).toHaveLength(2);
    await expect(endless().licet.whoCan('task:read', 't1', { atLeast: 5 })).rejects.toThrow('does not end');
  });
});
