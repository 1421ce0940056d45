/** JSON text that means harm: odd shapes in the place of a question, and texts that no JSON.stringify would write. */
import type { Random } from './random.ts';

const NAMES = [
  'subject',
  'action',
  'resource',
  'context',
  'evaluations',
  'options',
  'type',
  'id',
  'name',
  'properties',
  'tenant',
  'evaluations_semantic',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'length',
  'toJSON',
  'then',
  '',
  'flag',
  'owner',
  'more',
  'a',
];
const TEXTS = [
  '"user"',
  '"alice"',
  '"task"',
  '"read"',
  '"default"',
  '""',
  '"__proto__"',
  '"a:b"',
  '"*"',
  '"\\u0000"',
  '"\\ud800"',
  '"\\udc00\\ud800"',
  '"\\u2028"',
  '"😀"',
  '"permit_on_first_permit"',
  '"licet.role"',
  '"\\""',
];
const NUMBERS = ['0', '-0', '1', '1e308', '1e309', '-1e999', '9007199254740993', '0.1', '1e-400', '123456789012345678901234567890'];
const BROKEN = [
  '',
  '{',
  '[',
  '"',
  '{"subject":}',
  '{"a":1,}',
  '[1,]',
  'nul',
  '+1',
  '01',
  '.5',
  '1.',
  '"\\x"',
  '{"a" 1}',
  '{a:1}',
  "{'a':1}",
  '\ufeff{}',
  '{}{}',
  '{"subject":{"type":"user"',
  'NaN',
  'Infinity',
  '/**/{}',
  '{}\0',
  '"\t"',
];
const DEEPEST = 20_000;
const LONGEST = 400_000;

/** One hostile body: mostly near a question, so that it gets deep into the reader. */
export function hostileBody(random: Random): string {
  switch (random.below(12)) {
    case 0:
      return random.pick(BROKEN);
    case 1:
      return anyJson(random, 4);
    case 2:
      return cut(random, question(random));
    case 3:
      return `{"evaluations":[${repeated(random, 8, () => question(random))}]${random.once(2) ? `,"options":${anyJson(random, 2)}` : ''}${random.once(2) ? `,"subject":${entity(random, 'user')}` : ''}}`;
    default:
      return question(random);
  }
}

/** As large or as deep as a body may be, and larger; one of eight kinds. Costs too much to be sent every time. */
export function hugeBody(random: Random, kind: number): string {
  const count = random.between(1, LONGEST);
  switch (kind % 8) {
    case 0:
      return wrapped(nested('[', ']', random.between(30, DEEPEST)));
    case 1:
      return wrapped(nested('{"a":', '}', random.between(28, DEEPEST)));
    case 2:
      return wrapped(`"${'x'.repeat(count)}"`);
    case 3:
      return wrapped(`[${'0,'.repeat(Math.ceil(count / 2))}0]`);
    case 4:
      return `{"subject":{"type":"user","id":"${'\\u0061'.repeat(Math.ceil(count / 6))}"},"action":{"name":"read"},"resource":{"type":"task","id":"1"}}`;
    case 5:
      return `{"evaluations":[${'{},'.repeat(random.between(900, 1100))}{}]}`;
    case 6:
      return wrapped(`{${Array.from({ length: Math.ceil(count / 12) }, (_, i) => `"k${i}":1`).join(',')}}`);
    default:
      return `{"subject":${'{"subject":'.repeat(Math.ceil(count / 24))}`;
  }
}

function wrapped(value: string): string {
  return `{"subject":{"type":"user","id":"alice"},"action":{"name":"read"},"resource":{"type":"task","id":"1"},"context":{"a":${value}}}`;
}

function nested(open: string, close: string, depth: number): string {
  return `${open.repeat(depth)}1${close.repeat(depth)}`;
}

function question(random: Random): string {
  const members = [
    `"subject":${entity(random, 'user')}`,
    `"action":${odd(random, () => `{"name":${text(random, 'read')}${properties(random)}}`)}`,
    `"resource":${entity(random, 'task')}`,
  ];
  if (random.once(2)) members.push(`"context":${anyJson(random, 3)}`);
  if (random.once(10)) members.push(`"${random.pick(NAMES)}":${anyJson(random, 2)}`);
  // A member that comes twice: the last one counts.
  if (random.once(10)) members.push(random.pick(members));
  return `{${random.shuffled(members).join(random.once(20) ? ' ,\n' : ',')}}`;
}

function entity(random: Random, type: string): string {
  return odd(random, () => `{"type":${text(random, type)},"id":${text(random, 'alice')}${properties(random)}}`);
}

function properties(random: Random): string {
  return random.once(2) ? `,"properties":${odd(random, () => object(random, 2))}` : '';
}

function odd(random: Random, usual: () => string): string {
  return random.once(12) ? anyJson(random, 2) : usual();
}

function text(random: Random, usual: string): string {
  return random.once(8) ? random.pick(random.once(3) ? NUMBERS : TEXTS) : `"${usual}"`;
}

function anyJson(random: Random, depth: number): string {
  if (depth === 0 || random.once(3)) return random.pick(random.pick([TEXTS, NUMBERS, ['true', 'false', 'null', '[]', '{}']]));
  return random.once(3) ? `[${repeated(random, 4, () => anyJson(random, depth - 1))}]` : object(random, depth);
}

function object(random: Random, depth: number): string {
  return `{${repeated(random, 5, () => `"${random.pick(NAMES)}":${anyJson(random, depth - 1)}`)}}`;
}

function repeated(random: Random, most: number, make: () => string): string {
  return Array.from({ length: random.between(0, most) }, make).join(',');
}

/** The text without a piece, or with a byte changed. */
function cut(random: Random, whole: string): string {
  const at = random.below(whole.length);
  return random.once(2)
    ? whole.slice(0, at)
    : whole.slice(0, at) + random.pick(['"', '{', '}', '\\', ',', ':', '\0', 'é', '\ud800']) + whole.slice(at + 1);
}
