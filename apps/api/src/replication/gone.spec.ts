import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DIALECTS, openApi, startApi, type TestApi } from '../../test/api.ts';
import { listen } from '../../test/http.ts';
import { DATABASES } from '../database/database.module.ts';
import type { Databases } from '../database/orm.ts';
import { PolicyState } from './policy-state.ts';

describe.each(DIALECTS)('changes that are not all there (%s)', (dialect) => {
  let api: TestApi;
  let url: string;
  let key: { authorization: string };
  let head: number;

  beforeAll(async () => {
    const first = await startApi(dialect);
    key = await first.key('app');
    for (const id of ['ann', 'ben', 'cai', 'dea', 'eli', 'fay', 'gus']) ({ revision: head } = await first.create('users', { id }));
    // What this one has seen itself, it does not ask the database for.
    api = await openApi(first.settings, () => void first.stop());
    ({ url } = await listen(api));
  });
  afterAll(() => api.stop());

  const execute = (sql: string) => api.app.get<Databases>(DATABASES).policy.em.getConnection().execute(sql);
  const follow = async (since: number, accept: string) => {
    const answer = await fetch(`${url}/replica/v1/changes?since=${since}`, { headers: { ...key, accept } });
    return { status: answer.status, body: (await answer.json()) as { code: string; detail: string } };
  };
  const question = { subject: { type: 'user', id: 'ann' }, action: { name: 'read' }, resource: { type: 'task', id: 't1' } };
  const explain = (revision: number) => api.call('POST', '/api/v1/explain', { ...question, revision });

  const demandGone = async (since: number, revision: number) => {
    for (const accept of ['application/json', 'text/event-stream']) {
      const { status, body } = await follow(since, accept);
      expect([accept, status, body.code]).toEqual([accept, 410, 'revision_gone']);
      expect(body.detail).toContain(`revision ${revision} `);
    }
  };

  it.each([
    ['in between', 2],
    ['at the end', 0],
  ])('are said to be gone where one is missing %s', async (_, before) => {
    const missing = head - before;
    await execute(`update changes set revision = -1 where revision = ${missing}`);
    await demandGone(missing - 1, missing);
    await demandGone(0, missing);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    await execute(`update changes set revision = ${missing} where revision = -1`);
    expect((await follow(missing - 1, 'application/json')).status).toBe(200);
  });

  it.each([
    ['no list', 1, dialect === 'sqlite' ? '{not json' : '"{not json"'],
    ['a list of something else', 3, '["users"]'],
    ['about a kind that there is not', 5, '[{"kind":"secrets","id":"a","row":null}]'],
  ])('are said to be gone where what one did is %s, also to whoever asks about the past', async (_, before, ops) => {
    const damaged = head - before;
    await execute('create table kept as select revision, ops from changes');
    await execute(`update changes set ops = '${ops}' where revision = ${damaged}`);
    await demandGone(damaged - 1, damaged);
    const { status, body } = await explain(damaged);
    expect([status, body.code]).toEqual([410, 'revision_gone']);
    expect(body.detail).toContain(`revision ${damaged} `);
    expect((await explain(damaged - 1)).status).toBe(200);
    await execute(`update changes set ops = (select ops from kept where kept.revision = changes.revision)`);
    await execute('drop table kept');
    expect((await explain(damaged)).status).toBe(200);
  });

  it('are made up for by the whole policy, where a process cannot catch up by them', async () => {
    const em = () => api.app.get<Databases>(DATABASES).policy.em.fork();
    const late = new PolicyState();
    await late.load(em());
    const { revision } = await api.create('tenants', { id: 'unread' });
    const last = await api.create('tenants', { id: 'read' });
    await execute(`update changes set ops = '7' where revision = ${revision}`);
    let reloaded = 0;
    late.onReload(() => (reloaded += 1));
    await late.catchUp(em());
    expect([late.revision, reloaded]).toEqual([last.revision, 1]);
    expect(late.checkedRows([]).tenants.map(({ id }) => id)).toEqual(expect.arrayContaining(['unread', 'read']));
  });
});
