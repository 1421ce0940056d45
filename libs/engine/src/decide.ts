import {
  ANY_TENANT,
  ANYONE,
  DEFAULT_TENANT,
  DEFAULT_USER_TYPE,
  EVERYONE,
  userKey,
  type Decision,
  type DecisionError,
  type DecisionReason,
  type Effect,
  type EvaluationRequest,
  type PolicyRow,
} from '@licet/contract';
import type { Assignments, Terms } from './assignment.ts';
import type { Permission } from './permission.ts';
import { isRequest } from './request.ts';
import type { RoleGrant } from './role.ts';
import { ConditionError, type Scope } from './scope.ts';
import type { Snapshot } from './snapshot.ts';
import type { User } from './user.ts';
import { member } from './value.ts';

// What a decision is, in order:
//
// 1. A request that cannot be understood, or names a type, an action or a tenant that does not exist, is denied; so is a disabled user.
// 2. Assignments are considered in this order: the user's own; those of the user's groups, in ascending group; those of `everyone`, for
//    registered users; those of `anyone`. Within one holder in ascending id.
// 3. Of an assignment that counts here and now, the grants are considered that its role has, then those of the roles it inherits.
// 4. The first deny that applies decides. Otherwise the first allow that applies. Otherwise it is denied.
// 5. A grant applies if its condition holds. A condition that errs never opens: the deny applies, the allow does not, and the error is
//    named in the answer.

/** A question under way: what conditions see, and what the search for the determining grant needs. */
interface Question extends Scope {
  readonly snapshot: Snapshot;
  readonly permission: Permission;
  readonly tenant: string;
  /** Undefined for a subject that is not registered. */
  readonly user: User | undefined;
  readonly errors: DecisionError[];
}

const NO_GRANTS: readonly RoleGrant[] = [];
const NO_SUCH_CONDITION = new ConditionError('missing_attribute', 'condition');

/**
 * Decides one question.
 * @param snapshot the policy
 * @param request the question (AuthZEN 1.0, section 6.1)
 * @param now the time of the question, in milliseconds since the epoch
 * @returns the decision with its reason, the path that determined it, and the conditions that could not be evaluated. It never throws:
 * what is no request is denied with the reason `invalid_request`
 */
export function decide(snapshot: Snapshot, request: EvaluationRequest, now: number): Decision {
  try {
    return decideRequest(snapshot, request, now);
  } catch {
    return denied(snapshot, 'invalid_request'); // Only a value that JSON cannot carry comes here, such as a member that throws.
  }
}

/**
 * The tenant that a request is about: the one its resource names in `properties.tenant`, else the registered resource's, else the one
 * that the context names, else `default`. Whether it exists is another matter.
 */
export function tenantOf(snapshot: Snapshot, request: EvaluationRequest): string {
  try {
    return tenantNamed(request, registeredResource(snapshot, request));
  } catch {
    return DEFAULT_TENANT;
  }
}

function decideRequest(snapshot: Snapshot, request: EvaluationRequest, now: number): Decision {
  if (!isRequest(request)) return denied(snapshot, 'invalid_request');
  const { subject, action, resource, context } = request;

  const actions = snapshot.catalog.types.get(resource.type);
  if (!actions) return denied(snapshot, 'unknown_resource_type');
  const number = actions.get(action.name);
  if (number === undefined) return denied(snapshot, 'unknown_action');

  const registered = registeredResource(snapshot, request);
  const tenant = tenantNamed(request, registered);
  if (!snapshot.rows.tenants.get(tenant)) return denied(snapshot, 'unknown_tenant');

  const user = registeredUser(snapshot, request);
  if (user && !user.enabled) return denied(snapshot, 'disabled_subject');

  const permission = snapshot.permissions[number]!;
  const storedSubject = user?.attributes;
  const storedResource = registered?.attributes;
  const errors: DecisionError[] = [];
  const question = { subject, action, resource, context, now, storedSubject, storedResource, snapshot, permission, tenant, user, errors };
  return (
    (permission.deny.size > 0 ? firstGrant(question, 'deny') : undefined) ??
    firstGrant(question, 'allow') ??
    denied(snapshot, user ? 'no_matching_grant' : 'unknown_subject', errors)
  );
}

function denied(snapshot: Snapshot, reason: DecisionReason, errors: DecisionError[] = []): Decision {
  return { decision: false, reason, path: null, errors, revision: snapshot.revision };
}

function registeredResource(snapshot: Snapshot, { resource }: EvaluationRequest): PolicyRow<'resources'> | undefined {
  return snapshot.resources.get(resource.type)?.get(resource.id);
}

function tenantNamed({ resource, context }: EvaluationRequest, registered: PolicyRow<'resources'> | undefined): string {
  return tenantIn(resource.properties) ?? registered?.tenant ?? tenantIn(context) ?? DEFAULT_TENANT;
}

function tenantIn(members: Scope['context']): string | undefined {
  const tenant = member(members, 'tenant');
  return typeof tenant === 'string' && tenant !== '' ? tenant : undefined;
}

/** A type with a colon names nobody: `a:b` with the id `c` must not pass for `a` with the id `b:c`. */
function registeredUser(snapshot: Snapshot, { subject: { type, id } }: EvaluationRequest): User | undefined {
  if (type !== DEFAULT_USER_TYPE && type.includes(':')) return undefined;
  const user = snapshot.users.get(userKey(type, id));
  return user?.registered ? user : undefined;
}

/** The first grant of this effect that applies determines the decision; undefined where there is none. */
function firstGrant(question: Question, effect: Effect): Decision | undefined {
  const { snapshot, user } = question;
  if (user) {
    const own = firstGrantOf(user, null, question, effect);
    if (own) return own;
    for (const { group: id } of user.memberships) {
      const group = snapshot.groups.get(id);
      const found = group?.exists ? firstGrantOf(group, id, question, effect) : undefined;
      if (found) return found;
    }
    const everyone = firstGrantOf(snapshot.everyone, EVERYONE, question, effect);
    if (everyone) return everyone;
  }
  return firstGrantOf(snapshot.anyone, ANYONE, question, effect);
}

function firstGrantOf({ ids, terms }: Assignments, group: string | null, question: Question, effect: Effect): Decision | undefined {
  const grantsByRole = question.permission[effect];
  for (let i = 0; i < terms.length; i++) {
    const assigned = terms[i]!;
    if (!counts(assigned, question)) continue;
    for (const grant of grantsByRole.get(assigned.role) ?? NO_GRANTS) {
      if (applies(grant, question, effect)) return determined(question, effect, ids[i]!, group, grant);
    }
  }
  return undefined;
}

/** Whether an assignment is in force now, in this tenant and for this resource. */
function counts({ tenant, resource, period }: Terms, question: Question): boolean {
  return (
    (tenant === ANY_TENANT || tenant === question.tenant) &&
    (resource === null || (resource.type === question.resource.type && resource.id === question.resource.id)) &&
    (period === null || (period.startsAt <= question.now && question.now < period.expiresAt))
  );
}

function applies({ id: grant, condition }: RoleGrant, question: Question, effect: Effect): boolean {
  if (condition === null) return true;
  const result = question.snapshot.conditions.get(condition)?.(question) ?? NO_SUCH_CONDITION;
  if (typeof result === 'boolean') return result;
  const { errors } = question;
  if (!errors.some((known) => known.grant === grant)) errors.push({ grant, condition, error: result.error, at: result.at });
  return effect === 'deny';
}

function determined(question: Question, effect: Effect, assignment: string, group: string | null, granted: RoleGrant): Decision {
  const { id: grant, permission, condition, roles } = granted;
  return {
    decision: effect === 'allow',
    reason: effect === 'allow' ? 'allowed_by_grant' : 'denied_by_grant',
    path: { assignment, group, roles: roles as string[], grant, permission, effect, condition },
    errors: question.errors,
    revision: question.snapshot.revision,
  };
}
