import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Delta, HEARTBEAT_MS, type SnapshotDocument } from '@licet/contract';
import { applyDelta, createSnapshot, toDocument } from '@licet/engine';
import { DIALECTS, openApi, startApi, type TestApi } from '../../test/api.ts';
import { EventStream, listen, type ServerEvent } from '../../test/http.ts';

const revisions = (events: ServerEvent[]) => events.map(({ data }) => data.revision as number);
const upTo = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + 1 + index);

describe.each(DIALECTS)('the stream of changes (%s)', (dialect) => {
  let api: TestApi;
  let url: string;
  let key: { authorization: string };

  beforeAll(async () => {
    api = await startApi(dialect);
    key = await api.key('app');
    ({ url } = await listen(api));
  });
  afterAll(() => api.stop());

  const open = (query: string, headers: Record<string, string> = key) => EventStream.open(`${url}/replica/v1/changes${query}`, headers);
  const head = async () =>
    ((await (await fetch(`${url}/replica/v1/changes?since=0`, { headers: key })).json()) as { revision: number }).revision;
  const snapshot = async () => (await (await fetch(`${url}/replica/v1/snapshot`, { headers: key })).json()) as SnapshotDocument;
  let made = 0;
  const edit = async () => (await api.create('users', { id: `edit-${made++}` })).revision;

  it('gives at once what was missed, then what is committed, each once and in order', async () => {
    const start = await head();
    const missed = [await edit(), await edit(), await edit()];
    const stream = await open(`?since=${start}`);
    expect([stream.status, stream.headers.get('content-type'), stream.headers.get('cache-control')]).toEqual([
      200,
      'text/event-stream; charset=utf-8',
      'no-store',
    ]);
    const first = await stream.changes(3);
    expect(revisions(first)).toEqual(missed);
    const live = [await edit(), await edit()];
    const then = await stream.changes(2);
    expect(revisions(then)).toEqual(live);
    expect([...first, ...then].map(({ id }) => Number(id))).toEqual([...missed, ...live]);
    expect(first[0]!.data.ops).toEqual([
      expect.objectContaining({ kind: 'users', row: { id: `edit-${made - 5}`, enabled: true, attributes: {} } }),
    ]);
    stream.close();
  });

  it('leaves no gap and repeats nothing while changes are committed during the resume', async () => {
    const start = await head();
    const edits = Array.from({ length: 30 }, () => edit());
    const streams: Promise<EventStream>[] = [];
    for (let turn = 0; turn < 6; turn++) {
      streams.push(open(`?since=${turn % 2 ? start : 0}`));
      await edits[turn * 5];
    }
    const last = Math.max(...(await Promise.all(edits)));
    expect(last).toBe(start + 30);
    for (const [index, opening] of streams.entries()) {
      const stream = await opening;
      const since = index % 2 ? start : 0;
      expect(revisions(await stream.changes(last - since))).toEqual(upTo(since, last));
      stream.close();
    }
  });

  it('continues after the last event that a client has seen, whatever its address says', async () => {
    const start = await head();
    const [, second] = [await edit(), await edit()];
    const stream = await open('?since=0', { ...key, 'last-event-id': `${start + 1}` });
    expect(revisions(await stream.changes(1))).toEqual([second]);
    stream.close();
  });

  it('keeps a replica equal to a new snapshot', async () => {
    let replica = createSnapshot(await snapshot());
    const stream = await open(`?since=${replica.revision}`);
    const file = {
      licet: 1,
      resourceTypes: { doc: { actions: ['read', 'write'], attributes: { ownerId: 'string' } } },
      conditions: { mine: 'resource.properties.ownerId == subject.id' },
      roles: { reader: { grants: ['doc:read'] }, writer: { inherits: ['reader'], grants: [{ permission: 'doc:write', when: 'mine' }] } },
      users: { 'edit-0': { enabled: false, attributes: { a: [1, { b: null }] } } },
      assignments: [{ user: 'edit-0', role: 'writer', tenant: '*', until: '2030-01-01T00:00:00Z' }],
    };
    for (const body of [{ file }, { file: { licet: 1, roles: { writer: {} }, assignments: [] }, prune: true }]) {
      const answer = await api.call('POST', '/api/v1/policy/apply', body);
      expect([answer.status, answer.body.applied]).toEqual([200, true]);
    }
    await api.call('DELETE', '/api/v1/users/edit-1', undefined, { 'if-match': '"1"' });
    for (const { data } of await stream.changes(3)) replica = applyDelta(replica, data as Delta);
    expect(toDocument(replica)).toEqual(await snapshot());
    stream.close();
  });

  it('refuses a revision that lies ahead, and one that is none', async () => {
    const ahead = (await head()) + 1;
    for (const [query, status, code] of [
      [`?since=${ahead}`, 409, 'revision_ahead'],
      ['', 400, 'invalid_request'],
      ['?since=', 400, 'invalid_request'],
      ['?since=-1', 400, 'invalid_request'],
      ['?since=1.5', 400, 'invalid_request'],
      ['?since=x', 400, 'invalid_request'],
      ['?since=1&since=2', 400, 'invalid_request'],
      ['?since=9999999999999999', 400, 'invalid_request'],
    ] as const) {
      const answer = await fetch(`${url}/replica/v1/changes${query}`, { headers: { ...key, accept: 'text/event-stream' } });
      const body = (await answer.json()) as { code: string };
      expect([query, answer.status, body.code]).toEqual([query, status, code]);
    }
  });

  it('ends when the key is revoked, and gives no change away after that', async () => {
    const { body } = await api.create('api-keys', { name: 'revoked' });
    const start = await head();
    const stream = await open(`?since=${start}`, { authorization: `Bearer ${body.secret}` });
    const gone = await api.call('DELETE', `/api/v1/api-keys/${body.id}`, undefined, { 'if-match': '"1"' });
    const after = await edit();
    const seen = revisions((await stream.rest()).filter(({ event }) => event === 'change'));
    expect(gone.revision).toBe(start + 1);
    expect(seen).not.toContain(after);
  });

  it('ends when the service account may no longer replicate', async () => {
    const { body } = await api.create('api-keys', { name: 'demoted' });
    const stream = await open(`?since=${await head()}`, { authorization: `Bearer ${body.secret}` });
    const assigned = await api.call('GET', '/api/v1/assignments?user=service:demoted');
    const { revision } = await api.call('DELETE', `/api/v1/assignments/${assigned.body.items[0].id}`, undefined, { 'if-match': '"1"' });
    const after = await edit();
    const seen = revisions((await stream.rest()).filter(({ event }) => event === 'change'));
    expect(seen).not.toContain(revision);
    expect(seen).not.toContain(after);
  });

  it('goes on for others when clients vanish', async () => {
    const start = await head();
    const stays = await open(`?since=${start}`);
    for (let turn = 0; turn < 5; turn++) (await open(`?since=0`)).close();
    const { port, hostname } = new URL(url);
    const rude = connect(Number(port), hostname, () => {
      rude.write(
        `GET /replica/v1/changes?since=0 HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nAuthorization: ${key.authorization}\r\n\r\n`,
      );
      rude.once('data', () => rude.resetAndDestroy());
    });
    await new Promise((resolve) => rude.on('close', resolve));
    const made = [await edit(), await edit(), await edit()];
    expect(revisions(await stays.changes(3))).toEqual(made);
    stays.close();
  });

  it('ends when the server stops, which does not wait for it', async () => {
    const second = await openApi(api.settings);
    const { url: address } = await listen(second);
    const stream = await EventStream.open(`${address}/replica/v1/changes?since=0`, key);
    await stream.changes(1);
    const begun = performance.now();
    const closing = second.close();
    await stream.rest();
    await closing;
    expect(performance.now() - begun).toBeLessThan(2_000);
  });
});

describe('the heartbeat', () => {
  it('says the newest revision at once and then every few seconds, and ends the streams of keys that have expired', async () => {
    const api = await startApi('sqlite');
    const key = await api.key('app');
    const { url } = await listen(api);
    const { body, revision } = await api.create('api-keys', {
      name: 'short',
      expiresAt: new Date(Date.now() + HEARTBEAT_MS / 5).toISOString(),
    });
    const [stream, expiring] = await Promise.all(
      [key, { authorization: `Bearer ${body.secret}` }].map((headers) =>
        EventStream.open(`${url}/replica/v1/changes?since=${revision}`, headers),
      ),
    );
    const heartbeat = { id: undefined, event: 'heartbeat', data: { revision } };
    const begun = performance.now();
    expect([await stream!.next(), await expiring!.next()]).toEqual([heartbeat, heartbeat]);
    expect(await stream!.next()).toEqual(heartbeat);
    expect(performance.now() - begun).toBeLessThan(HEARTBEAT_MS * 1.5);
    expect(await expiring!.rest()).toEqual([]);
    stream!.close();
    await api.stop();
  });
});
