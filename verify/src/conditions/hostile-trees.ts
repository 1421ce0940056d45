import type { Expr } from '@licet/contract';
import type { Random } from './random.ts';
import { TEXTS, TIMES } from './values.ts';

// Hostile trees for the evaluator, and hostile values for what it reads.

const OPS = 'lit var has list not size timestamp and or eq ne lt le gt ge in startsWith endsWith contains exists all'.split(' ');
const BAD_OPS = [...'__proto__ constructor toString hasOwnProperty valueOf eval EQ'.split(' '), '', null, 0, true, [], {}];
const NAMES = [
  ...'subject resource action context now x y id type name properties l m s a 0 length'.split(' '),
  ...['__proto__', 'constructor', 'prototype', 'toString', ''],
];
const PATHS = [
  'now',
  'x',
  'context.l',
  'context.m',
  'context.a',
  'x.l',
  'x.s',
  'subject.id',
  'subject.properties.l',
  'resource.properties.a',
];

/** A tree as JSON could carry it: mostly of the right form, with anything anywhere now and then. */
export function hostileTree(random: Random, depth = 5): unknown {
  if (random.chance(0.03)) return hostileValue(random, 2);
  const op = random.chance(0.02) ? random.pick(BAD_OPS) : random.pick(depth > 0 ? OPS : OPS.slice(0, 3));
  const args = () => {
    if (random.chance(0.02)) return hostileValue(random, 1);
    const [least, most] = random.chance(0.02) ? [0, 4] : arity(op);
    return random.many(least, most, () => hostileTree(random, depth - 1));
  };
  const tree: Record<string, unknown> = { op };
  if (op === 'lit' || random.chance(0.01)) tree['value'] = random.chance(0.9) ? hostileValue(random, 0) : hostileValue(random, 2);
  if (op === 'var' || op === 'has') tree['path'] = hostilePath(random);
  else if (op !== 'lit') tree['args'] = args();
  if (op === 'exists' || op === 'all') tree['each'] = random.chance(0.02) ? hostileValue(random, 0) : random.pick(NAMES);
  return tree;
}

function hostilePath(random: Random): unknown {
  if (random.chance(0.02)) return hostileValue(random, 1);
  return random.chance(0.6) ? random.pick(PATHS).split('.') : random.many(random.chance(0.02) ? 0 : 1, 4, () => random.pick(NAMES));
}

/** A tree that is right but for a part or two. */
export function mutatedTree(random: Random, tree: Expr): unknown {
  const copy = JSON.parse(JSON.stringify(tree)) as Expr;
  for (let i = random.below(3); i > 0; i--) {
    let part: object = copy;
    for (let inner = innerOf(random, part); inner && random.chance(0.8); inner = innerOf(random, inner)) part = inner;
    Object.assign(
      part,
      random.chance(0.5) ? hostileTree(random, 2) : { [random.pick(['op', 'args', 'path', 'each', 'value'])]: hostileValue(random, 1) },
    );
  }
  return copy;
}

/** One of the operands, where there are any. An earlier mutation may have left anything here. */
function innerOf(random: Random, part: object): object | undefined {
  const { args } = part as { args?: unknown };
  const inner: unknown = Array.isArray(args) && args.length > 0 ? random.pick<unknown>(args) : undefined;
  return typeof inner === 'object' && inner !== null ? inner : undefined;
}

function arity(op: unknown): [number, number] {
  if (op === 'list') return [0, 4];
  if (op === 'and' || op === 'or') return [2, 4];
  return op === 'not' || op === 'size' || op === 'timestamp' ? [1, 1] : [2, 2];
}

/** Any JSON value, with members that a careless reader would take for an object's own machinery. */
export function hostileValue(random: Random, depth: number): unknown {
  const kind = random.below(depth > 0 ? 9 : 6);
  if (kind === 0) return random.pick([null, true, false]);
  if (kind < 3) return random.pick([0, -0, 1, -1, 1.5, 1e308, -1e308, 5e-324, 2 ** 53, Number.MAX_VALUE]);
  if (kind < 6) return random.pick(random.chance(0.8) ? TEXTS : [...TIMES, '\ud800', '\udc00a', 'a'.repeat(300)]);
  if (kind < 8) return random.many(0, 4, () => hostileValue(random, depth - 1));
  const members = random.many(0, 4, () => [random.pick(NAMES), hostileValue(random, depth - 1)] as const);
  // JSON.parse makes `__proto__` a member like any other.
  return JSON.parse(`{${members.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`) as unknown;
}

/** Trees and lists as deep or as long as a snapshot or a request could carry them. */
export function hugeTrees(): { name: string; tree: unknown }[] {
  const context = (name: string) => ({ op: 'var', path: ['context', name] });
  const chain = (depth: number, wrap: (inner: unknown) => unknown) => {
    let tree: unknown = context('a');
    for (let i = 0; i < depth; i++) tree = wrap(tree);
    return tree;
  };
  const not = (inner: unknown) => ({ op: 'not', args: [inner] });
  const and = (inner: unknown) => ({ op: 'and', args: [context('a'), inner] });
  const exists = (inner: unknown) => ({ op: 'exists', each: 'x', args: [context('l'), inner] });
  const all = (inner: unknown) => ({ op: 'all', each: 'x', args: [inner, context('a')] });
  return [
    ...[33, 1000, 4000].flatMap((depth) => [
      { name: `${depth} times not`, tree: chain(depth, not) },
      { name: `${depth} times and`, tree: chain(depth, and) },
      { name: `${depth} lists in lists`, tree: chain(depth, all) },
    ]),
    { name: 'exists in exists', tree: chain(2, exists) },
    { name: 'a path of 1,000 members', tree: { op: 'var', path: ['context', ...Array.from({ length: 999 }, () => 'm')] } },
    { name: 'an and of 2,000 operands', tree: { op: 'and', args: Array.from({ length: 2000 }, () => context('a')) } },
    {
      name: 'in a literal list of 5,000',
      tree: { op: 'in', args: [context('a'), { op: 'list', args: Array.from({ length: 5000 }, (_, value) => ({ op: 'lit', value })) }] },
    },
  ];
}
