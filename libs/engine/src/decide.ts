import { DEFAULT_TENANT, type Decision, type DecisionError, type Effect, type EvaluationRequest, type PolicyRow } from '@licet/contract';
import { NO_ERRORS } from './denial.ts';
import type { Group } from './group.ts';
import { hasBit } from './matrix.ts';
import { chain, grantsOf, type GrantChain } from './permission.ts';
import {
  ASSIGNMENTS,
  assignmentRowsAt,
  ENABLED,
  HAS_MEMBERSHIPS,
  HEAD_WORDS,
  partsOf,
  REGISTERED,
  type Parts,
  type Records,
} from './record.ts';
import { hasParts, isId } from './request.ts';
import { tenantIn, type Scope } from './scope.ts';
import type { Snapshot } from './snapshot.ts';
import { isInPeriod } from './standing.ts';
import {
  ANY_TENANT_NUMBER,
  FOR_PERIOD,
  FOR_RESOURCE,
  LIMITS,
  RESOURCE_ID,
  RESOURCE_TYPE,
  ROLE,
  TENANT,
  TERMS_WORDS,
  type Pools,
  type TermsPool,
} from './terms.ts';
import { attributesAt, idOfRow, placeOf, placeOfFew } from './users.ts';

// What a decision is, in order:
//
// 1. A request that cannot be understood, or names a type, an action or a tenant that does not exist, is denied; so is a disabled user.
// 2. Assignments are considered in this order: the user's own; those of the user's groups, in ascending group; those of `everyone`, for
//    registered users; those of `anyone`. Within one holder in ascending id.
// 3. Of an assignment that counts here and now, the grants are considered that its role has, then those of the roles it inherits. A time
//    of it that cannot be read never opens: it keeps the allows out of force, and does not limit the denies.
// 4. The first deny that applies decides. Otherwise the first allow that applies. Otherwise it is denied.
// 5. A grant applies if its condition holds. A condition that errs never opens: the deny applies, the allow does not, and the error is
//    named in the answer.

/**
 * What conditions see of a question, and the errors that they came to. Most questions are decided by numbers alone; this is made for the
 * first thing that asks for more: a condition, the limits of an assignment, or a group.
 */
interface Question extends Scope {
  errors: DecisionError[];
}

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
    return snapshot.denials.invalid_request; // Only a value that JSON cannot carry comes here, such as a member that throws.
  }
}

/**
 * The tenant that a request is about: the one its resource names in `properties.tenant`, else the registered resource's, else the one
 * that the context names, else `default`. Whether it exists is another matter; what cannot be the name of a tenant is ''.
 */
export function tenantOf(snapshot: Snapshot, request: EvaluationRequest): string {
  try {
    return tenantNamed(request, registeredResource(snapshot, request));
  } catch {
    return DEFAULT_TENANT;
  }
}

function decideRequest(snapshot: Snapshot, request: EvaluationRequest, now: number): Decision {
  const { denials, users } = snapshot;
  if (!hasParts(request)) return denials.invalid_request;

  // The user first: that is what takes longest to come from memory, and all else is looked up meanwhile.
  const known = placeOfFew(users, request.subject);
  if ((known === undefined && !isId(request.subject.id)) || !isId(request.resource.id)) return denials.invalid_request;
  const { records, at } = known === undefined ? placeOf(users, request.subject) : { records: users.base, at: known };
  const head = at < 0 ? 0 : records.words[at]!;

  const actions = snapshot.catalog.types.get(request.resource.type);
  if (!actions) return denials.unknown_resource_type;
  const permission = actions.get(request.action.name);
  if (permission === undefined) return denials.unknown_action;

  const resource = registeredResource(snapshot, request);
  const named = tenantNamed(request, resource);
  const tenant = named === DEFAULT_TENANT ? snapshot.defaultTenant : snapshot.tenants.get(named);
  if (tenant === undefined) return denials.unknown_tenant;

  const registered = (head & REGISTERED) !== 0;
  if (registered && (head & ENABLED) === 0) return denials.disabled_subject;

  const user = registered ? at : -1;
  const denial = registered ? denials.no_matching_grant : denials.unknown_subject;
  const { allow, deny } = snapshot.grid;
  const denying = deny.page(permission);
  const allowing = allow.page(permission);
  const denied = denying && decideBy('deny', denying, snapshot, request, now, permission, tenant, records, user, resource, undefined);
  return (
    denied ?? (allowing ? decideBy('allow', allowing, snapshot, request, now, permission, tenant, records, user, resource, denial) : denial)
  );
}

function registeredResource(snapshot: Snapshot, { resource }: EvaluationRequest): PolicyRow<'resources'> | undefined {
  return snapshot.resources.size === 0 ? undefined : snapshot.resources.get(resource.type)?.get(resource.id);
}

function tenantNamed({ resource, context }: EvaluationRequest, registered: PolicyRow<'resources'> | undefined): string {
  return tenantIn(resource.properties) ?? registered?.tenant ?? tenantIn(context) ?? DEFAULT_TENANT;
}

/**
 * The first grant of this effect that applies determines the decision.
 * @param granting who has grants of this effect on the permission, a bit for each role: most roles that a subject has are not among them,
 * and nothing else of those is looked at
 * @param user where among the records that of the user begins; -1 for a subject that is not registered
 * @param otherwise the answer where no grant applies; the errors are added to it
 */
function decideBy<D extends Decision | undefined>(
  effect: Effect,
  granting: Uint32Array,
  snapshot: Snapshot,
  request: EvaluationRequest,
  now: number,
  permission: number,
  tenant: number,
  records: Records,
  user: number,
  registered: PolicyRow<'resources'> | undefined,
  otherwise: D,
): Decision | D {
  const { users, groups, grid } = snapshot;
  let question: Question | undefined;
  if (user >= 0) {
    const { words } = records;
    const { terms } = users.pools;
    const row = grid.allow.offset(permission);
    const from = user + HEAD_WORDS;
    const end = from + words[user + ASSIGNMENTS]!;
    for (let at = from; at < end; at++) {
      const number = words[at]!;
      const role = terms.words[number * TERMS_WORDS + ROLE]!;
      if (!hasBit(granting, row, role) || !countsInTenant(terms, number, tenant)) continue;
      if (hasLimits(terms, number)) {
        question ??= questionOf(snapshot, request, now, records, user, registered);
        if (!isWithinLimits(users.pools, number, question, effect)) continue;
      }
      let grant = grantsOfRole(snapshot, permission, role, effect);
      while (grant && grant.condition !== null) {
        question ??= questionOf(snapshot, request, now, records, user, registered);
        if (applies(grant, question)) break;
        grant = grant.next;
      }
      if (grant) {
        const assignment = idOfRow(users, records, assignmentRowsAt(words, user) + at - from);
        return determined(grant, assignment, null, question ? question.errors : NO_ERRORS, snapshot.revision);
      }
    }
    const inGroups = (words[user]! & HAS_MEMBERSHIPS) !== 0;
    if (inGroups || groups.everyone.rows.length > 0) {
      question ??= questionOf(snapshot, request, now, records, user, registered);
      const through = inGroups
        ? decideByGroups(effect, granting, snapshot, permission, tenant, partsOf(records, user), question)
        : undefined;
      const decided = through ?? decideByGroup(effect, granting, snapshot, permission, tenant, groups.everyone, question);
      if (decided) return decided;
    }
  }
  if (groups.anyone.rows.length > 0) {
    question ??= questionOf(snapshot, request, now, records, user, registered);
    const decided = decideByGroup(effect, granting, snapshot, permission, tenant, groups.anyone, question);
    if (decided) return decided;
  }
  return otherwise === undefined || !question || question.errors.length === 0 ? otherwise : { ...otherwise, errors: question.errors };
}

function questionOf(
  snapshot: Snapshot,
  request: EvaluationRequest,
  now: number,
  records: Records,
  user: number,
  registered: PolicyRow<'resources'> | undefined,
): Question {
  const { subject, action, resource, context } = request;
  const storedSubject = user < 0 ? undefined : attributesAt(records, user, snapshot.users.pools.values);
  return { subject, action, resource, context, now, storedSubject, storedResource: registered?.attributes, errors: NO_ERRORS };
}

function decideByGroups(
  effect: Effect,
  granting: Uint32Array,
  snapshot: Snapshot,
  permission: number,
  tenant: number,
  { words, memberships, groupsAt }: Parts,
  question: Question,
): Decision | undefined {
  for (let i = 0; i < memberships; i++) {
    const group = snapshot.groups.byNumber[words[groupsAt + i]!];
    const decided = group?.exists ? decideByGroup(effect, granting, snapshot, permission, tenant, group, question) : undefined;
    if (decided) return decided;
  }
  return undefined;
}

function decideByGroup(
  effect: Effect,
  granting: Uint32Array,
  snapshot: Snapshot,
  permission: number,
  tenant: number,
  group: Group,
  question: Question,
): Decision | undefined {
  const { pools } = snapshot.users;
  const row = snapshot.grid.allow.offset(permission);
  for (let i = 0; i < group.terms.length; i++) {
    const number = group.terms[i]!;
    const role = pools.terms.words[number * TERMS_WORDS + ROLE]!;
    if (!hasBit(granting, row, role) || !countsInTenant(pools.terms, number, tenant)) continue;
    if (hasLimits(pools.terms, number) && !isWithinLimits(pools, number, question, effect)) continue;
    let grant = grantsOfRole(snapshot, permission, role, effect);
    while (grant && !applies(grant, question)) grant = grant.next;
    if (grant) return determined(grant, group.rows[i]!.id, group.name, question.errors, snapshot.revision);
  }
  return undefined;
}

/** The grants of a role on the permission: looked for once as long as roles stay as they are, however often they are asked about. */
function grantsOfRole(snapshot: Snapshot, permission: number, role: number, effect: Effect): GrantChain | undefined {
  const { chains, grid } = snapshot;
  const place = grid.allow.place(permission, role);
  return (effect === 'allow' ? chains.allow : chains.deny).get(place) ?? lookForGrants(snapshot, permission, role, effect, place);
}

function lookForGrants(snapshot: Snapshot, permission: number, role: number, effect: Effect, place: number): GrantChain | undefined {
  const { chains, closures, catalog, conditions } = snapshot;
  const first = chain(grantsOf(closures[role]!, effect, permission, catalog), place, conditions);
  if (first) chains[effect].add(first);
  return first;
}

function countsInTenant({ words }: TermsPool, number: number, tenant: number): boolean {
  const within = words[number * TERMS_WORDS + TENANT]!;
  return within === tenant || within === ANY_TENANT_NUMBER;
}

function hasLimits({ words }: TermsPool, number: number): boolean {
  return words[number * TERMS_WORDS + LIMITS] !== 0;
}

/** Whether an assignment is in force now, for grants of this effect, and for this resource. */
function isWithinLimits({ terms: { words, times }, values }: Pools, number: number, question: Question, effect: Effect): boolean {
  const at = number * TERMS_WORDS;
  const limits = words[at + LIMITS]!;
  if (limits & FOR_RESOURCE) {
    const { type, id } = question.resource;
    const ofType = words[at + RESOURCE_TYPE]!;
    if (ofType < 0 || values.text(ofType) !== type || values.text(words[at + RESOURCE_ID]!) !== id) return false;
  }
  return (limits & FOR_PERIOD) === 0 || isInPeriod(times[2 * number]!, times[2 * number + 1]!, question.now, effect);
}

function applies({ id: grant, condition, holds, effect }: GrantChain, question: Question): boolean {
  if (condition === null) return true;
  const result = holds!(question);
  if (typeof result === 'boolean') return result;
  const { errors } = question;
  if (!errors.some((known) => known.grant === grant))
    question.errors = [...errors, { grant, condition, error: result.error, at: result.at }];
  return effect === 'deny';
}

function determined(grant: GrantChain, assignment: string, group: string | null, errors: DecisionError[], revision: number): Decision {
  const { id, permission, effect, condition, roles } = grant;
  return {
    decision: effect === 'allow',
    reason: effect === 'allow' ? 'allowed_by_grant' : 'denied_by_grant',
    path: { assignment, group, roles: roles as string[], grant: id, permission, effect, condition },
    errors,
    revision,
  };
}
