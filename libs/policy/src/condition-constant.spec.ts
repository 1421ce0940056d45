import { describe, expect, it } from '@jest/globals';
import { parseCondition } from './parse-condition.ts';

const messages = (expression: string): string[] => (parseCondition(expression).errors ?? []).map(({ message }) => message);

describe('constant conditions', () => {
  it.each([
    ...['true', '!(false)', '1 == 1', 'subject.id == subject.id', 'context.a || true', '!(context.a && false)', 'context.a || !context.a'],
    ...[
      'context.a in [1, context.a]',
      '[].all(x, x == context.a)',
      'context.l.all(x, x == x)',
      '(1 < 2) || context.a',
      'context.a <= context.a',
    ],
    ...[
      'size([1, 2]) == 2',
      '"a" in ["a"]',
      '[1, 2].exists(x, x == 2)',
      'timestamp("2026-01-01T00:00:00Z") < timestamp("2027-01-01T00:00:00Z")',
    ],
    ...[
      'context.a != "x" || context.a != "y"',
      'context.n < 5 || 3 < context.n',
      'size(context.l) >= 0',
      '!(context.a in [1]) || context.a > 0',
    ],
  ])('%s is refused as always true', (expression) => {
    expect(messages(expression)).toEqual([expect.stringContaining('always true')]);
  });

  it.each([
    ...['false', '1 == 2', 'subject.id != subject.id', 'context.a && false', 'context.a && !context.a', 'context.a in []'],
    ...[
      'context.a == "x" && context.a == "y"',
      'context.n > 5 && 3 > context.n',
      'size(context.l) < 0',
      'context.a in ["x"] && context.a != "x"',
    ],
    ...['context.a && context.a == false', 'context.n in [1, 2] && context.n >= 3', 'context.l.exists(x, x == 1 && x == 2)'],
    'now < timestamp("2026-01-01T00:00:00Z") && now >= timestamp("2026-01-01T01:00:00+01:00")',
    ...['context.l.exists(x, x != x)', '!(context.a || true)', '[1, 2].all(x, x == 2)', 'now > now'],
  ])('%s is refused as always false', (expression) => {
    expect(messages(expression)).toEqual([expect.stringContaining('always false')]);
  });

  it.each([
    'context.a && true',
    'context.a || false',
    'context.l.exists(x, true)',
    'context.a in [1]',
    'context.a == context.b',
    'context.a && 1 == 1',
    ...[
      'context.n <= 5 && context.n >= 5',
      'context.a == 1 && context.b == 2',
      'context.a != "x" && context.a != "y"',
      'size(context.l) > 0',
    ],
    ...['context.n < 3 || context.n > 3', 'now < timestamp("2026-01-01T00:00:00Z") || now > timestamp("2027-01-01T00:00:00Z")'],
    'context.l.exists(x, x == 1) && context.l.exists(x, x == 2)',
  ])('%s depends on the request', (expression) => expect(messages(expression)).toEqual([]));

  it('are taken where they are asked for', () => {
    expect(parseCondition('1 == 1', { mayBeConstant: true }).tree).toEqual({
      op: 'eq',
      args: [
        { op: 'lit', value: 1 },
        { op: 'lit', value: 1 },
      ],
    });
  });
});
