import {
  ANY_TENANT,
  COLLECTIONS,
  CONSOLE_TENANT,
  EVERYONE,
  ANYONE,
  DEFAULT_TENANT,
  type ErrorItem,
  isReserved,
  isReservedUser,
  LicetError,
  OWNER_ROLE,
  RESERVED_PERMISSIONS,
  RESERVED_USER,
} from '@licet/contract';
import type { Snapshot } from '@licet/engine';
import { checkPolicy } from '@licet/policy';
import { type Actor, mayUse, ONE_SPACE_OF_IDS, permissionsOf, SETUP, SYSTEM } from '../access/access.ts';
import { demandRecentProof } from '../access/step-up.ts';
import { Assignment } from '../assignments/assignment.entity.ts';
import type { EntityManager } from '../database/orm.ts';
import { ApiKey } from '../api-keys/api-key.entity.ts';
import { Operator } from '../operators/operator.entity.ts';
import type { Row } from '../database/rows.ts';
import type { CheckedRows } from '../replication/policy-state.ts';
import { disabledBy } from '../users/disabled-by.ts';
import { nobodyGivesBeyondTheOwnCeiling, readAssigned } from './ceiling.ts';
import type { Touched } from './collector.ts';
import { ConsoleRights, ConsoleRoles } from './console-rights.ts';

/** A change that has been made in a transaction and is not committed yet: what the rules judge. */
export interface Proposal {
  actor: Actor;
  touched: Touched[];
  before: Snapshot;
  after: Snapshot;
  /** The rows that whole-policy checks read, after the change and before it. */
  rows: CheckedRows;
  rowsBefore: CheckedRows;
  em: EntityManager;
}

/** The rules that every change passes, whichever way it came in. Throws a LicetError where one is broken. */
export async function checkProposal(proposal: Proposal): Promise<void> {
  if (proposal.actor !== SYSTEM && proposal.actor !== SETUP) {
    builtInStaysAsItIs(proposal.touched);
    await actorMayMakeTheseChanges(proposal);
    await nobodyGivesBeyondTheOwnCeiling(proposal);
  }
  nobodyIsCalledAsLicet(proposal.touched);
  policyIsValid(proposal);
  await lastOwnerStays(proposal);
}

/** What `licet.resource-type:declare` may add to. */
const DECLARED: string[] = ['resource-types', 'permissions'];
const BUILT_IN_GROUPS = [EVERYONE, ANYONE];

function builtInStaysAsItIs(touched: Touched[]): void {
  for (const { kind, id, before, after } of touched) {
    const row = (after ?? before)!;
    const builtIn =
      (kind === 'roles' && isReserved(id)) ||
      (kind === 'resource-types' && isReserved(id)) ||
      (kind === 'permissions' && isReserved(id)) ||
      (kind === 'tenants' && (isReserved(id) || (id === DEFAULT_TENANT && !after))) ||
      ((kind === 'grants' || kind === 'role-inherits') && isReserved(String(row['role']))) ||
      (kind === 'resources' && isReserved(id)) ||
      (kind === 'groups' && BUILT_IN_GROUPS.includes(id)) ||
      (kind === 'group-members' && BUILT_IN_GROUPS.includes(String(row['group'])));
    const owner =
      kind === 'grants' || kind === 'role-inherits'
        ? `what the role \`${String(row['role'])}\` grants and inherits`
        : `\`${id}\` in ${kind}`;
    if (builtIn) throw new LicetError('forbidden', `${owner} is part of Licet and cannot be changed`);
  }
}

/** Whatever a user of that name did would read as done by Licet itself. */
function nobodyIsCalledAsLicet(touched: Touched[]): void {
  const made = touched.find(({ kind, id, before }) => kind === 'users' && !before && isReservedUser(id));
  if (!made) return;
  const errors = [{ path: 'id', message: RESERVED_USER }];
  throw new LicetError('invalid_request', `no user can be called \`${made.id}\`: ${RESERVED_USER}`, { errors });
}

/** The console permission that a touched row needs. */
function permissionFor({ kind, before, after }: Touched): string {
  if (kind === 'operator-identities') return 'licet.operator:update';
  const type = COLLECTIONS[kind].permission;
  if (kind === 'api-keys' && before) return `${type}:delete`; // a key is revoked, not deleted
  const partOfAnother = kind === 'role-inherits' || kind === 'permissions' || kind === 'group-members';
  return `${type}:${partOfAnother || (before && after) ? 'update' : after ? 'create' : 'delete'}`;
}

/** Where a console permission over a tenant is asked: a tenant that the change itself makes is nobody's yet, so it takes what all share. */
function asking({ touched }: Proposal): (tenant: string) => string {
  const made = new Set(touched.filter(({ kind, before }) => kind === 'tenants' && !before).map(({ id }) => id));
  return (tenant) => (tenant === ANY_TENANT || made.has(tenant) ? CONSOLE_TENANT : tenant);
}

async function actorMayMakeTheseChanges(proposal: Proposal): Promise<void> {
  const { actor, touched, before, em } = proposal;
  const askedIn = asking(proposal);
  const users = touched.filter(({ kind }) => kind === 'users').map(({ id }) => id);
  const guarded = new Set(await accountsAmong(em, users));
  const made = accountsMadeWithAKey(touched);
  const by = await disabledBy(em, touched.filter(enables).map(({ id }) => id));
  for (const row of touched) {
    if (isOwnCredential(row, actor) || isPartOfAKey(row, made) || goesWithItsOperator(row, touched)) continue;
    const permission = permissionFor(row);
    const sides = [row.before, row.after].filter((side) => side !== null);
    const tenants = [...sides.map((side) => askedIn(tenantOf(row, side['tenant']))), ...(placesAResource(row) ? [CONSOLE_TENANT] : [])];
    const allowed =
      tenants.every((tenant) => mayUse(before, actor.id, permission, tenant)) ||
      (row.kind === 'users' && row.after !== null && undoesNothing(row, by, actor) && mayUse(before, actor.id, 'licet.user:sync')) ||
      (DECLARED.includes(row.kind) && row.before === null && mayUse(before, actor.id, 'licet.resource-type:declare'));
    if (!allowed) {
      const where = placesAResource(row) ? ` in all tenants: ${ONE_SPACE_OF_IDS}` : '';
      throw new LicetError('forbidden', `changing \`${row.id}\` in ${row.kind} needs the permission ${permission}${where}`, { permission });
    }
    await applicationsAreApart(proposal, row);
    if (guarded.has(row.id) && row.kind === 'users' && !mayUse(before, actor.id, 'licet.operator:update')) {
      throw new LicetError(
        'forbidden',
        `\`${row.id}\` is an operator or a service account; changing it needs the permission licet.operator:update`,
        { permission: 'licet.operator:update' },
      );
    }
  }
  // The user of an account is a way to it: disabled there, an operator is shut out.
  if (touched.some(({ kind, id }) => kind === 'users' && guarded.has(id))) demandRecentProof(actor);
}

const enables = ({ kind, before, after }: Touched) => kind === 'users' && before?.['enabled'] === false && after?.['enabled'] === true;

/** Whoever may only sync users enables those alone whom the same account disabled. */
const undoesNothing = (row: Touched, by: Map<string, string>, actor: Actor) => !enables(row) || by.get(row.id) === actor.id;

const CREDENTIALS = ['passwordChangedAt', 'secondFactorAt', 'passkeys'];
const valueOf = (row: Row | null, name: string) => row?.[name] || null; // no passkeys are none

/** Operators change the own password, second factor and identity, and nobody else sets one. They use up the own one-time link. */
function isOwnCredential({ kind, id, before, after }: Touched, actor: Actor): boolean {
  if (kind === 'operator-identities') {
    if (id !== actor.id && after) throw new LicetError('forbidden', `only \`${id}\` can link an identity with this account`);
    return id === actor.id;
  }
  if (kind !== 'operators' || !after) return false;
  const changed = CREDENTIALS.filter((name) => valueOf(before, name) !== valueOf(after, name));
  const own = id === actor.id && before?.['enabled'] === after['enabled'];
  if (!own && changed.some((name) => valueOf(after, name) !== null)) {
    throw new LicetError('forbidden', `only \`${id}\` can choose the password and the second factor of this account`);
  }
  const usedLink = Boolean(before?.['linkExpiresAt']) && after['linkExpiresAt'] === null;
  return own && (changed.length > 0 || usedLink);
}

function goesWithItsOperator({ kind, id, after }: Touched, touched: readonly Touched[]): boolean {
  return kind === 'operator-identities' && !after && touched.some((row) => row.kind === 'operators' && row.id === id && !row.after);
}

/** The service accounts that are made together with their first key. */
function accountsMadeWithAKey(touched: readonly Touched[]): Set<string> {
  const created = touched.filter(({ kind, before }) => kind === 'users' && !before).map(({ id }) => id);
  const keyed = new Set(touched.filter(({ kind, before }) => kind === 'api-keys' && !before).map(({ after }) => String(after!['user'])));
  return new Set(created.filter((user) => keyed.has(user)));
}

/** Whoever may make a key makes with it the account and its console role; the ceiling holds for that role as for any. */
function isPartOfAKey({ kind, id, before, after }: Touched, made: Set<string>): boolean {
  if (before || !after) return false;
  return kind === 'users' ? made.has(id) : kind === 'assignments' && made.has(String(after['user'])) && isReserved(String(after['role']));
}

/** Without licet.api-key:update, keys are one's own: those of other applications are not revoked, and their accounts get no further key. */
async function applicationsAreApart({ actor, before, em }: Proposal, { kind, before: was, after }: Touched): Promise<void> {
  if (kind !== 'api-keys' || mayUse(before, actor.id, 'licet.api-key:update')) return;
  const foreign = was
    ? was['createdBy'] !== actor.id
    : await em.count(ApiKey, { user: String(after!['user']), createdBy: { $ne: actor.id } });
  if (foreign)
    throw new LicetError(
      'forbidden',
      'this key speaks for an application of somebody else; that needs the permission licet.api-key:update',
      { permission: 'licet.api-key:update' },
    );
}

/** Whether a change says in which tenant questions about a resource are judged. */
const placesAResource = ({ kind, before, after }: Touched) =>
  kind === 'resources' && after !== null && before?.['tenant'] !== after['tenant'];

function tenantOf({ kind }: Touched, tenant: unknown): string {
  const scoped = kind === 'assignments' || kind === 'resources';
  return scoped && typeof tenant === 'string' ? tenant : CONSOLE_TENANT;
}

/** Those of the users who may sign in to the console or for whom an API key speaks. */
async function accountsAmong(em: EntityManager, users: string[]): Promise<string[]> {
  if (users.length === 0) return [];
  const who = { fields: ['user'], disableIdentityMap: true } as const;
  const operators = await em.find(Operator, { user: { $in: users } }, who);
  const keys = await em.find(ApiKey, { user: { $in: users } }, who);
  return [...operators, ...keys].map(({ user }) => user);
}

function policyIsValid({ touched, rows }: Proposal): void {
  const relevant = new Set(['permissions', 'resource-types', 'conditions', 'roles', 'role-inherits', 'grants']);
  if (!touched.some(({ kind }) => relevant.has(kind))) return;
  const errors: ErrorItem[] = checkPolicy(rows);
  if (errors.length > 0) throw new LicetError('invalid_policy', errors[0]!.message, { errors });
}

const ABOUT_OWNERS = new Set(['users', 'assignments', 'operators', 'group-members', 'grants', 'role-inherits', 'conditions']);

async function lastOwnerStays({ touched, em, after, rows }: Proposal): Promise<void> {
  if (!touched.some(({ kind }) => ABOUT_OWNERS.has(kind))) return;
  const who = { fields: ['user'], disableIdentityMap: true } as const;
  const operators = await em.find(Operator, { enabled: true, passwordHash: { $ne: '' } }, who);
  if (operators.length === 0 && !touched.some(({ kind, before }) => kind === 'operators' && before)) return;
  const mine = { user: { $in: operators.map(({ user }) => user) } };
  const owners = await em.find(Assignment, { ...mine, role: OWNER_ROLE, tenant: null, resource: null, expiresAt: null }, who);
  const mayAll = (user: string) => permissionsOf(after, user, CONSOLE_TENANT).length === RESERVED_PERMISSIONS.length;
  const users = owners.flatMap(({ user }) => (user && mayAll(user) ? [user] : []));
  if (users.length > 0 && !(await mayAllBeDenied(em, users, rows))) return;
  throw new LicetError('still_in_use', 'this would leave nobody who may do everything: give the owner role to another operator first');
}

/** Whether a denial may reach every one of these users. One that began later, or held on a condition, could then be taken away by nobody. */
async function mayAllBeDenied(em: EntityManager, users: readonly string[], rows: CheckedRows): Promise<boolean> {
  const roles = new ConsoleRoles(rows);
  if (!rows.roles.some(({ id }) => roles.of(id).deny.size > 0)) return false;
  const { assignments, members } = await readAssigned(em, users);
  const rights = new ConsoleRights(roles, assignments, members);
  return users.every((user) => rights.mayBeDenied(user, Date.now()));
}
