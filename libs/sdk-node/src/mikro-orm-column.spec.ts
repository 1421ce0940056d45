import type { Expr, FilterPlan } from '@licet/contract';
import { defineEntity, p, type MikroORM } from '@mikro-orm/core';
import { MikroORM as PostgresOrm } from '@mikro-orm/postgresql';
import { MikroORM as SqliteOrm } from '@mikro-orm/sqlite';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Described, NotExpressible } from './mikro-orm.ts';
import { startPostgres } from './postgres.fixture.ts';

/** Columns that compare texts as conditions do, in both databases or in one, and those that do not. */
const AS_TEXT = {
  plain: p.string(),
  long: p.text(),
  short: p.string().length(9),
  few: p.enum(['5', '5 ', 'A', 'a']),
  varying: p.string().columnType('character varying(10)'),
  key: p.uuid(),
};
const OTHERWISE = {
  time: p.time(),
  collated: p.string().columnType('varchar(9) collate nocase'),
  named: p.string().collation('nocase'),
  ofAnotherName: p.string().columnType('string'),
};
const OF_DIALECT = {
  sqlite: {
    asText: { padded: p.character().length(5), wide: p.string().columnType('varchar(20)') },
    otherwise: { whole: p.string().columnType('charint') },
  },
  postgresql: {
    asText: { native: p.enum(['5', '5 ', 'A', 'a']).nativeEnumName('few') },
    otherwise: {
      padded: p.character().length(5),
      spelt: p.string().columnType('character(5)'),
      inItsText: p.string().columnType('text collate "und-x-icu"'),
      folded: p.string().columnType('citext'),
      address: p.string().columnType('inet'),
    },
  },
};
const KEY = '0190163d-8694-739b-aea5-966c26f8ad91';
const VALUES = ['5', '5 ', 'A', 'a'];
const literal = (value: string): Expr => ({ op: 'lit', value });
const isValue = (attribute: string, value: string): FilterPlan => {
  const args: Expr[] = [{ op: 'eq', args: [{ op: 'var', path: ['resource', 'properties', attribute] }, literal(value)] }];
  return { kind: 'conditional', condition: { op: 'isTrue', args } as never, revision: 1 };
};

describe.each(['sqlite', 'postgresql'] as const)('a column of text (%s)', (dialect) => {
  const { asText, otherwise } = OF_DIALECT[dialect];
  const known = { ...AS_TEXT, ...asText };
  const other = { ...OTHERWISE, ...otherwise };
  const Known = defineEntity({ name: 'Known', properties: { id: p.integer().primary(), ...known } });
  const Other = defineEntity({ name: 'Other', properties: { id: p.integer().primary(), ...other } });
  const described = (entity: object, name: string) => new Described<object>(entity as never, { [name]: name as never });

  let orm: MikroORM;
  let stop = () => Promise.resolve();
  beforeAll(async () => {
    let clientUrl = '';
    if (dialect === 'postgresql') ({ url: clientUrl, stop } = await startPostgres());
    const make =
      dialect === 'sqlite' ? SqliteOrm.init({ entities: [Known], dbName: ':memory:' }) : PostgresOrm.init({ entities: [Known], clientUrl });
    orm = (await make) as unknown as MikroORM;
    await orm.schema.create();
    const rows = VALUES.map((value, id) => ({
      id,
      ...Object.fromEntries(Object.keys(known).map((name) => [name, name === 'key' ? KEY : value])),
    }));
    await orm.em.fork().insertMany(Known as never, rows as never[]);
  }, 60_000);
  afterAll(async () => {
    await orm.close();
    await stop();
  });

  it.each(Object.keys(known))('finds exactly the rows that have the text: %s', async (name) => {
    const em = orm.em.fork();
    const texts = name === 'key' ? [KEY, KEY.toUpperCase()] : [...VALUES, '05', '5.0'];
    for (const text of texts) {
      const rows = await em.find<Record<string, unknown>>(Known as never, {});
      const found = await em.find<Record<string, unknown>>(Known as never, described(Known, name).where(em, isValue(name, text)) as never);
      expect([text, found.map(({ id }) => id)]).toEqual([text, rows.filter((row) => row[name] === text).map(({ id }) => id)]);
    }
  });

  it.each(Object.keys(other))('is refused where it compares texts in another way: %s', async (name) => {
    const clientUrl = 'postgresql://nobody@127.0.0.1:1/none'; // no query is sent
    const make =
      dialect === 'sqlite' ? SqliteOrm.init({ entities: [Other], dbName: ':memory:' }) : PostgresOrm.init({ entities: [Other], clientUrl });
    const { em } = (await make) as unknown as MikroORM;
    expect(() => described(Other, name).where(em, isValue(name, '5'))).toThrow(NotExpressible);
  });
});
