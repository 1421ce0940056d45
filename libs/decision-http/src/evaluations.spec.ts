import { EvaluationsResponse } from '@licet/contract';
import { describe, expect, it } from '@jest/globals';
import { EVALUATIONS, alice, mayDelete, mayRead, post, read, remove, serve, task } from './server.fixture.ts';

const ask = (body: unknown) => post(serve(), EVALUATIONS, body);
const decisions = (json: Record<string, unknown>) => (json['evaluations'] as { decision: boolean }[]).map((item) => item.decision);
const items = (...actions: { name: string }[]) => actions.map((action) => ({ action }));
const defaults = { subject: alice, resource: task };

describe('POST /access/v1/evaluations', () => {
  it('answers every item in order', async () => {
    const answer = await ask({ evaluations: [mayRead, mayDelete, mayRead] });
    expect(answer.status).toBe(200);
    expect(decisions(answer.json)).toEqual([true, false, true]);
    expect(EvaluationsResponse.parse(answer.json)).toEqual(answer.json);
    expect(answer.json).not.toHaveProperty('decision');
  });

  it('completes items from the top level', async () => {
    expect(decisions((await ask({ ...mayRead, evaluations: [{}, { action: remove }] })).json)).toEqual([true, false]);
  });

  it('replaces whole members: a partial entity is not merged with the default', async () => {
    const answer = await ask({ ...mayRead, evaluations: [{ resource: { type: 'task' } }] });
    const message = '`evaluations[0].resource.id` is missing; it must be a string.';
    const context = { reason: 'invalid_request', error: { status: 400, message } };
    expect(answer.json['evaluations']).toEqual([{ decision: false, context }]);
  });

  it('drops the default context where an item has its own', async () => {
    const tenants = { context: { tenant: 'nowhere' }, evaluations: [{}, { context: {} }, { context: null }] };
    const answer = await ask({ ...mayRead, ...tenants });
    expect((answer.json['evaluations'] as { context: { reason: string } }[]).map((item) => item.context.reason)).toEqual([
      'unknown_tenant',
      'allowed_by_grant',
      'unknown_tenant',
    ]);
  });

  it('does not mind incomplete defaults that no item uses', async () => {
    for (const resource of [{}, { type: 'task' }, 5, null]) {
      expect(decisions((await ask({ subject: alice, resource, evaluations: [mayRead] })).json)).toEqual([true]);
    }
  });

  it('names an incomplete default in each item that uses it', async () => {
    const answer = await ask({ subject: { type: 'user' }, evaluations: [{ action: read, resource: task }, mayRead] });
    expect(decisions(answer.json)).toEqual([false, true]);
    expect(answer.text).toContain('`subject.id` is missing');
  });

  it('is one question without items', async () => {
    for (const evaluations of [undefined, [], null]) {
      expect((await ask({ ...mayRead, evaluations })).json).toMatchObject({ decision: true, context: { reason: 'allowed_by_grant' } });
      expect((await ask({ subject: alice, evaluations })).status).toBe(400);
    }
  });
});

describe('evaluations_semantic', () => {
  const run = async (evaluations_semantic: unknown, evaluations: unknown[]) =>
    decisions((await ask({ ...defaults, options: { evaluations_semantic }, evaluations })).json);

  it('execute_all answers all, and is the default', async () => {
    expect(await run('execute_all', items(remove, read))).toEqual([false, true]);
    expect(await run(undefined, items(remove, read))).toEqual([false, true]);
    expect(await run(null, items(remove, read))).toEqual([false, true]);
  });

  it('deny_on_first_deny ends with the first denial', async () => {
    expect(await run('deny_on_first_deny', items(read, read, remove, read))).toEqual([true, true, false]);
    expect(await run('deny_on_first_deny', items(read, read))).toEqual([true, true]);
  });

  it('deny_on_first_deny counts an item error as a denial', async () => {
    expect(await run('deny_on_first_deny', [{ action: read }, { action: 5 }, { action: read }])).toEqual([true, false]);
  });

  it('permit_on_first_permit ends with the first permit, and goes on past an item error', async () => {
    expect(await run('permit_on_first_permit', items(remove, read, read))).toEqual([false, true]);
    expect(await run('permit_on_first_permit', [{ action: 5 }, ...items(remove, read, remove)])).toEqual([false, false, true]);
  });

  it('refuses another value, and options that are not an object', async () => {
    const refused = async (options: unknown) => (await ask({ ...defaults, options, evaluations: items(read) })).json;
    expect(await refused({ evaluations_semantic: 'first_come' })).toMatchObject({
      status: 400,
      errors: [{ path: 'options.evaluations_semantic', message: expect.stringContaining('`deny_on_first_deny`') }],
    });
    expect(await refused(5)).toMatchObject({ status: 400, errors: [{ path: 'options' }] });
    expect(await ask({ ...defaults, options: { other: 1 }, evaluations: items(read) })).toMatchObject({ status: 200 });
  });
});

describe('limits of a batch', () => {
  it('takes 1000 items and refuses 1001', async () => {
    const many = (count: number) => ask({ ...mayRead, evaluations: Array.from({ length: count }, () => ({})) });
    expect(decisions((await many(1000)).json)).toHaveLength(1000);
    const message = 'must have at most 1000 items, but has 1001';
    expect((await many(1001)).json).toMatchObject({ status: 400, errors: [{ path: 'evaluations', message }] });
  });

  it('refuses items that are not objects, by their index', async () => {
    expect((await ask({ ...mayRead, evaluations: [{}, 5, []] })).json).toMatchObject({
      status: 400,
      errors: [{ path: 'evaluations[1]' }, { path: 'evaluations[2]' }],
    });
    expect((await ask({ ...mayRead, evaluations: 'all' })).json).toMatchObject({ status: 400, errors: [{ path: 'evaluations' }] });
  });

  it('takes a body beyond the limit of a single question, up to 1 MB', async () => {
    const padded = (bytes: number) => ask({ ...mayRead, evaluations: [{}], padding: 'x'.repeat(bytes) });
    expect((await padded(900_000)).status).toBe(200);
    expect((await padded(1_100_000)).status).toBe(413);
  });
});

it('answers one batch from one snapshot', async () => {
  let asked = 0;
  const none = () => {
    asked += 1;
    return null;
  };
  await post(serve({ snapshot: none }), EVALUATIONS, { ...mayRead, evaluations: [{}, {}, {}] });
  expect(asked).toBe(1);
});

it('tells of each valid item, even where the listener throws', async () => {
  const told: string[] = [];
  const onDecision = (question: { action: { name: string } }) => {
    told.push(question.action.name);
    throw new Error('disk full');
  };
  const answer = await post(serve({ onDecision }), EVALUATIONS, {
    ...defaults,
    evaluations: [{ action: read }, { action: 5 }, { action: remove }],
  });
  expect([answer.status, told]).toEqual([200, ['read', 'delete']]);
});
