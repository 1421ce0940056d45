/** Random conditions and attributes, made for one another: paths lead to something more often than not, and values meet their own kind. */
import type { Attributes, Expr } from '@licet/contract';
import type { Random } from './random.ts';

type Json = Attributes[string];

const TEXTS = ['alice', 'bob', '', 'Alice', 'ali', '\u{1f600}', '\uff5e', 'ä', 'constructor'];
const NUMBERS = [0, -0, 1, 2, 2.5, -1, 1e21, 9007199254740992];
const MOMENTS = [
  '2026-06-01T12:00:00Z',
  '2026-06-01T14:00:00.000+02:00',
  '2026-06-01t11:59:59.9999z',
  '2026-02-29T00:00:00Z',
  '0000-01-01T00:00:00Z',
  'soon',
];
const LISTS: Json[] = [
  [],
  ['alice'],
  ['alice', 'bob', 1],
  [1, 2, 2.5],
  [null, [1], { a: 1 }],
  [{ name: 'alice', level: 1 }, { name: 'bob' }],
  [true, 'no', false],
];
const MAPS: Json[] = [{}, { a: 1 }, { a: { b: 'alice' } }, { b: null, a: 1 }, { a: 1, b: null }, { constructor: 1 }];
const MANY: Json[] = [Array.from({ length: 1000 }, () => 0), Array.from({ length: 1001 }, () => 0)];

/** Attribute -> what it may be. The last of each list is what the name does not promise. */
const ATTRIBUTES: Record<string, readonly Json[]> = {
  owner: [...TEXTS, 7],
  level: [...NUMBERS, '1'],
  flag: [true, false, 'true'],
  since: [...MOMENTS, 0],
  tags: [...LISTS, 'alice'],
  more: [...MAPS, null],
  toString: ['alice', 1, null],
};
const NAMES = Object.keys(ATTRIBUTES);
const ROOTS = [['subject', 'properties'], ['resource', 'properties'], ['action', 'properties'], ['context']];
const WHOLE = [['subject'], ['resource', 'properties'], ['context'], ['now'], ['action'], ['subject', 'properties', 'more']];
const FIXED = [['subject', 'id'], ['subject', 'type'], ['resource', 'id'], ['action', 'name'], ['resource', 'type'], ['now']];
const ODD = [
  ['now', 'ms'],
  ['resource', 'tenant'],
  ['subject', 'id', 'length'],
  ['nothing'],
  ['context', '__proto__'],
  ['context', 'tags', '0'],
  ['action', 'id'],
];

/** Half of the attributes, with values that mostly are of the kind that the name promises. */
export function randomAttributes(random: Random): Attributes {
  const attributes: Attributes = {};
  for (const name of NAMES) if (random.once(2)) attributes[name] = random.pick(ATTRIBUTES[name] as Json[]);
  if (random.once(200)) attributes['tags'] = random.pick(MANY);
  // As JSON.parse makes it: a member of its own.
  if (random.once(50))
    Object.defineProperty(attributes, '__proto__', { value: { flag: true }, enumerable: true, configurable: true, writable: true });
  return attributes;
}

/** A condition: mostly one that makes sense, sometimes anything. */
export function randomTree(random: Random): Expr {
  return random.once(6) ? anything(random, 3, []) : sensible(random, 2);
}

function sensible(random: Random, depth: number): Expr {
  if (depth > 0 && random.once(3)) {
    const args = Array.from({ length: random.between(2, 3) }, () => sensible(random, depth - 1));
    return random.once(3) ? { op: 'not', args: [sensible(random, depth - 1)] } : { op: random.pick(['and', 'or'] as const), args };
  }
  const name = random.pick(NAMES);
  const path = pathTo(random, name);
  const own = literal(random, ATTRIBUTES[name] as Json[]);
  switch (name) {
    case 'flag':
      return random.once(3) ? { op: 'has', path } : { op: 'var', path };
    case 'level':
      return { op: random.pick(['lt', 'le', 'gt', 'ge', 'eq'] as const), args: [{ op: 'var', path }, own] };
    case 'since':
      return {
        op: random.pick(['lt', 'le', 'gt', 'ge'] as const),
        args: [
          { op: 'timestamp', args: [{ op: 'var', path }] },
          { op: 'var', path: ['now'] },
        ],
      };
    case 'tags':
      return random.once(2) ? quantifier(random, path) : { op: 'in', args: [literal(random, TEXTS), { op: 'var', path }] };
    case 'more':
      return random.once(2)
        ? { op: 'has', path: [...path, 'a'] }
        : { op: 'in', args: [literal(random, ['a', 'b', 'constructor']), { op: 'var', path }] };
    default: {
      const other: Expr = random.once(2) ? own : { op: 'var', path: random.pick([['subject', 'id'], pathTo(random, 'owner')]) };
      return { op: random.pick(['eq', 'ne', 'startsWith', 'endsWith', 'contains', 'lt'] as const), args: [{ op: 'var', path }, other] };
    }
  }
}

function quantifier(random: Random, path: string[]): Expr {
  const item: Expr = { op: 'var', path: random.once(2) ? ['item'] : ['item', 'name'] };
  return {
    op: random.pick(['exists', 'all'] as const),
    each: 'item',
    args: [
      { op: 'var', path },
      { op: 'eq', args: [item, literal(random, TEXTS)] },
    ],
  };
}

function pathTo(random: Random, name: string): string[] {
  return [...random.pick(ROOTS), name];
}

function literal(random: Random, values: readonly Json[]): Expr {
  const value = random.pick(values);
  return { op: 'lit', value: typeof value === 'object' ? null : (value as string) };
}

type Make = (random: Random, depth: number, bound: readonly string[]) => Expr;

const pair: Make = (random, depth, bound) => ({
  op: random.pick(['eq', 'ne', 'lt', 'le', 'gt', 'ge', 'in', 'startsWith', 'endsWith', 'contains'] as const),
  args: [anything(random, depth, bound), anything(random, depth, bound)],
});
const single: Make = (random, depth, bound) => ({
  op: random.pick(['not', 'size', 'timestamp'] as const),
  args: [anything(random, depth, bound)],
});
const several: Make = (random, depth, bound) => ({
  op: random.pick(['and', 'or', 'list'] as const),
  args: Array.from({ length: random.between(2, 3) }, () => anything(random, depth, bound)),
});
const each: Make = (random, depth, bound) => {
  const name = random.pick(['item', 'x', 'subject', '__proto__']);
  return {
    op: random.pick(['exists', 'all'] as const),
    each: name,
    args: [anything(random, depth, bound), anything(random, depth, [...bound, name])],
  };
};
const leaf: Make = (random, _depth, bound) => {
  if (random.once(3)) return literal(random, random.pick([TEXTS, NUMBERS, MOMENTS, [true, false, null]] as Json[][]));
  if (bound.length > 0 && random.once(2)) return { op: 'var', path: [random.pick(bound), ...(random.once(3) ? ['name'] : [])] };
  const path = random.once(2) ? pathTo(random, random.pick(NAMES)) : random.pick(random.pick([WHOLE, FIXED, ODD]));
  return { op: path.length > 1 && random.once(5) ? 'has' : 'var', path };
};

/** Any tree that the contract's schema takes. */
function anything(random: Random, depth: number, bound: readonly string[]): Expr {
  if (depth === 0 || random.once(5)) return leaf(random, depth, bound);
  return random.pick([pair, pair, single, several, each])(random, depth - 1, bound);
}
