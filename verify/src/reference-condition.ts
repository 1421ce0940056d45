/**
 * Conditions in the plainest way: the tree is walked for each question. Written from the docstring of the contract's `Expr` and from the
 * conformance cases, apart from the engine's evaluator; tests compare the two.
 */
import { CONDITION_LIMITS, type Attributes, type ConditionErrorCode, type EvaluationRequest, type Expr } from '@licet/contract';

/** Why an expression has no value. */
export class Failure {
  readonly error: ConditionErrorCode;
  readonly at: string;

  constructor(error: ConditionErrorCode, at: string) {
    this.error = error;
    this.at = at;
  }
}

/** A timestamp: equal to timestamps only. */
class Instant {
  readonly ms: number;

  constructor(ms: number) {
    this.ms = ms;
  }
}

type Members = Record<string, unknown>;

/** What a condition sees: the five roots, each a value. Stored attributes are filled in under those of the request. */
export function scopeOf(
  { subject, action, resource, context }: EvaluationRequest,
  now: number,
  ofUser: Attributes | undefined,
  ofResource: Attributes | undefined,
): Members {
  const filled = (stored: Attributes | undefined, given: Attributes | undefined) => Object.assign(bare(), stored, given) as Members;
  return {
    subject: { type: subject.type, id: subject.id, properties: filled(ofUser, subject.properties) },
    action: { name: action.name, properties: filled(undefined, action.properties) },
    resource: { type: resource.type, id: resource.id, properties: filled(ofResource, resource.properties) },
    context: filled(undefined, context),
    now: new Instant(now),
  };
}

/** The value of a condition as a whole, which has to be a boolean. */
export function holds(tree: Expr, scope: Members): boolean | Failure {
  const value = evaluate(tree, scope);
  return typeof value === 'boolean' || value instanceof Failure ? value : new Failure('not_boolean', 'condition');
}

/** `inside`: whether an `exists` or an `all` stands around. */
function evaluate(tree: Expr, scope: Members, inside = false): unknown {
  switch (tree.op) {
    case 'lit':
      return tree.value;
    case 'var':
      return follow(tree.path, scope);
    case 'has': {
      const parent = follow(tree.path.slice(0, -1), scope);
      if (parent instanceof Failure) return parent;
      if (!isMap(parent)) return new Failure('missing_attribute', tree.path.join('.'));
      return Object.hasOwn(parent, tree.path.at(-1) as string);
    }
    case 'and':
      return joined(tree.op, tree.args, (arg) => evaluate(arg, scope, inside), false);
    case 'or':
      return joined(tree.op, tree.args, (arg) => evaluate(arg, scope, inside), true);
    case 'exists':
    case 'all':
      return quantified(tree.op, tree.each, tree.args, scope, inside);
    default: {
      const values = tree.args.map((arg) => evaluate(arg, scope, inside));
      const failure = values.find((value) => value instanceof Failure);
      return failure ?? (tree.op === 'list' ? values : applied(tree.op, values));
    }
  }
}

function follow(path: readonly string[], scope: Members): unknown {
  let value: unknown = scope;
  for (const [i, name] of path.entries()) {
    if (!isMap(value) || !Object.hasOwn(value, name)) return new Failure('missing_attribute', path.slice(0, i + 1).join('.'));
    value = value[name];
  }
  return value;
}

function quantified(op: 'exists' | 'all', each: string, [list, body]: [Expr, Expr], scope: Members, inside: boolean): unknown {
  const items = evaluate(list, scope, inside);
  if (items instanceof Failure) return items;
  if (!Array.isArray(items)) return new Failure('type_mismatch', op);
  const most = inside || quantifies(body) ? CONDITION_LIMITS.nestedListItems : CONDITION_LIMITS.listItems;
  if (items.length > most) return new Failure('too_long', op);
  return joined(op, items as unknown[], (item) => evaluate(body, { ...scope, [each]: item }, true), op === 'exists');
}

function quantifies(tree: Expr): boolean {
  return tree.op === 'exists' || tree.op === 'all' || ('args' in tree && tree.args.some(quantifies));
}

/** One value that decides, decides; otherwise the first failure is the result. */
function joined<T>(op: string, items: readonly T[], valueOf: (item: T) => unknown, deciding: boolean): unknown {
  const values = items.map(valueOf);
  if (values.includes(deciding)) return deciding;
  const odd = values.find((value) => typeof value !== 'boolean');
  if (odd === undefined) return !deciding;
  return odd instanceof Failure ? odd : new Failure('not_boolean', op);
}

type Applied = Exclude<Expr['op'], 'list' | 'lit' | 'var' | 'has' | 'and' | 'or' | 'exists' | 'all'>;

function applied(op: Applied, [left, right]: unknown[], mismatch = new Failure('type_mismatch', op)): unknown {
  const texts = typeof left === 'string' && typeof right === 'string';
  switch (op) {
    case 'not':
      return typeof left === 'boolean' ? !left : new Failure('not_boolean', op);
    case 'size':
      if (typeof left === 'string') return [...left].length;
      return Array.isArray(left) ? left.length : isMap(left) ? Object.keys(left).length : mismatch;
    case 'timestamp':
      return typeof left === 'string' ? (instantOf(left) ?? new Failure('invalid_timestamp', op)) : mismatch;
    case 'eq':
      return canonical(left) === canonical(right);
    case 'ne':
      return canonical(left) !== canonical(right);
    case 'in':
      if (Array.isArray(right)) return right.some((item) => canonical(item) === canonical(left));
      return isMap(right) && typeof left === 'string' ? Object.hasOwn(right, left) : mismatch;
    case 'startsWith':
      return texts ? isAt(Array.from(left), Array.from(right), 0) : mismatch;
    case 'endsWith':
      return texts ? isAt(Array.from(left).reverse(), Array.from(right).reverse(), 0) : mismatch;
    case 'contains':
      return texts ? Array.from(`${left}.`).some((_, i) => isAt(Array.from(left), Array.from(right), i)) : mismatch;
    default: {
      const order = texts ? orderOfTexts(left, right) : orderOfNumbers(left, right);
      if (order === undefined) return mismatch;
      return { lt: order < 0, le: order <= 0, gt: order > 0, ge: order >= 0 }[op];
    }
  }
}

/** Whether a text stands in another from there on, both as code points. */
function isAt(text: readonly string[], part: readonly string[], from: number): boolean {
  return part.every((character, i) => text[from + i] === character);
}

/** By code point, one after the other; a beginning comes before the whole. */
function orderOfTexts(left: string, right: string): number {
  const [mine, theirs] = [Array.from(left), Array.from(right)];
  for (const [i, character] of mine.entries()) {
    const other = theirs[i];
    if (other === undefined) return 1;
    if (character !== other) return (character.codePointAt(0) as number) - (other.codePointAt(0) as number);
  }
  return mine.length - theirs.length;
}

function orderOfNumbers(left: unknown, right: unknown): number | undefined {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  return left instanceof Instant && right instanceof Instant ? left.ms - right.ms : undefined;
}

/** A text that two values share if, and only if, they are equal by type and value. */
function canonical(value: unknown): string {
  if (value instanceof Instant) return `t${value.ms}`;
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isMap(value)) return typeof value === 'number' ? String(value) : JSON.stringify(value);
  const members = Object.keys(value).sort();
  return `{${members.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(',')}}`;
}

const RFC3339 = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.(\d+))?(?:Z|([+-])([01]\d|2[0-3]):([0-5]\d))$/i;

/** RFC 3339 without leap seconds, within the years 1 to 9999 in UTC. A date that the calendar does not have comes back as another one. */
function instantOf(text: string): Instant | undefined {
  const [, date, time, fraction = '', sign, hours, minutes] = RFC3339.exec(text) ?? [];
  if (date === undefined || date.startsWith('0000')) return undefined;
  const local = new Date(`${date}T${time}.${fraction.padEnd(3, '0').slice(0, 3)}Z`);
  if (Number.isNaN(local.getTime()) || !local.toISOString().startsWith(`${date}T${time}`)) return undefined;
  const offset = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000;
  const utc = new Date(local.getTime() + (sign === '-' ? offset : -offset));
  return utc.getUTCFullYear() < 1 || utc.getUTCFullYear() > 9999 ? undefined : new Instant(utc.getTime());
}

function isMap(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Instant);
}

/** Without a prototype, so that `__proto__` is a name like any other. */
function bare(): object {
  return Object.create(null) as object;
}
