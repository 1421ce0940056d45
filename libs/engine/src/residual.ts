import { CONDITION_LIMITS, type Expr } from '@licet/contract';
import { compileCondition, type Condition } from './condition.ts';
import { compileHas, compileVar } from './path.ts';
import { ConditionError, type Scope } from './scope.ts';
import { isMap, member, memberNames, sizeOf, Timestamp } from './value.ts';

// What is left of a condition when everything is known but the resource's id and attributes. Where it has a value, the reduced condition
// has the same, and where it errs, so does the reduced one; which error it is may differ.

/**
 * A part of a condition: known, where the resource does not matter (an error is a value, too); or open, with what is left of it. A tree
 * that is undefined cannot be written down, for instance because a map would have to be a literal.
 */
export type Part = { readonly known: true; readonly value: unknown } | { readonly known: false; readonly tree: Expr | undefined };

/** A name that an enclosing `exists` or `all` binds: to an item that is known, or to the items of an attribute of the resource. */
type Bound = { readonly name: string; readonly open: true } | { readonly name: string; readonly open: false; readonly value: unknown };

type BinaryTree = Exclude<Extract<Expr, { args: [Expr, Expr] }>, { each: string }>;
type BinaryOp = BinaryTree['op'];

/** How many parts the conditions of one plan have at most, with lists that are known written out. */
const MOST_PARTS = 10_000;
/** In place of a truth value this errs: null is no boolean. */
const ERRS: Expr = { op: 'lit', value: null };
const ERROR: Part = { known: true, value: new ConditionError('type_mismatch', 'condition') };
const INEXPRESSIBLE: Part = { known: false, tree: undefined };
const NO_ITEMS: readonly unknown[] = Object.freeze([]);
const known = (value: unknown): Part => ({ known: true, value });
const open = (tree: Expr): Part => ({ known: false, tree });

/** Whether a timestamp can say this time: whole milliseconds, from the beginning of the year 1 to the end of 9999. */
export function isWritten(ms: number): boolean {
  return Number.isInteger(ms) && ms >= -62_135_596_800_000 && ms <= 253_402_300_799_999;
}

/** Reduces conditions. One of these serves one plan, and counts what it writes. */
export class Reducer {
  readonly #scope: Scope;
  #parts = 0;

  /** @param scope all that is known; `resource.properties` are attributes that every resource has */
  constructor(scope: Scope) {
    this.#scope = scope;
  }

  /**
   * @param tree a condition that compiles
   * @returns what is left of it
   * @throws Error where the conditions become too large
   */
  reduce(tree: Expr): Part {
    return this.#reduce(tree, []);
  }

  #reduce(tree: Expr, bounds: readonly Bound[]): Part {
    if (++this.#parts > MOST_PARTS) throw new Error('the plan is too large');
    switch (tree.op) {
      case 'lit':
        return known(tree.value);
      case 'var':
        return this.#var(tree.path, bounds);
      case 'has':
        return this.#has(tree.path, bounds);
      case 'list':
        return list(tree.args.map((arg) => this.#reduce(arg, bounds)));
      case 'not':
        return not(this.#reduce(tree.args[0], bounds));
      case 'size':
      case 'timestamp':
        return unary(tree.op, this.#reduce(tree.args[0], bounds));
      case 'and':
      case 'or':
        return join(
          tree.op,
          tree.args.map((arg) => this.#reduce(arg, bounds)),
        );
      case 'exists':
      case 'all':
        return this.#quantifier(tree, bounds);
      default:
        return this.#binary(tree, bounds);
    }
  }

  #var(path: readonly string[], bounds: readonly Bound[]): Part {
    const bound = bounds.findLast(({ name }) => name === path[0]);
    if (bound?.open) return open({ op: 'var', path: [...path] });
    if (bound) {
      const value = memberAt(bound.value, path.slice(1));
      return value === undefined ? ERROR : known(value);
    }
    const kind = this.#kindOf(path);
    if (kind === 'whole') return INEXPRESSIBLE;
    return kind === 'open' ? open({ op: 'var', path: [...path] }) : known(compileVar(path, [])(this.#scope, NO_ITEMS));
  }

  #has(path: readonly string[], bounds: readonly Bound[]): Part {
    const bound = bounds.findLast(({ name }) => name === path[0]);
    if (bound && path.length === 1) return known(true);
    if (bound?.open) return open({ op: 'has', path: [...path] });
    if (bound) {
      const parent = memberAt(bound.value, path.slice(1, -1));
      return isMap(parent) ? known(member(parent, path.at(-1)!) !== undefined) : ERROR;
    }
    // Every resource has an id and properties, whatever they are.
    const isAttribute = this.#kindOf(path) === 'open' && path[1] === 'properties';
    return isAttribute ? open({ op: 'has', path: [...path] }) : known(compileHas(path, [])(this.#scope, NO_ITEMS));
  }

  /** What a path leads to: what is known, what differs from resource to resource, or all that a resource has. */
  #kindOf([root, field, name, ...rest]: readonly string[]): 'known' | 'open' | 'whole' {
    if (root !== 'resource') return 'known';
    if (field === undefined) return 'whole';
    if (field === 'id') return name === undefined && rest.length === 0 ? 'open' : 'known';
    if (field !== 'properties') return 'known';
    if (name === undefined) return 'whole';
    return member(this.#scope.resource.properties, name) === undefined ? 'open' : 'known';
  }

  #binary(tree: BinaryTree, bounds: readonly Bound[]): Part {
    const { op, args } = tree;
    const item = this.#reduce(args[0], bounds);
    if (op === 'in' && item.known && this.#isProperties(args[1], bounds)) {
      if (typeof item.value !== 'string') return ERROR;
      return this.#has(['resource', 'properties', item.value], []);
    }
    return binary(op, item, this.#reduce(args[1], bounds));
  }

  #isProperties(tree: Expr, bounds: readonly Bound[]): boolean {
    if (tree.op !== 'var' || tree.path.length !== 2 || bounds.some(({ name }) => name === 'resource')) return false;
    return tree.path[0] === 'resource' && tree.path[1] === 'properties';
  }

  /** Over a list that is known, each item is written out. */
  #quantifier({ op, each, args: [over, body] }: Extract<Expr, { op: 'exists' | 'all' }>, bounds: readonly Bound[]): Part {
    const items = this.#reduce(over, bounds);
    if (items.known) {
      if (!Array.isArray(items.value) || items.value.length > CONDITION_LIMITS.listItems) return ERROR;
      const bodies = items.value.map((value) => this.#reduce(body, [...bounds, { name: each, open: false, value }]));
      return join(op === 'exists' ? 'or' : 'and', bodies);
    }
    const test = truthTree(this.#reduce(body, [...bounds, { name: each, open: true }]));
    return items.tree && test ? open({ op, each, args: [items.tree, test] }) : INEXPRESSIBLE;
  }
}

/** The value at the end of a path from another one; undefined where it leads to nothing. */
function memberAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((map, name) => (isMap(map) ? member(map, name) : undefined), value);
}

function list(items: readonly Part[]): Part {
  if (items.some(isError)) return ERROR;
  if (items.every((item) => item.known)) return known(items.map(({ value }) => value));
  const trees = items.map(treeOf);
  return trees.includes(undefined) ? INEXPRESSIBLE : open({ op: 'list', args: trees as Expr[] });
}

function not(part: Part): Part {
  if (part.known) return typeof part.value === 'boolean' ? known(!part.value) : ERROR;
  return part.tree ? open({ op: 'not', args: [part.tree] }) : INEXPRESSIBLE;
}

function unary(op: 'size' | 'timestamp', part: Part): Part {
  if (!part.known) return part.tree ? open({ op, args: [part.tree] }) : INEXPRESSIBLE;
  const { value } = part;
  if (isError(part)) return ERROR;
  const result = op === 'size' ? sizeOf(value) : typeof value === 'string' ? Timestamp.parse(value) : undefined;
  return result === undefined ? ERROR : known(result);
}

/** Joins by `and` or `or`: one part that decides decides, whatever else errs. */
function join(op: 'and' | 'or', parts: readonly Part[]): Part {
  const deciding = op === 'or';
  if (parts.some((part) => part.known && part.value === deciding)) return known(deciding);
  const left = parts.filter((part) => !part.known || part.value !== !deciding);
  if (left.length === 0) return known(!deciding);
  if (left.every((part) => part.known)) return ERROR;
  const trees = left.map(truthTree);
  if (trees.includes(undefined)) return INEXPRESSIBLE;
  const [only] = trees as Expr[];
  if (trees.length === 1 && only && !VALUES.has(only.op)) return open(only);
  // What might be no truth value has to stand in an `and` or `or`, which has two operands at least.
  return open({ op, args: (trees.length === 1 ? [...trees, { op: 'lit', value: !deciding }] : trees) as Expr[] });
}

/** The operators whose value may be something else than true or false. */
const VALUES: ReadonlySet<Expr['op']> = new Set(['lit', 'var', 'list', 'size', 'timestamp']);

/** Two values, as the operands of each binary operator. */
const SIDES: [Expr, Expr] = [
  { op: 'var', path: ['context', 'left'] },
  { op: 'var', path: ['context', 'right'] },
];
const applied = new Map<BinaryOp, Condition>();

/** What an operator says of two values that are known. */
function apply(op: BinaryOp, left: unknown, right: unknown): boolean | ConditionError {
  const condition = applied.get(op) ?? compileCondition({ op, args: SIDES });
  applied.set(op, condition);
  return condition({ context: { left, right } } as unknown as Scope);
}

function binary(op: BinaryOp, left: Part, right: Part): Part {
  if (isError(left) || isError(right)) return ERROR;
  if (left.known && right.known) return known(apply(op, left.value, right.value));
  if (op === 'in' && right.known) return within(left, right.value);
  for (const part of [left, right]) if (part.known && !mayBeOperand(op, part.value)) return ERROR;
  const [leftTree, rightTree] = [treeOf(left), treeOf(right)];
  return leftTree && rightTree ? open({ op, args: [leftTree, rightTree] }) : INEXPRESSIBLE;
}

/** Whether an operator is defined for a value, with the right one beside it. */
function mayBeOperand(op: BinaryOp, value: unknown): boolean {
  if (op === 'eq' || op === 'ne' || op === 'in') return true;
  if (op === 'startsWith' || op === 'endsWith' || op === 'contains') return typeof value === 'string';
  return typeof value === 'string' || typeof value === 'number' || value instanceof Timestamp;
}

/** `in` with a container that is known. */
function within(item: Part, container: unknown): Part {
  if (!Array.isArray(container) && !isMap(container)) return ERROR;
  const [tree, items] = [treeOf(item), literal(Array.isArray(container) ? container : memberNames(container))];
  if (!tree || !items) return INEXPRESSIBLE;
  const found: Expr = { op: 'in', args: [tree, items] };
  if (Array.isArray(container)) return open(found);
  // Of a map this asks for a name, and errs where the item is no text.
  const isText: Expr = { op: 'startsWith', args: [tree, { op: 'lit', value: '' }] };
  return open({ op: 'or', args: [{ op: 'not', args: [isText] }, found] });
}

function isError(part: Part): boolean {
  return part.known && part.value instanceof ConditionError;
}

function treeOf(part: Part): Expr | undefined {
  return part.known ? literal(part.value) : part.tree;
}

/** A part in place of a truth value. */
function truthTree(part: Part): Expr | undefined {
  if (!part.known) return part.tree;
  return typeof part.value === 'boolean' ? { op: 'lit', value: part.value } : ERRS;
}

/** A value as a tree; undefined where it cannot be written. */
function literal(value: unknown): Expr | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)) {
    return { op: 'lit', value: value as string | number | boolean | null };
  }
  if (value instanceof Timestamp && !isWritten(value.ms)) return undefined;
  if (value instanceof Timestamp) return { op: 'timestamp', args: [{ op: 'lit', value: new Date(value.ms).toISOString() }] };
  if (!Array.isArray(value)) return undefined;
  const items = value.map(literal);
  return items.includes(undefined) ? undefined : { op: 'list', args: items as Expr[] };
}
