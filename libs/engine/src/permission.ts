import { isReserved, splitKey, type Effect, type PolicyRow } from '@licet/contract';
import { addTo, byUnit, type RowTables } from './change.ts';
import { Matrix } from './matrix.ts';
import type { Closure, Granted, GrantsByName, RoleGrant } from './role.ts';

/** The permissions that there are, each with a number. */
export interface Catalog {
  /** Resource type -> action -> number: what a request asks for. A type without actions is there, too. */
  readonly types: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** By number, what a grant may name to match the permission: the permission itself first, then patterns. */
  readonly patterns: readonly (readonly string[])[];
  /** A permission, `type:*`, `*:action` or `*:*` -> the numbers that a grant of it matches. */
  readonly matches: ReadonlyMap<string, readonly number[]>;
}

/** Which roles grant which permissions, inherited grants included. Rows are permissions, columns are roles, both by number. */
export type Grid = Readonly<Record<Effect, Matrix>>;

const EFFECTS: readonly Effect[] = ['allow', 'deny'];
const NO_GRANTS: readonly never[] = Object.freeze([]);

/** Arranges the rows of `resource-types` and `permissions`. */
export function createCatalog(rows: Pick<RowTables, 'resource-types' | 'permissions'>): Catalog {
  const types = new Map<string, Map<string, number>>();
  for (const { id } of rows['resource-types'].values()) types.set(id, new Map());
  const patterns: string[][] = [];
  const matches = new Map<string, number[]>();
  const shared = new Map<string, string>();
  const share = (pattern: string): string => {
    if (!shared.has(pattern)) shared.set(pattern, pattern);
    return shared.get(pattern)!;
  };
  for (const { id } of rows.permissions.values()) {
    const { type, rest: action } = splitKey(id);
    types.get(type)?.set(action, patterns.length);
    // A wildcard in place of the type never reaches the reserved types.
    const wildcards = isReserved(type) ? [`${type}:*`] : [`${type}:*`, `*:${action}`, '*:*'];
    const matching = [id, ...wildcards.map(share)];
    for (const pattern of matching) addTo(matches, pattern, patterns.length);
    patterns.push(matching);
  }
  return { types, patterns, matches };
}

/** A grid in which nobody is granted anything, with room for more roles than there are. */
export function createGrid(roles: number): Grid {
  const empty = new Matrix(roles + 32);
  return { allow: empty, deny: empty };
}

/** How a role changed: what it reaches before and after. */
export interface ClosureChange {
  /** The number of the role. */
  readonly role: number;
  readonly before: Closure;
  readonly after: Closure;
}

/** Makes the changes to who is granted what. */
export function editGrid(grid: Grid, catalog: Catalog, changes: readonly ClosureChange[]): Grid {
  const [allow, deny] = EFFECTS.map((effect) => {
    const edit = grid[effect].edit();
    for (const { role, before, after } of changes) {
      const [had, has] = [namesIn(before, effect), namesIn(after, effect)];
      for (const name of new Set([...had, ...has])) {
        if (had.has(name) && has.has(name)) continue;
        for (const number of catalog.matches.get(name) ?? NO_GRANTS) {
          edit.set(number, role, has.has(name) || catalog.patterns[number]!.some((pattern) => has.has(pattern)));
        }
      }
    }
    return edit.done();
  }) as [Matrix, Matrix];
  return { allow, deny };
}

/** What the grants of a role and of those that it inherits from name. */
function namesIn(closure: Closure, effect: Effect): Set<string> {
  const names = new Set<string>();
  for (const { granted } of closure) for (const name of granted[effect].keys()) names.add(name);
  return names;
}

/** The grants of one role that match a permission, in ascending id. */
export function matchingGrants(granted: Granted, effect: Effect, patterns: readonly string[]): readonly PolicyRow<'grants'>[] {
  const byName = effect === 'allow' ? granted.allow : granted.deny;
  const found = byName.get(patterns[0]!) ?? NO_GRANTS;
  return granted.patterns ? alsoByPattern(found, byName, patterns) : found;
}

function alsoByPattern(grants: readonly PolicyRow<'grants'>[], byName: GrantsByName, patterns: readonly string[]): typeof grants {
  let found = grants;
  for (let i = 1; i < patterns.length; i++) {
    const more = byName.get(patterns[i]!);
    if (more) found = found.length === 0 ? more : [...found, ...more].sort((a, b) => byUnit(a.id, b.id));
  }
  return found;
}

/** The grants that are reached from a role and match a permission, in the order of consideration. */
export function grantsOf(closure: Closure, effect: Effect, patterns: readonly string[]): RoleGrant[] {
  return closure.flatMap(({ roles, granted }) =>
    matchingGrants(granted, effect, patterns).map(({ id, permission, condition }) => ({ id, permission, effect, condition, roles })),
  );
}
