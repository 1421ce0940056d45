import { createHash, randomUUID } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ApiKeyHashes, ChangesPage, type Delta, SnapshotDocument } from '@licet/contract';
import { applyDelta, BINARY_TYPE, createSnapshot, fromBinary, toDocument } from '@licet/engine';
import { DIALECTS, openApi, startApi, type TestApi } from '../../test/api.ts';
import { EventStream, listen } from '../../test/http.ts';
import { Change, Head } from '../changes/change.entity.ts';
import { DATABASES } from '../database/database.module.ts';
import type { Databases } from '../database/orm.ts';
import { PolicyState } from './policy-state.ts';

describe.each(DIALECTS)('what a replica pulls (%s)', (dialect) => {
  let api: TestApi;
  let key: { authorization: string };

  beforeAll(async () => {
    api = await startApi(dialect);
    key = await api.key('app');
  });
  afterAll(() => api.stop());

  const snapshot = (headers: Record<string, string> = {}) =>
    api.fastify.inject({ url: '/replica/v1/snapshot', headers: { ...key, ...headers } });
  const page = async (since: number, from: TestApi = api): Promise<ChangesPage> =>
    (await from.call('GET', `/replica/v1/changes?since=${since}`, undefined, key)).body;

  it('is the policy without names, reasons and secrets, as the contract says', async () => {
    await api.create('roles', { id: 'named', name: 'A telling name', description: 'a telling description' });
    await api.create('users', { id: 'uma', name: 'Uma Person' });
    await api.create('assignments', { user: 'uma', role: 'named', reason: 'a telling reason' });
    const { body } = await snapshot();
    const document = SnapshotDocument.strict().parse(JSON.parse(body));
    expect(document.revision).toBe(api.app.get(PolicyState).revision);
    expect(document.rows.users).toContainEqual({ id: 'uma', enabled: true, attributes: {} });
    expect(body).not.toMatch(/telling|Uma Person|argon2|lct_/);
  });

  it('is not sent again while it has not changed', async () => {
    const first = await snapshot();
    const etag = String(first.headers.etag);
    expect(etag).toMatch(new RegExp(`^"${api.app.get(PolicyState).revision}-[0-9TZ:.-]+"$`));
    const same = await snapshot({ 'if-none-match': etag });
    expect([same.statusCode, same.body, same.headers.etag]).toEqual([304, '', etag]);
    await api.create('tenants', { id: 'another' });
    const changed = await snapshot({ 'if-none-match': etag });
    expect(changed.statusCode).toBe(200);
    expect(changed.headers.etag).not.toBe(etag);
    expect(changed.headers['cache-control']).toBe('no-cache');
  });

  it('is compressed for those who take that, and the same', async () => {
    const plain = await snapshot();
    const packed = await snapshot({ 'accept-encoding': 'br, gzip' });
    expect([plain.headers['content-encoding'], packed.headers['content-encoding'], packed.headers['vary']]).toEqual([
      undefined,
      'gzip',
      'accept, accept-encoding',
    ]);
    expect(gunzipSync(packed.rawPayload).toString()).toBe(plain.body);
    expect(packed.rawPayload.length).toBeLessThan(plain.body.length / 3);
    await api.create('tenants', { id: 'packed-anew' });
    expect(gunzipSync((await snapshot({ 'accept-encoding': 'gzip' })).rawPayload).toString()).toContain('packed-anew');
  });

  it('is whole where it has more rows than are read or written at once, and so is the export', async () => {
    const users = Array.from({ length: 4_100 }, (_, index) => ({ id: `many-${index}`, attributes: { index } }));
    for (let at = 0; at < users.length; at += 1000)
      expect((await api.call('POST', '/api/v1/users/sync', { users: users.slice(at, at + 1000) })).status).toBe(200);
    const read = new PolicyState();
    await read.load(api.app.get<Databases>(DATABASES).policy.em.fork());
    const document = toDocument(api.app.get(PolicyState).snapshot);
    expect(document.rows.users.filter(({ id }) => id.startsWith('many-'))).toHaveLength(users.length);
    expect(toDocument(read.snapshot)).toEqual(document);
    expect((await snapshot()).body).toBe(JSON.stringify(document));
    const exported = (await api.call('GET', '/api/v1/policy')).body.users;
    expect(users.filter(({ id, attributes }) => exported[id]?.attributes.index !== attributes.index)).toEqual([]);
  });

  it('is binary for who reads the version that is written here, and the same', async () => {
    const binary = { accept: `application/json;q=0.9, ${BINARY_TYPE.replace(';', '; ')}` };
    const [json, answer, packed] = [await snapshot(), await snapshot(binary), await snapshot({ ...binary, 'accept-encoding': 'gzip' })];
    expect([answer.headers['content-type'], answer.headers.vary]).toEqual([BINARY_TYPE, 'accept, accept-encoding']);
    expect(toDocument(fromBinary(answer.rawPayload))).toEqual(json.json());
    expect(gunzipSync(packed.rawPayload)).toEqual(answer.rawPayload);
    const etag = String(answer.headers.etag);
    expect(etag).not.toBe(json.headers.etag);
    const known = [snapshot({ ...binary, 'if-none-match': etag }), snapshot({ 'if-none-match': etag })];
    expect((await Promise.all(known)).map(({ statusCode }) => statusCode)).toEqual([304, 200]);
    const { headers } = await snapshot({ accept: BINARY_TYPE.replace(/\d+$/, '999') });
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    await api.create('tenants', { id: 'binary-anew' });
    const anew = await snapshot({ ...binary, 'accept-encoding': 'gzip' });
    expect(toDocument(fromBinary(gunzipSync(anew.rawPayload))).rows.tenants).toContainEqual({ id: 'binary-anew' });
  });

  it('can be followed by polling alone', async () => {
    let replica = createSnapshot(JSON.parse((await snapshot()).body));
    const start = replica.revision;
    expect(await page(start)).toEqual({ revision: start, deltas: [], more: false });
    for (const id of ['p1', 'p2', 'p3']) await api.create('users', { id, attributes: { id } });
    await api.call('DELETE', '/api/v1/users/p2', undefined, { 'if-match': '"1"' });
    const polled = ChangesPage.parse(await page(start));
    expect([polled.revision, polled.more, polled.deltas.map(({ revision }) => revision)]).toEqual([
      start + 4,
      false,
      [1, 2, 3, 4].map((step) => start + step),
    ]);
    for (const delta of polled.deltas) replica = applyDelta(replica, delta as Delta);
    expect(toDocument(replica)).toEqual(JSON.parse((await snapshot()).body));
    expect((await api.call('GET', `/replica/v1/changes?since=${start + 5}`, undefined, key)).body.code).toBe('revision_ahead');
    expect((await api.call('GET', '/replica/v1/changes', undefined, key)).body.code).toBe('invalid_request');
  });

  it('comes in pages where much was missed, also what was committed before the last start', async () => {
    const write = api.app.get<Databases>(DATABASES).policy.em.fork();
    const head = await write.findOneOrFail(Head, 1);
    const [before, added] = [head.revision, 1_200];
    const empty = (revision: number): Change =>
      ({ revision, at: new Date(), actor: 'licet', via: 'system', reason: '', entries: 0, ops: [] }) as unknown as Change;
    await write.insertMany(
      Change,
      Array.from({ length: added }, (_, index) => empty(before + 1 + index)),
    );
    head.revision = before + added;
    await write.flush();
    const restarted = await openApi(api.settings);
    const { revision } = await restarted.create('users', { id: 'after-the-start' });
    expect(revision).toBe(before + added + 1);
    const seen: number[] = [];
    const sizes: number[] = [];
    for (let more = true; more;) {
      const polled = await page(before - 2 + seen.length, restarted);
      seen.push(...polled.deltas.map((delta) => delta.revision));
      sizes.push(polled.deltas.length);
      ({ more } = polled);
      expect([polled.revision, more]).toEqual([revision, seen.at(-1) !== revision]);
    }
    expect([seen, sizes]).toEqual([Array.from({ length: added + 3 }, (_, index) => before - 1 + index), [500, 500, 203]]);
    const { url } = await listen(restarted);
    const stream = await EventStream.open(`${url}/replica/v1/changes?since=0`, key);
    expect((await stream.changes(revision)).map(({ data }) => data.revision)).toEqual(
      Array.from({ length: revision }, (_, index) => index + 1),
    );
    stream.close();
    await restarted.close();
    // The first process was not there when that was committed.
    await api.app.get(PolicyState).catchUp(api.app.get<Databases>(DATABASES).policy.em.fork());
  });

  it('names the live API keys by their hashes, to decision points only', async () => {
    const point = await api.key('point', 'licet.decision-point');
    const { body: app } = await api.create('api-keys', { name: 'hashed' });
    const { body: brief } = await api.create('api-keys', { name: 'brief', expiresAt: new Date(Date.now() + 3_600_000).toISOString() });
    const ask = (headers: Record<string, string>) => api.fastify.inject({ url: '/replica/v1/api-keys', headers });
    const hash = (secret: string) => createHash('sha256').update(secret).digest('hex');

    const first = await ask(point);
    const { keys } = ApiKeyHashes.strict().parse(first.json());
    expect(keys).toContainEqual({ id: app.id, hash: hash(app.secret), user: 'service:hashed', expiresAt: null });
    expect(keys).toContainEqual({ id: brief.id, hash: hash(brief.secret), user: 'service:brief', expiresAt: brief.expiresAt });
    expect(first.body).not.toMatch(/lct_/);
    const etag = String(first.headers.etag);
    // The same keys have the same ETag, in whatever order the database gives them.
    const again = await Promise.all(Array.from({ length: 8 }, () => ask({ ...point, 'if-none-match': etag })));
    expect(again.map(({ statusCode }) => statusCode)).toEqual(Array(8).fill(304));

    // Who hears of a revocation and asks at once must see it.
    const followed = new Promise<typeof first>((resolve, reject) => {
      const stop = api.app.get(PolicyState).follow(() => {
        stop();
        ask({ ...point, 'if-none-match': etag }).then(resolve, reject);
      });
    });
    expect((await api.call('DELETE', `/api/v1/api-keys/${app.id}`, undefined, { 'if-match': '"1"' })).status).toBe(204);
    const changed = await followed;
    expect(changed.statusCode).toBe(200);
    expect(changed.json<ApiKeyHashes>().keys.map(({ id }) => id)).toEqual(keys.map(({ id }) => id).filter((id) => id !== app.id));

    for (const [headers, status] of [
      [key, 403],
      [{ authorization: 'Bearer x' }, 401],
      [await api.key('auditor', 'licet.auditor'), 403],
    ] as const) {
      expect((await ask(headers)).statusCode).toBe(status);
    }
  });

  it('shows in the console where it reports what it holds', async () => {
    const status = { instance: randomUUID(), name: 'tasks', sdk: 'python 0.1.0', revision: 5, ageMs: 12 };
    const report = (more: object = {}, headers: Record<string, string> = key) =>
      api.call('POST', '/replica/v1/status', { ...status, ...more }, headers);
    expect((await report()).status).toBe(204);
    const { body } = await api.call('GET', '/api/v1/decision-points');
    const { instance, ...shown } = status;
    expect(body).toEqual({ total: 1, items: [{ id: instance, ...shown, lastSeenAt: expect.any(String), connected: true }] });
    expect(Math.abs(Date.now() - Date.parse(body.items[0].lastSeenAt))).toBeLessThan(10_000);
    await report({ revision: 6 });
    expect((await api.call('GET', `/api/v1/decision-points/${instance}`)).body).toMatchObject({ revision: 6 });
    expect((await report({}, await api.key('other'))).status).toBe(403);
    expect((await report({ revision: -1 })).body.errors[0].path).toBe('revision');
    expect((await api.call('GET', `/api/v1/decision-points/${randomUUID()}`)).status).toBe(404);
  });

  it('is listed as any collection: searched, sorted and paged', async () => {
    for (const name of ['Beta', 'alpha%', 'gamma'])
      await api.call('POST', '/replica/v1/status', { instance: randomUUID(), name, sdk: 'node 1', revision: 1, ageMs: 0 }, key);
    const names = async (query: string) =>
      (await api.call('GET', `/api/v1/decision-points?${query}`)).body.items.map(({ name }: { name: string }) => name);
    expect(await names('sort=name')).toEqual(['alpha%', 'Beta', 'gamma', 'tasks']);
    expect(await names('sort=name&order=desc&perPage=2&page=2')).toEqual(['Beta', 'alpha%']);
    expect([(await names('sort=lastSeenAt'))[0], (await names('sort=lastSeenAt&order=desc')).at(-1)]).toEqual(['tasks', 'tasks']);
    expect([await names('q=BETA'), await names('q=%25'), await names('q=python')]).toEqual([['Beta'], ['alpha%'], ['tasks']]);
    for (const query of ['sort=revision', 'nmae=gamma'])
      expect((await api.call('GET', `/api/v1/decision-points?${query}`)).status).toBe(400);
  });
});

describe('the changes that a process remembers', () => {
  const database = () => {
    throw new Error('asked the database');
  };

  it('are the newest thousand; what is older is read from the database', async () => {
    const state = new PolicyState();
    for (let revision = 1; revision <= 1_200; revision++) state.announce({ revision, ops: [] });
    expect((await state.deltasSince(200, 2_000, database)).map(({ revision }) => revision)).toEqual(
      Array.from({ length: 1_000 }, (_, index) => 201 + index),
    );
    expect((await state.deltasSince(700, 3, database)).map(({ revision }) => revision)).toEqual([701, 702, 703]);
    expect(await state.deltasSince(1_200, 10, database)).toEqual([]);
    await expect(state.deltasSince(199, 10, database)).rejects.toThrow('asked the database');
  });

  it('are fewer where they are large, so that one key cannot fill the memory with what it writes again and again', async () => {
    const state = new PolicyState();
    const row = { id: 'ana', enabled: true, attributes: { text: 'x'.repeat(1024 * 1024) } };
    for (let revision = 1; revision <= 100; revision++) state.announce({ revision, ops: [{ kind: 'users', id: 'ana', row }] });
    await expect(state.deltasSince(68, 500, database)).rejects.toThrow('asked the database');
    expect((await state.deltasSince(69, 500, database)).map(({ revision }) => revision)).toEqual([70, 71, 72]);
    state.announce({ revision: 101, ops: Array.from({ length: 40 }, () => ({ kind: 'users' as const, id: 'ana', row })) });
    await expect(state.deltasSince(100, 500, database)).rejects.toThrow('asked the database');
  });

  it('never go back and never leave a gap', () => {
    const state = new PolicyState();
    const seen: number[] = [];
    state.follow(({ revision }) => seen.push(revision));
    for (const revision of [1, 2, 2, 1]) state.announce({ revision, ops: [] });
    expect(() => state.announce({ revision: 4, ops: [] })).toThrow();
    state.announce({ revision: 3, ops: [] });
    expect([seen, state.revision]).toEqual([[1, 2, 3], 3]);
  });
});

describe.each(DIALECTS)('a page of changes from the database (%s)', (dialect) => {
  it('ends where it would be large, and has one in any case, also for a process that is behind', async () => {
    const api = await startApi(dialect);
    const { revision } = await api.create('users', { id: 'first' });
    const em = () => api.app.get<Databases>(DATABASES).policy.em.fork();
    const behind = new PolicyState();
    await behind.load(em());
    for (let i = 0; i < 6; i++) await api.create('users', { id: `large-${i}`, attributes: { text: 'x'.repeat(1_000_000) } });
    const users = Array.from({ length: 12 }, (_, i) => ({ id: `synced-${i}`, attributes: { text: 'x'.repeat(400_000) } }));
    await api.call('POST', '/api/v1/users/sync', { users });
    const state = new PolicyState();
    await state.load(em());
    const page = async (since: number) => (await state.deltasSince(since, 500, em)).map((delta) => delta.revision - revision);
    expect([await page(revision), await page(revision + 4), await page(revision + 6)]).toEqual([[1, 2, 3, 4], [5, 6], [7]]);
    expect(state.revision).toBe(revision + 7);

    const own = em();
    const reads = jest.spyOn(own, 'find');
    await behind.catchUp(own);
    const read = await Promise.all(reads.mock.results.map(({ value }) => value as Promise<unknown[]>));
    expect(read.map(({ length }) => length)).toEqual([4, 2, 1]);
    expect(toDocument(behind.snapshot)).toEqual(toDocument(state.snapshot));
    await api.stop();
  });
});
