/** Values that no JSON carries: decide() has to answer them too, with `invalid_request` or by what is left of a question. */
import type { Random } from './random.ts';

const thrower: object = new Proxy(
  {},
  {
    get: refuse,
    has: refuse,
    ownKeys: refuse,
    getOwnPropertyDescriptor: refuse,
    getPrototypeOf: refuse,
  },
);
const ring: Record<string, unknown> = { type: 'user', id: 'alice', name: 'read', a: 1 };
ring['properties'] = ring;
ring['more'] = [ring];

const ODD: readonly unknown[] = [
  undefined,
  null,
  NaN,
  Infinity,
  -0,
  10n,
  Symbol('x'),
  () => 1,
  new Date(NaN),
  new Map([['a', 1]]),
  new Set(),
  /x/,
  thrower,
  ring,
  new Proxy([], {}),
  Object.create({ type: 'user', id: 'alice' }),
  Object.create(null),
  new String('alice'),
  new Uint8Array(3),
  '\ud800',
  'x'.repeat(300),
  [],
  {},
  { toString: refuse, valueOf: refuse },
  { toJSON: refuse },
];

/** A question in which any part may be anything. */
export function hostileQuestion(random: Random): unknown {
  if (random.once(20)) return random.pick(ODD);
  const part = (usual: unknown) => (random.once(5) ? random.pick(ODD) : usual);
  const properties = () => (random.once(3) ? { properties: part(attributes(random, part)) } : {});
  const question = {
    subject: part({ type: part('user'), id: part('alice'), ...properties() }),
    action: part({ name: part('read'), ...properties() }),
    resource: part({ type: part('task'), id: part('1'), ...properties() }),
    ...(random.once(2) ? { context: part(attributes(random, part)) } : {}),
  };
  return random.once(30) ? Object.freeze(question) : question;
}

function attributes(random: Random, part: (usual: unknown) => unknown): unknown {
  const names = ['owner', 'level', 'flag', 'since', 'tags', 'more', 'tenant', 'constructor'];
  const entries = names.filter(() => random.once(3)).map((name): [string, unknown] => [name, part('alice')]);
  const made = Object.fromEntries(entries);
  if (random.once(10)) Object.defineProperty(made, 'level', { get: refuse, enumerable: true, configurable: true });
  return made;
}

function refuse(): never {
  throw new Error('do not touch');
}
