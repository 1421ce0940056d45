import type { Expr, PlanCondition } from '@licet/contract';
import { describe, expect, it } from '@jest/globals';
import { allOf, ALWAYS, anyOf, hasValue, NEVER, oppositeOf, rowFilter } from './filter.ts';

const lit = (value: string | number | boolean | null): Expr => ({ op: 'lit', value });
const attribute = (name: string): Expr => ({ op: 'var', path: ['resource', 'properties', name] });
const has = (...path: string[]): Expr => ({ op: 'has', path });
const ID: Expr = { op: 'var', path: ['resource', 'id'] };
const list = (...args: Expr[]): Expr => ({ op: 'list', args });
const two = (op: 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge' | 'in' | 'startsWith' | 'endsWith' | 'contains', a: Expr, b: Expr) =>
  ({ op, args: [a, b] }) as Expr;
const not = (arg: Expr): Expr => ({ op: 'not', args: [arg] });
const isTrue = (arg: Expr): PlanCondition => ({ op: 'isTrue', args: [arg] });

const [A, B, C] = ['a', 'b', 'c'].map((name) => has('resource', 'properties', name)) as [Expr, Expr, Expr];
const and = (...args: PlanCondition[]): PlanCondition => ({ op: 'and', args });
const or = (...args: PlanCondition[]): PlanCondition => ({ op: 'or', args });

describe('allOf', () => {
  it.each<[string, PlanCondition[], PlanCondition]>([
    ['no conditions', [], ALWAYS],
    ['one condition', [A], A],
    ['two', [A, B], and(A, B)],
    ['one twice', [A, A], A],
    ['one and always', [ALWAYS, A, ALWAYS], A],
    ['always', [ALWAYS, ALWAYS], ALWAYS],
    ['one and never', [A, NEVER], NEVER],
    ['those of an `and` and one more', [and(A, B), C], and(A, B, C)],
    ['those of an `and` once more', [and(A, B), B, A], and(A, B)],
    ['an `or`, which stays', [or(A, B), C], and(or(A, B), C)],
    ['a condition that tests for false', [isTrue(two('eq', attribute('a'), lit(false)))], isTrue(two('eq', attribute('a'), lit(false)))],
  ])('puts together %s', (_, conditions, expected) => {
    expect(allOf(conditions)).toEqual(expected);
  });
});

describe('anyOf', () => {
  it.each<[string, PlanCondition[], PlanCondition]>([
    ['no conditions', [], NEVER],
    ['one condition', [A], A],
    ['two', [A, B], or(A, B)],
    ['one twice', [A, A], A],
    ['one and never', [NEVER, A, NEVER], A],
    ['never', [NEVER, NEVER], NEVER],
    ['one and always', [A, ALWAYS], ALWAYS],
    ['those of an `or` and one more', [or(A, B), C], or(A, B, C)],
    ['an `and`, which stays', [and(A, B), C], or(and(A, B), C)],
  ])('puts together %s', (_, conditions, expected) => {
    expect(anyOf(conditions)).toEqual(expected);
  });
});

describe('oppositeOf', () => {
  const eq = two('eq', ID, lit('1'));
  const ne = two('ne', ID, lit('1'));
  it.each<[string, PlanCondition, PlanCondition]>([
    ['always', ALWAYS, NEVER],
    ['never', NEVER, ALWAYS],
    ['all of two', and(eq, A), or(ne, not(A))],
    ['one of two', or(ne, A), and(eq, not(A))],
    ['a negation', not(A), A],
    ['equal', eq, ne],
    ['not equal', ne, eq],
    ['present', A, not(A)],
    ['true at all', isTrue(A), { op: 'not', args: [isTrue(A)] }],
  ])('of %s is', (_, condition, opposite) => {
    expect(oppositeOf(condition)).toEqual(opposite);
  });
});

describe('hasValue', () => {
  const prefix = (a: Expr, b: Expr, op: 'startsWith' | 'endsWith' | 'contains' = 'startsWith') => two(op, a, b);
  const x = attribute('x');

  it.each<[string, Expr, PlanCondition, PlanCondition]>([
    ['true', lit(true), ALWAYS, NEVER],
    ['false', lit(false), NEVER, ALWAYS],
    ['a literal that is neither', lit('true'), NEVER, NEVER],
    ['a negation', not(A), not(A), A],
    ['all of two', { op: 'and', args: [A, B] }, and(A, B), or(not(A), not(B))],
    ['one of two', { op: 'or', args: [A, B] }, or(A, B), and(not(A), not(B))],
    ['one of none', two('in', x, list()), NEVER, isTrue(not(two('in', x, list())))],
    ['one of none, of the id', two('in', ID, list()), NEVER, not(two('in', ID, list()))],
  ])('says of %s when it is true, and when it is false', (_, tree, yes, no) => {
    expect([hasValue(tree, true), hasValue(tree, false)]).toEqual([yes, no]);
  });

  it.each([
    ['eq', 'ne'],
    ['ne', 'eq'],
    ['lt', 'ge'],
    ['ge', 'lt'],
    ['le', 'gt'],
    ['gt', 'le'],
  ] as const)('has for `%s` that is false `%s`, which errs where that one does', (op, opposite) => {
    expect(hasValue(two(op, x, lit(1)), false)).toEqual(isTrue(two(opposite, x, lit(1))));
  });

  const whole = { op: 'var', path: ['resource', 'properties'] } as Expr;
  const type = { op: 'var', path: ['resource', 'type'] } as Expr;
  it.each<[string, Expr]>([
    ['an attribute that is there', A],
    ['the id that equals', two('eq', ID, lit('1'))],
    ['the id that does not equal', two('ne', lit('1'), ID)],
    ['the id that is one of some', two('in', ID, list(lit('1'), ID))],
    ['what the id begins with', prefix(ID, lit('1'))],
    ['what the id ends with', prefix(ID, lit('1'), 'endsWith')],
    ['what the id contains', prefix(lit('123'), ID, 'contains')],
    ['a negation of such', not(prefix(ID, lit('1')))],
    ['literals that equal', two('eq', lit(1), list(lit(1), ID))],
  ])('leaves %s as it is: it cannot err', (_, tree) => {
    expect(hasValue(tree, true)).toEqual(tree);
  });

  it.each<[string, Expr]>([
    ['an attribute that equals', two('eq', x, lit(1))],
    ['a list with an attribute that equals', two('eq', lit(1), list(lit(1), x))],
    ['an attribute that does not equal', two('ne', lit(1), x)],
    ['all attributes', two('eq', whole, lit(1))],
    ['the type', two('eq', type, lit('task'))],
    ['the id of something else', two('eq', { op: 'var', path: ['subject', 'id'] }, lit('1'))],
    ['something within the id', two('eq', { op: 'var', path: ['resource', 'id', 'x'] }, lit('1'))],
    ['a member of an attribute that is there', has('resource', 'properties', 'a', 'b')],
    ['an attribute that is one of some', two('in', x, list(lit(1)))],
    ['the id that is one of some attributes', two('in', ID, list(lit('1'), x))],
    ['the id that is one of an attribute', two('in', ID, x)],
    ['the id that is one of a text', two('in', ID, lit('1'))],
    ['what an attribute begins with', prefix(x, lit('1'))],
    ['the id that begins with an attribute', prefix(ID, x)],
    ['the id that begins with a number', prefix(ID, lit(1))],
    ['a number that ends with the id', prefix(lit(1), ID, 'endsWith')],
    ['the id that contains a list', prefix(ID, list(lit('1')), 'contains')],
    ['an order', two('lt', ID, lit('1'))],
  ])('asks of %s whether it is true at all: it can err', (_, tree) => {
    expect(hasValue(tree, true)).toEqual(isTrue(tree));
  });
});

describe('rowFilter', () => {
  const filter = (condition: PlanCondition) => rowFilter({ kind: 'conditional', condition, revision: 1 });
  const row = { id: '1', properties: { a: 1 } };
  const errs = two('lt', attribute('none'), lit(1));

  it.each<[string, PlanCondition, boolean]>([
    ['what is true', two('eq', ID, lit('1')), true],
    ['what errs', errs, false],
    ['the opposite of what errs', { op: 'not', args: [errs] }, false],
    ['the opposite of what errs at all', { op: 'not', args: [isTrue(errs)] }, true],
    ['all of what is true and what errs', and(A, errs), false],
    ['the opposite of all of what is false and what errs', { op: 'not', args: [and(errs, B)] }, true],
    ['one of what errs and what is true', or(errs, A), true],
    ['one of what errs and what is false', or(errs, B), false],
    ['the opposite of one of what errs and what is false', { op: 'not', args: [or(errs, B)] }, false],
    ['what it cannot read', { op: 'xor', args: [A, B] } as unknown as PlanCondition, false],
  ])('says of %s', (_, condition, expected) => {
    expect(filter(condition)(row)).toBe(expected);
  });

  it('says the same of every row where a plan has no condition', () => {
    expect(rowFilter({ kind: 'always', revision: 1 })(row)).toBe(true);
    expect(rowFilter({ kind: 'never', reason: 'unknown_subject', revision: 1 })(row)).toBe(false);
  });
});
