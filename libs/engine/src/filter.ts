import type { Attributes, Expr, FilterPlan, PlanCondition } from '@licet/contract';
import { compileCondition } from './condition.ts';
import { ConditionError } from './scope.ts';

// The conditions of filter plans: how they are put together, and what they say of a row.

/** A row as a filter sees it. */
export interface FilterRow {
  readonly id: string;
  readonly properties: Attributes;
}

type Joined = Extract<PlanCondition, { op: 'and' | 'or' }>;

export const ALWAYS: PlanCondition = { op: 'lit', value: true };
export const NEVER: PlanCondition = { op: 'lit', value: false };
const constant = (value: boolean): PlanCondition => (value ? ALWAYS : NEVER);

/** All of the conditions; without constants, repetitions and an `and` in an `and`. */
export function allOf(conditions: readonly PlanCondition[]): PlanCondition {
  return joined('and', conditions);
}

/** One of the conditions; without constants, repetitions and an `or` in an `or`. */
export function anyOf(conditions: readonly PlanCondition[]): PlanCondition {
  return joined('or', conditions);
}

function joined(op: 'and' | 'or', conditions: readonly PlanCondition[]): PlanCondition {
  const [neutral, deciding] = op === 'and' ? [true, false] : [false, true];
  const parts = new Map<string, PlanCondition>();
  for (const part of conditions.flatMap((condition) => (condition.op === op ? condition.args : [condition]))) {
    if (part.op === 'lit' && part.value === deciding) return constant(deciding);
    if (part.op !== 'lit' || part.value !== neutral) parts.set(JSON.stringify(part), part);
  }
  const [first, ...more] = parts.values();
  if (!first) return constant(neutral);
  return more.length === 0 ? first : { op, args: [first, ...more] };
}

/** The opposite of a condition that does not err. */
export function oppositeOf(condition: PlanCondition): PlanCondition {
  switch (condition.op) {
    case 'lit':
      return constant(condition.value !== true);
    case 'and':
      return anyOf(condition.args.map(oppositeOf));
    case 'or':
      return allOf(condition.args.map(oppositeOf));
    case 'not':
      return condition.args[0];
    case 'eq':
      return { op: 'ne', args: condition.args };
    case 'ne':
      return { op: 'eq', args: condition.args };
    default:
      return { op: 'not', args: [condition] };
  }
}

/** That a condition has this value, and neither the other one nor none because it errs. */
export function hasValue(tree: Expr, value: boolean): PlanCondition {
  switch (tree.op) {
    case 'lit':
      return constant(tree.value === value);
    case 'not':
      return hasValue(tree.args[0], !value);
    case 'and':
    case 'or': {
      const parts = tree.args.map((arg) => hasValue(arg, value));
      return (tree.op === 'and') === value ? allOf(parts) : anyOf(parts);
    }
    default: {
      if (value && tree.op === 'in' && tree.args[1].op === 'list' && tree.args[1].args.length === 0) return NEVER;
      const asked = value ? tree : negated(tree);
      return isSafe(asked) ? asked : { op: 'isTrue', args: [asked] };
    }
  }
}

/** The opposite of a condition, which errs where that one errs. */
function negated(tree: Expr): Expr {
  switch (tree.op) {
    case 'eq':
    case 'ne':
    case 'lt':
    case 'le':
    case 'gt':
    case 'ge':
      return { op: OPPOSITES[tree.op], args: tree.args };
    default:
      return { op: 'not', args: [tree] };
  }
}

const OPPOSITES = { eq: 'ne', ne: 'eq', lt: 'ge', ge: 'lt', gt: 'le', le: 'gt' } as const;

/** Whether a condition can be seen not to err, whatever the row. */
function isSafe(tree: Expr): boolean {
  switch (tree.op) {
    case 'has':
      return tree.path.length === 3;
    case 'not':
      return isSafe(tree.args[0]);
    case 'eq':
    case 'ne':
      return tree.args.every(isThere);
    case 'in':
      return tree.args[1].op === 'list' && tree.args.every(isThere);
    case 'startsWith':
    case 'endsWith':
    case 'contains':
      return tree.args.every((arg) => isThere(arg) && (arg.op !== 'lit' || typeof arg.value === 'string') && arg.op !== 'list');
    default:
      return false;
  }
}

/** Whether a value is there in every row: what is literal, and the id. */
function isThere(tree: Expr): boolean {
  if (tree.op === 'list') return tree.args.every(isThere);
  return tree.op === 'lit' || (tree.op === 'var' && tree.path.length === 2 && tree.path[0] === 'resource' && tree.path[1] === 'id');
}

/**
 * Makes of a filter plan a function that tells of a row whether it is allowed: what a database does with the plan's condition.
 * @returns a function that never throws; where a condition cannot be read, it says no
 */
export function rowFilter(plan: FilterPlan): (row: FilterRow) => boolean {
  if (plan.kind !== 'conditional') return () => plan.kind === 'always';
  try {
    const test = compilePlan(plan.condition);
    return (row) => test(row) === true;
  } catch {
    return () => false;
  }
}

/** True, false, or undefined where a condition errs that should not. */
type Test = (row: FilterRow) => boolean | undefined;

function compilePlan(condition: PlanCondition): Test {
  switch (condition.op) {
    case 'and':
    case 'or':
      return compileJoined(condition);
    case 'not': {
      const test = compilePlan(condition.args[0]);
      return (row) => {
        const result = test(row);
        return result === undefined ? undefined : !result;
      };
    }
    case 'isTrue': {
      const test = compilePlan(condition.args[0]);
      return (row) => test(row) === true;
    }
    default: {
      const evaluate = compileCondition(condition);
      return ({ id, properties }) => {
        const result = evaluate({ subject: NOBODY, action: { name: '-' }, resource: { type: '-', id, properties }, now: 0 });
        return result instanceof ConditionError ? undefined : result;
      };
    }
  }
}

const NOBODY = { type: '-', id: '-' };

function compileJoined({ op, args }: Joined): Test {
  const tests = args.map(compilePlan);
  const deciding = op === 'or';
  return (row) => {
    const results = tests.map((test) => test(row));
    if (results.includes(deciding)) return deciding;
    return results.includes(undefined) ? undefined : !deciding;
  };
}
