import type { Attributes } from '@licet/contract';
import type { Scope } from '@licet/engine';
import type { Random } from './random.ts';

// What requests hold: values of the expected type mostly, and now and then none, null or another type. Texts are well-formed Unicode.

export const TEXTS = [
  ...['', 'a', 'ab', 'b', 'ba', 'A', 'alice', 'é', 'e\u0301', 'ß', '😀', '😀b', '\uE000', '\uFFFD', '\u{10FFFF}', '10', '9', ' ', '\n'],
  ...['constructor', '__proto__', 'hasOwnProperty', 'true', 'null', 'a"b', "a'b", 'a\\b'],
];

export const NUMBERS = [
  ...[0, -0, 1, -1, 2, 3, 1.5, -1.5, 0.1, 0.30000000000000004, 100, 255, 1e3, 1e21, -1e21, 1e308, -1e308, 5e-324, 1e-7],
  ...[2 ** 31, 2 ** 53 - 1, 2 ** 53, -(2 ** 53), 2 ** 63, 2 ** 64, Number.MAX_VALUE],
];

export const TIMES = [
  ...[
    '2026-01-31T12:00:00Z',
    '2026-01-31T13:00:00+01:00',
    '2026-01-31T12:00:00.5Z',
    '2026-01-31T12:00:00.500Z',
    '2024-02-29T00:00:00-05:30',
  ],
  ...['1970-01-01T00:00:00Z', '1969-12-31T23:59:59.999Z', '0001-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z', '2026-06-01T12:00:00Z'],
  ...['2026-01-31T12:00:00.123456789Z', '2026-01-31T12:00:00.123Z', '2026-01-31T12:00:00.1239Z'],
];

/** Texts that look like timestamps and are none. */
export const NO_TIMES = [
  ...['2026-02-29T00:00:00Z', '2026-02-30T00:00:00Z', '2026-04-31T00:00:00Z', '2026-13-01T00:00:00Z', '2026-00-01T00:00:00Z'],
  ...['2026-01-00T00:00:00Z', '2026-01-31', '2026-01-31T24:00:00Z', '2026-01-31T23:60:00Z', '2016-12-31T23:59:60Z', '2026-01-31T12:00Z'],
  ...[
    '2026-01-31 12:00:00Z',
    '2026-01-31T12:00:00',
    '2026-01-31T12:00:00+0100',
    '2026-01-31T12:00:00+24:00',
    '0000-01-01T00:00:00Z',
    '0000-12-31T23:59:59-00:01',
  ],
  ...['0001-01-01T00:00:00+00:01', '9999-12-31T23:59:59-00:01', '2026-01-31T12:00:00.Z', '12026-01-31T12:00:00Z', '٢٠٢٦-01-31T12:00:00Z'],
];

/** The attributes of every part of a request, by the type that their name stands for. */
export const NAMES = {
  s: 'text',
  r: 'text',
  n: 'number',
  k: 'number',
  b: 'boolean',
  t: 'time',
  l: 'list',
  g: 'list',
  m: 'map',
  x: 'anything',
} as const;
export type Name = keyof typeof NAMES;
type What = (typeof NAMES)[Name];

type Json = Attributes[string];

export function anyValue(random: Random, depth = 2): Json {
  const what = random.pick(
    depth > 0 ? (['text', 'number', 'boolean', 'time', 'null', 'list', 'map'] as const) : (['text', 'number', 'boolean', 'null'] as const),
  );
  return what === 'null' ? null : valueOf(random, what, depth - 1);
}

export function valueOf(random: Random, what: What, depth: number): Json {
  switch (what) {
    case 'text':
      return random.pick(TEXTS);
    case 'number':
      return random.pick(NUMBERS);
    case 'boolean':
      return random.chance(0.5);
    case 'time':
      return random.pick(random.chance(0.85) ? TIMES : NO_TIMES);
    case 'list':
      return listOf(random, depth);
    case 'map':
      return mapOf(random, depth);
    case 'anything':
      return anyValue(random, depth);
  }
}

/** Items of one type mostly, for a list is asked about its items. */
function listOf(random: Random, depth: number): Json[] {
  const what = random.pick([
    'text',
    'text',
    'number',
    'boolean',
    'time',
    ...(depth > 0 ? (['map', 'list', 'anything'] as const) : []),
  ] as const);
  return random.many(0, 5, () => (random.chance(0.9) ? valueOf(random, what, depth - 1) : anyValue(random, depth - 1)));
}

function mapOf(random: Random, depth: number): Attributes {
  const map = Object.create(null) as Attributes;
  for (const name of Object.keys(NAMES) as Name[]) {
    if (random.chance(0.35)) map[name] = random.chance(0.85) ? valueOf(random, depth > 0 ? NAMES[name] : 'text', depth - 1) : null;
  }
  if (random.chance(0.1)) map[random.pick(TEXTS)] = random.pick(TEXTS);
  return map;
}

function attributes(random: Random, present: number): Attributes {
  const map = Object.create(null) as Attributes;
  for (const name of Object.keys(NAMES) as Name[]) {
    if (!random.chance(present)) continue;
    map[name] = random.chance(0.92) ? valueOf(random, NAMES[name], 2) : anyValue(random);
  }
  return map;
}

/** A request as a condition sees it, with stored attributes beside it. */
export function randomScope(random: Random): Scope {
  const properties = () => (random.chance(0.95) ? { properties: attributes(random, 0.92) } : {});
  return {
    subject: { type: random.pick(['user', 'service']), id: random.pick(['a', 'alice', '😀']), ...properties() },
    action: { name: random.pick(['a', 'read']), ...properties() },
    resource: { type: random.pick(['task', 'a']), id: random.pick(['a', 't1']), ...properties() },
    ...(random.chance(0.95) ? { context: attributes(random, 0.92) } : {}),
    ...(random.chance(0.3) ? { storedSubject: attributes(random, 0.5) } : {}),
    ...(random.chance(0.3) ? { storedResource: attributes(random, 0.5) } : {}),
    now: random.pick([0, Date.UTC(2026, 0, 31, 12), Date.UTC(2026, 5, 1, 12), 1, -1, Date.UTC(2026, 0, 31, 12, 0, 0, 123)]),
  };
}
