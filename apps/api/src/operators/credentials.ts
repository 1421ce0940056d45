import { createHash, randomBytes } from 'node:crypto';
import { LicetError } from '@licet/contract';
import type { EntityManager } from '../database/orm.ts';
import { User } from '../users/user.entity.ts';
import { Operator } from './operator.entity.ts';

const HOUR_MS = 3_600_000;
export const INVITATION_MS = 72 * HOUR_MS;
export const RESET_MS = 24 * HOUR_MS;

/** An operator account that nobody can use yet. */
export function newOperator(em: EntityManager, user: string): Operator {
  return em.create(Operator, {
    user,
    enabled: true,
    passwordHash: '',
    passwordChangedAt: null,
    totpSecret: null,
    secondFactorAt: null,
    passkeys: 0,
    linkHash: null,
    linkExpiresAt: null,
  });
}

/**
 * Gives an operator a one-time link for choosing a password; one given before no longer works.
 * @returns the path below the console's address. The token stands behind `#`, so that no proxy or log sees it.
 */
export function giveLink(operator: Operator, validMs: number): string {
  const token = randomBytes(32).toString('base64url');
  operator.linkHash = linkHash(token);
  operator.linkExpiresAt = new Date(Date.now() + validMs);
  return `/#/link?${new URLSearchParams({ user: operator.user, token }).toString()}`;
}

export const linkHash = (token: string) => createHash('sha256').update(token).digest('hex');

export const isLinkOut = ({ linkHash, linkExpiresAt }: Operator): boolean =>
  linkHash !== null && linkExpiresAt !== null && linkExpiresAt.getTime() > Date.now();

/** An operator whom nobody has shut out: neither the account nor its user is disabled. */
export const enabledOperator = (em: EntityManager, user: string): Promise<Operator | null> =>
  em.findOne(Operator, { user: { id: user, enabled: true }, enabled: true } as never); // the types know of the user no more than its key

export const isEnabled = async (em: EntityManager, user: string): Promise<boolean> => (await enabledOperator(em, user)) !== null;

/** The operator whom a one-time link is for. */
export async function operatorByLink(em: EntityManager, hash: string): Promise<Operator> {
  const operator = await em.findOne(Operator, { linkHash: hash, enabled: true });
  const enabled = operator && isLinkOut(operator) && (await em.count(User, { id: operator.user, enabled: true }));
  if (!enabled) throw new LicetError('forbidden', 'this link is not valid (any more); ask an owner for a new one');
  return operator;
}

/** Refuses the ways in of one's own where those of others are looked after: no password or code is asked for there. */
export function demandOther({ user }: Operator, actor: string): void {
  if (user !== actor) return;
  const message = 'this is your own account: use the account page, which asks for password and code; or ask another operator';
  throw new LicetError('forbidden', message);
}

/** Sets a password; the link that may be out is used up by it. */
export function setPassword(operator: Operator, passwordHash: string): void {
  Object.assign(operator, { passwordHash, passwordChangedAt: new Date(), linkHash: null, linkExpiresAt: null });
}
