import { type Attributes, CONDITION_LIMITS, type Expr } from '@licet/contract';
import { compileCondition, ConditionError } from '@licet/engine';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { costOf } from './condition-cost.ts';
import { parseCondition } from './parse-condition.ts';

function tree(expression: string): Expr {
  const parsed = parseCondition(expression, { mayBeConstant: true });
  if (parsed.errors) throw new Error(parsed.errors.map(({ message }) => message).join('\n'));
  return parsed.tree;
}

/** Evaluates over lists of so many items that are read by a counter; gives how often a member was read, and the result. */
function reads(condition: Expr, items: number): { count: number; result: boolean | ConditionError } {
  let count = 0;
  const counting = (target: object): Attributes =>
    new Proxy(target, {
      get: (map, name) => {
        count++;
        return Reflect.get(map, name) as unknown;
      },
    }) as Attributes;
  const rows = Array.from({ length: items }, () =>
    counting({ a: 1, b: 2, cells: Array.from({ length: items }, () => counting({ c: 3 })) }),
  );
  const scope = { subject: { type: 'user', id: 'a' }, action: { name: 'a' }, resource: { type: 'a', id: 'a' }, now: 0 };
  const result = compileCondition(condition)({ ...scope, context: counting({ rows, n: 0 }) });
  return { count, result };
}

const SINGLE = 'context.rows.all(r, r.a == 1 && r.b == 2)';
const NESTED = 'context.rows.all(r, r.cells.all(c, c.c == 3 && r.a == 1))';

describe('the cost of a condition', () => {
  it.each([
    ['context.a', 2],
    ['context.a == 1', 4],
    ['!(context.a in [1, 2])', 7],
    ['[1, 2, 3].exists(i, i == context.a)', 1 + 4 + 3 * 4],
    ['context.l.exists(i, i == 1)', 1 + 2 + 1000 * 3],
    ['context.l.exists(i, i.m.exists(j, j == i))', 1 + 2 + 100 * (1 + 2 + 100 * 3)],
    ['context.l.exists(i, [1, 2].exists(j, j == i))', 1 + 2 + 100 * (1 + 3 + 2 * 3)],
  ])('%s: %d', (expression, cost) => expect(costOf(tree(expression))).toBe(cost));

  it('is refused beyond the bound, with what to do', () => {
    const body = (parts: number) => Array.from({ length: parts }, (_, i) => `c.x != ${i}`).join(' && ');
    const nested = (parts: number) => `context.l.exists(r, r.cells.all(c, ${body(parts)}))`;
    expect(costOf(tree(nested(4)))).toBeLessThanOrEqual(CONDITION_LIMITS.cost);
    expect(parseCondition(nested(5)).errors).toEqual([
      {
        path: 'expression',
        message:
          '1:1: the condition may take 210,303 steps, and at most 200,000 are taken; move what does not need the inner item out of the inner `exists` or `all`, or split it into several conditions',
      },
    ]);
  });

  it.each([SINGLE, NESTED])('bounds the steps of the longest lists that are taken: %s', (expression) => {
    const items = expression === NESTED ? CONDITION_LIMITS.nestedListItems : CONDITION_LIMITS.listItems;
    const { count, result } = reads(tree(expression), items);
    expect(result).toBe(true);
    expect(count).toBeGreaterThan(costOf(tree(expression)) / 5);
    expect(count).toBeLessThanOrEqual(costOf(tree(expression)));
    expect(reads(tree(expression), items + 1).result).toEqual(new ConditionError('too_long', 'all'));
    expect(reads(tree(expression), items + 1).count).toBeLessThan(10);
  });

  it('grows with the length of the list, and with the product of two that are nested', () => {
    const [ten, hundred] = [reads(tree(SINGLE), 10).count, reads(tree(SINGLE), 100).count];
    expect(hundred / ten).toBeCloseTo(10, 0);
    const [four, forty] = [reads(tree(NESTED), 4).count, reads(tree(NESTED), 40).count];
    expect(forty / four).toBeLessThanOrEqual(100);
  });

  it('is never exceeded, whatever the condition', () => {
    const { part } = fc.letrec<{ part: string }>((tie) => ({
      part: fc.oneof(
        { maxDepth: 4, depthSize: 'medium' },
        fc.constantFrom('context.n == 1', 'context.n != 1', 'context.n in [1, 2, context.n]', 'has(context.m)', 'context.m == 1'),
        fc.tuple(tie('part'), fc.constantFrom('&&', '||'), tie('part')).map(([a, op, b]) => `(${a}) ${op} (${b})`),
        tie('part').map((inner) => `!(${inner})`),
        fc.tuple(fc.constantFrom('exists', 'all'), tie('part')).map(([op, inner]) => `context.rows.${op}(r, r.a != 1 || ${inner})`),
        fc.constantFrom('exists', 'all').map((op) => `context.rows.exists(r, r.cells.${op}(c, c.c == 3 && r.b == 2))`),
      ),
    }));
    fc.assert(
      fc.property(part, fc.constantFrom(0, 1, 30, 100), (expression, items) => {
        const { tree: condition } = parseCondition(expression, { mayBeConstant: true });
        fc.pre(condition !== undefined);
        expect(reads(condition, items).count).toBeLessThanOrEqual(costOf(condition));
      }),
      { numRuns: 200 },
    );
  });
});
