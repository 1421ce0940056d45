import type { Expr } from '@licet/contract';
import { compileCondition } from '@licet/engine';
import { type Binary, excludeEachOther, negated } from './condition-ranges.ts';
import { NOBODY } from './condition-time.ts';

/** The result of comparing a value with itself. */
const WITH_ITSELF: Partial<Record<Expr['op'], boolean>> = {
  ...{ eq: true, le: true, ge: true, startsWith: true, endsWith: true, contains: true },
  ...{ ne: false, lt: false, gt: false },
};
/** Those of them that compare with literals. */
const COMPARISONS: readonly Expr['op'][] = ['eq', 'ne', 'lt', 'le', 'gt', 'ge'];

/**
 * Whether a condition has the same result for every request in which it can be evaluated.
 * @returns that result; undefined where the request decides
 */
export function constantResult(tree: Expr): boolean | undefined {
  if (!readsVariable(tree, [])) {
    const result = compileCondition(tree)(NOBODY);
    return typeof result === 'boolean' ? result : undefined;
  }
  switch (tree.op) {
    case 'not':
      return opposite(constantResult(tree.args[0]));
    case 'and':
      return logicResult(tree.args, false);
    case 'or':
      return logicResult(tree.args, true);
    case 'exists':
      return quantifierResult(tree.args, true);
    case 'all':
      return quantifierResult(tree.args, false);
    case 'in':
      return membershipResult(tree.args);
    case 'eq':
    case 'ne':
    case 'lt':
    case 'le':
    case 'gt':
    case 'ge':
    case 'startsWith':
    case 'endsWith':
    case 'contains':
      return comparisonResult(tree);
    default:
      return undefined;
  }
}

/** Whether a part reads anything of the request. `bound` are the names of the enclosing `exists` and `all`. */
export function readsVariable(tree: Expr, bound: readonly string[]): boolean {
  if (tree.op === 'lit') return false;
  if (tree.op === 'var' || tree.op === 'has') return !bound.includes(tree.path[0]!);
  if (tree.op === 'exists' || tree.op === 'all') {
    return readsVariable(tree.args[0], bound) || readsVariable(tree.args[1], [...bound, tree.each]);
  }
  return tree.args.some((arg) => readsVariable(arg, bound));
}

function comparisonResult(tree: Binary): boolean | undefined {
  if (same(tree.args[0], tree.args[1])) return WITH_ITSELF[tree.op];
  if (!COMPARISONS.includes(tree.op)) return undefined;
  if (excludeEachOther([tree])) return false;
  return excludeEachOther([negated(tree)]) ? true : undefined;
}

const opposite = (result: boolean | undefined): boolean | undefined => (result === undefined ? undefined : !result);

/** `and` is decided by false, `or` by true; so is `a && !a`, `a || !a`, and `a == 1 && a == 2`, `a != 1 || a != 2`. */
function logicResult(args: Expr[], decider: boolean): boolean | undefined {
  const results = args.map((arg) => constantResult(arg));
  if (results.includes(decider)) return decider;
  if (results.every((result) => result === !decider)) return !decider;
  if (excludeEachOther(decider ? args.map(negated) : args)) return decider;
  const written = new Set(args.map((arg) => JSON.stringify(arg)));
  return args.some((arg) => arg.op === 'not' && written.has(JSON.stringify(arg.args[0]))) ? decider : undefined;
}

/** `exists` is false over nothing and where no item can pass; `all` is true over nothing and where every item must pass. */
function quantifierResult([list, body]: [Expr, Expr], decider: boolean): boolean | undefined {
  if (list.op === 'list' && list.args.length === 0) return !decider;
  return constantResult(body) === !decider ? !decider : undefined;
}

function membershipResult([item, container]: [Expr, Expr]): boolean | undefined {
  if (container.op !== 'list') return undefined;
  if (container.args.length === 0) return false;
  return container.args.some((known) => same(item, known)) ? true : undefined;
}

const same = (left: Expr, right: Expr): boolean => JSON.stringify(left) === JSON.stringify(right);
