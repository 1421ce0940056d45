import { isReserved, splitKey, type Effect, type PolicyRow } from '@licet/contract';
import { byUnit, type RowTables } from './change.ts';
import type { Condition } from './condition.ts';
import { Matrix } from './matrix.ts';
import type { Names } from './names.ts';
import { ConditionError } from './scope.ts';
import type { Closure, GrantsByName, RoleGrant } from './role.ts';

/** The permissions that there are. The number of a permission is the number of its name among what grants name. */
export interface Catalog {
  /** Resource type -> action -> number: what a request asks for. A type without actions is there, too. */
  readonly types: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** By number, the numbers of what a grant may name to match the permission: the permission itself first, then patterns. */
  readonly names: readonly (readonly number[])[];
  /** By the number of what a grant names, the numbers of the permissions that it matches. */
  readonly matches: readonly (readonly number[] | undefined)[];
}

/** Which roles grant which permissions, inherited grants included. Rows are permissions, columns are roles, both by number. */
export type Grid = Readonly<Record<Effect, Matrix>>;

const NONE: readonly never[] = Object.freeze([]);

/** Arranges the rows of `resource-types` and `permissions`. */
export function createCatalog(rows: Pick<RowTables, 'resource-types' | 'permissions'>, numbers: Names): Catalog {
  const types = new Map<string, Map<string, number>>();
  for (const { id } of rows['resource-types'].values()) types.set(id, new Map());
  // Types and actions recur in many permissions: what is made of one of them is made once.
  const ofType = new Map<string, { reserved: boolean; pattern: number }>();
  const ofAction = new Map<string, { name: string; pattern: number }>();
  const names: number[][] = [];
  const matches: number[][] = [];
  for (const { id } of rows.permissions.values()) {
    const { type, rest } = splitKey(id);
    const number = numbers.add(id);
    const within = getOrAdd(ofType, type, () => ({ reserved: isReserved(type), pattern: numbers.add(`${type}:*`) }));
    const action = getOrAdd(ofAction, rest, () => ({ name: asMemberName(rest), pattern: -1 }));
    // A wildcard in place of the type never reaches the reserved types.
    if (!within.reserved && action.pattern < 0) action.pattern = numbers.add(`*:${rest}`);
    const matching = within.reserved ? [number, within.pattern] : [number, within.pattern, action.pattern, numbers.add('*:*')];
    types.get(type)?.set(action.name, number);
    for (const name of matching) {
      // One is the rule: an array that begins empty would have room for seventeen.
      if (matches[name]) matches[name].push(number);
      else matches[name] = [number];
    }
    names[number] = matching;
  }
  return { types, names, matches };
}

function getOrAdd<V>(map: Map<string, V>, key: string, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}

/**
 * The same text as the engine keeps the names of members, of which there is one for each text: JSON.parse gives short texts so, too, and
 * what is the same need not be compared letter by letter.
 */
function asMemberName(text: string): string {
  return Object.keys({ [text]: text })[0]!;
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
  return { allow: editMatrix(grid.allow, 'allow', catalog, changes), deny: editMatrix(grid.deny, 'deny', catalog, changes) };
}

function editMatrix(matrix: Matrix, effect: Effect, { matches, names }: Catalog, changes: readonly ClosureChange[]): Matrix {
  const edit = matrix.edit();
  for (const { role, before, after } of changes) {
    for (const name of namesOnlyIn(after, before, effect)) for (const number of matches[name] ?? NONE) edit.set(number, role, true);
    for (const name of namesOnlyIn(before, after, effect)) {
      for (const number of matches[name] ?? NONE) {
        const granted = names[number]!.some((other) => isNamedIn(after, effect, other));
        edit.set(number, role, granted);
      }
    }
  }
  return edit.done();
}

/** What grants name that are reached here, and no grant that is reached there. What both reach alike is not looked into. */
function namesOnlyIn(closure: Closure, other: Closure, effect: Effect): readonly number[] {
  if (closure.length === 0) return NONE;
  const alike = new Set(other.map(({ granted }) => granted));
  const names: number[] = [];
  for (const { granted } of closure) {
    if (alike.has(granted)) continue;
    for (const name of granted[effect].keys()) if (!isNamedIn(other, effect, name)) names.push(name);
  }
  return names;
}

function isNamedIn(closure: Closure, effect: Effect, name: number): boolean {
  return closure.some(({ granted }) => granted[effect].has(name));
}

/** The grants that are reached from a role and match a permission, in the order of consideration. */
export function grantsOf(closure: Closure, effect: Effect, permission: number, catalog: Catalog): RoleGrant[] {
  return closure.flatMap(({ roles, granted }) =>
    matchingGrants(granted[effect], catalog.names[permission]!).map(({ id, permission, condition }) => ({
      id,
      permission,
      effect,
      condition,
      roles,
    })),
  );
}

/** The grants that name one of these, in ascending id. */
function matchingGrants(grants: GrantsByName, names: readonly number[]): readonly PolicyRow<'grants'>[] {
  return names.flatMap((name) => grants.get(name) ?? NONE).sort((a, b) => byUnit(a.id, b.id));
}

/** A grant, and what is considered after it: decisions go from one to the next through as little memory as can be. */
export interface GrantChain extends RoleGrant {
  /** Where in the grid the bit is that says that there are such grants. */
  readonly place: number;
  /** Its condition, compiled; null for none. */
  readonly holds: Condition | null;
  readonly next: GrantChain | undefined;
}

/** Every edit of roles begins with chains that know nothing: one empty slot does for all of them. */
const NO_SLOTS: (GrantChain | undefined)[] = [undefined];

/**
 * The first of the grants of a role on a permission, for all that was asked about, by the place of their bit in the grid. It belongs to one
 * state of roles, permissions and conditions. An open table, and not a map: each step of a map is another place in memory, and a call.
 */
export class GrantChains {
  #slots = NO_SLOTS;
  #size = 0;

  /** @returns undefined for what was not put there yet */
  get(place: number): GrantChain | undefined {
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let slot = hashOf(place) & mask; ; slot = (slot + 1) & mask) {
      const found = slots[slot];
      if (found === undefined || found.place === place) return found;
    }
  }

  /** Puts a chain there that is not there yet. */
  add(first: GrantChain): void {
    if (2 * ++this.#size > this.#slots.length) {
      const known = this.#slots;
      this.#slots = new Array<GrantChain | undefined>(Math.max(64, 2 * known.length)).fill(undefined);
      for (const each of known) if (each) this.#put(each);
    }
    this.#put(first);
  }

  #put(first: GrantChain): void {
    const slots = this.#slots;
    let slot = hashOf(first.place) & (slots.length - 1);
    while (slots[slot]) slot = (slot + 1) & (slots.length - 1);
    slots[slot] = first;
  }
}

function hashOf(place: number): number {
  const hash = Math.imul(place, 0x9e3779b1);
  return hash ^ (hash >>> 15);
}

const NO_SUCH_CONDITION = new ConditionError('missing_attribute', 'condition');
const unknown: Condition = () => NO_SUCH_CONDITION;

/** @returns the first of these grants with the others after it; undefined where there are none */
export function chain(grants: readonly RoleGrant[], place: number, conditions: ReadonlyMap<string, Condition>): GrantChain | undefined {
  return grants.reduceRight<GrantChain | undefined>((next, { id, permission, effect, condition, roles }) => {
    const holds = condition === null ? null : (conditions.get(condition) ?? unknown);
    return { place, holds, next, id, permission, effect, condition, roles };
  }, undefined);
}
