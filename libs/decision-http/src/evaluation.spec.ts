import { EvaluationResponse, type EvaluationRequest } from '@licet/contract';
import { describe, expect, it } from '@jest/globals';
import { createSnapshot } from '@licet/engine';
import type { Caller } from './asking.ts';
import { EVALUATION, POLICY, alice, mayDelete, mayRead, post, read, serve, task } from './server.fixture.ts';

describe('POST /access/v1/evaluation', () => {
  it('answers an allowed question with the path that determined it', async () => {
    const answer = await post(serve(), EVALUATION, mayRead);
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(answer.json).toEqual({
      decision: true,
      context: {
        reason: 'allowed_by_grant',
        path: { assignment: 'a1', group: null, roles: ['reader'], grant: 'g1', permission: 'task:read', effect: 'allow', condition: null },
        errors: [],
        revision: 7,
      },
    });
    expect(EvaluationResponse.parse(answer.json)).toEqual(answer.json);
  });

  it('answers a denied question with 200 and the reason', async () => {
    const answer = await post(serve(), EVALUATION, mayDelete);
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({ decision: false, context: { reason: 'no_matching_grant', path: null, errors: [], revision: 7 } });
  });

  it('gives equal questions equal bodies', async () => {
    const server = serve();
    const bodies = await Promise.all([1, 2, 3].map(async () => (await post(server, EVALUATION, mayRead)).text));
    expect(new Set(bodies).size).toBe(1);
  });

  it('ignores unknown members at every level', async () => {
    const body = { ...mayRead, subject: { ...alice, email: 'x' }, action: { ...read, x: 1 }, resource: { ...task, owner: 1 }, more: [] };
    expect((await post(serve(), EVALUATION, body)).json['decision']).toBe(true);
  });

  it('treats null in place of an optional member as absent', async () => {
    const properties = null;
    const body = { subject: { ...alice, properties }, action: { ...read, properties }, resource: { ...task, properties }, context: null };
    expect((await post(serve(), EVALUATION, body)).json['decision']).toBe(true);
  });

  it('denies with reason not_ready as long as there is no snapshot', async () => {
    const answer = await post(serve({ snapshot: () => null }), EVALUATION, mayRead);
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({ decision: false, context: { reason: 'not_ready', path: null, errors: [], revision: 0 } });
  });

  it('denies with reason stale while it is behind the revision asked for', async () => {
    const server = serve();
    const ask = async (revision: string) => (await post(server, EVALUATION, mayRead, { 'licet-at-least': revision })).json;
    expect(await ask('7')).toMatchObject({ decision: true });
    expect(await ask('8')).toEqual({ decision: false, context: { reason: 'stale', path: null, errors: [], revision: 7 } });
  });

  it('denies with reason stale while what it holds is too old', async () => {
    let old = false;
    const server = serve({ stale: () => old });
    const reason = async () => ((await post(server, EVALUATION, mayRead)).json['context'] as { reason: string }).reason;
    expect(await reason()).toBe('allowed_by_grant');
    old = true;
    expect(await reason()).toBe('stale');
    expect((await post(serve({ stale: () => true, snapshot: () => null }), EVALUATION, mayRead)).json['context']).toMatchObject({
      reason: 'not_ready',
    });
  });

  it('refuses a Licet-At-Least that is not a revision', async () => {
    for (const value of ['x', '-1', '1.5', '', '7, 8']) {
      const answer = await post(serve(), EVALUATION, mayRead, { 'licet-at-least': value });
      expect([value, answer.status, answer.json['errors']]).toEqual([value, 400, [expect.objectContaining({ path: 'Licet-At-Least' })]]);
    }
  });
});

describe('the decision listener', () => {
  interface Told {
    request: EvaluationRequest;
    reason: string;
    tenant: string;
    now: number;
    caller: Caller;
  }
  const listening = (told: Told[]) => ({
    onDecision: (request: EvaluationRequest, decision: { reason: string }, tenant: string, now: number, caller: Caller) => {
      told.push({ request, reason: decision.reason, tenant, now, caller });
    },
  });

  it('is told the question without unknown members, the decision, its tenant, its time and the caller', async () => {
    const told: Told[] = [];
    await post(serve(listening(told)), EVALUATION, { ...mayRead, secret: 1, subject: { ...alice, secret: 1 } });
    expect(told).toEqual([
      { request: mayRead, reason: 'allowed_by_grant', tenant: 'default', now: Date.parse('2026-06-01T12:00:00Z'), caller: { id: 'tasks' } },
    ]);
  });

  it('is told of stale and not_ready answers too', async () => {
    const told: Told[] = [];
    await post(serve(listening(told)), EVALUATION, mayRead, { 'licet-at-least': '99' });
    await post(serve({ ...listening(told), snapshot: () => null }), EVALUATION, { ...mayRead, context: { tenant: 'acme' } });
    expect(told.map(({ reason, tenant }) => [reason, tenant])).toEqual([
      ['stale', 'default'],
      ['not_ready', 'acme'],
    ]);
  });

  it('cannot change the answer by throwing', async () => {
    const onDecision = () => {
      throw new Error('disk full');
    };
    const answer = await post(serve({ onDecision }), EVALUATION, mayRead);
    expect([answer.status, answer.json['decision']]).toEqual([200, true]);
  });

  it('is not told of a request that was refused', async () => {
    const told: Told[] = [];
    const server = serve(listening(told));
    await post(server, EVALUATION, { subject: alice });
    await post(server, EVALUATION, mayRead, { authorization: 'Bearer bad' });
    expect(told).toEqual([]);
  });
});

it('answers from the snapshot of the moment', async () => {
  let snapshot = createSnapshot(POLICY);
  const server = serve({ snapshot: () => snapshot });
  const before = await post(server, EVALUATION, mayRead);
  snapshot = createSnapshot({ ...POLICY, revision: 8, rows: { ...POLICY.rows, assignments: [] } });
  const after = await post(server, EVALUATION, mayRead);
  expect([before.json, after.json]).toMatchObject([
    { decision: true, context: { revision: 7 } },
    { decision: false, context: { reason: 'no_matching_grant', revision: 8 } },
  ]);
});
