import { z } from 'zod';

/**
 * What the log of security events tells, a closed list. Each event says with `outcome` whether it was let through, and with `detail` in
 * one word, or by a permission, why not.
 */
export const SECURITY_EVENTS = {
  'set-up': 'the first operator is made by the set-up link',
  'sign-in': 'an operator signs in',
  'sign-out': 'an operator signs out',
  'session-ended': 'a session is ended from the list of sessions',
  link: 'a one-time link is used',
  proof: 'a signed-in operator shows anew who is there',
  'passkey-copied': 'a passkey signs with a counter that does not rise',
  access: 'a request at the admin API or the replica routes lacks a session, a key, a permission or a recent proof',
  'cross-site': 'a page of another site acts for an operator',
  'rate-limit': 'more requests come than are taken in a minute',
  'api-key': 'an API key is shown that is not live',
  'password-changed': 'an operator has a new password',
  'second-factor-added': 'an operator has an authenticator app',
  'second-factor-removed': 'the authenticator app of an operator is taken away',
  'passkey-added': 'an operator has one passkey more',
  'passkey-removed': 'an operator has fewer passkeys',
  'identity-linked': 'an operator has an identity at the provider',
  'identity-unlinked': 'an operator has lost the identity at the provider',
  'link-made': 'a one-time link is made for an operator',
  'operator-added': 'somebody is an operator',
  'operator-removed': 'somebody is no operator any more',
  'operator-enabled': 'an operator may come in again',
  'operator-disabled': 'an operator may come in no more',
  'api-key-added': 'an API key is made',
  'api-key-revoked': 'an API key is revoked',
} as const satisfies Record<string, string>;

export type SecurityEventName = keyof typeof SECURITY_EVENTS;
export const SecurityEventName = z.enum(Object.keys(SECURITY_EVENTS) as [SecurityEventName, ...SecurityEventName[]]);

/** With what somebody showed who is there. */
export const SecurityMethod = z.enum(['password', 'code', 'recovery-code', 'passkey', 'provider', 'link']);
export type SecurityMethod = z.infer<typeof SecurityMethod>;

/**
 * `partial` is neither: what was shown was right, and more was asked for. That is a second factor: where it comes, `done` follows with all that
 * was shown; where it comes wrong, `refused`; where nothing follows, somebody may have a password that is not theirs. Or it is a recent proof
 * for a privileged act, which `proof` then tells of.
 */
export const SecurityOutcome = z.enum(['done', 'partial', 'refused']);
export type SecurityOutcome = z.infer<typeof SecurityOutcome>;

const At = z.iso.datetime();

/**
 * A security event, or the same one several times within a minute: same event, account, address, route and detail. Names that strangers
 * tried are in it only where there is such an account; a password may have been typed in their place.
 */
export const SecurityEvent = z
  .object({
    id: z.uuid(),
    at: At, // of the first
    until: At, // of the last
    event: SecurityEventName,
    outcome: SecurityOutcome,
    actor: z.string().nullable(), // a user key; null where it is not known
    target: z.string().nullable(), // the operator or the API key that it was done to, where that is another
    method: z.array(SecurityMethod), // all that was shown, in the order of showing
    detail: z.string().nullable(), // a word, or the permission that was missing
    address: z.string().nullable(), // null where more addresses came in a minute than are told apart
    route: z.string().nullable(), // the pattern, never what was sent
    count: z.int().positive(),
  })
  .meta({ id: 'SecurityEvent' });
export type SecurityEvent = z.infer<typeof SecurityEvent>;
