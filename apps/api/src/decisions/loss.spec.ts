import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { DIALECTS, inject, startApi, type TestApi } from '../../test/api.ts';
import { DATABASES } from '../database/database.module.ts';
import { type Databases, openPart } from '../database/orm.ts';
import { DecisionLog } from './decision-log.service.ts';

const DAY_MS = 86_400_000;

const question = (id: string, more: object = {}) => ({
  subject: { type: 'user', id: 'alice' },
  action: { name: 'read' },
  resource: { type: 'task', id },
  ...more,
});

/** Keeps anybody else from writing the decision log, until what it returns is called. */
async function block(api: TestApi): Promise<() => Promise<void>> {
  const { dialect } = api.app.get<Databases>(DATABASES);
  const other = await openPart('log', dialect, api.settings);
  const em = other.em.fork();
  await em.begin();
  await em.execute(
    dialect === 'sqlite' ? "delete from decisions where id = 'takes the lock'" : 'lock table decisions in access exclusive mode',
  );
  return async () => {
    await em.rollback();
    await other.close(true);
  };
}

describe.each(DIALECTS)('a decision (%s)', (dialect) => {
  let api: TestApi;
  let key: { authorization: string };
  beforeAll(async () => {
    api = await startApi(dialect);
    key = await api.key('app');
  });
  afterAll(async () => {
    jest.restoreAllMocks();
    await api.stop();
  });
  const ask = (id: string, more?: object) => api.call('POST', '/access/v1/evaluation', question(id, more), key);
  const total = async (query: string) => (await api.call('GET', `/api/v1/decisions?${query}`)).body.total as number;
  const logging = () => api.app.get(DecisionLog);

  it('is answered while somebody else holds the log, and is logged afterwards', async () => {
    const release = await block(api);
    let slowest = 0;
    for (let turn = 0; turn < 20; turn++) {
      const begun = performance.now();
      expect((await ask(`blocked-${turn}`)).status).toBe(200);
      // Past the wait for a batch, so that the log really tries to write.
      if (turn === 10) await new Promise((resolve) => setTimeout(resolve, 150));
      slowest = Math.max(slowest, performance.now() - begun);
    }
    expect(slowest).toBeLessThan(1_000);
    await release();
    await logging().flush();
    expect(await total('q=blocked-')).toBe(20);
  });

  it('is answered while somebody looks for something in a log that takes long to look through', async () => {
    const order: string[] = [];
    const long = 'with recursive n(i) as (select 1 union all select i + 1 from n where i < 2000000) select count(*) from n';
    const search = api.app.get<Databases>(DATABASES).log.em.fork().execute(long).then(() => order.push('search'));
    await new Promise((resolve) => setImmediate(resolve)); // the search has begun
    expect((await ask('beside-a-search')).status).toBe(200);
    order.push('decision');
    await search;
    expect(order).toEqual(['decision', 'search']);
  });

  it('is logged whatever it was asked about, and takes no other with it', async () => {
    await ask('ordinary-1');
    const odd: [string, object][] = [
      ['marks', { context: { text: "? ?? \\? :x $1 ' \\' \"", tenant: "'? " }, action: { name: "a'?" } }],
      ['null', { context: { text: 'a\u0000b', ['k\u0000']: 1 } }],
      ['separators', { context: { text: 'a\u001eb\u001fc', tenant: 'x\u001fy' }, action: { name: 'a\u001eb' } }],
      ['half', { context: { text: '\ud800' } }],
      ['long-tenant', { context: { tenant: 'x'.repeat(5_000) } }],
      ['long-action', { action: { name: 'x'.repeat(5_000) } }],
      ['long-type', { subject: { type: 'x'.repeat(5_000), id: 'a' } }],
      ['odd-type', { subject: { type: 'a\u0000b', id: 'a' }, action: { name: '\u0000' }, context: { tenant: '\udc00' } }],
    ];
    for (const [id, more] of odd) expect([id, (await ask(id, more)).status]).toEqual([id, 200]);
    await ask('long-resource', { resource: { type: 'y'.repeat(5_000), id: 'long-resource' } });
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    const payload = JSON.stringify(question('deep', { context: { deep: 0 } })).replace('"deep":0', `"deep":${deep}`);
    const answer = await inject(api, {
      method: 'POST',
      url: '/access/v1/evaluation',
      payload,
      headers: { ...key, 'content-type': 'application/json' },
    });
    expect([200, 400]).toContain(answer.statusCode);
    await ask('ordinary-2');
    for (const [id] of odd) expect([id, await total(`resource=task:${id}`)]).toEqual([id, 1]);
    expect([await total('q=yyyy'), await total('resource=task:deep'), await total('q=ordinary-')]).toEqual([
      1,
      answer.statusCode === 200 ? 1 : 0,
      2,
    ]);
    const { body } = await api.call('GET', '/api/v1/decisions?resource=task:null');
    expect(body.items[0].request).toMatchObject(question('null', { context: { text: 'a\ufffdb' } }));
    expect((await api.call('GET', `/api/v1/decisions/${body.items[0].id}`)).status).toBe(200);
  });

  it('is kept for as long as is set: older ones go in steps, while others are logged, and no change loses its audit entry', async () => {
    const entries = async () => (await api.call('GET', '/api/v1/audit-entries')).body.total as number;
    const at = new Date(Date.now() - 30 * DAY_MS).toISOString();
    const made = { decision: true, reason: 'allowed_by_grant', path: null, errors: [], revision: 1, tenant: 'default' };
    const decisions = Array.from({ length: 700 }, (_, index) => ({ id: randomUUID(), at, request: question(`old-${index}`), ...made }));
    const upload = { instance: randomUUID(), name: 'app', decisions };
    expect((await api.call('POST', '/replica/v1/decisions', upload, key)).body).toEqual({ accepted: 700, refused: [] });
    const [before, all] = [await entries(), await total('')];
    await logging().prune();
    expect(await total('')).toBe(all);
    api.settings.decisionDays = 31;
    await logging().prune();
    expect(await total('')).toBe(all);
    api.settings.decisionDays = 30;
    const pruned = logging().prune();
    expect((await ask('meanwhile')).status).toBe(200);
    await pruned;
    expect([await total('q=old-'), await total('q=meanwhile'), await total(''), await entries()]).toEqual([0, 1, all - 700 + 1, before]);
  });

  it('is answered while the log is broken, and the loss is said', async () => {
    const said: string[] = [];
    for (const stream of [process.stdout, process.stderr]) {
      jest.spyOn(stream, 'write').mockImplementation((text) => {
        said.push(String(text));
        return true;
      });
    }
    await api.app.get<Databases>(DATABASES).log.em.getConnection().execute('drop table decisions');
    expect((await ask('broken')).status).toBe(200);
    await logging().flush();
    expect((await ask('broken')).status).toBe(200);
    await api.stop();
    expect(said.join('\n')).toMatch(/decisions could not be written yet[^]*[12] decisions were not logged/);
  });
});
