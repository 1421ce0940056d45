import type { Expr, PlanCondition } from '@licet/contract';
import { NotExpressible, type Column } from './mikro-orm-column.ts';

/** Some rows: all, none, or those of a filter that is true of them and of no other. */
export type Rows = boolean | { readonly [key: string]: unknown };

/** Of which rows a condition is true, of which it is false, and where it errs. Each row is in exactly one. */
interface Split {
  readonly yes: Rows;
  readonly no: Rows;
  readonly error: Rows;
}

/** A value that is compared. */
type Operand =
  | { readonly kind: 'literal'; readonly value: unknown }
  | { readonly kind: 'instant'; readonly ms: number }
  | { readonly kind: 'column'; readonly column: Column }
  | { readonly kind: 'instants'; readonly column: Column }
  | { readonly kind: 'error' };

type Ordering = 'lt' | 'le' | 'gt' | 'ge';

const ERRS: Split = { yes: false, no: false, error: true };
const UNEQUAL: Split = { yes: false, no: true, error: false };
const EQUAL: Split = { yes: true, no: false, error: false };
const FILTERS = { lt: '$lt', le: '$lte', gt: '$gt', ge: '$gte' } as const;
const OPPOSITES = { lt: 'ge', ge: 'lt', gt: 'le', le: 'gt' } as const;
const MIRRORED = { lt: 'gt', gt: 'lt', le: 'ge', ge: 'le' } as const;
const SURROGATES = { first: 0xd800, after: 0xe000 };
const LAST_CODE_POINT = 0x10ffff;

/** Translates conditions of filter plans. */
export class Translator {
  private readonly columns: ReadonlyMap<string, Column>;
  private readonly id: Column;

  /** @param columns by attribute; an attribute that is not among them is missing from all rows */
  constructor(columns: ReadonlyMap<string, Column>, id: Column) {
    this.columns = columns;
    this.id = id;
  }

  /** The rows of which a condition is true. @throws NotExpressible */
  where(condition: PlanCondition): Rows {
    return this.select(condition, true, true);
  }

  /** The rows of which a condition has this value; with `is` false, all others. */
  private select(tree: PlanCondition, value: boolean, is: boolean): Rows {
    switch (tree.op) {
      case 'and':
      case 'or': {
        const parts = tree.args.map((arg) => this.select(arg, value, is));
        return ((tree.op === 'and') === value) === is ? all(parts) : any(parts);
      }
      case 'not':
        return this.select(tree.args[0], !value, is);
      case 'isTrue':
        return this.select(tree.args[0], true, value === is);
      default: {
        const { yes, no, error } = this.split(tree);
        const [wanted, other] = value ? [yes, no] : [no, yes];
        return is ? wanted : any([other, error]);
      }
    }
  }

  private split(tree: Expr): Split {
    switch (tree.op) {
      case 'lit':
        return typeof tree.value === 'boolean' ? (tree.value ? EQUAL : UNEQUAL) : ERRS;
      case 'var':
        return truthOf(this.operand(tree), tree);
      case 'has':
        return this.has(tree);
      case 'eq':
        return this.equality(tree, tree.args);
      case 'ne':
        return opposite(this.equality(tree, tree.args));
      case 'lt':
      case 'le':
      case 'gt':
      case 'ge':
        return ordering(tree.op, this.operand(tree.args[0]), this.operand(tree.args[1]), tree);
      case 'in':
        return this.within(tree, tree.args);
      case 'startsWith':
      case 'endsWith':
      case 'contains':
        return text(tree.op, this.operand(tree.args[0]), this.operand(tree.args[1]), tree);
      default:
        throw refused(tree);
    }
  }

  private operand(tree: Expr): Operand {
    switch (tree.op) {
      case 'lit':
        if (typeof tree.value === 'string' && !tree.value.isWellFormed()) throw refused(tree);
        return { kind: 'literal', value: tree.value };
      case 'list':
        return { kind: 'literal', value: tree.args };
      case 'var':
        return this.path(tree);
      case 'timestamp':
        return instantOf(this.operand(tree.args[0]), tree);
      default:
        throw refused(tree);
    }
  }

  private path(tree: Extract<Expr, { op: 'var' | 'has' }>): Operand {
    const [root, field, name, ...rest] = tree.path;
    if (root === 'resource' && field === 'id' && name === undefined) return { kind: 'column', column: this.id };
    if (root !== 'resource' || field !== 'properties' || name === undefined) throw refused(tree);
    const column = this.columns.get(name);
    if (column === undefined) return { kind: 'error' };
    if (rest.length === 0) return { kind: 'column', column };
    if (column.type === 'opaque') throw refused(tree);
    return { kind: 'error' }; // no value of a column has members
  }

  private has(tree: Extract<Expr, { op: 'has' }>): Split {
    const operand = this.path(tree);
    if (tree.path.length === 3) return operand.kind === 'column' ? EQUAL : UNEQUAL;
    return ERRS;
  }

  private equality(tree: Expr, [left, right]: readonly [Expr, Expr]): Split {
    const [a, b] = [this.operand(left), this.operand(right)];
    if (a.kind === 'error' || b.kind === 'error') return ERRS;
    if (a.kind === 'literal' || a.kind === 'instant') return equality(b, a, tree);
    return equality(a, b, tree);
  }

  private within(tree: Expr, [item, list]: readonly [Expr, Expr]): Split {
    if (list.op !== 'list') throw refused(tree);
    const operand = this.operand(item);
    if (operand.kind === 'error') return ERRS;
    const literals = list.args.map((arg) => this.operand(arg));
    if (operand.kind !== 'column' || !literals.every((literal) => literal.kind === 'literal')) throw refused(tree);
    return membership(
      operand.column,
      literals.map(({ value }) => value),
      tree,
    );
  }
}

/** A value in place of a truth value. */
function truthOf(operand: Operand, tree: Expr): Split {
  if (operand.kind !== 'column') return ERRS;
  const { property, type } = operand.column;
  if (type === 'opaque') throw refused(tree);
  if (type !== 'boolean') return ERRS;
  return { yes: { [property]: true }, no: { [property]: false }, error: { [property]: null } };
}

/** `a` comes from the row. */
function equality(a: Operand, b: Operand, tree: Expr): Split {
  if (a.kind === 'column' && b.kind === 'literal') return membership(a.column, [b.value], tree);
  if (a.kind === 'instants' && b.kind === 'instant') return instants('eq', a.column, b.ms);
  if (a.kind === 'column' && b.kind === 'instant' && a.column.type !== 'opaque') return UNEQUAL;
  throw refused(tree);
}

/** That a column is one of the literals. */
function membership({ property, type, read }: Column, literals: readonly unknown[], tree: Expr): Split {
  if (type === 'opaque' && literals.some((literal) => literal !== null)) throw refused(tree);
  // How the text of a time is written is not the database's to know.
  if (type === 'date' && literals.some((literal) => typeof literal === 'string')) throw refused(tree);
  const held = literals.flatMap((literal) => (typeof literal === type ? [read(literal)] : [])).filter((value) => value !== undefined);
  const [first] = held;
  const one = held.length === 1;
  const found: Rows = held.length > 0 && { [property]: one ? first : { $in: held } };
  const others: Rows = held.length === 0 || { [property]: one ? { $ne: first } : { $nin: held } };
  const [isNull, isThere] = [{ [property]: null }, { [property]: { $ne: null } }];
  if (literals.includes(null)) return { yes: any([found, isNull]), no: all([others, isThere]), error: false };
  return { yes: found, no: any([others, isNull]), error: false };
}

function ordering(op: Ordering, a: Operand, b: Operand, tree: Expr): Split {
  if (a.kind === 'error' || b.kind === 'error') return ERRS;
  if (a.kind === 'literal' || a.kind === 'instant') {
    if (b.kind === 'literal' || b.kind === 'instant') throw refused(tree);
    return ordering(MIRRORED[op], b, a, tree);
  }
  const { property, type, ordered } = a.column;
  if (type === 'opaque') throw refused(tree);
  if (a.kind === 'instants' && b.kind === 'instant') return instants(op, a.column, b.ms);
  if (a.kind === 'instants' || b.kind === 'instant') return b.kind === 'column' || b.kind === 'instants' ? refuse(tree) : ERRS;
  if (b.kind !== 'literal' || type === 'date') throw refused(tree);
  if (typeof b.value !== type || type === 'boolean') return ERRS;
  if (!ordered) throw refused(tree);
  return {
    yes: { [property]: { [FILTERS[op]]: b.value } },
    no: { [property]: { [FILTERS[OPPOSITES[op]]]: b.value } },
    error: { [property]: null },
  };
}

/** Compares points in time: conditions know milliseconds, and columns may know more, which is cut off. */
function instants(op: Ordering | 'eq', { property }: Column, ms: number): Split {
  const [at, after] = [new Date(ms), new Date(ms + 1)];
  const before = (time: Date): Rows => ({ [property]: { $lt: time } });
  const from = (time: Date): Rows => ({ [property]: { $gte: time } });
  const error = { [property]: null };
  if (op === 'eq') return { yes: all([from(at), before(after)]), no: any([before(at), from(after)]), error };
  const bound = op === 'le' || op === 'gt' ? after : at;
  const below = op === 'lt' || op === 'le';
  return { yes: below ? before(bound) : from(bound), no: below ? from(bound) : before(bound), error };
}

function text(op: 'startsWith' | 'endsWith' | 'contains', a: Operand, b: Operand, tree: Expr): Split {
  if (a.kind === 'error' || b.kind === 'error') return ERRS;
  if (a.kind !== 'column' || b.kind !== 'literal') throw refused(tree);
  const { property, type, ordered } = a.column;
  if (type === 'opaque' || type === 'date') throw refused(tree);
  if (type !== 'string' || typeof b.value !== 'string') return ERRS;
  const error = { [property]: null };
  if (b.value === '') return { yes: { [property]: { $ne: null } }, no: false, error };
  if (op !== 'startsWith' || !ordered) throw refused(tree);
  const end = afterPrefix(b.value);
  const from = { [property]: { $gte: b.value } };
  const before = { [property]: { $lt: b.value } };
  if (end === undefined) return { yes: from, no: before, error };
  return { yes: all([from, { [property]: { $lt: end } }]), no: any([before, { [property]: { $gte: end } }]), error };
}

/** The first text, by code point, that comes after all texts with this beginning; undefined where there is none. */
function afterPrefix(prefix: string): string | undefined {
  const points = Array.from(prefix, (character) => character.codePointAt(0) ?? 0);
  while (points.at(-1) === LAST_CODE_POINT) points.pop();
  const last = points.pop();
  if (last === undefined) return undefined;
  return String.fromCodePoint(...points, last + 1 === SURROGATES.first ? SURROGATES.after : last + 1);
}

function instantOf(operand: Operand, tree: Expr): Operand {
  if (operand.kind === 'error') return operand;
  if (operand.kind === 'column' && operand.column.type === 'date') return { kind: 'instants', column: operand.column };
  if (operand.kind === 'column' && operand.column.type !== 'string' && operand.column.type !== 'opaque') return { kind: 'error' };
  const ms = operand.kind === 'literal' && typeof operand.value === 'string' ? Date.parse(operand.value) : NaN;
  if (Number.isNaN(ms)) throw refused(tree);
  return { kind: 'instant', ms };
}

function opposite({ yes, no, error }: Split): Split {
  return { yes: no, no: yes, error };
}

function all(parts: readonly Rows[]): Rows {
  return joined('$and', false, parts);
}

function any(parts: readonly Rows[]): Rows {
  return joined('$or', true, parts);
}

function joined(op: '$and' | '$or', deciding: boolean, parts: readonly Rows[]): Rows {
  if (parts.includes(deciding)) return deciding;
  const left = parts.filter((part) => typeof part === 'object');
  const [first] = left;
  if (first === undefined) return !deciding;
  return left.length === 1 ? first : { [op]: left };
}

function refuse(tree: Expr): never {
  throw refused(tree);
}

function refused(tree: Expr): NotExpressible {
  return new NotExpressible(`this part of a condition has no filter, check row by row: ${JSON.stringify(tree).slice(0, 500)}`);
}
