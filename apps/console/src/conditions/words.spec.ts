import { describe, expect, it } from '@jest/globals';
import type { Expr } from '@licet/contract';
import { conditionWords } from './words.ts';

const v = (path: string): Expr => ({ op: 'var', path: path.split('.') });
const lit = (value: string | number | boolean | null): Expr => ({ op: 'lit', value });

describe('conditionWords', () => {
  it('says comparisons of attributes', () => {
    expect(conditionWords({ op: 'eq', args: [v('resource.properties.ownerId'), v('subject.id')] })).toBe(
      'the resource’s ownerId is the subject’s id',
    );
    expect(conditionWords({ op: 'lt', args: [v('resource.properties.amount'), lit(1000)] })).toBe(
      'the resource’s amount is less than 1000',
    );
    expect(conditionWords({ op: 'eq', args: [v('context.network'), lit('office')] })).toBe('the context’s network is “office”');
  });

  it('brackets what is nested, so that and/or cannot be misread', () => {
    const or: Expr = { op: 'or', args: [v('context.a'), v('context.b')] };
    expect(conditionWords({ op: 'and', args: [or, v('context.c')] })).toBe(
      '(the context’s a is true, or the context’s b is true), and the context’s c is true',
    );
    expect(conditionWords({ op: 'not', args: [or] })).toBe('not (the context’s a is true, or the context’s b is true)');
  });

  it('does not hide a condition that is always true', () => {
    expect(conditionWords(lit(true))).toBe('always');
  });

  it('says presence, lists, sizes, times and quantifiers', () => {
    expect(conditionWords({ op: 'has', path: ['resource', 'properties', 'ownerId'] })).toBe('the resource’s ownerId is given');
    expect(conditionWords({ op: 'in', args: [v('subject.id'), { op: 'list', args: [lit('a'), lit('b')] }] })).toBe(
      'the subject’s id is one of “a”, “b”',
    );
    expect(conditionWords({ op: 'lt', args: [v('now'), { op: 'timestamp', args: [lit('2027-01-01T00:00:00Z')] }] })).toBe(
      'the time of the request is less than the time “2027-01-01T00:00:00Z”',
    );
    expect(
      conditionWords({ op: 'exists', each: 'm', args: [v('resource.properties.members'), { op: 'eq', args: [v('m'), v('subject.id')] }] }),
    ).toBe('some m of the resource’s members has (m is the subject’s id)');
  });
});
