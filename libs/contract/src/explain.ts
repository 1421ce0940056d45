import { z } from 'zod';
import { ConditionErrorCode } from './condition.ts';
import { Decision, DecisionPath, EvaluationRequest } from './decision.ts';
import { Timestamp } from './policy.ts';

/** `POST /api/v1/explain`: a question, as it is answered at a time and at a revision; now, and at the newest, unless said otherwise. */
export const ExplainRequest = EvaluationRequest.extend({ at: Timestamp.optional(), revision: z.int().nonnegative().optional() }).meta({
  id: 'ExplainRequest',
});
export type ExplainRequest = z.infer<typeof ExplainRequest>;

/** How many paths, near misses and roles an explanation lists at most. */
export const EXPLANATION_LIMIT = 20;

/** Why a condition could not be evaluated, and where; the same as in a DecisionError. */
export const ConditionFailure = z.object({ error: ConditionErrorCode, at: z.string() });
export type ConditionFailure = z.infer<typeof ConditionFailure>;

/** A path that decides as the decision does. `error` is there where a deny applies because its condition could not be evaluated. */
export const DecidingPath = z.object({ path: DecisionPath, error: ConditionFailure.nullable() }).meta({ id: 'DecidingPath' });
export type DecidingPath = z.infer<typeof DecidingPath>;

/**
 * What keeps an allow from deciding. A closed list, and the order in which the failures of one near miss stand.
 * - `disabled_subject`: the user is disabled.
 * - `other_tenant`: the assignment is in `tenant`, and the question about another one.
 * - `other_resource`: the assignment is for `resource` (`type:id`) alone, and the question about another one.
 * - `not_yet_in_force`, `no_longer_in_force`: the assignment begins later, or has ended. The time is null where it cannot be read.
 * - `condition_false`: the condition is false. If it is an `and`, `operands` are those of its operands (from 0) that are false.
 * - `condition_erred`: the condition could not be evaluated.
 * - `overridden_by_deny`: a deny applies; these are the assignment and the grant of the first one.
 */
export const AllowFailure = z
  .discriminatedUnion('code', [
    z.object({ code: z.literal('disabled_subject') }),
    z.object({ code: z.literal('other_tenant'), tenant: z.string() }),
    z.object({ code: z.literal('other_resource'), resource: z.string() }),
    z.object({ code: z.literal('not_yet_in_force'), startsAt: Timestamp.nullable() }),
    z.object({ code: z.literal('no_longer_in_force'), expiresAt: Timestamp.nullable() }),
    z.object({ code: z.literal('condition_false'), condition: z.string(), operands: z.array(z.int().nonnegative()) }),
    z.object({ code: z.literal('condition_erred'), condition: z.string(), ...ConditionFailure.shape }),
    z.object({ code: z.literal('overridden_by_deny'), assignment: z.string(), grant: z.string() }),
  ])
  .meta({ id: 'AllowFailure' });
export type AllowFailure = z.infer<typeof AllowFailure>;

/** An allow that the subject holds and that does not decide: its path, and everything that keeps it from deciding. */
export const NearMiss = z.object({ path: DecisionPath, failures: z.array(AllowFailure).min(1) }).meta({ id: 'NearMiss' });
export type NearMiss = z.infer<typeof NearMiss>;

/** A role that would give the permission. `conditional`: whether that depends on a condition. */
export const GivingRole = z.object({ role: z.string(), conditional: z.boolean() }).meta({ id: 'GivingRole' });
export type GivingRole = z.infer<typeof GivingRole>;

/**
 * Why a decision is what it is, for operators and auditors.
 * - `tenant`: the one that the question is about.
 * - `paths`: where a grant decided, the shortest paths that decide so: those with the fewest roles, in the order of consideration.
 * - `misses`: of a denial, the allows that the subject holds, those first that lack least: by number of failures, then by number of roles,
 *   then in the order of consideration.
 * - `roles`: of a denial, where there is no near miss: the roles that would give the permission, those first that give it without a
 *   condition, in ascending order.
 * - `totals`: how many of each there are; the lists end at EXPLANATION_LIMIT.
 *
 * Where the question cannot be understood or names what does not exist, the decision's reason says it all, and the lists are empty.
 */
export const Explanation = z
  .object({
    decision: Decision,
    tenant: z.string(),
    paths: z.array(DecidingPath).max(EXPLANATION_LIMIT),
    misses: z.array(NearMiss).max(EXPLANATION_LIMIT),
    roles: z.array(GivingRole).max(EXPLANATION_LIMIT),
    totals: z.object({ paths: z.int().nonnegative(), misses: z.int().nonnegative(), roles: z.int().nonnegative() }),
  })
  .meta({ id: 'Explanation' });
export type Explanation = z.infer<typeof Explanation>;
