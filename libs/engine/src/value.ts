import { parseTimestamp } from './timestamp.ts';

/** A map of a request or of stored attributes. */
export type ValueMap = Readonly<Record<string, unknown>>;

/** A point in time inside a condition: a type of its own, which equals and compares with timestamps only. */
export class Timestamp {
  readonly ms: number;

  constructor(ms: number) {
    this.ms = ms;
  }

  /** @returns undefined where `text` is no RFC 3339 timestamp */
  static parse(text: string): Timestamp | undefined {
    const ms = parseTimestamp(text);
    return ms === undefined ? undefined : new Timestamp(ms);
  }
}

/** Whether a value is a map: an object, but no list and no timestamp. */
export function isMap(value: unknown): value is ValueMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Timestamp);
}

/**
 * A member of a map. Only own members count, so that `constructor` and the like are not found where nobody put them.
 * @returns undefined where there is none; a member that is undefined counts as absent, as it does in JSON
 */
export function member(map: ValueMap | undefined, name: string): unknown {
  // Read first: most members that are asked for and not there are nowhere, and then nothing else needs to be looked up.
  const value = map?.[name];
  return value !== undefined && Object.hasOwn(map!, name) ? value : undefined;
}

/** The names of a map's members. */
export function memberNames(map: ValueMap): string[] {
  return Object.keys(map).filter((name) => map[name] !== undefined);
}

/** The members of both maps; those of `given` win. */
export function merge(stored: ValueMap | undefined, given: ValueMap | undefined): ValueMap {
  // Without a prototype, so that a member named `__proto__` is a member like any other.
  const merged = Object.create(null) as Record<string, unknown>;
  for (const map of [stored, given]) {
    if (map) for (const name of memberNames(map)) merged[name] = map[name];
  }
  return merged;
}

/** Equality by type and value; lists and maps deeply. Values of different types are not equal. */
export function equal(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (left instanceof Timestamp || right instanceof Timestamp) {
    return left instanceof Timestamp && right instanceof Timestamp && left.ms === right.ms;
  }
  if (Array.isArray(left) || Array.isArray(right)) {
    return Array.isArray(left) && Array.isArray(right) && left.length === right.length && left.every((item, i) => equal(item, right[i]));
  }
  const [mine, theirs] = [left as ValueMap, right as ValueMap];
  const names = memberNames(mine);
  return names.length === memberNames(theirs).length && names.every((name) => equal(mine[name], member(theirs, name)));
}

/**
 * Order of two numbers, two strings (by Unicode code point) or two timestamps.
 * @returns negative, 0 or positive; undefined where the values have no order
 */
export function compare(left: unknown, right: unknown): number | undefined {
  if (typeof left === 'number' && typeof right === 'number') {
    // NaN, which JSON cannot carry, has no order.
    return left < right ? -1 : left > right ? 1 : left === right ? 0 : undefined;
  }
  if (typeof left === 'string' && typeof right === 'string') return compareText(left, right);
  if (left instanceof Timestamp && right instanceof Timestamp) return compare(left.ms, right.ms);
  return undefined;
}

/** JavaScript's own `<` compares UTF-16 units, which puts U+10000 and above before U+E000. */
function compareText(left: string, right: string): number {
  const shorter = Math.min(left.length, right.length);
  let at = 0;
  while (at < shorter && left.charCodeAt(at) === right.charCodeAt(at)) at++;
  if (at === shorter) return left.length - right.length;
  // Where the units before were equal halves of a pair, the code points begin there.
  const before = at > 0 ? left.codePointAt(at - 1)! - right.codePointAt(at - 1)! : 0;
  return before || left.codePointAt(at)! - right.codePointAt(at)!;
}

/**
 * Code points of a string, items of a list, members of a map.
 * @returns undefined for anything else
 */
export function sizeOf(value: unknown): number | undefined {
  if (typeof value === 'string') {
    let size = 0;
    for (const _ of value) size++;
    return size;
  }
  if (Array.isArray(value)) return value.length;
  return isMap(value) ? memberNames(value).length : undefined;
}

/**
 * Whether a list has an equal item, or a map a member of that name.
 * @returns undefined where `container` is neither, or is a map and `value` no string
 */
export function isIn(value: unknown, container: unknown): boolean | undefined {
  if (Array.isArray(container)) return container.some((item) => equal(value, item));
  return isMap(container) && typeof value === 'string' ? member(container, value) !== undefined : undefined;
}
