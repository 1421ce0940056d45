import { ANY_TENANT, ANYONE, EVERYONE, isReserved, OWNER_ROLE, type PolicyRow, RESERVED_PERMISSIONS, splitKey } from '@licet/contract';
import type { CheckedRows } from '../replication/policy-state.ts';

type Grant = PolicyRow<'grants'>;
type Assignment = PolicyRow<'assignments'>;
type Member = Pick<PolicyRow<'group-members'>, 'group' | 'user'>;

/** Rights that a role has over the console, each with whether it hangs on a condition. */
type Rights = Map<string, 'always' | 'on a condition'>;

/** The console permissions that a grant's permission stands for; wildcards reach the reserved types only by their own name. */
export function reservedMatching(pattern: string): string[] {
  if (!isReserved(pattern)) return [];
  const { type, rest } = splitKey(pattern);
  return RESERVED_PERMISSIONS.filter((permission) => permission === pattern || (rest === '*' && permission.startsWith(`${type}:`)));
}

/** What roles give and deny over the console: every possibility counts, whatever conditions and times may say when it is asked. */
export class ConsoleRoles {
  readonly #inherits: Map<string, string[]>;
  readonly #grants: Map<string, Grant[]>;
  readonly #known = new Map<string, { allow: Rights; deny: Rights }>();

  constructor({ grants, 'role-inherits': inherits }: CheckedRows) {
    const reserved = grants.filter(({ permission }) => isReserved(permission));
    this.#grants = Map.groupBy(reserved, ({ role }) => role);
    this.#inherits = new Map([...Map.groupBy(inherits, ({ role }) => role)].map(([role, rows]) => [role, rows.map((row) => row.inherits)]));
  }

  of(role: string): { allow: Rights; deny: Rights } {
    const known = this.#known.get(role);
    if (known) return known;
    const roles = new Set([role]);
    for (const each of roles) for (const inherited of this.#inherits.get(each) ?? []) roles.add(inherited);
    const rights = { allow: new Map(), deny: new Map() } as { allow: Rights; deny: Rights };
    for (const { permission, effect, condition } of [...roles].flatMap((each) => this.#grants.get(each) ?? [])) {
      for (const each of reservedMatching(permission)) {
        if (rights[effect].get(each) !== 'always') rights[effect].set(each, condition === null ? 'always' : 'on a condition');
      }
    }
    this.#known.set(role, rights);
    return rights;
  }

  hangsOnACondition(role: string, permission: string): boolean {
    const { allow, deny } = this.of(role);
    return [allow, deny].some((rights) => rights.get(permission) === 'on a condition');
  }

  /** Whether a role says anything about the console. */
  has(role: string): boolean {
    const { allow, deny } = this.of(role);
    return allow.size + deny.size > 0;
  }
}

/** Who has which console roles: of a policy as it is before a change, or as it would be after. */
export class ConsoleRights {
  constructor(
    readonly roles: ConsoleRoles,
    /** Those to roles that say something about the console. */
    private readonly assignments: readonly Assignment[],
    private readonly members: readonly Member[],
  ) {}

  ofGroup(group: string): Assignment[] {
    return this.assignments.filter((assignment) => assignment.group === group);
  }

  /** What a user is assigned, directly and through groups. */
  ofUser(user: string): Assignment[] {
    const groups = new Set([EVERYONE, ANYONE, ...this.members.filter((member) => member.user === user).map(({ group }) => group)]);
    return this.assignments.filter((assignment) => assignment.user === user || (assignment.group !== null && groups.has(assignment.group)));
  }

  /**
   * Whether a user holds a permission for certain, in a tenant (or in all) and at least until a time: without a condition, not only on
   * one resource, and without a denial that could ever come between. An owner holds all: a denial that hangs on a condition could
   * otherwise keep owners from ever taking it away.
   */
  holds(user: string, { permission, tenant, until }: Right, now: number): boolean {
    const mine = this.ofUser(user);
    const reaches = (assignment: Assignment) => assignment.tenant === ANY_TENANT || assignment.tenant === tenant;
    const denied = mine.some(
      (row) => (tenant === ANY_TENANT || reaches(row)) && endOf(row) > now && this.roles.of(row.role).deny.has(permission),
    );
    const allowed = mine.filter((row) => reaches(row) && row.resource === null && startOf(row) <= now && endOf(row) > now);
    const lasting = allowed.filter((row) => endOf(row) >= until && this.roles.of(row.role).allow.get(permission) === 'always');
    return lasting.some(({ role }) => !denied || role === OWNER_ROLE);
  }

  /** Whether a user is denied some console permission in some tenant, now or at any time to come, whatever conditions say. */
  mayBeDenied(user: string, now: number): boolean {
    return this.ofUser(user).some((row) => row.resource === null && endOf(row) > now && this.roles.of(row.role).deny.size > 0);
  }

  /** The tenants in which a user has a role that denies a permission, whatever conditions and times say now. */
  deniedIn(user: string, permission: string, now: number): string[] {
    const denials = this.ofUser(user).filter((row) => endOf(row) > now && this.roles.of(row.role).deny.has(permission));
    return [...new Set(denials.map(({ tenant }) => tenant).filter((tenant) => tenant !== ANY_TENANT))];
  }
}

/** A console permission in a tenant, or in all, until a time. */
export interface Right {
  permission: string;
  tenant: string;
  until: number;
}

const startOf = ({ startsAt }: Assignment) => (startsAt === null ? -Infinity : Date.parse(startsAt));
export const endOf = ({ expiresAt }: Pick<Assignment, 'expiresAt'>) => (expiresAt === null ? Infinity : Date.parse(expiresAt));
