import type { Decision, DecisionError, DecisionReason } from '@licet/contract';

/** Why a question is denied that no grant decides. */
export type DenialReason = Exclude<DecisionReason, 'allowed_by_grant' | 'denied_by_grant'>;

const REASONS = [
  'invalid_request',
  'unknown_resource_type',
  'unknown_action',
  'unknown_tenant',
  'disabled_subject',
  'unknown_subject',
  'no_matching_grant',
] as const satisfies readonly DenialReason[];

/** Most answers have no errors: one list for all of them. Frozen, because decisions hand it out. */
export const NO_ERRORS: DecisionError[] = [];
Object.freeze(NO_ERRORS);

/** The denials of one revision that have no errors: they say nothing about who asked, so that one answer does for all who ask. */
export type Denials = Readonly<Record<(typeof REASONS)[number], Decision>>;

/** @returns the denials of a revision, frozen, because decisions are handed out */
export function denialsAt(revision: number): Denials {
  const denials: Partial<Record<DenialReason, Decision>> = {};
  for (const reason of REASONS) denials[reason] = Object.freeze({ decision: false, reason, path: null, errors: NO_ERRORS, revision });
  return denials as Denials;
}
