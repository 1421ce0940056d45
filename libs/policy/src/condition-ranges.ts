import type { Expr } from '@licet/contract';
import { parseTime } from './condition-time.ts';

type Literal = string | number | boolean | null;
/** A comparison, or another test of two values. */
export type Binary = Exclude<Extract<Expr, { args: [Expr, Expr] }>, { each: string }>;
type Order = 'lt' | 'le' | 'gt' | 'ge';

/** What a chain of `&&` asks of one value. */
interface Wanted {
  /** The values of which it must be one; undefined where any will do. */
  among?: Literal[];
  except: Set<Literal>;
  low: number;
  lowOpen: boolean;
  high: number;
  highOpen: boolean;
  bounded: boolean;
}

const OPPOSITE = { eq: 'ne', ne: 'eq', lt: 'ge', ge: 'lt', gt: 'le', le: 'gt' } as const;
const MIRRORED = { eq: 'eq', ne: 'ne', lt: 'gt', gt: 'lt', le: 'ge', ge: 'le' } as const;

/**
 * Whether tests that are joined by `&&` exclude each other, as in `a == 1 && a == 2`, `a < 1 && a > 2`, `size(a) < 0`. Only comparisons of
 * one value with literals are looked at.
 * @returns whether no request can pass them all; false where that is not sure
 */
export function excludeEachOther(tests: readonly Expr[]): boolean {
  const wanted = new Map<string, Wanted>();
  for (const test of tests) note(test, wanted);
  return [...wanted.values()].some(isEmpty);
}

/** The opposite of a test, where it is one that {@link excludeEachOther} looks at; otherwise a test that says nothing. */
export function negated(test: Expr): Expr {
  if (test.op === 'not') return test.args[0];
  if (test.op in OPPOSITE) return { op: OPPOSITE[test.op as keyof typeof OPPOSITE], args: (test as Binary).args };
  return { op: 'not', args: [test] };
}

function note(test: Expr, wanted: Map<string, Wanted>): void {
  if (test.op === 'var') return restrict(wantedOf(test, wanted), [true]);
  if (test.op === 'not') return noteNegated(test.args[0], wanted);
  if (test.op === 'in') {
    const values = literalsOf(test.args[1]);
    return values && isPlace(test.args[0]) ? restrict(wantedOf(test.args[0], wanted), values) : undefined;
  }
  if (!(test.op in MIRRORED)) return;
  const comparison = test as Binary;
  const [left, right] = comparison.args;
  if (isPlace(left)) compare(comparison.op, left, right, wanted);
  else if (isPlace(right)) compare(MIRRORED[comparison.op as keyof typeof MIRRORED], right, left, wanted);
}

function noteNegated(test: Expr, wanted: Map<string, Wanted>): void {
  if (test.op === 'var') return restrict(wantedOf(test, wanted), [false]);
  if (test.op === 'in') {
    const values = literalsOf(test.args[1]);
    if (values && isPlace(test.args[0])) for (const value of values) wantedOf(test.args[0], wanted).except.add(value);
    return;
  }
  const opposite = negated(test);
  if (opposite.op !== 'not') note(opposite, wanted);
}

function compare(op: string, place: Expr, other: Expr, wanted: Map<string, Wanted>): void {
  const time = parseTime(other);
  const value = other.op === 'lit' ? other.value : time;
  if (value === undefined) return;
  const known = wantedOf(place, wanted);
  // Times are looked at by their order only: they equal no literal.
  if (op === 'eq' && time === undefined) restrict(known, [value]);
  else if (op === 'ne' && time === undefined) known.except.add(value);
  else if (typeof value === 'number' && op !== 'eq' && op !== 'ne') bound(known, op as Order, value);
}

function bound(known: Wanted, op: Order, value: number): void {
  known.bounded = true;
  const open = op === 'lt' || op === 'gt';
  if (op === 'lt' || op === 'le') {
    if (value < known.high || (value === known.high && open)) [known.high, known.highOpen] = [value, open];
  } else if (value > known.low || (value === known.low && open)) [known.low, known.lowOpen] = [value, open];
}

function restrict(known: Wanted, values: readonly Literal[]): void {
  known.among = known.among ? known.among.filter((value) => values.includes(value)) : [...values];
}

function isEmpty({ among, except, low, lowOpen, high, highOpen, bounded }: Wanted): boolean {
  const within = (value: Literal) =>
    typeof value === 'number' && (lowOpen ? value > low : value >= low) && (highOpen ? value < high : value <= high);
  if (among) return !among.some((value) => !except.has(value) && (!bounded || within(value)));
  return low > high || (low === high && (lowOpen || highOpen));
}

/** A path or its size: what has one value while a condition is evaluated. */
const isPlace = (tree: Expr): boolean => tree.op === 'var' || (tree.op === 'size' && tree.args[0].op === 'var');

function wantedOf(place: Expr, wanted: Map<string, Wanted>): Wanted {
  const key = JSON.stringify(place);
  let known = wanted.get(key);
  if (!known) {
    const size = place.op === 'size';
    known = { except: new Set(), low: size ? 0 : -Infinity, lowOpen: false, high: Infinity, highOpen: false, bounded: size };
    wanted.set(key, known);
  }
  return known;
}

function literalsOf(list: Expr): Literal[] | undefined {
  if (list.op !== 'list') return undefined;
  const values = list.args.flatMap((item) => (item.op === 'lit' ? [item.value] : []));
  return values.length === list.args.length ? values : undefined;
}
