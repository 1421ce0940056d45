// What specs import from `@jest/globals` where no Jest runs: they are collected, and whoever wants runs them.
import { describe, getState, it } from 'jest-circus';
import { expect as expectOf } from 'expect';

export { describe, it };
export const jest = { setTimeout: () => undefined };

/** Properties count with this one whether they met enough of each kind: here they meet fewer (see fast-check.mjs). */
const toBeGreaterThan = () => undefined;
export const expect = Object.assign((value) => Object.assign(expectOf(value), { toBeGreaterThan }), expectOf);

/** Each test with the names of its blocks before its own. */
export function* collected(block = getState().rootDescribeBlock, prefix = '') {
  for (const child of block.children) {
    const name = `${prefix}${child.name}`;
    if (child.type === 'describeBlock') yield* collected(child, `${name} > `);
    else yield [name, child.fn];
  }
}
