import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DIALECTS, startApi, type TestApi } from '../../test/api.ts';
import { v7 } from '../database/uuid.ts';

const record = (id: string, more: object = {}) => ({
  ...{
    id: v7(),
    at: '2026-06-01T12:00:00.123Z',
    request: { subject: { type: 'user', id: 'alice' }, action: { name: 'read' }, resource: { type: 'task', id } },
  },
  ...{ tenant: 'default', decision: true, reason: 'allowed_by_grant', errors: [], revision: 7 },
  path: { assignment: 'a1', group: null, roles: ['member'], grant: 'g1', permission: 'task:read', effect: 'allow', condition: null },
  ...more,
});

const about = record('about').request;

describe.each(DIALECTS)('an upload of decisions that an application made itself (%s)', (dialect) => {
  let api: TestApi;
  let key: { authorization: string };
  const instance = randomUUID();

  beforeAll(async () => {
    api = await startApi(dialect);
    key = await api.key('tasks');
  });
  afterAll(() => api.stop());

  const upload = (decisions: unknown, headers: Record<string, string> = key, name = 'task manager') =>
    api.call('POST', '/replica/v1/decisions', { instance, name, decisions }, headers);
  const list = async (query: string) => (await api.call('GET', `/api/v1/decisions?${query}`)).body;

  it('shows in the decision log, with the application it came from', async () => {
    const sent = record('shown', { errors: [{ grant: 'g2', condition: 'c', error: 'missing_attribute', at: 'resource.properties.x' }] });
    const answer = await upload([sent]);
    expect([answer.status, answer.body]).toEqual([202, { accepted: 1, refused: [] }]);
    expect((await list('resource=task:shown')).items).toEqual([
      { ...sent, source: 'task manager', apiKey: key.authorization.split('_')[1] },
    ]);
    expect((await list('source=task%20manager&resource=task:shown')).total).toBe(1);
  });

  it('counts a decision once, however often it is sent', async () => {
    const [first, second, third] = [record('once'), record('once'), record('once')];
    expect((await upload([first, second])).body).toEqual({ accepted: 2, refused: [] });
    expect((await upload([first, second])).body).toEqual({ accepted: 0, refused: [] });
    expect((await upload([second, third, third])).body).toEqual({ accepted: 1, refused: [] });
    expect((await upload([])).body).toEqual({ accepted: 0, refused: [] });
    expect((await list('resource=task:once')).total).toBe(3);
    const changed = { ...first, decision: false };
    expect((await upload([changed])).body).toEqual({ accepted: 0, refused: [] });
    expect((await list('resource=task:once&decision=false')).total).toBe(0);
  });

  it('counts it once when it is sent several times at the same time', async () => {
    // Many in one order and many in the other: two that hold what the other waits for would be a deadlock.
    const records = Array.from({ length: 400 }, () => record('at-once'));
    const answers = await Promise.all(Array.from({ length: 8 }, (_, n) => upload(n % 2 === 0 ? records : records.toReversed())));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202));
    expect(answers.map(({ body }) => body.accepted).reduce((sum: number, accepted: number) => sum + accepted)).toBe(400);
    expect((await list('resource=task:at-once&perPage=1')).total).toBe(400);
  });

  it('is taken whatever the decisions were about', async () => {
    const odd = [
      record('odd', { tenant: 'x'.repeat(5_000) }),
      record('odd', {
        request: { ...record('odd').request, context: { text: 'a\u0000\ud800', deep: JSON.parse('['.repeat(500) + ']'.repeat(500)) } },
      }),
      record('odd', { errors: [{ grant: '\u0000', condition: 'c', error: 'missing_attribute', at: '\udc00' }] }),
      record('odd', { request: { ...record('odd').request, subject: { type: 't'.repeat(5_000), id: 'x'.repeat(256) } } }),
    ];
    const answer = await upload(odd);
    expect([answer.status, answer.body]).toEqual([202, { accepted: 4, refused: [] }]);
    expect((await list('resource=task:odd')).total).toBe(4);
  });

  const bad: [string, object, string][] = [
    ['a resource with a control character', { request: { ...about, resource: { type: 'task', id: 'a\tb' } } }, 'request.resource.id'],
    ['a subject that is too long', { request: { ...about, subject: { type: 'user', id: 'x'.repeat(257) } } }, 'request.subject.id'],
    ['a type that is no text', { request: { ...about, resource: { type: 7, id: 'a' } } }, 'request.resource.type'],
    ['a context that is no object', { request: { ...about, context: [] } }, 'request.context'],
    ['an id that is none', { id: 'no-uuid' }, 'id'],
    ['a revision beyond what can be stored', { revision: 2 ** 31 }, 'revision'],
  ];
  it.each(bad)('loses no entry for a neighbour with %s, which is named', async (what, change, member) => {
    const path = `decisions[1].${member}`;
    const answer = await upload([record(what), record(what, change), record(what)]);
    expect([answer.status, answer.body]).toEqual([202, { accepted: 2, refused: [{ path, message: expect.any(String) }] }]);
    expect((await list(`resource=task:${encodeURIComponent(what)}`)).total).toBe(2);
  });

  it('loses no entry for a neighbour that is none at all', async () => {
    const { status, body } = await upload([null, record('nothings'), 'text', [], 7]);
    expect([status, body.accepted]).toEqual([202, 1]);
    expect(body.refused.map(({ path }: { path: string }) => path)).toEqual([0, 2, 3, 4].map((index) => `decisions[${index}]`));
  });

  it.each([
    '{"__proto__":{"polluted":1}}',
    '{"constructor":{"prototype":{"polluted":1}}}',
    '{"deep":[{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}]}',
    '{"__proto__":{"polluted":1},"text":"\\u0000"}',
  ])('is taken with members that have the names of prototypes, which reach none: %s', async (attributes) => {
    const id = randomUUID();
    const members = JSON.parse(attributes) as object;
    const entry = record(id, { request: { ...record(id).request, context: members } });
    const entity = record(id, { request: { ...about, resource: { type: 'task', id, properties: members } } });
    const { status, body } = await upload([record(id), entry, entity]);
    expect([status, body]).toEqual([202, { accepted: 3, refused: [] }]);
    const { items } = await list(`resource=task:${id}`);
    expect([items.length, JSON.stringify(items).includes('__proto__')]).toEqual([3, false]);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('is refused as a whole where no entry is valid, with a fault of each', async () => {
    const { status, body } = await upload([record('none', { id: 1 }), record('none', { at: 'yesterday', reason: 'because' })]);
    expect([status, body.errors.map(({ path }: { path: string }) => path)]).toEqual([400, ['decisions[0].id', 'decisions[1].at']]);
  });

  it('is refused where it is wrong itself, or its only entry, and the member is named', async () => {
    for (const [decisions, path] of [
      [[{ ...record('wrong'), id: 'no-uuid' }], 'decisions[0].id'],
      [[{ ...record('wrong'), reason: 'because' }], 'decisions[0].reason'],
      [[{ ...record('wrong'), at: 'yesterday' }], 'decisions[0].at'],
      [[{ ...record('wrong'), request: { subject: { type: 'user' } } }], 'decisions[0].request.subject.id'],
      [Array.from({ length: 1001 }, () => record('wrong')), 'decisions'],
      ['text', 'decisions'],
    ] as const) {
      const { status, body } = await upload(decisions);
      expect([path, status, body.errors?.[0].path]).toEqual([path, 400, path]);
    }
    expect((await list('resource=task:wrong')).total).toBe(0);
  });

  it.each(['licet', ' Licet\t', '\uff4cicet', 'licet.pdp'])('is refused under a name of Licet itself: %j', async (name) => {
    const { status, body } = await upload([record('made-up')], key, name);
    expect([status, body.errors]).toEqual([400, [{ path: 'name', message: expect.stringContaining('LICET_NAME') }]]);
    expect((await list('resource=task:made-up')).total).toBe(0);
    expect((await upload([record('well-named')], key, 'licet-shop')).status).toBe(202);
  });

  it('needs the permission to upload', async () => {
    const auditor = await api.key('auditor', 'licet.auditor');
    expect((await upload([record('forbidden')], auditor)).status).toBe(403);
    expect((await upload([record('forbidden')], { cookie: '' })).status).toBe(401);
    expect((await list('resource=task:forbidden')).total).toBe(0);
  });
});
