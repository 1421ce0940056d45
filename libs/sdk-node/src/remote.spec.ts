import { describe, expect, it } from '@jest/globals';
import type { Fetcher } from './fetcher.ts';
import { Licet } from './licet.ts';
import { MemoryControlPlane } from './testing.ts';
import { TASKS } from './tasks.fixture.ts';

const remote = (fetcher: Fetcher) => new Licet({ mode: 'remote', fetcher });
const answering = (make: () => Response | Promise<Response>) => remote(() => Promise.resolve(make()));

describe('remote mode', () => {
  it('asks the decision point, and gives its answer with path and revision', async () => {
    const plane = new MemoryControlPlane(TASKS, 7);
    const answer = await remote(plane.fetcher).check('alice', 'task:read', 't1');
    expect(answer).toMatchObject({ decision: true, reason: 'allowed_by_grant', path: { grant: 'g-read' }, revision: 7 });
    expect(plane.requests.map((request) => request.path)).toEqual(['/access/v1/evaluation']);
  });

  it('gives promises: TypeScript knows that an await is missing, and without it nothing is permitted', () => {
    const licet = remote(new MemoryControlPlane(TASKS).fetcher);
    // @ts-expect-error -- a promise has no decision
    expect(licet.check('alice', 'task:read').decision).toBeUndefined();
  });

  it('says which revision it must know', async () => {
    const plane = new MemoryControlPlane(TASKS);
    await remote(plane.fetcher).check('alice', 'task:read', 't1', { atLeast: 42 });
    expect(plane.requests[0]?.headers['licet-at-least']).toBe('42');
  });

  it('asks many questions in one request, and puts invalid ones in their place', async () => {
    const plane = new MemoryControlPlane(TASKS);
    const answers = await remote(plane.fetcher).checkMany('alice', ['task:read', 'nonsense', 'task:delete']);
    expect(answers.map((answer) => answer.reason)).toEqual(['allowed_by_grant', 'invalid_request', 'no_matching_grant']);
    expect(plane.requests).toHaveLength(1);
  });

  it('cuts many large questions into requests that are small enough', async () => {
    const plane = new MemoryControlPlane(TASKS);
    const question = { permission: 'task:read', resource: { id: 't1', properties: { text: 'x'.repeat(100_000) } } };
    const answers = await remote(plane.fetcher).checkMany('alice', new Array<typeof question>(12).fill(question));
    expect(answers.map((answer) => answer.decision)).toEqual(Array.from({ length: 12 }, () => true));
    expect(plane.requests.length).toBe(3);
  });

  it('rejects where require is refused', async () => {
    const plane = new MemoryControlPlane(TASKS);
    await expect(remote(plane.fetcher).require('bob', 'task:read')).rejects.toMatchObject({ name: 'Forbidden', status: 403 });
    plane.down = true;
    await expect(remote(plane.fetcher).require('alice', 'task:read')).rejects.toMatchObject({ name: 'Forbidden', status: 503 });
  });
});

describe('an answer that is not one', () => {
  const bad: [string, () => Response | Promise<Response>][] = [
    ['nobody there', () => Promise.reject(new Error('connection refused'))],
    ['201', () => Response.json({ decision: true }, { status: 201 })],
    ['a redirect', () => new Response(null, { status: 302, headers: { location: 'http://elsewhere/' } })],
    ['an error with a decision in it', () => Response.json({ decision: true }, { status: 500 })],
    ['no JSON', () => new Response('<html>decision: true</html>')],
    ['an empty body', () => new Response('')],
    ['an array', () => Response.json([{ decision: true }])],
    ['a string for the decision', () => Response.json({ decision: 'true' })],
    ['a number for the decision', () => Response.json({ decision: 1 })],
    ['the answer to another request', () => Response.json({ decision: true }, { headers: { 'x-request-id': 'other' } })],
  ];
  it.each(bad)('is a denial: %s', async (_, make) => {
    const answer = await answering(make).check('alice', 'task:read');
    expect(answer).toMatchObject({ decision: false, reason: 'unreachable', message: expect.any(String) });
    const many = await answering(make).checkMany('alice', ['task:read', 'task:delete']);
    expect(many.map((answer) => [answer.decision, answer.reason])).toEqual([
      [false, 'unreachable'],
      [false, 'unreachable'],
    ]);
  });

  it('is a denial where a batch is cut short', async () => {
    const short = answering(() => Response.json({ evaluations: [{ decision: true }] }));
    const answers = await short.checkMany('alice', ['task:read', 'task:delete']);
    expect(answers.map((answer) => answer.decision)).toEqual([true, false]);
  });

  it('is one where only the context is not as Licet gives it', async () => {
    const other = answering(() => Response.json({ decision: true, context: { reason: 'because', path: 5 } }));
    const answer = await other.check('alice', 'task:read');
    expect(answer).toEqual({ decision: true, reason: 'allowed_by_grant', path: null, errors: [], revision: 0 });
  });
});
