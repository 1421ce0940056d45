import { createHash } from 'node:crypto';
import { LicetError } from '@licet/contract';
import { Assignment } from '../assignments/assignment.entity.ts';
import { SYSTEM } from '../access/access.ts';
import type { EntityManager } from '../database/orm.ts';
import { storableText } from '../database/storable.ts';
import { v7 } from '../database/uuid.ts';
import type { OidcSettings } from '../settings.ts';
import { User } from '../users/user.entity.ts';
import { newUser } from '../users/users.collection.ts';
import { isEnabled, newOperator, operatorByLink } from './credentials.ts';
import { OperatorIdentity } from './identity.entity.ts';
import { type Identified, valuesOf } from './oidc.provider.ts';
import { Operator } from './operator.entity.ts';
import { hasSecondFactor } from './second-factor.service.ts';

const MOST_NAME = 200;
const KEY_DIGITS = 24;

/** Binds an identity to an operator who has none: to the account that is signed in, never to one that merely has the same name. */
export async function linkIdentity(em: EntityManager, user: string, who: Identified): Promise<void> {
  if (await em.count(OperatorIdentity, { user })) throw new LicetError('already_exists', 'there is a linked identity already; unlink it first');
  await bind(em, user, who);
}

/** A link for somebody who has a password is for choosing a new one. It does not get round a passkey either: that is a second factor. */
export function demandInvitation(operator: Operator): void {
  if (operator.passwordHash !== '' || hasSecondFactor(operator)) throw new LicetError('forbidden', 'this link is for a new password; sign in, and link the identity there');
}

/** Takes an invitation up without a password. Where the operator came in by an identity before, the new one takes its place. */
export async function takeUpInvitation(em: EntityManager, hash: string, who: Identified): Promise<string> {
  const operator = await operatorByLink(em, hash);
  demandInvitation(operator);
  const present = await em.findOne(OperatorIdentity, { user: operator.user });
  if (!present) await bind(em, operator.user, who);
  else if (!isSame(present, who)) {
    await demandFree(em, who);
    Object.assign(present, { issuer: who.issuer, subject: who.subject });
  }
  Object.assign(operator, { linkHash: null, linkExpiresAt: null });
  return operator.user;
}

/**
 * The operator whom an identity is bound to, with the console roles that its claims give now. One who is not known is made where a claim
 * gives a role.
 * @returns the user key; undefined where nobody may come in
 */
export async function operatorOf(em: EntityManager, who: Identified, mapping: OidcSettings['roles']): Promise<string | undefined> {
  const { issuer, subject } = who;
  const roles = rolesOf(who, mapping);
  const known = await em.findOne(OperatorIdentity, { issuer, subject });
  if (!known && roles.size === 0) return undefined;
  const identity = known ?? (await provision(em, who));
  if (!identity || (known && !(await isEnabled(em, known.user)))) return undefined;
  await giveRoles(em, identity, roles);
  return identity.user;
}

/** The console roles that claims give, by the table of the settings alone; each with what gives it. */
function rolesOf({ claims }: Identified, mapping: OidcSettings['roles']): Map<string, string> {
  const roles = new Map<string, string>();
  for (const [claim, table] of Object.entries(mapping)) {
    for (const value of valuesOf(claims, claim)) {
      if (Object.hasOwn(table, value)) roles.set(table[value]!, `the identity provider says ${claim}: ${value}`);
    }
  }
  return roles;
}

/**
 * Makes the account of somebody new. Its key is of issuer and subject only: one that was chosen at the provider could be that of somebody
 * else here, now or later. One who was unlinked or disabled stays out.
 */
async function provision(em: EntityManager, who: Identified): Promise<OperatorIdentity | undefined> {
  const id = `oidc-${digest(who).slice(0, KEY_DIGITS)}`;
  if ((await em.count(Operator, {})) === 0) return undefined; // the set-up comes first: it makes an owner with a password
  const known = await em.findOne(User, id);
  if (known && (!known.enabled || (await em.count(Operator, { user: id })))) return undefined;
  const { name } = who.claims;
  const said = typeof name === 'string' && name.trim() ? storableText(name.trim(), MOST_NAME) : null;
  if (!known) newUser(em, { id, name: said, enabled: true, attributes: {} });
  newOperator(em, id);
  return bind(em, id, who);
}

/** Gives what claims give and is not held in all tenants yet, and takes what they gave before and give no longer. Other assignments stay. */
async function giveRoles(em: EntityManager, identity: OperatorIdentity, roles: Map<string, string>): Promise<void> {
  const { user } = identity;
  const held = await em.find(Assignment, { user, tenant: null, resource: null });
  const given = held.filter(({ id }) => identity.assignments.includes(id));
  em.remove(given.filter(({ role }) => !roles.has(role)));
  const kept = given.filter(({ role }) => roles.has(role)).map(({ id }) => id);
  const fresh = [...roles].filter(([role]) => !held.some((row) => row.role === role));
  const made = fresh.map(([role, reason]) => {
    const row = { id: v7(), user, group: null, role, tenant: null, resource: null, startsAt: null, expiresAt: null };
    return em.create(Assignment, { ...row, reason, createdBy: SYSTEM.id }).id;
  });
  const assignments = [...kept, ...made];
  if (String(assignments) !== String(identity.assignments)) identity.assignments = assignments;
}

async function bind(em: EntityManager, user: string, who: Identified): Promise<OperatorIdentity> {
  await demandFree(em, who);
  return em.create(OperatorIdentity, { user, issuer: who.issuer, subject: who.subject, assignments: [] });
}

async function demandFree(em: EntityManager, { issuer, subject }: Identified): Promise<void> {
  if (await em.count(OperatorIdentity, { issuer, subject })) throw new LicetError('already_exists', 'this identity is linked with another operator');
}

/** Takes an identity away, with the roles that its claims gave. */
export async function dropIdentity(em: EntityManager, user: string): Promise<void> {
  const identity = await em.findOne(OperatorIdentity, { user });
  if (!identity) return;
  em.remove(await em.find(Assignment, { id: { $in: identity.assignments }, user }));
  em.remove(identity);
}

const isSame = (one: OperatorIdentity, { issuer, subject }: Identified) => one.issuer === issuer && one.subject === subject;

const digest = ({ issuer, subject }: Identified) =>
  createHash('sha256')
    .update(JSON.stringify([issuer, subject]))
    .digest('hex');
