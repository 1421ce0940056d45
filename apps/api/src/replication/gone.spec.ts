import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DIALECTS, openApi, startApi, type TestApi } from '../../test/api.ts';
import { listen } from '../../test/http.ts';
import { DATABASES } from '../database/database.module.ts';
import type { Databases } from '../database/orm.ts';

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
});
