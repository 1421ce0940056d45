import { RESERVED_PERMISSIONS, type PolicyRows } from '@licet/contract';

/** What the walks look at: the policy, and who can come in. */
export interface State {
  rows: PolicyRows;
  /** Users who can act: operators who may sign in or hold a link, and users for whom a key speaks. */
  accounts: string[];
}

/** A moment and a tenant in which it is asked who may do what. */
interface Probe {
  tenant: string;
  at: number;
}

/**
 * The naive model of the ceiling: who holds which console permission, in each of some tenants, at each of some times. Written from
 * docs/ARCHITECTURE.md and the reserved roles alone; it looks at everything anew each time.
 * @param surely what hangs on a condition counts only where it takes something away; otherwise only where it gives
 * @returns lines such as `bob licet.role:read acme 0`
 */
export function holdings({ rows, accounts }: State, probes: readonly Probe[], surely: boolean): Set<string> {
  const held = new Set<string>();
  const granted = Map.groupBy(rows.grants, ({ role }) => role);
  for (const user of accounts) {
    if (!rows.users.some(({ id, enabled }) => id === user && enabled)) continue;
    const groups = ['everyone', 'anyone', ...rows['group-members'].filter((row) => row.user === user).map(({ group }) => group)];
    for (const [index, { tenant, at }] of probes.entries()) {
      const effects = new Map<string, { allow: boolean; deny: boolean }>();
      for (const assignment of rows.assignments) {
        if (assignment.user !== user && !groups.includes(assignment.group ?? '')) continue;
        if (assignment.tenant !== '*' && assignment.tenant !== tenant) continue;
        if (assignment.resource !== null) continue;
        if (assignment.startsAt !== null && Date.parse(assignment.startsAt) > at) continue;
        if (assignment.expiresAt !== null && Date.parse(assignment.expiresAt) <= at) continue;
        for (const role of reach(rows, assignment.role)) {
          for (const grant of granted.get(role) ?? []) {
            if (grant.condition !== null && (grant.effect === 'allow') === surely) continue;
            for (const permission of matching(grant.permission)) {
              const effect = effects.get(permission) ?? { allow: false, deny: false };
              effect[grant.effect] = true;
              effects.set(permission, effect);
            }
          }
        }
      }
      for (const [permission, { allow, deny }] of effects) if (allow && !deny) held.add(`${user} ${permission} ${tenant} ${index}`);
    }
  }
  return held;
}

function reach(rows: PolicyRows, role: string, seen = new Set<string>()): Set<string> {
  if (seen.has(role)) return seen;
  seen.add(role);
  for (const row of rows['role-inherits']) if (row.role === role) reach(rows, row.inherits, seen);
  return seen;
}

const MATCHING = new Map<string, readonly string[]>();
function matching(pattern: string): readonly string[] {
  const known = MATCHING.get(pattern);
  if (known) return known;
  const type = pattern.startsWith('licet.') && pattern.endsWith(':*') ? pattern.slice(0, -1) : undefined;
  const found = RESERVED_PERMISSIONS.filter((each) => each === pattern || (type && each.startsWith(type)));
  MATCHING.set(pattern, found);
  return found;
}
