import { Writer } from './expressions.ts';
import type { Random } from './random.ts';

// Hostile texts for the parser.

const TOKENS = [
  ...[
    'subject',
    'resource',
    'context',
    'now',
    'action',
    '.id',
    '.properties',
    '.a',
    '["a"]',
    '[0]',
    'x',
    'y',
    'has(',
    'size(',
    'timestamp(',
    ')',
    '(',
  ],
  ...[
    '.exists(x,',
    '.all(y,',
    '.exists_one(z,',
    '.map(x,',
    '.filter(',
    '.startsWith(',
    '.matches(',
    '==',
    '!=',
    '<',
    '>=',
    ' in ',
    '&&',
    '||',
    '!',
    '-',
  ],
  ...[
    '+',
    '*',
    '/',
    '%',
    '?',
    ':',
    ',',
    '[',
    ']',
    '{',
    '}',
    '.',
    '..',
    '?.',
    '[?',
    '1',
    '-1',
    '1.5',
    '1e400',
    '0x',
    '0xFFFFFFFFFFFFFFFFF',
    '1u',
    '9223372036854775808',
  ],
  ...[
    'true',
    'false',
    'null',
    '"a"',
    "'b'",
    'r"c"',
    'b"d"',
    '"""',
    "'''",
    '"',
    "'",
    '\\',
    '`',
    '//',
    '\n',
    '\r',
    '\t',
    '=',
    '&',
    '|',
    ';',
    '#',
    '@',
    '$',
  ],
  ...[
    'as',
    'break',
    'const',
    'continue',
    'else',
    'for',
    'function',
    'if',
    'import',
    'let',
    'loop',
    'package',
    'namespace',
    'return',
    'var',
    'void',
    'while',
  ],
  ...[
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    'valueOf',
    '.__proto__',
    '["__proto__"]',
    '.constructor.constructor("x")',
  ],
  ...['"\\u0000"', '"\\ud800"', '"\\U0010FFFF"', '"\\x"', '"\\777"', '\u2028', '\uFEFF', '\u0000', '\ud800', '😀', 'ä', '“', '\u202E'],
];
const CHAINS = [
  '!',
  '-',
  '(',
  '[',
  '{',
  '"',
  "'",
  '\\',
  'a.',
  'context.',
  'context.a&&',
  '1==',
  'context.a?',
  'context[',
  '+1',
  '||!',
  'x.exists(x,',
  'has(',
  'size(',
  '//',
  '\n',
  '😀',
  '0',
  '\t',
];

/** A text of one of many kinds, 2 KB at most but for a few. */
export function hostileText(random: Random): string {
  switch (random.below(8)) {
    case 0:
      return String.fromCharCode(...random.many(0, 60, () => random.below(random.chance(0.7) ? 0x80 : 0x10000)));
    case 1:
      return random.many(1, 40, () => random.pick(TOKENS)).join(random.pick(['', ' ']));
    case 2:
      return random.pick(CHAINS).repeat(random.below(random.chance(0.05) ? 2000 : 60)) + random.pick(TOKENS);
    case 3:
      return new Writer(random).condition();
    case 4:
      return nestedText(random);
    default:
      return mutated(random, new Writer(random).condition());
  }
}

function nestedText(random: Random): string {
  const depth = random.below(random.chance(0.05) ? 600 : 45);
  const [open, close] = random.pick([
    ['(', ')'],
    ['!(', ')'],
    ['[', ']'],
    ['size(', ')'],
    ['context.a == (', ')'],
    ['context.l.exists(x, ', ')'],
    ['[1].all(y, context.a || ', ')'],
    ['{"a": ', '}'],
  ] as const);
  return (
    open.repeat(depth) +
    random.pick(['context.a', '1', 'x', 'subject.id == "a"', '']) +
    close.repeat(random.chance(0.9) ? depth : random.below(depth + 1))
  );
}

/** Takes out, doubles, exchanges or puts in pieces. */
function mutated(random: Random, text: string): string {
  let result = text;
  for (let i = random.below(4); i >= 0; i--) {
    const [from, length] = [random.below(result.length + 1), random.below(12)];
    const piece = random.pick([
      () => '',
      () => random.pick(TOKENS),
      () => String.fromCharCode(random.below(0x300)),
      () => result.slice(from, from + length).repeat(2),
      () => result.slice(random.below(result.length + 1)).slice(0, 30),
    ])();
    result = result.slice(0, from) + piece + result.slice(from + length);
  }
  return result;
}
