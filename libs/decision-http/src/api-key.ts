import { hash } from 'node:crypto';
import { CONSOLE_TENANT, parseUserKey, type ReservedPermission, splitKey } from '@licet/contract';
import { decide, type Snapshot } from '@licet/engine';

// `lct_<id>_<256 bit>_<checksum>`. Only the length is looked at: whatever else has it is the hash of no key.
const LENGTH = 'lct_'.length + 12 + 1 + 64 + 1 + 8;
// In any case, then one or more spaces (RFC 9110, sections 11.1 and 11.4).
const SCHEME = /^bearer +$/i;

/** The permission that each takes. */
export const NEEDS = { decisions: 'licet.decision:evaluate', explanations: 'licet.policy:replicate' } as const satisfies Record<
  string,
  ReservedPermission
>;
const QUESTIONS = { decisions: asked(NEEDS.decisions, CONSOLE_TENANT), explanations: asked(NEEDS.explanations, CONSOLE_TENANT) };

/**
 * The hash that an API key is known by. A look-up by it tells nothing by its timing: it is a digest of 256 random bits.
 * @param authorization the value of the Authorization header (RFC 6750, section 2.1)
 * @returns SHA-256 of the whole key in hex; undefined where the header holds nothing that could be one
 */
export function apiKeyHash(authorization: string | undefined): string | undefined {
  if (authorization === undefined || !SCHEME.test(authorization.slice(0, -LENGTH))) return undefined;
  return hash('sha256', authorization.slice(-LENGTH));
}

/** What is asked for: decisions, and what follows from them; or explanations, which say more of the policy than any decision. */
export type Asks = 'decisions' | 'explanations';

/**
 * Whether the service account of an API key may ask: permissions like any others, decided by the same policy. Explanations name roles and
 * assignments that decide nothing, so they are for whoever may hold the whole policy. A key for one tenant may ask at its address alone.
 * @param user the user key of the service account
 * @param now ms since the epoch
 * @param tenant the tenant of the address; undefined where it names none, so that the answer may be about any
 */
export function mayAsk(snapshot: Snapshot, user: string, now: number, asks: Asks = 'decisions', tenant?: string): boolean {
  const subject = parseUserKey(user);
  if (decide(snapshot, { subject, ...QUESTIONS[asks] }, now).decision) return true;
  return tenant !== undefined && decide(snapshot, { subject, ...asked(NEEDS[asks], tenant) }, now).decision;
}

function asked(permission: ReservedPermission, tenant: string) {
  const { type, rest: name } = splitKey(permission);
  return { action: { name }, resource: { type, id: '-', properties: { tenant } } };
}
