import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ChangesPage, SnapshotDocument } from '@licet/contract';
import { DIALECTS, openApi, startApi, type TestApi } from '../../test/api.ts';
import { EventStream, listen } from '../../test/http.ts';
import { DATABASES } from '../database/database.module.ts';
import type { Databases } from '../database/orm.ts';
import { PolicyState } from './policy-state.ts';

const SOON_MS = 5_000;

async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  const begun = performance.now();
  while (!(await isTrue()) && performance.now() - begun < SOON_MS) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** Puts the tables back to where they were before tenants were added, as a restored backup does. */
async function restore(api: TestApi, revision: number, tenants: readonly string[]): Promise<void> {
  const em = api.app.get<Databases>(DATABASES).policy.em.fork();
  for (const id of tenants) await em.execute('delete from tenants where id = ?', [id]);
  for (const table of ['changes', 'audit_entries']) await em.execute(`delete from ${table} where revision > ?`, [revision]);
  await em.execute('update head set revision = ?', [revision]);
}

const revisionOf = (api: TestApi) => api.app.get(PolicyState).revision;

describe.each(DIALECTS)('a replica that names the time of its revision (%s)', (dialect) => {
  let api: TestApi;
  let key: { authorization: string };

  beforeAll(async () => {
    api = await startApi(dialect);
    key = await api.key('app');
  });
  afterAll(() => api.stop());

  const ask = (query: string, from = api) => from.call('GET', `/replica/v1/changes?${query}`, undefined, key);

  it('learns the time from the snapshot and from each change, the same from memory and from the database', async () => {
    const { revision } = await api.create('tenants', { id: 'first' });
    const snapshot = (await api.call('GET', '/replica/v1/snapshot', undefined, key)).body as SnapshotDocument;
    const inMemory = (await ask(`since=${revision - 1}`)).body as ChangesPage;
    const again = await openApi(api.settings);
    const fromDatabase = (await ask(`since=${revision - 1}`, again)).body as ChangesPage;
    await again.close();
    expect(snapshot.at).toMatch(/^\d{4}-.*Z$/);
    expect([inMemory.deltas[0]?.at, fromDatabase.deltas[0]?.at]).toEqual([snapshot.at, snapshot.at]);
  });

  it('follows on from it, and has to take a snapshot where that number was given out at another time', async () => {
    const { at, revision } = (await api.call('GET', '/replica/v1/snapshot', undefined, key)).body as SnapshotDocument;
    await api.create('tenants', { id: `next-${revision}` });
    expect((await ask(`since=${revision}&at=${at!}`)).body).toMatchObject({ deltas: [{ revision: revision + 1 }] });
    expect((await ask(`since=${revision}&at=2026-01-01T00:00:00.000Z`)).body).toMatchObject({ status: 410, code: 'revision_gone' });
    expect((await ask(`since=${revision}`)).status).toBe(200); // one that knows no time, as older ones
    expect((await ask(`since=${revision}&at=`)).body).toMatchObject({ status: 400, code: 'invalid_request' });
  });
});

describe('a PostgreSQL that is restored from a backup under running api processes', () => {
  let one: TestApi;
  let two: TestApi;
  let key: { authorization: string };

  beforeAll(async () => {
    one = await startApi('postgres');
    two = await openApi(one.settings);
    key = await one.key('app');
    await until(() => revisionOf(two) === revisionOf(one));
  });
  afterAll(async () => {
    await two.close();
    await one.stop();
  });

  const document = async (api: TestApi) => (await api.call('GET', '/replica/v1/snapshot', undefined, key)).body as SnapshotDocument;

  it('is taken over by each of them as it is, ends the streams, and takes edits again', async () => {
    const before = revisionOf(one);
    await one.create('tenants', { id: 'lost' });
    await one.create('tenants', { id: 'lost-too' });
    await until(() => revisionOf(two) === before + 2);
    const { url } = await listen(two);
    const stream = await EventStream.open(`${url}/replica/v1/changes?since=${before + 2}`, key);

    await restore(one, before, ['lost', 'lost-too']);
    await until(() => revisionOf(one) === before && revisionOf(two) === before);
    await stream.rest();
    expect((await document(two)).rows.tenants.map(({ id }) => id)).not.toContain('lost');

    const { revision } = await two.create('tenants', { id: 'found' });
    expect(revision).toBe(before + 1);
    await until(() => revisionOf(one) === revision);
    expect(await document(one)).toEqual(await document(two));
  });

  it('is taken over by one that was held up until others had passed the number it holds', async () => {
    const before = revisionOf(one);
    await two.create('tenants', { id: 'lost-again' });
    const late = new PolicyState();
    const em = () => one.app.get<Databases>(DATABASES).policy.em.fork();
    await late.load(em());
    await restore(one, before, ['lost-again']);
    await until(() => revisionOf(one) === before && revisionOf(two) === before);
    await two.create('tenants', { id: 'kept' });
    await two.create('tenants', { id: 'kept-too' });
    await late.catchUp(em());
    expect(late.revision).toBe(before + 2);
    const tenants = late.checkedRows([]).tenants.map(({ id }) => id);
    expect(tenants).toEqual(expect.arrayContaining(['kept', 'kept-too']));
    expect(tenants).not.toContain('lost-again');
  });
});
