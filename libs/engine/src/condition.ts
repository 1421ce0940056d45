import { CONDITION_LIMITS, hasQuantifier, type Expr } from '@licet/contract';
import { compileHas, compileVar } from './path.ts';
import { ConditionError, type Evaluate, type Scope } from './scope.ts';
import { contains, endsWith, startsWith } from './text.ts';
import { compare, equal, isIn, sizeOf, Timestamp } from './value.ts';

// Conditions, compiled from their tree to closures. They are total: whatever the tree and whatever the request, evaluation ends and does
// not throw. What goes wrong is a value, a ConditionError, and the first one from left to right is the result; only `and`, `or`, `exists`
// and `all` ignore it where another operand decides (cel-spec, "Logical operators").

/** A compiled condition: true, false, or why it cannot say. */
export type Condition = (scope: Scope) => boolean | ConditionError;

const NONE: readonly unknown[] = Object.freeze([]);
const NOT_BOOLEAN = new ConditionError('not_boolean', 'condition');
/** A tree that this engine cannot read, or values that JSON cannot carry, such as a list that contains itself. */
const UNREADABLE = new ConditionError('type_mismatch', 'condition');

/**
 * Compiles a condition.
 * @param tree the condition as the control plane stored it; one that cannot be read becomes a condition that always errs
 * @returns the compiled condition; it never throws
 */
export function compileCondition(tree: Expr): Condition {
  let evaluate: Evaluate;
  try {
    evaluate = compile(tree, []);
  } catch {
    return () => UNREADABLE;
  }
  return (scope) => {
    try {
      const result = evaluate(scope, NONE);
      return typeof result === 'boolean' || result instanceof ConditionError ? result : NOT_BOOLEAN;
    } catch {
      return UNREADABLE;
    }
  };
}

/** `names` are the names that the enclosing `exists` and `all` bind, outermost first. */
function compile(tree: Expr, names: readonly string[]): Evaluate {
  const operand = (arg: Expr) => compile(arg, names);
  switch (tree.op) {
    case 'lit':
      return () => tree.value;
    case 'var':
      return compileVar(tree.path, names);
    case 'has':
      return compileHas(tree.path, names);
    case 'list':
      return once(tree.args, list(tree.args.map(operand)));
    case 'not':
      return not(operand(tree.args[0]));
    case 'size':
    case 'timestamp':
      return once(tree.args, unary(tree.op, operand(tree.args[0])));
    case 'and':
    case 'or':
      return logic(tree.op, tree.args.map(operand));
    case 'exists':
    case 'all':
      return quantifier(tree.op, operand(tree.args[0]), compile(tree.args[1], [...names, tree.each]), mostItems(tree.args[1], names));
    default:
      return binary(tree.op, operand(tree.args[0]), operand(tree.args[1]));
  }
}

/** What is made of literals alone has one value, whatever the request. */
function once(args: readonly Expr[], evaluate: Evaluate): Evaluate {
  if (args.some(({ op }) => op !== 'lit')) return evaluate;
  const value = evaluate({} as Scope, NONE);
  return () => value;
}

function list(items: readonly Evaluate[]): Evaluate {
  return (scope, bound) => {
    const values = items.map((item) => item(scope, bound));
    return values.find((value) => value instanceof ConditionError) ?? values;
  };
}

function not(operand: Evaluate): Evaluate {
  const notBoolean = new ConditionError('not_boolean', 'not');
  return (scope, bound) => {
    const value = operand(scope, bound);
    if (typeof value === 'boolean') return !value;
    return value instanceof ConditionError ? value : notBoolean;
  };
}

function unary(op: 'size' | 'timestamp', operand: Evaluate): Evaluate {
  const mismatch = new ConditionError('type_mismatch', op);
  const invalid = new ConditionError('invalid_timestamp', op);
  const apply = op === 'size' ? sizeOf : (value: unknown) => (typeof value === 'string' ? (Timestamp.parse(value) ?? invalid) : undefined);
  return (scope, bound) => {
    const value = operand(scope, bound);
    return value instanceof ConditionError ? value : (apply(value) ?? mismatch);
  };
}

/** What an operator says of two values; undefined where it is not defined for their types. */
type Apply = (left: unknown, right: unknown) => boolean | undefined;

const ordered = (test: (order: number) => boolean): Apply => {
  return (left, right) => {
    const order = compare(left, right);
    return order === undefined ? undefined : test(order);
  };
};
const textual = (test: (left: string, right: string) => boolean): Apply => {
  return (left, right) => (typeof left === 'string' && typeof right === 'string' ? test(left, right) : undefined);
};
const BINARY = {
  eq: equal,
  ne: (left, right) => !equal(left, right),
  lt: ordered((order) => order < 0),
  le: ordered((order) => order <= 0),
  gt: ordered((order) => order > 0),
  ge: ordered((order) => order >= 0),
  in: isIn,
  startsWith: textual(startsWith),
  endsWith: textual(endsWith),
  contains: textual(contains),
} satisfies Record<string, Apply>;
type BinaryOp = keyof typeof BINARY;

function binary(op: BinaryOp, left: Evaluate, right: Evaluate): Evaluate {
  if (!Object.hasOwn(BINARY, op)) throw new Error(`there is no operator \`${String(op)}\``);
  const apply: Apply = BINARY[op];
  const mismatch = new ConditionError('type_mismatch', op);
  return (scope, bound) => {
    const leftValue = left(scope, bound);
    if (leftValue instanceof ConditionError) return leftValue;
    const rightValue = right(scope, bound);
    if (rightValue instanceof ConditionError) return rightValue;
    return apply(leftValue, rightValue) ?? mismatch;
  };
}

function logic(op: 'and' | 'or', operands: readonly Evaluate[]): Evaluate {
  const deciding = op === 'or';
  const notBoolean = new ConditionError('not_boolean', op);
  return (scope, bound) => join(operands, (operand) => operand(scope, bound), deciding, notBoolean);
}

/** How long the list of `exists` or `all` may be: shorter where one stands inside the other, since the work is the product of both. */
function mostItems(body: Expr, names: readonly string[]): number {
  return names.length > 0 || hasQuantifier(body) ? CONDITION_LIMITS.nestedListItems : CONDITION_LIMITS.listItems;
}

/** `exists` is an `or` over the items of a list, `all` an `and`. */
function quantifier(op: 'exists' | 'all', list: Evaluate, body: Evaluate, most: number): Evaluate {
  const deciding = op === 'exists';
  const mismatch = new ConditionError('type_mismatch', op);
  const tooLong = new ConditionError('too_long', op);
  const notBoolean = new ConditionError('not_boolean', op);
  return (scope, bound) => {
    const items = list(scope, bound);
    if (items instanceof ConditionError) return items;
    if (!Array.isArray(items)) return mismatch;
    if (items.length > most) return tooLong;
    return join(items, (item) => body(scope, [...bound, item]), deciding, notBoolean);
  };
}

/** Joins by `or` (`deciding` is true) or by `and` (false): one deciding value decides, whatever else errs. */
function join<T>(
  items: readonly T[],
  valueOf: (item: T) => unknown,
  deciding: boolean,
  notBoolean: ConditionError,
): boolean | ConditionError {
  let failure: ConditionError | undefined;
  for (const item of items) {
    const value = valueOf(item);
    if (value === deciding) return deciding;
    if (value !== !deciding) failure ??= value instanceof ConditionError ? value : notBoolean;
  }
  return failure ?? !deciding;
}
