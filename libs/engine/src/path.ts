import type { Attributes } from '@licet/contract';
import { ConditionError, type Evaluate, type Scope } from './scope.ts';
import { isMap, member, merge, Timestamp } from './value.ts';

/** Where a path begins: how to read its first `length` members at once; undefined where they lead to nothing. */
interface Start {
  readonly length: number;
  readonly read: Evaluate;
}

const EMPTY = Object.freeze({});

/** Compiles `var`: the value that the path leads to, or `missing_attribute` at the first member that is not there. */
export function compileVar(path: readonly string[], names: readonly string[]): Evaluate {
  const start = startOf(path, names);
  let at = '';
  const missing = path.map((name, i) => new ConditionError('missing_attribute', (at = i === 0 ? name : `${at}.${name}`)));
  if (start.length === path.length) {
    const { read } = start;
    const missed = missing.at(-1)!;
    return (scope, bound) => {
      const value = read(scope, bound);
      return value === undefined ? missed : value;
    };
  }
  return (scope, bound) => {
    let value = start.read(scope, bound);
    for (let i = start.length; ; i++) {
      if (value === undefined) return missing[i - 1];
      if (i === path.length) return value;
      value = isMap(value) ? member(value, path[i]!) : undefined;
    }
  };
}

/** Compiles `has`: whether the last member of the path is there. What comes before it must be there, and be a map. */
export function compileHas(path: readonly string[], names: readonly string[]): Evaluate {
  const start = startOf(path, names);
  if (start.length === path.length) return (scope, bound) => start.read(scope, bound) !== undefined;
  const parent = compileVar(path.slice(0, -1), names);
  const name = path.at(-1)!;
  const missing = new ConditionError('missing_attribute', path.join('.'));
  return (scope, bound) => {
    const map = parent(scope, bound);
    if (map instanceof ConditionError) return map;
    return isMap(map) ? member(map, name) !== undefined : missing;
  };
}

function startOf(path: readonly string[], names: readonly string[]): Start {
  const root = path[0];
  if (root === undefined) throw new Error('a path needs a name');
  const index = names.lastIndexOf(root);
  if (index >= 0) return { length: 1, read: (_scope, bound) => bound[index] };
  switch (root) {
    case 'now':
      return { length: 1, read: (scope) => new Timestamp(scope.now) };
    case 'context':
      return { length: 1, read: (scope) => scope.context ?? EMPTY };
    case 'action':
      return partOf(
        path,
        ['name'],
        (scope) => scope.action,
        () => undefined,
      );
    case 'subject':
      return partOf(
        path,
        ['type', 'id'],
        (scope) => scope.subject,
        (scope) => scope.storedSubject,
      );
    case 'resource':
      return partOf(
        path,
        ['type', 'id'],
        (scope) => scope.resource,
        (scope) => scope.storedResource,
      );
    default:
      return { length: 1, read: () => undefined };
  }
}

interface Part {
  readonly [field: string]: unknown;
  readonly properties?: Attributes | undefined;
}

/** A path into subject, action or resource, whose members are `fields` and `properties` and no others. */
function partOf(
  path: readonly string[],
  fields: readonly string[],
  part: (scope: Scope) => Part,
  stored: (scope: Scope) => Attributes | undefined,
): Start {
  const properties = (scope: Scope) => merge(stored(scope), part(scope).properties);
  const [, field, name] = path;
  if (field === undefined) {
    const whole = (scope: Scope) => ({
      ...Object.fromEntries(fields.map((key) => [key, part(scope)[key]])),
      properties: properties(scope),
    });
    return { length: 1, read: whole };
  }
  if (fields.includes(field)) return { length: 2, read: (scope) => part(scope)[field] };
  if (field !== 'properties') return { length: 2, read: () => undefined };
  if (name === undefined) return { length: 2, read: properties };
  return {
    length: 3,
    read: (scope) => {
      const given = member(part(scope).properties, name);
      return given === undefined ? member(stored(scope), name) : given;
    },
  };
}
