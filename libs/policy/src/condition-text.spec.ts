import { expect, it } from '@jest/globals';
import { conditionText } from './condition-text.ts';
import { parseCondition } from './parse-condition.ts';

it.each([
  'resource.properties.ownerId == subject.id',
  'context["client-ip"].startsWith("10.") && !(context.a || context.b)',
  'has(subject.properties.team) && subject.properties.team in ["a", 1, null, true]',
  'size(context.l) >= 2 || now < timestamp("2026-01-31T12:00:00Z")',
  'context.l.exists(i, i.m.all(j, j != i) && (i.a == 1) == false)',
  '!(context.a in context.b) == ("a" < context.c)',
  'context["in"].contains("\\"\\n")',
])('%s is written back as what compiles to the same tree', (expression) => {
  const compile = (text: string) => parseCondition(text, { mayBeConstant: true });
  const { tree } = compile(expression);
  if (!tree) throw new Error(JSON.stringify(compile(expression).errors));
  expect(compile(conditionText(tree)).tree).toEqual(tree);
});
