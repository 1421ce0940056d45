import { DecisionUpload, type DecisionRecord } from '@licet/contract';
import { afterEach, describe, expect, it } from '@jest/globals';
import { LOG_LIMITS, uuidv7 } from './decision-log.ts';
import { closeAll, connect, until } from './tasks.fixture.ts';

afterEach(closeAll);

const SLOW = { uploadMs: 1_000_000 };
const uploads = ({ plane }: ReturnType<typeof connect>) => plane.posted('/replica/v1/decisions') as DecisionUpload[];
const records = (at: ReturnType<typeof connect>): DecisionRecord[] => uploads(at).flatMap((upload) => upload.decisions);

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

  it('drops what the control plane calls invalid, and goes on with the rest', async () => {
    const at = connect();
    await at.licet.ready();
    at.plane.refuse = 400;
    at.licet.check('alice', 'task:read', 'poison');
    await until(() => at.licet.droppedDecisions === 1);
    at.plane.refuse = undefined;
    at.licet.check('alice', 'task:read', 'fine');
    await until(() => records(at).some((record) => record.request.resource.id === 'fine'));
  });

  it('is bounded: what does not fit is counted', async () => {
    const at = connect({ timing: SLOW });
    await at.licet.ready();
    at.plane.down = true;
    for (let count = 0; count < LOG_LIMITS.queued + 7; count += 1) at.licet.check('alice', 'task:read');
    expect(at.licet.droppedDecisions).toBe(7);
    expect(at.licet.check('alice', 'task:read').decision).toBe(true);
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
