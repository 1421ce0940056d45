import type { CollectionRow } from '@licet/contract';
import { isReserved, splitKey } from '../kit/keys.ts';

export type Grant = CollectionRow<'grants'>;
export type RoleInherit = Pick<CollectionRow<'role-inherits'>, 'role' | 'inherits'>;

/** A grant that reaches a cell, and how. `roles` leads from the cell's role to the one that holds the grant. */
export interface Reach {
  grant: Grant;
  roles: string[];
}

export type Verdict = 'none' | 'allow' | 'deny';

/** What a role may do with one permission, and which grants say so. */
export interface Cell {
  role: string;
  permission: string;
  /** Grants of this role on exactly this permission: what the cell edits. */
  own: Grant[];
  /** All grants that apply, own ones first, then by distance. */
  reaches: Reach[];
  verdict: Verdict;
  /** Whether it depends on a condition. */
  conditional: boolean;
  /** Whether nothing of it is the cell's own: it is inherited, or comes from a wildcard. */
  derived: boolean;
}

/** All that is needed to compute any cell. */
export interface Policy {
  grants: ReadonlyMap<string, ReadonlyMap<string, readonly Grant[]>>; // role -> pattern -> grants
  inherits: ReadonlyMap<string, readonly string[]>;
}

export function policyOf(grants: readonly Grant[], roleInherits: readonly RoleInherit[]): Policy {
  const byRole = new Map<string, Map<string, Grant[]>>();
  for (const grant of grants) {
    const patterns = byRole.get(grant.role) ?? new Map<string, Grant[]>();
    byRole.set(grant.role, patterns);
    patterns.set(grant.permission, [...(patterns.get(grant.permission) ?? []), grant]);
  }
  const inherits = new Map<string, string[]>();
  for (const row of roleInherits) inherits.set(row.role, [...(inherits.get(row.role) ?? []), row.inherits].sort());
  return { grants: byRole, inherits };
}

/** A role and all it inherits from, nearest first, each with the roles that lead there. */
export function closure(policy: Policy, role: string): string[][] {
  const paths = [[role]];
  const seen = new Set([role]);
  for (const path of paths) {
    for (const next of policy.inherits.get(path.at(-1) ?? '') ?? []) {
      if (seen.has(next)) continue;
      seen.add(next);
      paths.push([...path, next]);
    }
  }
  return paths;
}

/** The patterns that cover a permission, the narrowest first. Wildcards over types never reach Licet's own. */
export function patternsFor(permission: string): string[] {
  const { type, rest: action } = splitKey(permission);
  const patterns = [permission, `${type}:*`, `*:${action}`, '*:*'];
  return [...new Set(patterns)].filter((pattern) => pattern === permission || !(pattern.startsWith('*') && isReserved(type)));
}

/**
 * The permissions of some that a role says anything about, itself or by those that it inherits from. Whatever a condition may say when it is
 * asked: giving such a role takes the permission for certain.
 */
export function saidBy(policy: Policy, role: string, permissions: readonly string[]): string[] {
  const held = closure(policy, role).flatMap((roles) => [...(policy.grants.get(roles.at(-1) ?? '')?.keys() ?? [])]);
  return permissions.filter((permission) => patternsFor(permission).some((pattern) => held.includes(pattern)));
}

/**
 * @param permission a permission, or a wildcard pattern, which is covered by wider ones only
 */
export function cellOf(policy: Policy, role: string, permission: string, paths = closure(policy, role)): Cell {
  const patterns = patternsFor(permission);
  const reaches = paths.flatMap((roles) => {
    const held = policy.grants.get(roles.at(-1) ?? '');
    return held ? patterns.flatMap((pattern) => (held.get(pattern) ?? []).map((grant): Reach => ({ grant, roles }))) : [];
  });
  const own = [...(policy.grants.get(role)?.get(permission) ?? [])];
  const denies = reaches.filter(({ grant }) => grant.effect === 'deny');
  const allows = reaches.filter(({ grant }) => grant.effect === 'allow');
  const always = (reach: Reach) => reach.grant.condition === null;
  const deniedAlways = denies.some(always);
  const verdict: Verdict = deniedAlways ? 'deny' : allows.length ? 'allow' : denies.length ? 'deny' : 'none';
  const conditional = verdict !== 'none' && !deniedAlways && (denies.length > 0 || !allows.some(always));
  return { role, permission, own, reaches, verdict, conditional, derived: reaches.length > 0 && own.length === 0 };
}

const unique = (items: readonly string[]) => [...new Set(items)];
const named = (reaches: readonly Reach[]) => unique(reaches.flatMap(({ grant }) => grant.condition ?? [])).join(' or ');

/** What a cell says, in words: `allowed if is-owner, denied if is-archived, inherited from member`. */
export function cellWords(cell: Cell): string {
  if (cell.verdict === 'none') return 'not granted';
  const of = (effect: string) => cell.reaches.filter(({ grant }) => grant.effect === effect);
  const [allows, denies] = [of('allow'), of('deny')];
  const words: string[] = [];
  if (cell.verdict === 'deny') words.push(cell.conditional ? `not granted, denied if ${named(denies)}` : 'denied');
  else {
    words.push(allows.some(({ grant }) => grant.condition === null) ? 'allowed' : `allowed if ${named(allows)}`);
    if (denies.length) words.push(`denied if ${named(denies)}`);
  }
  return [...words, ...(cell.derived ? derivation(cell) : [])].join(', ');
}

function derivation({ role, permission, reaches }: Cell): string[] {
  const from = unique(reaches.map(({ roles }) => roles.at(-1) ?? role).filter((holder) => holder !== role));
  const by = unique(reaches.filter(({ grant }) => grant.permission !== permission).map(({ grant }) => grant.permission));
  return [...(by.length ? [`by ${by.join(' and ')}`] : []), ...(from.length ? [`inherited from ${from.join(' and ')}`] : [])];
}

/** The accessible name of a cell. */
export const cellLabel = (cell: Cell) => `${cell.permission} for ${cell.role}: ${cellWords(cell)}`;
