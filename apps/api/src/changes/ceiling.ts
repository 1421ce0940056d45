import { isDeepStrictEqual } from 'node:util';
import { ANY_TENANT, ANYONE, CONSOLE_TENANT, EVERYONE, LicetError, type PolicyRow } from '@licet/contract';
import { mayUse } from '../access/access.ts';
import { demandRecentProof } from '../access/step-up.ts';
import { Assignment } from '../assignments/assignment.entity.ts';
import type { EntityManager } from '../database/orm.ts';
import { metaOf, type Row, toPolicyRow, toRow } from '../database/rows.ts';
import { GroupMember } from '../groups/group.entity.ts';
import type { Touched } from './collector.ts';
import { ConsoleRights, ConsoleRoles, endOf, reservedMatching, type Right } from './console-rights.ts';
import type { Proposal } from './rules.ts';

type AssignmentRow = PolicyRow<'assignments'>;
type MemberRow = PolicyRow<'group-members'>;
const ON_ACCOUNTS = new Set<Touched['kind']>(['users', 'operators', 'operator-identities', 'api-keys']);
const FOR_EVER = { tenant: ANY_TENANT, expiresAt: null };

/**
 * Nobody gives a console permission that they do not hold: in the same tenant, for as long, for certain. It makes no difference by which
 * way it is given: an assignment, a grant, an inheritance, a group, a condition, an account for somebody who has it, a denial that goes
 * away. Nor does anybody take or deny one that they do not hold: or the lesser could shut out the greater.
 */
export async function nobodyGivesBeyondTheOwnCeiling(proposal: Proposal): Promise<void> {
  const roles = { before: new ConsoleRoles(proposal.rowsBefore), after: new ConsoleRoles(proposal.rows) };
  const touched = proposal.touched.filter((row) => mayGive(row, roles));
  if (touched.length === 0) return;
  const { actor, before } = proposal;
  const rights = await readRights(proposal, roles);
  const made = new Set(proposal.touched.filter((row) => row.kind === 'tenants' && !row.before).map(({ id }) => id));
  const now = Date.now();
  const asked = touched.flatMap((row) => touchedBy(row, rights, proposal));
  // Many rows of one change ask for the same.
  const distinct = new Map(asked.map((right) => [`${right.permission} ${right.tenant} ${right.until}`, right]));
  for (const right of distinct.values()) {
    // A tenant that the change itself makes is nobody's yet.
    const tenant = made.has(right.tenant) ? ANY_TENANT : right.tenant;
    // What reaches all tenants is asked in each that the actor could be denied it in.
    const askedIn = tenant === ANY_TENANT ? [CONSOLE_TENANT, ...rights.before.deniedIn(actor.id, right.permission, now)] : [tenant];
    const may = askedIn.every((each) => mayUse(before, actor.id, right.permission, each));
    if (may && rights.before.holds(actor.id, { ...right, tenant }, now)) continue;
    const where = tenant === ANY_TENANT ? 'in all tenants' : `in the tenant \`${tenant}\``;
    throw new LicetError(
      'forbidden',
      `this would give, take or deny the console permission ${right.permission}, which you do not hold yourself ${where} for as long and without condition`,
      { permission: right.permission },
    );
  }
  // Whichever way it is given, it takes a recent proof; the routes alone do not show what a change gives.
  if (asked.length > 0) demandRecentProof(actor);
}

type Sides<T> = Record<'before' | 'after', T>;

/** Whether a row can have to do with console permissions at all: most changes have not, and need no more looking. */
function mayGive({ kind, before, after }: Touched, roles: Sides<ConsoleRoles>): boolean {
  switch (kind) {
    case 'assignments':
      return [before, after].some((row) => row && (roles.before.has(String(row['role'])) || roles.after.has(String(row['role']))));
    case 'users':
      return (
        Boolean(before && after) &&
        (before!['enabled'] !== after!['enabled'] || !isDeepStrictEqual(before!['attributes'], after!['attributes']))
      );
    case 'grants':
    case 'role-inherits':
    case 'group-members':
    case 'conditions':
    case 'operators':
    case 'operator-identities':
    case 'api-keys':
      return true;
    default:
      return false;
  }
}

/** The console permissions that a change of one row touches: what it gives or denies to somebody, and what it takes or frees from. */
function touchedBy(row: Touched, sides: Sides<ConsoleRights>, { rows, rowsBefore, actor }: Proposal): Right[] {
  const { kind, id, before, after } = row;
  const { before: was, after: is } = sides;
  const [rights, text] = [after ? is : was, (name: string) => String((after ?? before)![name])];
  switch (kind) {
    case 'assignments': {
      const [old, fresh] = [before, after].map((side) => side && toPolicyRow('assignments', side));
      return isDeepStrictEqual(old, fresh) ? [] : [...(old ? rightsOf(was, old) : []), ...(fresh ? rightsOf(is, fresh) : [])];
    }
    case 'role-inherits':
      return rightsOf(rights, { role: text('inherits'), ...FOR_EVER });
    case 'grants':
      return [before, after].flatMap((grant) => (grant ? ofGrant(grant) : []));
    case 'group-members':
      return rights.ofGroup(text('group')).flatMap((each) => rightsOf(rights, each));
    case 'conditions':
      if (isDeepStrictEqual(before?.['tree'], after?.['tree'])) return [];
      return [...rowsBefore.grants, ...rows.grants].filter(({ condition }) => condition === id).flatMap(ofGrant);
    case 'users':
      return [
        ...ofAccount(row, sides, actor.id),
        ...(isDeepStrictEqual(before!['attributes'], after!['attributes']) ? [] : onAttributes(id, is)),
      ];
    default:
      return ofAccount(row, sides, actor.id);
  }
}

/** What a role says about the console, where and for as long as it is assigned. */
function rightsOf({ roles }: ConsoleRights, assignment: Pick<AssignmentRow, 'role' | 'tenant' | 'expiresAt'>): Right[] {
  const { allow, deny } = roles.of(assignment.role);
  return [...allow.keys(), ...deny.keys()].map((permission) => ({ permission, tenant: assignment.tenant, until: endOf(assignment) }));
}

const ofGrant = ({ permission }: Row): Right[] =>
  reservedMatching(String(permission)).map((each) => ({ permission: each, tenant: ANY_TENANT, until: Infinity }));

/** Whoever opens an account, or the way into one, gives all that its user is assigned; whoever closes it takes that. */
function ofAccount(row: Touched, { before: was, after: is }: Sides<ConsoleRights>, actor: string): Right[] {
  const user = userOf(row);
  const rights = opens(row, actor) ? is : closes(row, actor) ? was : undefined;
  return rights?.ofUser(user).flatMap((each) => rightsOf(rights, each)) ?? [];
}

const userOf = ({ kind, id, after }: Touched) => (kind === 'api-keys' && after ? String(after['user']) : id);

function opens({ kind, id, before, after }: Touched, actor: string): boolean {
  if (!after || kind === 'operator-identities') return false; // nobody links one but its owner
  const enabled = before?.['enabled'] === false && after['enabled'] === true;
  const link = kind === 'operators' && after['linkExpiresAt'] !== null && after['linkExpiresAt'] !== before?.['linkExpiresAt'];
  const lost = Boolean(before?.['secondFactorAt'] && !after['secondFactorAt']) || Number(after['passkeys']) < Number(before?.['passkeys']);
  const bared = kind === 'operators' && id !== actor && lost;
  return enabled || link || bared || (!before && kind !== 'users');
}

/** A key is no account, and is revoked by whoever may: one that leaked must go at once. */
function closes({ kind, id, before, after }: Touched, actor: string): boolean {
  if (!before || kind === 'api-keys' || id === actor) return false;
  return !after || (before['enabled'] === true && after['enabled'] === false);
}

/** What hangs on a condition may come and go with the attributes of the user. */
function onAttributes(user: string, is: ConsoleRights): Right[] {
  return is
    .ofUser(user)
    .flatMap((each) => rightsOf(is, each).filter(({ permission }) => is.roles.hangsOnACondition(each.role, permission)));
}

/** What the actor and those whom the change touches are assigned: of everybody else nothing is asked. */
async function readRights({ em, touched, actor }: Proposal, roles: Sides<ConsoleRoles>): Promise<Sides<ConsoleRights>> {
  const accounts = touched.filter(({ kind }) => ON_ACCOUNTS.has(kind));
  const users = [...new Set([actor.id, ...accounts.map(userOf)])];
  const regrouped = touched.filter(({ kind }) => kind === 'group-members').map(({ before, after }) => String((after ?? before)!['group']));
  const { assignments, members } = await readAssigned(em, users, regrouped);
  const concerned = ({ role }: AssignmentRow) => roles.before.has(role) || roles.after.has(role);
  return {
    before: new ConsoleRights(
      roles.before,
      undone(assignments, touched, 'assignments').filter(concerned),
      undone(members, touched, 'group-members'),
    ),
    after: new ConsoleRights(roles.after, assignments.filter(concerned), members),
  };
}

/** What is assigned to these users, directly and through groups, and to these groups besides. */
export async function readAssigned(
  em: EntityManager,
  users: readonly string[],
  besides: readonly string[] = [],
): Promise<{ assignments: AssignmentRow[]; members: MemberRow[] }> {
  const members = await readRows<MemberRow>(em, GroupMember, { user: { $in: users } });
  const groups = [...new Set([EVERYONE, ANYONE, ...members.map(({ group }) => group), ...besides])];
  const assignments = await readRows<AssignmentRow>(em, Assignment, { $or: [{ user: { $in: users } }, { group: { $in: groups } }] });
  return { assignments, members };
}

async function readRows<T extends Row>(em: EntityManager, entity: typeof Assignment | typeof GroupMember, where: object): Promise<T[]> {
  const meta = metaOf(em, entity);
  // What is only looked at is kept out of the unit of work, which every flush goes through.
  const found: object[] = await em.find(entity as typeof Assignment, where, { disableIdentityMap: true });
  return found.map((row) => toRow(meta, row) as T);
}

/** The rows as they were before the change. */
function undone<T extends { id: string }>(rows: readonly T[], touched: readonly Touched[], kind: Touched['kind']): T[] {
  const mine = touched.filter((row) => row.kind === kind);
  const ids = new Set(mine.map(({ id }) => id));
  return [...rows.filter(({ id }) => !ids.has(id)), ...mine.flatMap(({ before }) => (before ? [before as unknown as T] : []))];
}
