import { readFileSync } from 'node:fs';
import { CONDITION_LIMITS, ConditionErrorCode } from '@licet/contract';
import { describe, expect, it } from '@jest/globals';
import { parseCondition } from './parse-condition.ts';

const page = readFileSync(new URL('../../../docs/conditions.md', import.meta.url), 'utf8');
const examples = /```cel\n([\s\S]*?)```/.exec(page)![1]!.trim().split('\n');

describe('docs/conditions.md', () => {
  it.each(examples)('has an example that compiles: %s', (expression) => {
    expect(parseCondition(expression).errors).toBeUndefined();
  });

  it('names the limits with their values, and the errors', () => {
    const limits = [...page.matchAll(/^\| `(\w+)` \| (\d+) \|/gm)].map(([, name, value]) => [name, Number(value)]);
    expect(Object.fromEntries(limits)).toEqual(CONDITION_LIMITS);
    const errors = [...page.matchAll(/^\| `(\w+_\w+)` \|/gm)].map(([, name]) => name);
    expect(errors.toSorted()).toEqual(ConditionErrorCode.options.toSorted());
  });
});
