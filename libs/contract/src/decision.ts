import { z } from 'zod';
import { ConditionErrorCode } from './condition.ts';
import { EntityId } from './ids.ts';
import { Attributes, Effect } from './policy.ts';

/** Names the revision that the answer must be based on at least; otherwise the answer is a denial with reason `stale`. */
export const AT_LEAST_HEADER = 'licet-at-least';

/** AuthZEN 1.0, section 5.1. Unknown members are ignored (section 10.1.1). */
export const Subject = z.object({ type: z.string().min(1), id: EntityId, properties: Attributes.optional() }).meta({ id: 'Subject' });
export type Subject = z.infer<typeof Subject>;

/** AuthZEN 1.0, section 5.3. */
export const Action = z.object({ name: z.string().min(1), properties: Attributes.optional() }).meta({ id: 'Action' });
export type Action = z.infer<typeof Action>;

/** AuthZEN 1.0, section 5.2. `properties.tenant` names the tenant that the question is about. */
export const Resource = z.object({ type: z.string().min(1), id: EntityId, properties: Attributes.optional() }).meta({ id: 'Resource' });
export type Resource = z.infer<typeof Resource>;

/** AuthZEN 1.0, section 6.1: one question. */
export const EvaluationRequest = z
  .object({ subject: Subject, action: Action, resource: Resource, context: Attributes.optional() })
  .meta({ id: 'EvaluationRequest' });
export type EvaluationRequest = z.infer<typeof EvaluationRequest>;

export const EvaluationsSemantic = z.enum(['execute_all', 'deny_on_first_deny', 'permit_on_first_permit']);
export type EvaluationsSemantic = z.infer<typeof EvaluationsSemantic>;

/** AuthZEN 1.0, section 7.1: many questions with defaults; each item overrides whole members. */
export const EvaluationsRequest = z
  .object({
    subject: z.unknown().optional(),
    action: z.unknown().optional(),
    resource: z.unknown().optional(),
    context: z.unknown().optional(),
    evaluations: z.array(z.record(z.string(), z.unknown())).max(1000).optional(),
    options: z.object({ evaluations_semantic: EvaluationsSemantic.optional() }).optional(),
  })
  .meta({ id: 'EvaluationsRequest' });
export type EvaluationsRequest = z.infer<typeof EvaluationsRequest>;

/** Why a decision is what it is. A closed list. */
export const DecisionReason = z.enum([
  'allowed_by_grant',
  'denied_by_grant',
  'no_matching_grant',
  'unknown_subject', // no such user, and nothing is granted to `anyone`
  'disabled_subject',
  'unknown_resource_type',
  'unknown_action',
  'unknown_tenant',
  'other_tenant', // asked at the address of one tenant about a resource that is registered in another
  'invalid_request',
  'not_ready', // a replica holds no snapshot yet
  'stale', // a replica is older than its max_staleness, or than the revision asked for
  'unreachable', // remote mode: the decision point gave no valid answer
]);
export type DecisionReason = z.infer<typeof DecisionReason>;

/**
 * The path that determined a decision: the assignment (through `group`, where it was made to a group), the roles from the assigned one
 * down the inheritance to the one that holds the grant, and the grant.
 */
export const DecisionPath = z
  .object({
    assignment: z.string(),
    group: z.string().nullable(),
    roles: z.array(z.string()).min(1),
    grant: z.string(),
    permission: z.string(),
    effect: Effect,
    condition: z.string().nullable(),
  })
  .meta({ id: 'DecisionPath' });
export type DecisionPath = z.infer<typeof DecisionPath>;

/** A condition that could not be evaluated: an allow that errs does not apply, a deny that errs does. `at` names the place. */
export const DecisionError = z
  .object({ grant: z.string(), condition: z.string(), error: ConditionErrorCode, at: z.string() })
  .meta({ id: 'DecisionError' });
export type DecisionError = z.infer<typeof DecisionError>;

/** The engine's answer. */
export const Decision = z
  .object({
    decision: z.boolean(),
    reason: DecisionReason,
    path: DecisionPath.nullable(),
    errors: z.array(DecisionError),
    revision: z.int().nonnegative(),
  })
  .meta({ id: 'Decision' });
export type Decision = z.infer<typeof Decision>;

/** AuthZEN 1.0, section 5.5: the answer on the wire; the rest of the decision is in `context`. */
export const EvaluationResponse = z
  .object({
    decision: z.boolean(),
    context: z
      .object({
        reason: DecisionReason,
        path: DecisionPath.nullable(),
        errors: z.array(DecisionError),
        revision: z.int().nonnegative(),
        error: z.object({ status: z.int(), message: z.string() }).optional(),
      })
      .partial({ path: true, errors: true, revision: true }),
  })
  .meta({ id: 'EvaluationResponse' });
export type EvaluationResponse = z.infer<typeof EvaluationResponse>;

export const EvaluationsResponse = z.object({ evaluations: z.array(EvaluationResponse) }).meta({ id: 'EvaluationsResponse' });
export type EvaluationsResponse = z.infer<typeof EvaluationsResponse>;

/** One entry of the decision log: what an application asked and was told. */
export const DecisionRecord = z
  .object({
    id: z.uuid(), // version 7, made where the decision was made
    at: z.iso.datetime(),
    request: EvaluationRequest,
    tenant: z.string(),
    decision: z.boolean(),
    reason: DecisionReason,
    path: DecisionPath.nullable(),
    errors: z.array(DecisionError),
    revision: z.int().nonnegative(),
  })
  .meta({ id: 'DecisionRecord' });
export type DecisionRecord = z.infer<typeof DecisionRecord>;
