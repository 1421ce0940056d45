import { DecisionUpload, type DecisionRecord } from '@licet/contract';
import { afterEach, describe, expect, it } from '@jest/globals';
import { LOG_LIMITS, uuidv7 } from './decision-log.ts';
import type { Fetcher } from './fetcher.ts';
import { closeAll, connect, TASKS, until } from './tasks.fixture.ts';
import { MemoryControlPlane } from './testing.ts';

afterEach(closeAll);

const SLOW = { uploadMs: 1_000_000 };
const uploads = ({ plane }: ReturnType<typeof connect>) => plane.posted('/replica/v1/decisions') as DecisionUpload[];
const records = (at: ReturnType<typeof connect>): DecisionRecord[] => uploads(at).flatMap((upload) => upload.decisions);

/** A control plane that answers uploads with a status, and what it took. */
function answering(statusOf: (decisions: DecisionRecord[]) => number) {
  const plane = new MemoryControlPlane(TASKS);
  const taken: DecisionRecord[] = [];
  const fetcher: Fetcher = (path, request) => {
    if (path !== '/replica/v1/decisions') return plane.fetcher(path, request);
    const { decisions } = JSON.parse(request.body ?? '') as DecisionUpload;
    const status = statusOf(decisions);
    if (status === 202) taken.push(...decisions);
    return Promise.resolve(new Response(null, { status }));
  };
  return { taken, fetcher };
}

describe('the decision log', () => {
  it('uploads what was asked and answered, as the contract has it', async () => {
    const at = connect();
    await at.licet.ready();
    at.licet.check('alice', 'task:read', 't1', { context: { ip: '192.0.2.1' } });
    await until(() => uploads(at).length > 0);
    const [upload] = uploads(at);
    expect(DecisionUpload.parse(upload)).toEqual(upload);
    const request = {
      subject: { type: 'user', id: 'alice' },
      action: { name: 'read' },
      resource: { type: 'task', id: 't1' },
      context: { ip: '192.0.2.1' },
    };
    const decision = { tenant: 'default', decision: true, reason: 'allowed_by_grant', revision: 1 };
    expect(upload).toMatchObject({ name: 'tasks', decisions: [{ request, ...decision }] });
  });

  it('has denials for want of a policy, too, and not what was asked with log: false', async () => {
    const at = connect();
    at.licet.check('alice', 'task:read');
    at.licet.check('alice', 'task:delete', 't1', { log: false });
    await at.licet.ready();
    await at.licet.close();
    expect(records(at).map(({ reason, revision }) => [reason, revision])).toEqual([['not_ready', 0]]);
  });

  it('keeps what was asked, whatever becomes of the objects', async () => {
    const at = connect({ timing: SLOW });
    await at.licet.ready();
    const properties = { ownerId: 'alice' };
    at.licet.check('alice', 'task:delete', { id: 't1', properties });
    properties.ownerId = 'mallory';
    await at.licet.close();
    expect(records(at)[0]?.request.resource.properties).toEqual({ ownerId: 'alice' });
  });

  it('keeps the attributes of one action out of the questions about the same permission after it', async () => {
    const at = connect({ timing: SLOW });
    await at.licet.ready();
    for (const action of [undefined, { bulk: true }, undefined]) at.licet.check('alice', 'task:read', 't1', { action });
    await at.licet.close();
    const read = { name: 'read' };
    expect(records(at).map(({ request }) => request.action)).toEqual([read, { ...read, properties: { bulk: true } }, read]);
  });

  it('is uploaded to the end by close()', async () => {
    const at = connect({ timing: SLOW });
    await at.licet.ready();
    for (let count = 0; count < 2500; count += 1) at.licet.check('alice', 'task:read', `t${count}`);
    await at.licet.close();
    expect(uploads(at).map((upload) => upload.decisions.length)).toEqual([1000, 1000, 500]);
    expect(new Set(records(at).map((record) => record.id)).size).toBe(2500);
    expect(at.licet.droppedDecisions).toBe(0);
  });

  it('does not wait for its time once there is enough for an upload', async () => {
    const at = connect({ timing: SLOW });
    await at.licet.ready();
    for (let count = 0; count < 1000; count += 1) at.licet.check('alice', 'task:read');
    await until(() => uploads(at).length === 1);
  });

  it('survives an outage: the same entries with the same ids are sent until they are taken', async () => {
    const at = connect();
    await at.licet.ready();
    at.plane.refuse = 503;
    at.licet.check('alice', 'task:read');
    await until(() => uploads(at).length > 2);
    at.plane.refuse = undefined;
    const before = uploads(at).length;
    await until(() => uploads(at).length > before);
    expect(new Set(records(at).map((record) => record.id)).size).toBe(1);
    expect(at.licet.droppedDecisions).toBe(0);
  });

  it.each([400, 413, 422])('drops what the control plane calls invalid, and nothing else of its batch: %p', async (status) => {
    const isBad = ({ request }: DecisionRecord) => request.resource.id.startsWith('bad');
    const { taken, fetcher } = answering((decisions) => (decisions.some(isBad) ? status : 202));
    const { licet, errors } = connect({ timing: SLOW, fetcher });
    await licet.ready();
    for (let count = 0; count < 1000; count += 1) licet.check('alice', 'task:read', `${count % 600 === 3 ? 'bad' : 't'}${count}`);
    await licet.close();
    expect([taken.length, licet.droppedDecisions]).toEqual([998, 2]);
    const warning = expect.objectContaining({ status, message: expect.stringContaining('dropped: the control plane answered') });
    expect(errors).toEqual([warning, warning]);
  });

  it('sends no more than what is left where an outage comes in the midst of that', async () => {
    const statuses = [400, 202, 503, 202];
    const { taken, fetcher } = answering(() => statuses.shift() ?? 202);
    const { licet } = connect({ fetcher });
    await licet.ready();
    for (const id of ['t1', 't2']) licet.check('alice', 'task:read', id);
    await until(() => statuses.length === 0);
    await licet.close();
    expect([taken.map(({ request }) => request.resource.id), licet.droppedDecisions]).toEqual([['t1', 't2'], 0]);
  });

  it('counts what the control plane did not take of a batch, and says so', async () => {
    const plane = new MemoryControlPlane(TASKS);
    const refused = [{ path: 'decisions[1].request.subject.id', message: 'is too long' }];
    const fetcher: Fetcher = (path, request) =>
      path === '/replica/v1/decisions'
        ? Promise.resolve(Response.json({ accepted: 1, refused }, { status: 202 }))
        : plane.fetcher(path, request);
    const { licet } = connect({ fetcher });
    const errors: string[] = [];
    licet.on('error', ({ message }) => errors.push(message));
    await licet.ready();
    licet.checkMany('alice', ['task:read', 'task:read']);
    await licet.close();
    expect([licet.droppedDecisions, errors]).toEqual([1, [expect.stringContaining('decisions[1].request.subject.id is too long')]]);
  });

  it('has no question that is none', async () => {
    const at = connect({ timing: SLOW });
    await at.licet.ready();
    at.licet.check('alice', 'task:read', 'x\ny');
    at.licet.check('x'.repeat(10_000), 'task:read', 't1');
    at.licet.check('alice', 'task:read', 't1');
    await at.licet.close();
    expect(records(at).map(({ reason }) => reason)).toEqual(['allowed_by_grant']);
  });

  it('is bounded: what does not fit is counted', async () => {
    const at = connect({ timing: SLOW });
    await at.licet.ready();
    at.plane.down = true;
    for (let count = 0; count < LOG_LIMITS.queued + 7; count += 1) at.licet.check('alice', 'task:read');
    expect(at.licet.droppedDecisions).toBe(7);
    expect(at.licet.check('alice', 'task:read').decision).toBe(true);
  });

  it('is bounded in characters, too', async () => {
    const at = connect({ timing: SLOW });
    await at.licet.ready();
    at.plane.down = true;
    const large = { id: 't', properties: { text: 'x'.repeat(16 * 1024 * 1024) } };
    for (let count = 0; count < 6; count += 1) at.licet.check('alice', 'task:read', large);
    expect(at.licet.droppedDecisions).toBe(2);
  });

  it('sends large entries in parts', async () => {
    const at = connect({ timing: SLOW });
    await at.licet.ready();
    const large = { id: 't', properties: { text: 'x'.repeat(100_000) } };
    for (let count = 0; count < 12; count += 1) at.licet.check('alice', 'task:read', large);
    await at.licet.close();
    expect(uploads(at).map((upload) => upload.decisions.length)).toEqual([5, 5, 2]);
  });

  it('can be turned off', async () => {
    const at = connect({ decisionLog: false });
    await at.licet.ready();
    at.licet.check('alice', 'task:read');
    await at.licet.close();
    expect(uploads(at)).toEqual([]);
  });
});

it('uuidv7 has version and variant of RFC 9562, and sorts by time', () => {
  const now = Date.parse('2026-06-01T12:00:00Z');
  const ids = [now, now + 1, now + 2 ** 20].map((ms) => uuidv7(ms));
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect([...ids].sort()).toEqual(ids);
  expect(Number.parseInt((ids[0] ?? '').slice(0, 13).replace('-', ''), 16)).toBe(now);
});
