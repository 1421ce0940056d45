import type { Attributes, Expr } from '@licet/contract';
import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { compileCondition } from './condition.ts';
import { ConditionError, type Scope } from './scope.ts';

jest.setTimeout(60_000);

// What conditions mean is in the conformance cases. Here is what JSON cannot say: hostile trees, hostile values, and totality.
const scope: Scope = { subject: { type: 'user', id: 'alice' }, action: { name: 'read' }, resource: { type: 'task', id: 't1' }, now: 1000 };
const evaluate = (tree: unknown, given: Partial<Scope> = {}) => compileCondition(tree as Expr)({ ...scope, ...given });
const withContext = (tree: unknown, context: unknown) => evaluate(tree, { context: context as Attributes });
const path = (...members: string[]) => ({ op: 'var', path: members });
const lit = (value: unknown) => ({ op: 'lit', value });
const unreadable = new ConditionError('type_mismatch', 'condition');

describe('compileCondition', () => {
  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a string', 'true'],
    ['an operator that it does not know', { op: 'matches', args: [lit('a'), lit('.*')] }],
    ['an operator named like a member of every object', { op: 'constructor', args: [lit(1), lit(1)] }],
    ['no operator', { args: [] }],
    ['no operands', { op: 'eq' }],
    ['too few operands', { op: 'eq', args: [lit(1)] }],
    ['operands that are none', { op: 'and', args: [1, 2] }],
    ['no path', { op: 'var' }],
    ['an empty path', { op: 'var', path: [] }],
    ['a tree deeper than the stack', Array.from({ length: 100_000 }).reduce((tree) => ({ op: 'not', args: [tree] }), lit(true))],
  ])('makes of %s a condition that always errs', (_, tree) => {
    expect(evaluate(tree)).toEqual(unreadable);
  });

  it('finds own members only', () => {
    const inherited = Object.create({ a: 1 }) as object;
    expect(withContext({ op: 'has', path: ['context', 'a'] }, inherited)).toBe(false);
    for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
      expect(withContext({ op: 'has', path: ['context', name] }, {})).toBe(false);
      expect(withContext({ op: 'eq', args: [path('context', name), lit(null)] }, {})).toEqual(
        new ConditionError('missing_attribute', `context.${name}`),
      );
      expect(withContext({ op: 'in', args: [lit(name), path('context')] }, {})).toBe(false);
    }
  });

  it('takes a member that JSON text calls `__proto__` for a member like any other', () => {
    const context = JSON.parse('{"__proto__": {"admin": true}}') as Attributes;
    expect(withContext(path('context', '__proto__', 'admin'), context)).toBe(true);
    expect(withContext(path('context', 'admin'), context)).toEqual(new ConditionError('missing_attribute', 'context.admin'));
    const properties = { op: 'in', args: [lit('admin'), path('subject', 'properties')] };
    expect(evaluate(properties, { storedSubject: context })).toBe(false);
    expect(evaluate({ op: 'has', path: ['subject', 'properties', '__proto__'] }, { storedSubject: context })).toBe(true);
    expect(evaluate({ op: 'in', args: [lit('__proto__'), path('subject', 'properties')] }, { storedSubject: context })).toBe(true);
  });

  it('takes a member that is undefined for absent, as it is in JSON', () => {
    const given = { subject: { ...scope.subject, properties: { a: undefined } as unknown as Attributes }, storedSubject: { a: 1 } };
    expect(evaluate({ op: 'eq', args: [path('subject', 'properties', 'a'), lit(1)] }, given)).toBe(true);
    expect(evaluate({ op: 'eq', args: [{ op: 'size', args: [path('subject', 'properties')] }, lit(1)] }, given)).toBe(true);
    expect(withContext({ op: 'eq', args: [path('context', 'a'), path('context', 'b')] }, { a: { x: undefined }, b: {} })).toBe(true);
  });

  it('gives a subject, a resource and an action the members they have, and no others', () => {
    const whole = (root: string) => ({ op: 'size', args: [path(root)] });
    const subject = { ...scope.subject, name: 'Alice', properties: { a: 1 } };
    expect(evaluate({ op: 'has', path: ['subject', 'name'] }, { subject })).toBe(false);
    expect(evaluate(path('subject', 'name'), { subject })).toEqual(new ConditionError('missing_attribute', 'subject.name'));
    expect(evaluate({ op: 'eq', args: [whole('subject'), lit(3)] }, { subject })).toBe(true);
    expect(evaluate({ op: 'eq', args: [whole('action'), lit(2)] })).toBe(true);
    expect(evaluate({ op: 'has', path: ['subject', 'properties'] })).toBe(true);
    expect(
      evaluate(
        {
          op: 'exists',
          each: 'part',
          args: [
            { op: 'list', args: [path('subject')] },
            { op: 'eq', args: [path('part', 'properties', 'a'), lit(1)] },
          ],
        },
        { subject },
      ),
    ).toBe(true);
  });

  it('errs for a name that it does not know', () => {
    expect(evaluate(path('principal', 'id'))).toEqual(new ConditionError('missing_attribute', 'principal'));
    expect(evaluate({ op: 'has', path: ['principal'] })).toBe(false);
    expect(evaluate(path('now', 'ms'))).toEqual(new ConditionError('missing_attribute', 'now.ms'));
  });

  it('lets an inner name hide an outer one, and a name hide a root', () => {
    const inner = { op: 'exists', each: 'x', args: [path('x'), { op: 'eq', args: [path('x'), lit(2)] }] };
    expect(withContext({ op: 'exists', each: 'x', args: [path('context', 'rows'), inner] }, { rows: [[1], [2]] })).toBe(true);
    expect(
      withContext(
        { op: 'all', each: 'subject', args: [path('context', 'ids'), { op: 'eq', args: [path('subject'), lit('x')] }] },
        { ids: ['x'] },
      ),
    ).toBe(true);
  });

  it('gives numbers that are none no order', () => {
    expect(withContext({ op: 'le', args: [path('context', 'amount'), lit(100)] }, { amount: NaN })).toEqual(
      new ConditionError('type_mismatch', 'le'),
    );
    expect(evaluate({ op: 'ge', args: [path('now'), path('now')] }, { now: NaN })).toEqual(new ConditionError('type_mismatch', 'ge'));
  });

  it('ends where a value contains itself or throws', () => {
    const list: unknown[] = [];
    list.push(list);
    const other: unknown[] = [];
    other.push(other);
    expect(withContext({ op: 'eq', args: [path('context', 'a'), path('context', 'b')] }, { a: list, b: other })).toEqual(unreadable);
    const no = () => {
      throw new Error('no');
    };
    const trap = new Proxy({}, { get: no, getOwnPropertyDescriptor: no });
    expect(withContext(path('context', 'a'), trap)).toEqual(unreadable);
  });

  it('is total: any tree of the contract on any JSON value is true, false or an error of the closed list', () => {
    fc.assert(
      fc.property(someTree, fc.dictionary(name, fc.jsonValue()), (tree, context) => {
        const result = evaluate(tree, { context: context as Attributes, storedResource: context as Attributes });
        if (typeof result === 'boolean') return;
        expect(result).toBeInstanceOf(ConditionError);
        expect(['missing_attribute', 'type_mismatch', 'not_boolean', 'invalid_timestamp', 'too_long']).toContain(result.error);
        expect(result.at).not.toBe('');
        // Nothing above comes from the net that catches what is not JSON.
        expect(result).not.toEqual(unreadable);
      }),
      { numRuns: 3000 },
    );
  });

  it('orders strings as their code points are ordered', () => {
    const points = (text: string) => Array.from(text, (character) => character.codePointAt(0)!);
    const order = (a: number[], b: number[]) => {
      const at = a.findIndex((point, i) => point !== b[i]);
      return at < 0 ? a.length - b.length : at >= b.length ? 1 : a[at]! - b[at]!;
    };
    const text = fc.string({ unit: fc.constantFrom('a', '\ud83d', '\ude00', '\ue000', '\uffff', '😀', '\u{10ffff}'), maxLength: 4 });
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(withContext({ op: 'lt', args: [path('context', 'a'), path('context', 'b')] }, { a, b })).toBe(
          order(points(a), points(b)) < 0,
        );
      }),
      { numRuns: 2000 },
    );
  });
});

const name = fc.constantFrom('a', 'b', 'x', 'toString', '__proto__');
const somePath = fc
  .tuple(fc.constantFrom(['context'], ['resource', 'properties'], ['subject'], ['now'], ['x'], ['lost']), fc.array(name, { maxLength: 3 }))
  .map((parts) => parts.flat());
const { tree: someTree } = fc.letrec<{ tree: unknown }>((tie) => {
  const args = (count: number) => fc.tuple(...Array.from({ length: count }, () => tie('tree')));
  const node = (ops: string[], count: number) => fc.record({ op: fc.constantFrom(...ops), args: args(count) });
  return {
    tree: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      fc.record({ op: fc.constant('lit'), value: fc.constantFrom<unknown>(1, 0.5, 'a', '', true, null, '2026-06-01T12:00:00Z') }),
      fc.record({ op: fc.constantFrom('var', 'has'), path: somePath }),
      node(['not', 'size', 'timestamp'], 1),
      node(['eq', 'ne', 'lt', 'le', 'gt', 'ge', 'in', 'startsWith', 'endsWith', 'contains', 'and', 'or', 'list'], 2),
      fc.record({ op: fc.constantFrom('exists', 'all'), each: fc.constant('x'), args: args(2) }),
    ),
  };
});
