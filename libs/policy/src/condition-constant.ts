import type { Expr } from '@licet/contract';
import { compileCondition, type Scope } from '@licet/engine';

/** The result of comparing a value with itself. */
const WITH_ITSELF: Partial<Record<Expr['op'], boolean>> = {
  ...{ eq: true, le: true, ge: true, startsWith: true, endsWith: true, contains: true },
  ...{ ne: false, lt: false, gt: false },
};
const NOBODY: Scope = { subject: { type: '-', id: '-' }, action: { name: '-' }, resource: { type: '-', id: '-' }, now: 0 };

/** Whether a text is a timestamp as engines read it (RFC 3339, section 5.6). */
export function isTimestamp(text: string): boolean {
  const read: Expr = { op: 'timestamp', args: [{ op: 'lit', value: text }] };
  return compileCondition({ op: 'eq', args: [read, read] })(NOBODY) === true;
}

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
      return same(tree.args[0], tree.args[1]) ? WITH_ITSELF[tree.op] : undefined;
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

const opposite = (result: boolean | undefined): boolean | undefined => (result === undefined ? undefined : !result);

/** `and` is decided by false, `or` by true; so is `a && !a`, `a || !a`. */
function logicResult(args: Expr[], decider: boolean): boolean | undefined {
  const results = args.map((arg) => constantResult(arg));
  if (results.includes(decider)) return decider;
  if (results.every((result) => result === !decider)) return !decider;
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
