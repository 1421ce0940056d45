import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { COLLECTIONS, type CollectionName, type CollectionSpec } from '@licet/contract';
import { DIALECTS, startApi, type TestApi } from '../../test/api.ts';
import { apply, readPolicyYaml } from '../../test/policy.ts';

type Row = Record<string, string | number | boolean | null | undefined>; // of what is compared here
interface Page {
  items: Row[];
  total: number;
}

// Decisions and decision points have specs of their own.
const NAMES = (Object.keys(COLLECTIONS) as CollectionName[]).filter((name) => name !== 'decisions' && name !== 'decision-points');
const specOf = (name: CollectionName): CollectionSpec => COLLECTIONS[name];
const SEARCHED = NAMES.flatMap((name) =>
  specOf(name)
    .search.filter((field) => field !== 'content')
    .map((field) => [name, field] as const),
);
const FILTERED = NAMES.flatMap((name) =>
  specOf(name)
    .filters.filter((field) => !['group', 'since', 'until'].includes(field) || name !== 'users')
    .map((field) => [name, field] as const),
).filter(([, field]) => !['since', 'until', 'attention'].includes(field)); // which are no columns
const SORTED = NAMES.flatMap((name) => specOf(name).sort.map((field) => [name, field.replace('-', '')] as const));

describe.each(DIALECTS)('a list (%s)', (dialect) => {
  let api: TestApi;

  beforeAll(async () => {
    api = await startApi(dialect);
    for (const name of ['Percent 100%', 'under_score', 'underXscore', 'back\\slash', 'quote \' and "', 'ÄRMEL', 'MiXeD'])
      await api.create('roles', { id: `r${name.length}${name.replace(/\W/g, '')}`, name, description: `says ${name}` });
    for (const id of ['Percent-100%', 'under_score', 'underXscore', 'MiXeD']) await api.create('users', { id, name: `Name of ${id}` });
    await api.key('Key-One');
    await api.key('key-two', 'licet.auditor');
    const applied = await apply(api, readPolicyYaml(), { reason: 'Reason with 100% and_underscore' });
    expect(applied.status).toBe(200);
    // A refusal, for the list of security events.
    expect((await api.call('GET', '/api/v1/roles', undefined, { cookie: '' })).status).toBe(401);
  });
  afterAll(() => api.stop());

  const list = async (name: CollectionName, query: Record<string, string | number> = {}) => {
    const text = Object.entries(query)
      .map(([key, value]) => `${key}=${encodeURIComponent(value)}`)
      .join('&');
    const { status, body } = await api.call('GET', `/api/v1/${name}?${text}`);
    expect([name, query, status]).toEqual([name, query, 200]);
    return body as Page;
  };
  const all = async (name: CollectionName) => (await list(name, { perPage: 1000 })).items;
  const ids = (rows: Row[]) => rows.map(({ id }) => id);
  const has = (row: Row, fields: readonly string[], text: string) =>
    fields.some((field) =>
      String(row[field] ?? '')
        .toLowerCase()
        .includes(text.toLowerCase()),
    );

  it.each(NAMES)('of %s holds rows as the contract says, each of which can be read by its id', async (name) => {
    const rows = await all(name);
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) expect(specOf(name).row.strict().parse(row)).toEqual(row);
    for (const row of [rows[0]!, rows.at(-1)!]) {
      const { status, body, etag } = await api.call('GET', `/api/v1/${name}/${encodeURIComponent(String(row['id']))}`);
      expect([status, body, etag]).toEqual([200, row, row['version'] === undefined ? '' : `"${String(row['version'])}"`]);
    }
  });

  it.each(SEARCHED)('of %s is searched by %s, without regard to case', async (name, field) => {
    const rows = (await all(name)).filter((row) => typeof row[field] === 'string' && row[field] !== '' && row[field] !== '*');
    expect(rows.length).toBeGreaterThan(0);
    const row = rows.at(-1)!;
    const value = String(row[field]);
    for (const text of [value.toUpperCase(), value.slice(1, -1).toLowerCase() || value]) {
      const q = text.slice(0, 200);
      const found = await list(name, { q, perPage: 1000 });
      expect([q, ids(found.items).includes(row['id']), found.total]).toEqual([q, true, found.items.length]);
      if (name !== 'audit-entries') expect(found.items.filter((item) => !has(item, specOf(name).search, q.trim()))).toEqual([]);
    }
  });

  it('takes %, _ and \\ in a search as they are', async () => {
    const names = async (q: string) => (await list('roles', { q, perPage: 1000 })).items.map(({ name }) => name).sort();
    expect(await names('%')).toEqual(['Percent 100%']);
    expect(await names('0%')).toEqual(['Percent 100%']);
    expect(await names('r_s')).toEqual(['under_score']);
    expect(await names('k\\s')).toEqual(['back\\slash']);
    expect(await names('\' AND "')).toEqual(['quote \' and "']);
    for (const q of ['?', '??', '? ?', '\\?', ':x', '$1', '[::alias::]']) expect([q, await names(q)]).toEqual([q, []]);
    expect(await names("x' or '1'='1")).toEqual([]);
    expect(await names('  mixed ')).toEqual(['MiXeD']);
    expect((await list('users', { q: 'T-100%' })).items.map(({ id }) => id)).toEqual(['Percent-100%']);
    expect((await list('changes', { q: '100% AND_' })).total).toBe(1);
    expect(await list('roles', { q: 'no such thing' })).toEqual({ items: [], total: 0 });
  });

  it('knows upper and lower case of all letters', async () => {
    for (const q of ['ärmel', 'ÄRMEL', 'Ärm']) expect((await list('roles', { q })).items.map(({ name }) => name)).toEqual(['ÄRMEL']);
    expect((await list('users', { q: 'ALICE ärmel' })).items.map(({ id }) => id)).toEqual(['alice']);
  });

  it('of the audit trail is searched by what changed', async () => {
    const { items } = await list('audit-entries', { q: 'name of MIXED' });
    expect(items.map(({ kind, target }) => `${kind} ${target}`)).toEqual(['users MiXeD']);
  });

  it.each(FILTERED)('of %s is filtered by %s exactly', async (name, field) => {
    const rows = await all(name);
    const values = [...new Set(rows.map((row) => row[field]))].filter((value) => value !== null && value !== undefined);
    expect(values.length).toBeGreaterThan(0);
    for (const value of values.slice(0, 3)) {
      const found = await list(name, { [field]: String(value), perPage: 1000 });
      expect([value, ids(found.items).sort()]).toEqual([value, ids(rows.filter((row) => row[field] === value)).sort()]);
    }
    if (typeof values[0] !== 'string') return;
    for (const other of ['%', `${values[0]}x`, values[0].toUpperCase() === values[0] ? 'x' : values[0].toUpperCase()])
      expect([other, (await list(name, { [field]: other })).total]).toEqual([other, 0]);
  });

  it('is filtered by several things at once, and by what takes a look elsewhere', async () => {
    expect(ids((await list('users', { group: 'staff' })).items)).toEqual(['alice', 'bob', 'service:robot']);
    expect(ids((await list('users', { group: 'staff', type: 'service' })).items)).toEqual(['service:robot']);
    expect((await list('users', { group: 'nobody' })).total).toBe(0);
    const everyone = (await list('users', { group: 'everyone', perPage: 1000 })).items;
    expect(everyone).toEqual((await list('users', { enabled: 'true', perPage: 1000 })).items);
    expect((await api.call('GET', '/api/v1/groups/everyone')).body).toMatchObject({ memberCount: everyone.length, builtIn: true });
    expect(ids((await list('assignments', { tenant: '*', role: 'admin' })).items).length).toBe(1);
    const [first] = (await list('audit-entries', { order: 'asc', perPage: 1 })).items;
    const [last] = (await list('audit-entries', { perPage: 1 })).items;
    expect((await list('audit-entries', { until: String(first!['at']) })).total).toBe(0);
    expect((await list('audit-entries', { since: String(first!['at']) })).total).toBe((await list('audit-entries')).total);
    expect(
      (await list('audit-entries', { since: String(last!['at']), perPage: 1000 })).items.every(
        ({ revision }) => revision === last!['revision'],
      ),
    ).toBe(true);
  });

  it('is of a time or a day that exists, and of no text that could be taken for one', async () => {
    for (const name of ['since', 'until']) {
      for (const time of ['2026-01-31', '2024-02-29T23:59:59.5Z', '2026-01-31T12:00:00+01:00', '0001-01-01T00:00:00Z', '9999-12-31T23:59:59Z']) {
        await list('audit-entries', { [name]: time });
        expect([time, (await api.call('GET', `/api/v1/decisions?${name}=${encodeURIComponent(time)}`)).status]).toEqual([time, 200]);
      }
      const years = ['+275760-09-13T00:00:00Z', '-000001-01-01T00:00:00Z', '0000-12-31', '0001-01-01T00:00:00+01:00', '9999-12-31T23:59:59-01:00'];
      for (const time of [...years, '1', '-1', '0', '2026-02-30', '2026-02-30T00:00:00Z', '2026-01-31T12:00:00', 'Nov 27', 'x']) {
        const { status, body } = await api.call('GET', `/api/v1/audit-entries?${name}=${encodeURIComponent(time)}`);
        expect([time, status, body.detail]).toEqual([time, 400, expect.stringMatching(new RegExp(`^${name}: .*2026-01-31T12:00:00Z`))]);
      }
    }
  });

  it('of what is built in holds what begins with `licet.`, to the letter', async () => {
    await api.create('roles', { id: 'Licet.mine' });
    await api.create('roles', { id: 'licetXmine' });
    await api.create('resource-types', { id: 'LICET.type', actions: [{ name: 'read' }] });
    for (const name of ['roles', 'resource-types', 'permissions'] as const) {
      const rows = await all(name);
      for (const builtIn of ['true', 'false']) {
        const found = (await list(name, { builtIn, perPage: 1000 })).items;
        expect([name, builtIn, ids(found).sort()]).toEqual([
          name,
          builtIn,
          ids(rows.filter((row) => row['builtIn'] === (builtIn === 'true'))).sort(),
        ]);
      }
      expect((await api.call('GET', `/api/v1/${name}?builtIn=maybe`)).status).toBe(400);
    }
  });

  it.each(SORTED)('of %s is sorted by %s, both ways, and comes in pages without a gap', async (name, field) => {
    const { items: up, total } = await list(name, { sort: field, order: 'asc', perPage: 1000 });
    const { items: down } = await list(name, { sort: field, order: 'desc', perPage: 1000 });
    const values = (rows: Row[]) => rows.map((row) => row[field]).filter((value) => value !== null && value !== '*');
    const equals = (rows: Row[]) =>
      [
        ...Map.groupBy(
          rows.filter((row) => row[field] !== null),
          (row) => row[field],
        ).values(),
      ].map((group) => group.map(({ id }) => String(id)));
    const sorted = (rows: Row[]) =>
      values(rows).toSorted((a, b) =>
        typeof a === 'number' ? a - Number(b) : Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b))),
      );
    expect(values(up)).toEqual(sorted(up));
    expect(values(down)).toEqual(sorted(down).toReversed());
    // Among equals the id decides, so that a row never stands on two pages or on none.
    const idsOfEquals = (rows: Row[]) =>
      rows.filter((row, index) => row[field] !== null && row[field] === rows[index + 1]?.[field]).map(({ id }) => String(id));
    expect(idsOfEquals(up)).toEqual(equals(up).flatMap((ids) => ids.toSorted().slice(0, -1)));
    expect(idsOfEquals(down)).toEqual(equals(down).flatMap((ids) => ids.toSorted().toReversed().slice(0, -1)));
    expect(up.length).toBe(total);
    const perPage = Math.max(1, Math.ceil(total / 2));
    const paged: Row[] = [];
    for (let page = 1; page <= 2; page++) paged.push(...(await list(name, { sort: field, order: 'asc', perPage, page })).items);
    expect(ids(paged)).toEqual(ids(up));
    expect(await list(name, { sort: field, page: 1000 })).toEqual({ items: [], total });
  });

  it.each(NAMES)('of %s names what is wrong with its query', async (name) => {
    for (const query of [
      'sort=colour',
      'sort=id;drop',
      'sort=',
      'order=up',
      'page=0',
      'page=x',
      'page=1.5',
      'perPage=0',
      'perPage=1001',
      `q=${'x'.repeat(201)}`,
      'q=a&q=b',
    ]) {
      const { status, body } = await api.call('GET', `/api/v1/${name}?${query}`);
      expect([query, status, body.code]).toEqual([query, 400, 'invalid_request']);
      expect(body.detail).toContain(query.split('=')[0]);
    }
  });
});
