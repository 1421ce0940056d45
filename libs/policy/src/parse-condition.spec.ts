import { CONDITION_LIMITS, Expr } from '@licet/contract';
import { describe, expect, it } from '@jest/globals';
import { parseCondition } from './parse-condition.ts';

const v = (path: string): Expr => ({ op: 'var', path: path.split('.') });
const lit = (value: string | number | boolean | null): Expr => ({ op: 'lit', value });
const OWNER = v('resource.properties.ownerId');

function tree(expression: string): Expr {
  const parsed = parseCondition(expression);
  if (parsed.errors) throw new Error(parsed.errors.map(({ message }) => message).join('\n'));
  return parsed.tree;
}

function messages(expression: string, attributes = {}): string[] {
  return (parseCondition(expression, { attributes }).errors ?? []).map(({ message }) => message);
}

describe('the tree of a condition', () => {
  it.each<[string, Expr]>([
    ['resource.properties.ownerId == subject.id', { op: 'eq', args: [OWNER, v('subject.id')] }],
    ['context["client-ip"].startsWith(\'10.\')', { op: 'startsWith', args: [{ op: 'var', path: ['context', 'client-ip'] }, lit('10.')] }],
    ['context.level >= -1.5', { op: 'ge', args: [v('context.level'), lit(-1.5)] }],
    ['context.level != 0xFF', { op: 'ne', args: [v('context.level'), lit(255)] }],
    ['context.level == -0', { op: 'eq', args: [v('context.level'), lit(0)] }],
    [
      'subject.properties.team in ["a", "b"]',
      { op: 'in', args: [v('subject.properties.team'), { op: 'list', args: [lit('a'), lit('b')] }] },
    ],
    ['"a-b" in context', { op: 'in', args: [lit('a-b'), v('context')] }],
    ['has(subject.properties.team)', { op: 'has', path: ['subject', 'properties', 'team'] }],
    ['resource.properties.archived', v('resource.properties.archived')],
    ['!(resource.properties.archived)', { op: 'not', args: [v('resource.properties.archived')] }],
    ['now < timestamp(resource.properties.due)', { op: 'lt', args: [v('now'), { op: 'timestamp', args: [v('resource.properties.due')] }] }],
    ['size(context.tags) <= 3', { op: 'le', args: [{ op: 'size', args: [v('context.tags')] }, lit(3)] }],
    ['context.tags.size() > 3', { op: 'gt', args: [{ op: 'size', args: [v('context.tags')] }, lit(3)] }],
    ['resource.properties.deletedAt == null', { op: 'eq', args: [v('resource.properties.deletedAt'), lit(null)] }],
    [
      'subject.properties.teams.exists(t, t == resource.properties.team)',
      { op: 'exists', each: 't', args: [v('subject.properties.teams'), { op: 'eq', args: [v('t'), v('resource.properties.team')] }] },
    ],
    [
      'context.shares.all(s, has(s.user) && s.user.endsWith("@a"))',
      {
        op: 'all',
        each: 's',
        args: [
          v('context.shares'),
          {
            op: 'and',
            args: [
              { op: 'has', path: ['s', 'user'] },
              { op: 'endsWith', args: [v('s.user'), lit('@a')] },
            ],
          },
        ],
      },
    ],
    ['"\\u00e4\\n" == subject.id', { op: 'eq', args: [lit('ä\n'), v('subject.id')] }],
    ["r'a\\n' == subject.id", { op: 'eq', args: [lit('a\\n'), v('subject.id')] }],
    ['context.a // why\n && context.b', { op: 'and', args: [v('context.a'), v('context.b')] }],
  ])('%s', (expression, expected) => {
    expect(tree(expression)).toEqual(expected);
  });

  it('holds a chain of && or || as one operation, however it is bracketed', () => {
    const expected = { op: 'and', args: [v('context.a'), v('context.b'), v('context.c')] };
    expect(tree('context.a && context.b && context.c')).toEqual(expected);
    expect(tree('context.a && (context.b && context.c)')).toEqual(expected);
    expect(tree('context.a || context.b && context.c').op).toBe('or');
  });

  it('fits the schema of the contract', () => {
    expect(
      Expr.safeParse(tree('context.a.exists(x, x in [1, null, true, "s"]) && !has(context.b.c) || size(context.d) == 1')).success,
    ).toBe(true);
  });
});

describe('what is outside the subset', () => {
  it.each<[string, RegExp]>([
    ['subject.id.matches("^a.*")', /^1:1: the function `matches` is not available: regular expressions .* use `startsWith`/],
    ['context.n + 1 > 2', /^1:1: arithmetic \(`\+`\) is not available/],
    ['-context.n > 2', /^1:1: arithmetic \(`-`\) is not available/],
    ['context.a ? context.b : context.c', /write `\(a && b\) \|\| \(!a && c\)`/],
    ['context.a == {"b": 1}', /^1:14: a map `\{\.\.\.\}` is not available/],
    ['context.list.map(x, x)', /the function `map` is not available/],
    ['context.list.filter(x, x > 1).size() > 1', /the function `filter` is not available/],
    ['context.list.exists_one(x, x > 1)', /use `exists` or `all`/],
    ['cel.bind(x, context.a, x)', /`bind` is not available/],
    ['context.list[0] == 1', /^1:14: only a literal string can stand in/],
    ['context.map[context.key] == 1', /only a literal string/],
    ['int(context.n) == 1', /the conversion `int` is not available/],
    ['type(context.n) == string', /the conversion `type`/],
    ['now > timestamp(context.at) - duration("1h")', /arithmetic/],
    ['now.getHours() > 8', /`getHours` is not available: compare `now` with/],
    ['now() > timestamp("2026-01-01T00:00:00Z")', /write `now` without brackets/],
    ['context.a == 1u', /unsigned/],
    ["context.a == b'x'", /bytes are not available/],
    ['startsWith(subject.id, "a")', /`startsWith` is not used with 2 arguments in this way: write `text.startsWith/],
    ['subject.id.lowerAscii() == "a"', /the function `lowerAscii` is not available: a condition may use `has`/],
    ['"a".b == 1', /members are read only from names/],
    ['size(context.a).b == 1', /members are read only from names/],
    ['context.n == 9007199254740993', /too large to be exact/],
    ['has(context["a-b"])', /write `"name" in \.\.\.`/],
    ['context.a.exists(x, x.exists(y, y.exists(z, z == 1)))', /nested once, not deeper/],
    ['context.a.exists(subject, subject == 1)', /`subject` has a meaning here already/],
    ['context.a.exists(x, x.exists(x, x == 1))', /^1:30: `x` has a meaning here already/],
    ['context.a.exists(1, true)', /iteration variable/],
  ])('%s', (expression, message) => {
    expect(messages(expression).join('\n')).toMatch(message);
  });

  it('reports everything at once, by place', () => {
    expect(messages('context.a + 1 > 0 &&\n user.id == 3 &&\n subject.id < 1')).toEqual([
      expect.stringMatching(/^1:1: arithmetic/),
      expect.stringMatching(/^2:2: `user` is not a name .* \(`subject` here\?\)/),
      expect.stringMatching(/^3:2: `<` cannot compare a string with a number/),
    ]);
  });

  it('names the member that the caller gives', () => {
    expect(parseCondition('a', { path: 'conditions.x' }).errors?.[0]?.path).toBe('conditions.x');
  });
});

describe('names', () => {
  it.each<[string, RegExp]>([
    ['principal.id == "a"', /^1:1: `principal` is not a name that a condition knows \(`subject` here\?\)/],
    ['constructor.name == "a"', /`constructor` is not a name/],
    ['subject.department == "a"', /^1:9: `subject` has the members .*; write `subject.properties.department`/],
    ['subject.id.x == "a"', /`subject.id` is a string and has no members/],
    ['now.x == 1', /has no members/],
    ['subject == resource', /`subject` alone is no value/],
    ['has(subject.id) && context.a', /`subject.id` is always there/],
  ])('%s', (expression, message) => {
    expect(messages(expression).join('\n')).toMatch(message);
  });
});

describe('text that is not CEL', () => {
  it.each<[string, RegExp]>([
    ['', /^1:1: the condition is empty/],
    ['  // nothing', /the condition is empty/],
    ['subject.id = "a"', /^1:12: `=` is unexpected; write `==`/],
    ['context.a and context.b', /^1:11: `and` is unexpected; write `&&`/],
    ['not context.a', /write `!`/],
    ['context.a & context.b', /write `&&`/],
    ['context.a <> 1', /write `!=`/],
    ['subject.id == ', /^1:15: the condition ends too early/],
    ['(subject.id == "a"', /the condition ends too early: expected `\)`/],
    ['subject.id == "a', /^1:15: unterminated string/],
    ['context.in == 1', /^1:9: expected a name, found `in`; write a member with such a name as/],
    ['context.größe == 1', /^1:11: `ö` is unexpected; names use A-Z/],
    ['subject.id == “a”', /^1:15: `“` is unexpected; write plain quotes/],
    ['context.a > .5', /^1:13: `\.` is unexpected; write a digit before the point/],
    ['context.?a == 1', /optional members are not available/],
    ['subject.id == "\u{1f600}" §', /^1:19: /],
    ['subject.id == "a\u0000"', /control character/],
    ['subject.id == "\\x00"', /NUL/],
    ['subject.id == "\ud800"', /not well-formed Unicode/],
    ['if', /reserved word/],
  ])('%j', (expression, message) => {
    expect(messages(expression).join('\n')).toMatch(message);
  });
});

describe('bounds', () => {
  const never = (expression: string) => expect(messages(expression)).not.toEqual([]);

  it.each<[string, string]>([
    ['a chain of !', `${'!'.repeat(2000)}context.a`],
    ['a chain of -', `1 == ${'-'.repeat(2000)}1`],
    ['a chain of +', `context.a${'+1'.repeat(900)}`],
    ['brackets', '('.repeat(1000)],
    ['lists', '['.repeat(1000)],
    ['indices', `context${'[context'.repeat(200)}`],
    ['comparisons', `context.a${'==1'.repeat(600)}`],
    ['choices', 'context.a?'.repeat(200)],
    ['macros', `context.a${'.exists(a, context.a'.repeat(90)}`],
    ['a text beyond the bound', `${'!'.repeat(1_000_000)}context.a`],
    ['a text beyond the bound in bytes', `subject.id == "${'ä'.repeat(1100)}"`],
  ])('%s are refused, and nothing breaks', (_, expression) => never(expression));

  it('holds the bounds exactly', () => {
    const nots = (depth: number) => `${'!'.repeat(depth - 1)}context.a`;
    expect(messages(nots(CONDITION_LIMITS.depth))).toEqual([]);
    expect(messages(nots(CONDITION_LIMITS.depth + 1))).toEqual([expect.stringContaining('nested too deeply: at most 32 levels')]);
    const items = (nodes: number) => `context.a in [${Array.from({ length: nodes - 3 }, (_, i) => i).join(',')}]`;
    expect(messages(items(CONDITION_LIMITS.nodes))).toEqual([]);
    expect(messages(items(CONDITION_LIMITS.nodes + 1))).toEqual([expect.stringContaining('has 201 parts, and at most 200')]);
    const text = (bytes: number) => `subject.id == "${'a'.repeat(bytes - 16)}"`;
    expect(messages(text(CONDITION_LIMITS.textBytes))).toEqual([]);
    expect(messages(text(CONDITION_LIMITS.textBytes + 1))).toEqual([expect.stringContaining('too long: 2049 bytes')]);
  });

  it('does not break where little of the stack is left', () => {
    const hostile = `${'!'.repeat(2000)}context.a`;
    const descend = (): string[] => {
      try {
        return descend();
      } catch {
        return messages(hostile);
      }
    };
    expect(descend()).not.toEqual([]);
  });
});

describe('types that are certain', () => {
  it.each<[string, RegExp]>([
    ['subject.id', /^1:1: a condition is true or false, and this is a string/],
    ['size(context)', /this is a number/],
    ['"a" < 1', /cannot compare a string with a number/],
    ['context.a < true', /is for numbers, strings and timestamps, and this is a boolean/],
    ['size(1) == context.a', /`size` is for a string, a list or a map, and this is a number/],
    ['subject.id == 1', /compares a string with a number, which are never equal/],
    ['now > "2026-01-01T00:00:00Z"', /write `timestamp\(\.\.\.\)` around the string/],
    ['now == timestamp("yesterday")', /`yesterday` is no timestamp; write it as `2026-01-31T12:00:00Z`/],
    ['timestamp(now) == now', /`timestamp` reads a string/],
    ['subject.id in "abc"', /write `text.contains\("part"\)`/],
    ['subject.id in [1, 2]', /never equal/],
    ['1 in context', /the names of a map are strings/],
    ['subject.id && context.a', /^1:1: `&&` needs true or false, and this is a string/],
    ['!subject.id', /`!` needs true or false/],
    ['subject.id.exists(x, x == 1)', /goes over a list, and this is a string/],
    ['context.l.exists(x, 1)', /`exists` needs true or false/],
    ['context.a.startsWith(1)', /`startsWith` is for strings/],
    ['["a"].contains("a") && context.a', /write `item in list`/],
    ['context.a < context.b < context.c', /this is a boolean/],
  ])('%s', (expression, message) => {
    expect(messages(expression).join('\n')).toMatch(message);
  });

  const declared = {
    task: { ownerId: 'string', due: 'timestamp', tags: 'list', size: 'number', box: 'any' },
    box: { size: 'string' },
  } as const;

  it.each<[string, RegExp]>([
    ['resource.properties.ownerId < 1', /cannot compare a string with a number/],
    ['resource.properties.due < now', /write `timestamp\(\.\.\.\)`/],
    ['resource.properties.ownerId.x == 1', /`resource.properties.ownerId` is declared as a string and has no members/],
    ['resource.properties.tags.exists(t, t == 1)', /compares a string with a number/],
  ])('%s contradicts the declared attributes', (expression, message) => {
    expect(messages(expression)).toEqual([]);
    expect(messages(expression, declared).join('\n')).toMatch(message);
  });

  it.each([
    'resource.properties.size == 1',
    'resource.properties.box == 1',
    'resource.properties.toString == 1',
    'resource.properties.ownerId == null',
  ])('%s is left to the request', (expression) => expect(messages(expression, declared)).toEqual([]));
});
