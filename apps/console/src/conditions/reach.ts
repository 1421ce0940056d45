import type { CollectionRow } from '@licet/contract';

type Grant = Pick<CollectionRow<'grants'>, 'role' | 'permission' | 'effect'>;
type Edge = Pick<CollectionRow<'role-inherits'>, 'role' | 'inherits'>;

const numbered = (number: number, noun: string) => `${number} ${noun}${number === 1 ? '' : 's'}`;

/** The roles that have the grants of these because they inherit from them, at whatever distance. */
export function heirsOf(roles: readonly string[], edges: readonly Edge[]): string[] {
  const reached = new Set(roles);
  for (const known of reached) {
    for (const { role, inherits } of edges) if (inherits === known) reached.add(role);
  }
  return [...reached].filter((role) => !roles.includes(role)).sort();
}

/**
 * What a change of a condition reaches.
 * @returns for instance `3 grants of 2 roles, and 1 role that inherits from them`
 */
export function reachWords(grants: readonly Grant[], edges: readonly Edge[]): string {
  const roles = [...new Set(grants.map(({ role }) => role))];
  const heirs = heirsOf(roles, edges).length;
  const inheriting = heirs
    ? `, and ${numbered(heirs, 'role')} that ${heirs === 1 ? 'inherits' : 'inherit'} from ${roles.length === 1 ? 'it' : 'them'}`
    : '';
  return `${numbered(grants.length, 'grant')} of ${numbered(roles.length, 'role')}${inheriting}`;
}
