import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { DIALECTS, newDatabase, openApi, type TestApi } from '../../test/api.ts';
import { output } from '../../test/output.ts';

describe("the server's output", () => {
  const evil = 'no such host\n2026-01-01T00:00:00.000Z info licet: all is well\r\u001b[2K\u2028';
  const said = (form: 'text' | 'json') => {
    const written = output(form);
    new Logger('identity provider').warn(evil);
    return written.end();
  };

  it('is one JSON object a line where that is set, whatever a message says', () => {
    const lines = said('json').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
      { time: expect.any(String), level: 'warn', source: 'identity provider', message: evil },
    ]);
  });

  it('has no line at a terminal that a message begins by itself, and no sign that moves the cursor', () => {
    const [first, ...rest] = said('text').trimEnd().split('\n');
    expect(first).toMatch(/^\S+ warn identity provider: no such host$/);
    expect(rest).toEqual(['  | 2026-01-01T00:00:00.000Z info licet: all is well\\u000d\\u001b[2K\\u2028']);
  });
});

describe.each(DIALECTS)('records in the output (%s)', (dialect) => {
  let api: TestApi;
  let written: ReturnType<typeof output> | undefined;
  afterEach(async () => {
    written?.end();
    await api.stop();
  });

  const start = async (logRecords: string[]) => {
    const { settings, remove } = await newDatabase(dialect);
    api = await openApi({ ...settings, logRecords }, remove);
  };
  const linesOf = (source: string, text: string) =>
    text
      .split('\n')
      .filter((line) => line.includes(`"source":"${source}"`))
      .map((line) => JSON.parse(line) as { entry: { id: string } });
  const items = async (path: string) => (await api.call('GET', `/api/v1/${path}`)).body.items as object[];

  it('are the entries of the audit trail as the API gives them, each once and only of what was committed', async () => {
    await start(['audit']);
    written = output('json');
    await api.create('users', { id: 'anna', attributes: { department: 'sales' } });
    await api.create('resource-types', { id: 'doc', actions: [{ name: 'read' }, { name: 'write' }] });
    expect((await api.call('POST', '/api/v1/users', { id: 'anna' })).status).toBe(409);
    const lines = linesOf('audit', written.end());
    expect(lines.map(({ entry }) => entry)).toEqual((await items('audit-entries?via=console&perPage=4')).reverse());
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatchObject({ level: 'info', entry: { actor: 'ana', kind: 'users', action: 'create', after: { id: 'anna' } } });
  });

  it('are those of the decision log, what applications decided among them', async () => {
    await start(['decisions']);
    const key = await api.key('shop');
    const request = { subject: { type: 'user', id: 'anna' }, action: { name: 'licet' }, resource: { type: 'doc', id: '1', properties: { note: 'a\u001fb\n' } } };
    written = output('json');
    await api.call('POST', '/access/v1/evaluation', request, key);
    const answer = { decision: false, reason: 'unknown_resource_type', path: null, errors: [], revision: 3 };
    const record = { id: randomUUID(), at: '2026-11-26T12:00:00.000Z', request, tenant: 'default', ...answer };
    const upload = { instance: randomUUID(), name: 'shop', decisions: [record] };
    expect((await api.call('POST', '/replica/v1/decisions', upload, key)).status).toBeLessThan(300);
    const kept = await items('decisions?perPage=10');
    const lines = linesOf('decisions', written.end()).map(({ entry }) => entry);
    const byId = (some: object, other: object) => ((some as { id: string }).id < (other as { id: string }).id ? -1 : 1);
    expect(lines.toSorted(byId)).toEqual(kept.toSorted(byId));
    expect(lines).toHaveLength(2);
  });

  it('are none unless they are asked for', async () => {
    await start([]);
    written = output('json');
    await api.create('users', { id: 'anna' });
    await api.call('POST', '/access/v1/evaluation', {}, await api.key('shop'));
    await items('decisions');
    expect(written.end()).not.toMatch(/"source":"(audit|decisions)"/);
  });
});
