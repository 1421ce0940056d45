import type { Expr, PlanCondition, PolicyRow, PolicyRows } from '@licet/contract';
import { defineEntity, p, type MikroORM } from '@mikro-orm/core';
import { MikroORM as PostgresOrm } from '@mikro-orm/postgresql';
import { MikroORM as SqliteOrm } from '@mikro-orm/sqlite';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Licet } from './licet.ts';
import { Described, NotExpressible } from './mikro-orm.ts';
import { startPostgres } from './postgres.fixture.ts';
import { closeAll, connect } from './tasks.fixture.ts';
import { MemoryControlPlane } from './testing.ts';

const PersonSchema = defineEntity({ name: 'Person', properties: { id: p.string().primary() } });
class Person extends PersonSchema.class {}
PersonSchema.setClass(Person);
const RowSchema = defineEntity({
  name: 'Row',
  properties: {
    id: p.string().primary(),
    name: p.string().nullable(),
    count: p.integer().nullable(),
    rate: p.double().nullable(),
    open: p.boolean().nullable(),
    due: p.datetime().nullable(),
    tenant: p.string().nullable(),
    owner: () => p.manyToOne(Person).nullable(),
    extra: p.json<object>().nullable(),
  },
});
class Row extends RowSchema.class {}
RowSchema.setClass(Row);
const NumberedSchema = defineEntity({ name: 'Numbered', properties: { id: p.integer().primary(), level: p.enum(['low', 'high']) } });
class Numbered extends NumberedSchema.class {}
NumberedSchema.setClass(Numbered);

const columns = { name: 'name', count: 'count', rate: 'rate', open: 'open', due: 'due', ownerId: 'owner', extra: 'extra' } as const;
const inTenants = new Described(Row, { ...columns, tenant: 'tenant' });
const inOne = new Described(Row, columns);
const numbered = new Described(Numbered, { level: 'level' });

const RUNS = 120;
const NAMES = [null, 'alice', 'ALICE', 'al', 'b%', '', '2026-06-01T12:00:00.000Z', 'é', 'e\u0301', '\uffff', '\u{1f600}', '5', 'true'];
const DUE = new Date('2026-06-01T12:00:00.000Z');
/** Rows in which each value stands beside many others. */
const ROWS = Array.from({ length: 78 }, (_, i) => ({
  id: ['alice', '5', `r${i}`][i < 2 ? i : 2],
  name: NAMES[i % NAMES.length],
  count: [null, 0, 5, -1, 2 ** 31 - 1][i % 5],
  rate: [null, 0.5, 5, -1e300][i % 4],
  open: [null, true, false][(i >> 1) % 3],
  due: [null, DUE, new Date(DUE.getTime() + 1), new Date(0)][(i >> 2) % 4],
  tenant: [null, 'default', 'acme', 'nowhere', ''][(i >> 1) % 5],
  owner: [null, 'alice', 'bob'][(i >> 3) % 3],
}));

let orm: MikroORM;
let all: Row[];
afterEach(closeAll);

async function fill(): Promise<void> {
  await orm.schema.create();
  const em = orm.em.fork();
  await em.insertMany(Person, [{ id: 'alice' }, { id: 'bob' }]);
  for (const row of ROWS) em.create(Row, { ...row, owner: row.owner ? em.getReference(Person, row.owner) : null } as never);
  for (const [id, level] of ['low', 'high', 'low'].entries()) em.create(Numbered, { id: id + 5, level: level as 'low' });
  await em.flush();
  all = await orm.em.fork().find(Row, {});
}

const DATABASES = {
  async sqlite() {
    orm = (await SqliteOrm.init({ entities: [Person, Row, Numbered], dbName: ':memory:' })) as unknown as MikroORM;
    return () => Promise.resolve();
  },
  async postgresql() {
    const { url, stop } = await startPostgres();
    orm = (await PostgresOrm.init({ entities: [Person, Row, Numbered], clientUrl: url })) as unknown as MikroORM;
    return stop;
  },
};

const variable = (name: string): Expr => ({ op: 'var', path: ['resource', 'properties', name] });
const literal = (value: string | number | boolean | null): Expr => ({ op: 'lit', value });
const grant = (id: string, effect: 'allow' | 'deny', condition: string | null): PolicyRow<'grants'> => {
  return { id, role: 'r', permission: '*:read', effect, condition };
};
const assignment = (id: string, tenant: string, resource: string | null): PolicyRow<'assignments'> => {
  return { id, user: 'alice', group: null, role: 'r', tenant, resource, startsAt: null, expiresAt: null };
};

/** Alice may read what the condition, or no condition, allows, and no other denies. */
function policyOf(allow: Expr | null, deny: Expr | null, assignments = [assignment('a1', '*', null)]): Partial<PolicyRows> {
  return {
    tenants: [{ id: 'default' }, { id: 'acme' }],
    'resource-types': ['row', 'numbered'].map((id) => ({ id, attributes: {} })),
    permissions: [{ id: 'row:read' }, { id: 'numbered:read' }],
    conditions: Object.entries({ allow, deny }).flatMap(([id, tree]) => (tree ? [{ id, tree }] : [])),
    roles: [{ id: 'r' }],
    grants: [grant('g1', 'allow', allow && 'allow'), ...(deny ? [grant('g2', 'deny', 'deny')] : [])],
    users: [{ id: 'alice', enabled: true, attributes: { level: 5 } }],
    assignments,
  };
}

async function follow(policy: Partial<PolicyRows>): Promise<Licet> {
  const { licet } = connect({ decisionLog: false }, new MemoryControlPlane(policy));
  await licet.ready();
  return licet;
}

/** The ids that the filter finds, and those that checks allow; undefined where there is no filter. */
async function both(policy: Partial<PolicyRows>, tenant?: string): Promise<[found: string[], allowed: string[]] | undefined> {
  const licet = await follow(policy);
  const em = orm.em.fork();
  for (const described of tenant === undefined ? [inTenants, inOne] : [inOne]) {
    const options = tenant === undefined ? {} : { tenant };
    const filter = await described.filter(em, licet, 'alice', 'row:read', options).catch((error: Error) => error);
    if (filter instanceof Error) {
      expect(filter).toBeInstanceOf(NotExpressible);
      return undefined;
    }
    const found = (await em.find(Row, filter, { fields: ['id'] })).map(({ id }) => id).sort();
    const mayRead = (row: Row) => licet.check('alice', 'row:read', described.resource(row), options).decision;
    const allowed = all
      .filter(mayRead)
      .map(({ id }) => id)
      .sort();
    expect(found).toEqual(allowed);
    if (described === inOne) return [found, allowed];
  }
  return undefined;
}

const of = <T>(values: readonly T[]) => fc.constantFrom(...values);
const someLiteral = of([...NAMES, 'bob', 'acme', 0, 5, 0.5, -1, 2 ** 53, true, false]).map(literal);
const someVariable = of(['name', 'name', 'count', 'rate', 'open', 'ownerId', 'tenant', 'missing']).map(variable);
const id: Expr = { op: 'var', path: ['resource', 'id'] };
const someColumn = fc.oneof({ weight: 8, arbitrary: someVariable }, { weight: 1, arbitrary: fc.constant(id) });
const someTime = of(['2026-06-01T12:00:00.000Z', '2026-06-01T12:00:00.001Z', '1970-01-01T00:00:00Z']).map((text): Expr => ({
  op: 'timestamp',
  args: [literal(text)],
}));
const someInstants = of(['due', 'due', 'count']).map((name): Expr => ({ op: 'timestamp', args: [variable(name)] }));
const comparison = of(['eq', 'ne', 'lt', 'le', 'gt', 'ge'] as const);
const binary = <A extends Expr, B extends Expr>(
  ops: fc.Arbitrary<'eq' | 'in' | 'lt' | 'ne' | 'le' | 'gt' | 'ge' | 'startsWith' | 'contains'>,
  a: fc.Arbitrary<A>,
  b: fc.Arbitrary<B>,
) =>
  fc
    .tuple(ops, a, b, fc.boolean())
    .map(([op, left, right, turned]): Expr => ({ op, args: turned && op !== 'in' ? [right, left] : [left, right] }));
const { tree: someTree } = fc.letrec<{ tree: Expr }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    binary(comparison, someColumn, someLiteral),
    someVariable,
    binary(comparison, someInstants, someTime),
    binary(
      of(['in']),
      someColumn,
      fc.array(someLiteral, { maxLength: 4 }).map((args): Expr => ({ op: 'list', args })),
    ),
    fc.tuple(someColumn, of(['', 'al', 'b%', 'é', '\uffff', '\u{1f600}']).map(literal)).map((args): Expr => ({ op: 'startsWith', args })),
    of(['name', 'missing']).map((name): Expr => ({ op: 'has', path: ['resource', 'properties', name] })),
    fc.tuple(of(['and', 'or'] as const), fc.array(tie('tree'), { minLength: 2, maxLength: 3 })).map(([op, args]): Expr => ({ op, args })),
    tie('tree').map((arg): Expr => ({ op: 'not', args: [arg] })),
  ),
}));
const someAssignments = fc.array(
  fc.tuple(of(['*', '*', '*', 'default', 'acme', 'gone']), of([null, null, null, null, 'row:alice', 'row:r3', 'row:5'])),
  {
    minLength: 1,
    maxLength: 3,
  },
);

describe.each(Object.entries(DATABASES))('a filter (%s)', (dialect, start) => {
  let stop: () => Promise<void>;
  beforeAll(async () => {
    stop = await start();
    await fill();
  }, 60_000);
  afterAll(async () => {
    await orm.close();
    await stop();
  });

  it('finds exactly the rows that checks allow, or says that there is none', async () => {
    const seen = { filters: 0, refused: 0, some: 0 };
    const check = async (allow: Expr | null, deny: Expr | null, places: [string, string | null][], tenant: string | undefined) => {
      const result = await both(
        policyOf(
          allow,
          deny,
          places.map(([where, resource], i) => assignment(`a${i}`, where, resource)),
        ),
        tenant,
      );
      if (result === undefined) seen.refused++;
      else if (result[0].length > 0 && result[0].length < ROWS.length) seen.some++;
      if (result) seen.filters++;
      await closeAll();
    };
    const maybe = fc.option(someTree);
    await fc.assert(fc.asyncProperty(maybe, maybe, someAssignments, of([undefined, undefined, undefined, 'acme']), check), {
      numRuns: RUNS,
    });
    expect(seen.some).toBeGreaterThan(0);
    expect(seen.filters).toBeGreaterThan(RUNS / 2);
  });

  const due: Expr = { op: 'timestamp', args: [variable('due')] };
  const cases: [string, Expr][] = [
    ['NULL is null', { op: 'eq', args: [variable('name'), literal(null)] }],
    ['text is compared with regard to case', { op: 'eq', args: [variable('name'), literal('ALICE')] }],
    ['text is no number', { op: 'eq', args: [variable('count'), literal('5')] }],
    ['a number that the column cannot hold', { op: 'eq', args: [variable('count'), literal(2 ** 53)] }],
    ['a fraction beside whole numbers', { op: 'eq', args: [variable('count'), literal(0.5)] }],
    ['what lies below a fraction', { op: 'lt', args: [variable('count'), literal(0.5)] }],
    ['what lies below all that the column can hold', { op: 'ge', args: [variable('count'), literal(-1e300)] }],
    ['a number is no text', { op: 'eq', args: [variable('name'), literal(5)] }],
    ['a truth value is no number', { op: 'ne', args: [variable('open'), literal(1)] }],
    ['% is a character', { op: 'startsWith', args: [variable('name'), literal('b%')] }],
    ['the last character has no next one', { op: 'startsWith', args: [variable('name'), literal('\u{10ffff}')] }],
    ['a reference is the id that it refers to', { op: 'eq', args: [variable('ownerId'), { op: 'var', path: ['subject', 'id'] }] }],
    ['a point in time', { op: 'le', args: [due, { op: 'timestamp', args: [literal('2026-06-01T12:00:00Z')] }] }],
  ];
  it.each(cases)('knows: %s', async (_, tree) => {
    // PostgreSQL orders texts as people do: no range of it is what begins with a text.
    const isKnown = dialect !== 'postgresql' || tree.op !== 'startsWith';
    for (const negated of [tree, { op: 'not', args: [tree] } as Expr]) {
      expect((await both(policyOf(negated, null))) !== undefined).toBe(isKnown);
      expect((await both(policyOf(null, negated))) !== undefined).toBe(isKnown);
    }
  });

  const refused: [string, Expr][] = [
    ['two columns', { op: 'eq', args: [variable('name'), variable('ownerId')] }],
    ['a part of a text', { op: 'contains', args: [variable('name'), literal('lic')] }],
    ['the text of a time', { op: 'eq', args: [variable('due'), literal('2026-06-01T12:00:00.000Z')] }],
    ['a column of another kind', { op: 'eq', args: [variable('extra'), literal('x')] }],
    ['half of a character', { op: 'eq', args: [variable('name'), literal('\ud83d')] }],
    [
      'the items of a list',
      { op: 'exists', each: 'x', args: [variable('extra'), { op: 'eq', args: [{ op: 'var', path: ['x'] }, literal(1)] }] },
    ],
    ['an operator that it does not know', { op: 'matches', args: [variable('name'), literal('.*')] } as unknown as Expr],
  ];
  it.each(refused)('is refused, with the condition, for %s', (_, tree) => {
    const plan = { kind: 'conditional', condition: { op: 'isTrue', args: [tree] } as PlanCondition, revision: 1 } as const;
    expect(() => inOne.where(orm.em, plan)).toThrow(
      expect.objectContaining({ name: 'NotExpressible', message: expect.stringContaining('{"op":') }),
    );
  });

  it('is none where the policy has none, and where Licet cannot tell', async () => {
    expect(() => inOne.where(orm.em, { kind: 'never', reason: 'not_expressible', revision: 1 })).toThrow(NotExpressible);
    const em = orm.em.fork();
    expect(await em.count(Row, inOne.where(em, { kind: 'never', reason: 'stale', revision: 1 }))).toBe(0);
    expect(await em.count(Row, inOne.where(em, { kind: 'always', revision: 1 }))).toBe(ROWS.length);
  });

  it('joins with other conditions', async () => {
    const em = orm.em.fork();
    const filter = await inOne.filter(
      em,
      await follow(policyOf({ op: 'eq', args: [variable('ownerId'), literal('bob')] }, null)),
      'alice',
      'row:read',
    );
    const rows = await em.find(Row, { $and: [filter, { open: true }] }, { populate: ['owner'] });
    expect(rows.map((row) => [row.owner?.id, row.open])).toEqual(rows.map(() => ['bob', true]));
    expect(inOne.resource(rows[0]!).properties['ownerId']).toBe('bob');
  });

  it('reads ids that are numbers as the text of the number, and one of few values', async () => {
    const em = orm.em.fork();
    const idIs = (...texts: string[]): Expr => ({ op: 'in', args: [id, { op: 'list', args: texts.map(literal) }] });
    const trees: Expr[] = [
      idIs('5', '06', '7.0', 'x', '1e0'),
      { op: 'not', args: [idIs('5', '06')] },
      { op: 'eq', args: [variable('level'), literal('high')] },
    ];
    for (const tree of trees) {
      const licet = await follow(policyOf(tree, null));
      const found = await em.find(Numbered, await numbered.filter(em, licet, 'alice', 'numbered:read'));
      const all = await em.find(Numbered, {});
      expect(found).toEqual(all.filter((row) => licet.check('alice', 'numbered:read', numbered.resource(row)).decision));
      expect(found.length).toBe(tree.op === 'not' ? 2 : 1);
    }
  });
});
