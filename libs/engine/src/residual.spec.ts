import type { Attributes, Expr } from '@licet/contract';
import { describe, expect, it } from '@jest/globals';
import { compileCondition } from './condition.ts';
import { isWritten, Reducer, type Part } from './residual.ts';
import { ConditionError, type Scope } from './scope.ts';

const lit = (value: string | number | boolean | null): Expr => ({ op: 'lit', value });
const at = (...path: string[]): Expr => ({ op: 'var', path });
const has = (...path: string[]): Expr => ({ op: 'has', path });
const list = (...args: Expr[]): Expr => ({ op: 'list', args });
const op = (name: string, ...args: Expr[]) => ({ op: name, args }) as Expr;
const each = (name: 'exists' | 'all', over: Expr, body: Expr): Expr => ({ op: name, each: 'i', args: [over, body] });
const context = (name: string) => at('context', name);
const attribute = (...names: string[]) => at('resource', 'properties', ...names);

const NOW = Date.parse('2026-06-01T12:00:00.000Z');
const KNOWN: Scope = {
  subject: { type: 'user', id: 'alice', properties: { level: 3 } },
  action: { name: 'read' },
  resource: { type: 'task', id: '?', properties: { given: 'g' } },
  context: {
    text: 'a',
    number: 2,
    yes: true,
    no: false,
    nil: null,
    list: ['a', 1, true],
    map: { a: 1 },
    maps: [{ a: 1 }, {}, 5],
    nested: [['a']],
  },
  now: NOW,
};
const ROWS: { id: string; properties: Attributes }[] = [
  { id: 'a', properties: {} },
  { id: '1', properties: { x: 'a', y: ['a', 'b'], given: 'other' } },
  { id: 'ab', properties: { x: 2, y: [2, { a: 1 }], z: { a: 'a' } } },
  { id: 'b', properties: { x: true, y: { a: 1 }, z: null } },
  { id: 'x', properties: { x: null, y: [], z: { a: true } } },
  { id: 'x', properties: { x: ['a', 1, true], y: 'ab', z: [[]] } },
  { id: 'x', properties: { x: '2026-06-01T12:00:00Z', y: ['2026-06-01T12:00:00Z', true, false], z: { a: ['a'] } } },
];

const value = (tree: Expr, scope: Scope) => {
  const result = compileCondition(tree)(scope);
  return result instanceof ConditionError ? 'errs' : result;
};
const rest = (part: Part, scope: Scope) => {
  if (part.known) return typeof part.value === 'boolean' ? part.value : 'errs';
  return part.tree ? value(part.tree, scope) : 'inexpressible';
};
const reduce = (tree: Expr) => new Reducer(KNOWN).reduce(tree);
/** What a condition says of each row, and what is left of it says. */
function sayings(tree: Expr) {
  const part = reduce(tree);
  return ROWS.map(({ id, properties }) => {
    const merged = { ...properties, ...KNOWN.resource.properties };
    return [
      value(tree, { ...KNOWN, resource: { type: 'task', id, properties: merged } }),
      rest(part, { ...KNOWN, subject: { type: '-', id: '-' }, context: {}, now: 0, resource: { type: '-', id, properties: merged } }),
    ];
  });
}
const disagree = (trees: readonly Expr[]) =>
  trees.filter((tree) => sayings(tree).some(([one, other]) => one !== other && other !== 'inexpressible'));
const inexpressible = (trees: readonly Expr[]) => trees.filter((tree) => !reduce(tree).known && !(reduce(tree) as { tree?: Expr }).tree);

const WRITABLE: Record<string, Expr> = {
  text: lit('a'),
  number: lit(2),
  true: lit(true),
  null: lit(null),
  list: list(lit('a'), lit(1)),
  'given text': context('text'),
  'given number': context('number'),
  'given false': context('no'),
  'given list': context('list'),
  time: at('now'),
  'what is not given': context('gone'),
  'the given attribute': attribute('given'),
  id: at('resource', 'id'),
  x: attribute('x'),
  y: attribute('y'),
  'a member of z': attribute('z', 'a'),
  'a list with x': list(lit('a'), attribute('x')),
};
const MAPS: Record<string, Expr> = { 'a given map': context('map'), properties: at('resource', 'properties'), resource: at('resource') };
const OPERANDS = Object.values({ ...WRITABLE, ...MAPS });
const BINARY = ['eq', 'ne', 'lt', 'le', 'gt', 'ge', 'in', 'startsWith', 'endsWith', 'contains'];

describe('what is left of a condition', () => {
  it.each(BINARY)('says of every row what `%s` says, whatever stands on its two sides', (name) => {
    const trees = OPERANDS.flatMap((one) => OPERANDS.map((other) => op(name, one, other)));
    expect(disagree(trees)).toEqual([]);
  });

  it.each(BINARY)('can be written for `%s`, as long as no map stands on its sides', (name) => {
    const trees = Object.values(WRITABLE).flatMap((one) => Object.values(WRITABLE).map((other) => op(name, one, other)));
    expect(inexpressible(trees)).toEqual([]);
  });

  it('says of every row what is said of a size, a time, a presence, a truth and an opposite', () => {
    const paths = [['x'], ['gone'], ['given'], ['given', 'a'], ['z', 'a'], ['z', 'a', 'a']].map((names) => [
      'resource',
      'properties',
      ...names,
    ]);
    const others = [
      ['resource'],
      ['resource', 'id'],
      ['resource', 'type'],
      ['resource', 'properties'],
      ['resource', 'gone'],
      ['resource', 'id', 'a'],
    ];
    const known = [
      ['context'],
      ['context', 'text'],
      ['context', 'gone'],
      ['context', 'text', 'a'],
      ['context', 'map', 'a'],
      ['subject', 'properties', 'level'],
    ];
    const trees = [
      ...OPERANDS.flatMap((each) => [0, 1, 2, 3].map((size) => op('eq', op('size', each), lit(size)))),
      ...OPERANDS.flatMap((each) => ['le', 'gt', 'eq'].map((name) => op(name, op('timestamp', each), at('now')))),
      ...[...paths, ...others, ...known].flatMap((path) => [has(...path), op('not', has(...path)), op('eq', at(...path), lit('task'))]),
      ...OPERANDS.flatMap((each) => [each, op('not', each), op('not', op('not', each)), op('and', each, each), op('or', each, lit(false))]),
    ];
    expect(disagree(trees)).toEqual([]);
  });

  it.each(['and', 'or'])('says of every row what `%s` of two and of three says, whichever of them decide or err', (name) => {
    const parts = [
      ...[lit(true), lit(false), lit(null), context('yes'), context('gone'), at('resource', 'properties')],
      ...[attribute('x'), has('resource', 'properties', 'x'), op('eq', attribute('x'), lit('a'))],
    ];
    const pairs = parts.flatMap((one) => parts.map((other) => op(name, one, other)));
    expect(disagree(pairs)).toEqual([]);
    expect(disagree(pairs.flatMap((pair) => parts.map((part) => op('or', part, pair))))).toEqual([]);
    expect(disagree(pairs.flatMap((pair) => parts.map((part) => op('and', pair, part))))).toEqual([]);
  });

  it.each(['exists', 'all'] as const)('says of every row what `%s` says over lists that are known and lists that are not', (name) => {
    const overs = [...OPERANDS, context('maps'), context('nested'), list(), list(context('map'), lit(1))];
    const bodies = [
      ...[lit(true), lit(false), lit(null), at('i'), has('i'), has('i', 'a'), has('i', 'a', 'a'), at('i', 'a'), context('yes')],
      ...[
        op('eq', at('i'), lit('a')),
        op('eq', at('i', 'a'), lit(1)),
        op('eq', at('i'), attribute('x')),
        op('eq', at('resource', 'id'), at('i')),
      ],
      op('in', at('i'), attribute('y')),
      op('in', at('i'), at('resource', 'properties')),
      each('exists', list(lit('a'), at('i')), op('eq', at('i'), lit('a'))),
      { op: 'all', each: 'resource', args: [list(at('i')), op('in', lit('a'), at('resource', 'properties'))] } as Expr,
      { op: 'exists', each: 'j', args: [at('i'), op('eq', at('j'), attribute('x'))] } as Expr,
    ];
    expect(disagree(overs.flatMap((over) => bodies.map((body) => each(name, over, body))))).toEqual([]);
  });

  it('says of every row whether it has an attribute whose name is known', () => {
    const names = [lit('x'), lit('given'), lit('gone'), context('text'), lit(1), lit(null), context('gone'), context('list')];
    expect(names.map((name) => reduce(op('in', name, at('resource', 'properties'))))).toEqual([
      { known: false, tree: has('resource', 'properties', 'x') },
      { known: true, value: true },
      { known: false, tree: has('resource', 'properties', 'gone') },
      { known: false, tree: has('resource', 'properties', 'a') },
      ...[1, 2, 3, 4].map(() => ({ known: true, value: expect.any(ConditionError) })),
    ]);
  });

  const x = attribute('x');
  const errs = { known: true, value: expect.any(ConditionError) };
  const isThere = has('resource', 'properties', 'x');
  it.each<[string, Expr, object]>([
    ['a literal', lit('a'), { known: true, value: 'a' }],
    ['an attribute', x, { known: false, tree: x }],
    ['the attribute that is given', attribute('given'), { known: true, value: 'g' }],
    ['the time', at('now'), { known: true, value: { ms: NOW } }],
    ['what nobody gave', context('gone'), errs],
    ['an id', at('resource', 'id'), { known: false, tree: at('resource', 'id') }],
    ['something within the id', at('resource', 'id', 'a'), errs],
    ['a presence of the id', has('resource', 'id'), { known: true, value: true }],
    ['a presence of all attributes', has('resource', 'properties'), { known: true, value: true }],
    ['a type', at('resource', 'type'), { known: true, value: 'task' }],
    ['all attributes', at('resource', 'properties'), { known: false, tree: undefined }],
    ['all of the resource', at('resource'), { known: false, tree: undefined }],
    ['a known list', list(context('number'), lit(1)), { known: true, value: [2, 1] }],
    ['a list with what errs', list(context('gone'), x), errs],
    ['a list with an attribute', list(context('number'), x), { known: false, tree: list(lit(2), x) }],
    ['a list with a map', list(context('map'), x), { known: false, tree: undefined }],
    ['a size of a known list', op('size', context('list')), { known: true, value: 3 }],
    ['a size of a number', op('size', lit(1)), errs],
    ['a size of what errs', op('size', context('gone')), errs],
    ['a size of an attribute', op('size', x), { known: false, tree: op('size', x) }],
    ['a size of all attributes', op('size', at('resource', 'properties')), { known: false, tree: undefined }],
    ['a known time', op('timestamp', lit('2026-06-01T12:00:00Z')), { known: true, value: { ms: NOW } }],
    ['a time that is none', op('timestamp', lit('soon')), errs],
    ['a time of a number', op('timestamp', lit(1)), errs],
    ['the opposite of what is no truth value', op('not', lit(1)), errs],
    ['the opposite of an attribute', op('not', x), { known: false, tree: op('not', x) }],
    ['two known sides', op('lt', lit(1), context('number')), { known: true, value: true }],
    ['a side that errs', op('eq', context('gone'), x), errs],
    ['another side that errs', op('eq', x, context('gone')), errs],
    ['a known side', op('eq', context('number'), x), { known: false, tree: op('eq', lit(2), x) }],
    [
      'the time beside an attribute',
      op('gt', at('now'), x),
      { known: false, tree: op('gt', op('timestamp', lit('2026-06-01T12:00:00.000Z')), x) },
    ],
    ['an order with a boolean', op('lt', lit(true), x), errs],
    ['an order with a list', op('ge', x, context('list')), errs],
    ['a beginning that is a number', op('startsWith', x, lit(1)), errs],
    ['an end that is a number', op('endsWith', lit(1), x), errs],
    ['a part that is null', op('contains', x, lit(null)), errs],
    ['a beginning that is a time', op('startsWith', x, at('now')), errs],
    ['an attribute in a known list', op('in', x, list(lit(1))), { known: false, tree: op('in', x, list(lit(1))) }],
    ['an attribute in a number', op('in', x, lit(1)), errs],
    ['an attribute in a list of maps', op('in', x, context('maps')), { known: false, tree: undefined }],
    [
      'an attribute in a map',
      op('in', x, context('map')),
      { known: false, tree: op('or', op('not', op('startsWith', x, lit(''))), op('in', x, list(lit('a')))) },
    ],
    ['a map in an attribute', op('in', context('map'), x), { known: false, tree: undefined }],
    ['what decides, beside what errs', op('and', context('gone'), x, lit(false)), { known: true, value: false }],
    ['what decides the other way, beside what errs', op('or', context('gone'), x, lit(true)), { known: true, value: true }],
    ['what does not decide', op('and', lit(true), context('yes')), { known: true, value: true }],
    ['what errs, beside what does not decide', op('and', lit(true), context('gone')), errs],
    ['one that is open, beside what does not decide', op('or', lit(false), isThere), { known: false, tree: isThere }],
    ['one that may be no truth value', op('or', lit(false), x), { known: false, tree: op('or', x, lit(false)) }],
    ['one that may be no truth value, of all', op('and', x, lit(true)), { known: false, tree: op('and', x, lit(true)) }],
    ['one that is open, beside what errs', op('and', context('gone'), isThere), { known: false, tree: op('and', lit(null), isThere) }],
    ['one that is open, beside what cannot be written', op('and', at('resource'), isThere), { known: false, tree: undefined }],
    [
      'each of a known list',
      each('exists', list(lit(1), lit(2)), op('eq', at('i'), x)),
      { known: false, tree: op('or', op('eq', lit(1), x), op('eq', lit(2), x)) },
    ],
    [
      'all of a known list',
      each('all', list(lit(1), lit(2)), op('eq', at('i'), x)),
      { known: false, tree: op('and', op('eq', lit(1), x), op('eq', lit(2), x)) },
    ],
    ['all of nothing', each('all', list(), lit(false)), { known: true, value: true }],
    [
      'each of an attribute',
      each('exists', x, op('eq', at('i'), context('text'))),
      { known: false, tree: each('exists', x, op('eq', at('i'), lit('a'))) },
    ],
    ['each of an attribute, by presence', each('all', x, has('i', 'a')), { known: false, tree: each('all', x, has('i', 'a')) }],
    ['each of an attribute, by what errs', each('all', x, context('gone')), { known: false, tree: each('all', x, lit(null)) }],
    ['each of an attribute, by a known truth', each('all', x, context('yes')), { known: false, tree: each('all', x, lit(true)) }],
    ['each of all attributes', each('all', at('resource', 'properties'), lit(true)), { known: false, tree: undefined }],
    ['each of a number', each('all', lit(1), lit(true)), errs],
  ])('is for %s as short as can be', (_, tree, part) => {
    expect(reduce(tree)).toEqual(part);
  });
});

describe('how much is left of a condition', () => {
  const many = (count: number) => list(...Array.from({ length: count }, () => lit(1)));

  it('is bounded: 10,000 parts and no more', () => {
    expect(reduce(many(9_999)).known).toBe(true);
    expect(() => reduce(many(10_000))).toThrow('the plan is too large');
  });

  it('is bounded for all conditions of a plan together', () => {
    const reducer = new Reducer(KNOWN);
    reducer.reduce(many(6_000));
    expect(() => reducer.reduce(many(6_000))).toThrow('the plan is too large');
  });

  it('is an error over lists that are longer than a condition may look at', () => {
    expect(reduce(each('all', many(1_000), lit(true)))).toEqual({ known: true, value: true });
    expect(reduce(each('all', many(1_001), lit(true)))).toEqual({ known: true, value: expect.any(ConditionError) });
  });
});

describe('isWritten', () => {
  it('tells the times that a timestamp can say', () => {
    const [first, last] = [Date.parse('0001-01-01T00:00:00.000Z'), Date.parse('9999-12-31T23:59:59.999Z')];
    expect([first, last, 0].map(isWritten)).toEqual([true, true, true]);
    expect([first - 1, last + 1, 0.5, NaN, Infinity].map(isWritten)).toEqual([false, false, false, false, false]);
  });

  it('is asked of the time of a question', () => {
    const later = new Reducer({ ...KNOWN, now: 1e15 }).reduce(op('gt', attribute('x'), at('now')));
    expect(later).toEqual({ known: false, tree: undefined });
  });
});
