import { DEFAULT_TENANT, type Decision, type DecisionError, type Effect, type EvaluationRequest, type PolicyRow } from '@licet/contract';
import { NO_ERRORS } from './denial.ts';
import type { Group } from './group.ts';
import { hasBit } from './matrix.ts';
import { chain, grantsOf, type GrantChain } from './permission.ts';
import { ASSIGNMENTS, ENABLED, HAS_MEMBERSHIPS, idsAt, partsOf, REGISTERED, termsAt } from './record.ts';
import { isRequest } from './request.ts';
import { ID_WORDS } from './row-id.ts';
import type { Scope } from './scope.ts';
import type { Snapshot } from './snapshot.ts';
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
  type TermsPool,
} from './terms.ts';
import { attributesOf, idAt, placeOf } from './users.ts';

// What a decision is, in order:
//
// 1. A request that cannot be understood, or names a type, an action or a tenant that does not exist, is denied; so is a disabled user.
// 2. Assignments are considered in this order: the user's own; those of the user's groups, in ascending group; those of `everyone`, for
//    registered users; those of `anyone`. Within one holder in ascending id.
// 3. Of an assignment that counts here and now, the grants are considered that its role has, then those of the roles it inherits.
// 4. The first deny that applies decides. Otherwise the first allow that applies. Otherwise it is denied.
// 5. A grant applies if its condition holds. A condition that errs never opens: the deny applies, the allow does not, and the error is
//    named in the answer.

/** A question under way. */
interface Question {
  readonly snapshot: Snapshot;
  readonly request: EvaluationRequest;
  readonly now: number;
  /** The numbers of the permission and of the tenant. */
  readonly permission: number;
  readonly tenant: number;
  /** Where in `words` the record of the user begins; -1 for a subject that is not registered. */
  readonly words: Int32Array;
  readonly user: number;
  readonly resource: PolicyRow<'resources'> | undefined;
  /** What conditions see; made for the first one. */
  scope: Scope | undefined;
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
  const { denials, users } = snapshot;
  if (!isRequest(request)) return denials.invalid_request;

  // The user first: that is what takes longest to come from memory, and all else is looked up meanwhile.
  const { words, at } = placeOf(users, request.subject);
  const head = at < 0 ? 0 : words[at]!;

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
  const question: Question = { snapshot, request, now, permission, tenant, words, user, resource, scope: undefined, errors: NO_ERRORS };
  const { allow, deny } = snapshot.grid;
  const denying = deny.page(permission);
  const allowing = allow.page(permission);
  const grant = (denying && firstGrant(question, denying, 'deny')) ?? (allowing && firstGrant(question, allowing, 'allow'));
  if (grant) return grant;
  const denial = registered ? denials.no_matching_grant : denials.unknown_subject;
  return question.errors.length === 0 ? denial : { ...denial, errors: question.errors };
}

function registeredResource(snapshot: Snapshot, { resource }: EvaluationRequest): PolicyRow<'resources'> | undefined {
  return snapshot.resources.size === 0 ? undefined : snapshot.resources.get(resource.type)?.get(resource.id);
}

function tenantNamed({ resource, context }: EvaluationRequest, registered: PolicyRow<'resources'> | undefined): string {
  return tenantIn(resource.properties) ?? registered?.tenant ?? tenantIn(context) ?? DEFAULT_TENANT;
}

function tenantIn(members: Scope['context']): string | undefined {
  // As `member` reads, but here the processor learns of one name alone.
  const tenant = members?.['tenant'];
  return typeof tenant === 'string' && tenant !== '' && Object.hasOwn(members!, 'tenant') ? tenant : undefined;
}

/**
 * The first grant of this effect that applies determines the decision; undefined where there is none.
 * @param granting who has grants of this effect on the permission, a bit for each role: most roles that a subject has are not among them,
 * and nothing else of those is looked at
 */
function firstGrant(question: Question, granting: Uint32Array, effect: Effect): Decision | undefined {
  const { snapshot, permission, words, user } = question;
  const { users, groups, grid } = snapshot;
  if (user >= 0) {
    const row = grid.allow.offset(permission);
    const terms = users.pools.terms.words;
    const from = termsAt(words, user);
    const end = from + words[user + ASSIGNMENTS]!;
    for (let at = from; at < end; at++) {
      const role = terms[words[at]! * TERMS_WORDS + ROLE]!;
      const grant = hasBit(granting, row, role) ? grantThrough(words[at]!, role, question, effect) : undefined;
      if (grant) return determined(question, grant, idAt(users, words, idsAt(words, user) + (at - from) * ID_WORDS), null);
    }
    const through = words[user]! & HAS_MEMBERSHIPS ? firstGrantOfGroups(question, granting, effect) : undefined;
    const everyone = through ?? firstGrantOfGroup(groups.everyone, granting, question, effect);
    if (everyone) return everyone;
  }
  return firstGrantOfGroup(groups.anyone, granting, question, effect);
}

function firstGrantOfGroups(question: Question, granting: Uint32Array, effect: Effect): Decision | undefined {
  const { words, user, snapshot } = question;
  const { memberships, groupsAt } = partsOf(words, user);
  for (let i = 0; i < memberships; i++) {
    const group = snapshot.groups.byNumber[words[groupsAt + i]!];
    const found = group?.exists ? firstGrantOfGroup(group, granting, question, effect) : undefined;
    if (found) return found;
  }
  return undefined;
}

function firstGrantOfGroup({ name, rows, terms }: Group, granting: Uint32Array, question: Question, effect: Effect): Decision | undefined {
  if (terms.length === 0) return undefined;
  const { snapshot, permission } = question;
  const row = snapshot.grid.allow.offset(permission);
  const { words } = snapshot.users.pools.terms;
  for (let i = 0; i < terms.length; i++) {
    const role = words[terms[i]! * TERMS_WORDS + ROLE]!;
    const grant = hasBit(granting, row, role) ? grantThrough(terms[i]!, role, question, effect) : undefined;
    if (grant) return determined(question, grant, rows[i]!.id, name);
  }
  return undefined;
}

/** The first grant that applies of an assignment of this role on these terms. */
function grantThrough(number: number, role: number, question: Question, effect: Effect): GrantChain | undefined {
  const { snapshot } = question;
  if (!counts(snapshot.users.pools.terms, number, question)) return undefined;
  let grant = grantsOfRole(role, question, effect);
  while (grant && !applies(grant, question)) grant = grant.next;
  return grant;
}

/** The grants of a role on the permission: looked for once as long as roles stay as they are, however often they are asked about. */
function grantsOfRole(role: number, { snapshot, permission }: Question, effect: Effect): GrantChain | undefined {
  const { chains, closures, catalog, grid, conditions } = snapshot;
  const known = effect === 'allow' ? chains.allow : chains.deny;
  const place = grid.allow.place(permission, role);
  let first = known.get(place);
  if (!first) {
    first = chain(grantsOf(closures[role]!, effect, permission, catalog), place, conditions);
    if (first) known.add(first);
  }
  return first;
}

/** Whether an assignment is in force now, in this tenant and for this resource. */
function counts({ words, times }: TermsPool, number: number, { tenant, request, now, snapshot }: Question): boolean {
  const at = number * TERMS_WORDS;
  const within = words[at + TENANT]!;
  if (within !== tenant && within !== ANY_TENANT_NUMBER) return false;
  const limits = words[at + LIMITS]!;
  if (limits === 0) return true;
  const { values } = snapshot.users.pools;
  const { type, id } = request.resource;
  if (limits & FOR_RESOURCE) {
    const ofType = words[at + RESOURCE_TYPE]!;
    if (ofType < 0 || values.text(ofType) !== type || values.text(words[at + RESOURCE_ID]!) !== id) return false;
  }
  return (limits & FOR_PERIOD) === 0 || (times[2 * number]! <= now && now < times[2 * number + 1]!);
}

function applies({ id: grant, condition, holds, effect }: GrantChain, question: Question): boolean {
  if (condition === null) return true;
  question.scope ??= scopeOf(question);
  const result = holds!(question.scope);
  if (typeof result === 'boolean') return result;
  const { errors } = question;
  if (!errors.some((known) => known.grant === grant))
    question.errors = [...errors, { grant, condition, error: result.error, at: result.at }];
  return effect === 'deny';
}

function scopeOf({ snapshot, request, now, words, user, resource: registered }: Question): Scope {
  const { subject, action, resource, context } = request;
  const storedSubject = user < 0 ? undefined : attributesOf(partsOf(words, user), snapshot.users.pools.values);
  return { subject, action, resource, context, now, storedSubject, storedResource: registered?.attributes };
}

function determined(question: Question, grant: GrantChain, assignment: string, group: string | null): Decision {
  const { id, permission, effect, condition, roles } = grant;
  return {
    decision: effect === 'allow',
    reason: effect === 'allow' ? 'allowed_by_grant' : 'denied_by_grant',
    path: { assignment, group, roles: roles as string[], grant: id, permission, effect, condition },
    errors: question.errors,
    revision: question.snapshot.revision,
  };
}
