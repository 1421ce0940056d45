import { CONDITION_LIMITS, Expr } from '@licet/contract';
import { compileCondition, type Scope } from '@licet/engine';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseCondition } from './parse-condition.ts';

const WORDS = [
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
    '.startsWith(',
    '.matches(',
    '==',
    '!=',
    '<',
    '>=',
    'in',
    '&&',
    '||',
    '!',
    '-',
    '+',
    '?',
    ':',
    ',',
    '[',
    ']',
    '{',
    '}',
  ],
  ...[
    '1',
    '-1',
    '1.5',
    '1u',
    'true',
    'false',
    'null',
    '"a"',
    "'b'",
    'r"c"',
    'b"d"',
    '"2026-01-01T00:00:00Z"',
    '//',
    '\n',
    'and',
    '=',
    '"',
    '\\',
  ],
];
const anything = fc.oneof(
  fc.array(fc.constantFrom(...WORDS), { maxLength: 40 }).map((words) => words.join(' ')),
  fc.array(fc.constantFrom(...WORDS), { maxLength: 40 }).map((words) => words.join('')),
  fc.string({ unit: 'binary' }),
);

/** Conditions that are right in form; whether they mean anything is another matter. */
const { condition } = fc.letrec<{ condition: string; value: string }>((tie) => ({
  value: fc.oneof(
    fc.constantFrom('subject.id', 'resource.properties.a', 'context.b["c"]', 'context', 'now', '1', '"a"', 'true', 'null', '[1, "a"]', 'x'),
    tie('condition').map((inner) => `size(${inner})`),
  ),
  condition: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.tuple(tie('value'), fc.constantFrom('==', '!=', '<', '<=', '>', '>=', 'in'), tie('value')).map((parts) => parts.join(' ')),
    fc.tuple(tie('condition'), fc.constantFrom('&&', '||'), tie('condition')).map(([a, op, b]) => `(${a}) ${op} ${b}`),
    tie('condition').map((inner) => `!(${inner})`),
    fc.tuple(fc.constantFrom('context.l', '[1, 2]'), tie('condition')).map(([list, inner]) => `${list}.exists(x, ${inner})`),
    tie('value').map((value) => `has(${value}.d)`),
    fc.tuple(tie('value'), tie('value')).map(([a, b]) => `${a}.contains(${b})`),
  ),
}));

const SCOPE: Scope = {
  ...{ subject: { type: 'user', id: 'a' }, action: { name: 'read' }, resource: { type: 't', id: 'b', properties: { a: 1 } } },
  ...{ context: { l: [1, 'a', { d: true }], b: { c: 'a' } }, now: 0 },
};

function depthOf(tree: Expr): number {
  return 1 + ('args' in tree ? Math.max(0, ...tree.args.map(depthOf)) : 0);
}

describe('parseCondition', () => {
  it('gives a tree within the bounds or says what is wrong, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(anything, condition), (text) => {
        const { tree, errors } = parseCondition(text);
        if (errors) {
          expect(errors.length).toBeGreaterThan(0);
          for (const { path, message } of errors) expect([path, message]).toEqual(['expression', expect.stringMatching(/^\d+:\d+: \S/)]);
        } else {
          expect(Expr.parse(tree)).toEqual(tree);
          expect(depthOf(tree)).toBeLessThanOrEqual(CONDITION_LIMITS.depth);
          expect(JSON.parse(JSON.stringify(tree))).toEqual(tree);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('lets nothing through that fails for every request: what it takes errs only over what a request holds', () => {
    fc.assert(
      fc.property(condition, (text) => {
        const { tree } = parseCondition(text);
        fc.pre(tree !== undefined);
        const result = compileCondition(tree)(SCOPE);
        if (typeof result === 'boolean') return;
        expect(['missing_attribute', 'type_mismatch', 'not_boolean']).toContain(result.error);
        expect(JSON.stringify(tree)).toMatch(/"(?:resource|context)"|"path":\["x"/);
      }),
      { numRuns: 500 },
    );
  });
});
