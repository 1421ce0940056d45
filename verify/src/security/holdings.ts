import { type PolicyRows, RESERVED_PERMISSIONS } from '@licet/contract';

/** What the walks look at: the policy, and who can come in. */
export interface State {
  rows: Pick<PolicyRows, 'users' | 'grants' | 'role-inherits' | 'group-members' | 'assignments'>;
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
  const says = sayings(rows, surely);
  for (const user of accounts) {
    if (!rows.users.some(({ id, enabled }) => id === user && enabled)) continue;
    const groups = ['everyone', 'anyone', ...rows['group-members'].filter((row) => row.user === user).map(({ group }) => group)];
    const mine = rows.assignments.filter((row) => (row.user === user || groups.includes(row.group ?? '')) && row.resource === null);
    for (const [index, { tenant, at }] of probes.entries()) {
      const allowed = new Set<string>();
      const denied = new Set<string>();
      for (const assignment of mine) {
        if (assignment.tenant !== '*' && assignment.tenant !== tenant) continue;
        if (assignment.startsAt !== null && Date.parse(assignment.startsAt) > at) continue;
        if (assignment.expiresAt !== null && Date.parse(assignment.expiresAt) <= at) continue;
        for (const { permission, effect } of says(assignment.role)) (effect === 'allow' ? allowed : denied).add(permission);
      }
      for (const permission of allowed) if (!denied.has(permission)) held.add(`${user} ${permission} ${tenant} ${index}`);
    }
  }
  return held;
}

/** What each role says about the console, with all that it inherits; found once for each. */
function sayings(rows: State['rows'], surely: boolean): (role: string) => readonly { permission: string; effect: 'allow' | 'deny' }[] {
  const granted = Map.groupBy(rows.grants, ({ role }) => role);
  const known = new Map<string, { permission: string; effect: 'allow' | 'deny' }[]>();
  return (role) => {
    const said =
      known.get(role) ??
      [...reach(rows, role)]
        .flatMap((each) => granted.get(each) ?? [])
        .filter(({ condition, effect }) => condition === null || (effect === 'deny') === surely)
        .flatMap(({ permission, effect }) => matching(permission).map((each) => ({ permission: each, effect })));
    known.set(role, said);
    return said;
  };
}

function reach(rows: State['rows'], role: string, seen = new Set<string>()): Set<string> {
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
