import {
  parseUserKey,
  SEARCH_LIMIT,
  splitKey,
  userKey,
  type ActionSearchRequest,
  type DecisionReason,
  type EvaluationRequest,
  type FoundAction,
  type FoundEntity,
  type ResourceSearchRequest,
  type SubjectSearchRequest,
} from '@licet/contract';
import { decide, tenantOf } from './decide.ts';
import { actionsOf, findUser, holdersOf, holdsAny, registeredResources, registeredUsers, rolesGranted, type Terms } from './holders.ts';
import type { Snapshot } from './snapshot.ts';
import { counts, countsInTenant, isInForce, subjectKey } from './standing.ts';

// What a search finds:
//
// 1. The candidates are the registered users of the type, the registered resources of the type, or the actions of the resource's type.
// 2. Found is every candidate about which decide() says yes, and no other: nothing here decides. Candidates are passed over only where
//    no assignment that could count gives the permission.
// 3. Results are in ascending order of the candidate's key, by UTF-16 code unit: of users the user key, of resources the id.
// 4. A page examines so many candidates at most. It may have fewer results than its limit, or none, and yet not be the last.

/** Which page of a search. */
export interface SearchPage {
  /** The `next` of the page before; undefined for the first one. */
  readonly after?: string | undefined;
  /** How many results at most, up to SEARCH_LIMIT. */
  readonly limit: number;
}

/** What a page of a search found. */
export interface Found<T> {
  readonly results: T[];
  /** Where the next page goes on; null on the last page. */
  readonly next: string | null;
}

/** What one page may cost: a candidate that is passed over costs 1, one that is decided on DECISION_COST. */
const PAGE_COST = 200_000;
const DECISION_COST = 20;

/** With these reasons a question is answered whoever, or whatever, the candidate is. */
const HOPELESS: ReadonlySet<DecisionReason> = new Set(['invalid_request', 'unknown_resource_type', 'unknown_action']);
/** Stands for the id that is searched for. */
const ANY_ID = '-';

/** Something that may be a result, and the question that tells; without them where the answer can only be no. */
type Candidate<T> =
  | { readonly key: string; readonly result: T; readonly question: EvaluationRequest }
  | { readonly key: string; readonly question?: undefined };

/**
 * Searches for subjects (AuthZEN 1.0, section 8.4): which registered users of this type may do that?
 * @param request `subject.properties` are attributes that each candidate is taken to have; they win over the stored ones
 * @param now the time of the question, in milliseconds since the epoch
 * @returns a page of results. It never throws: what is no request, or names what does not exist, finds nothing
 */
export function searchSubjects(
  snapshot: Snapshot,
  request: Omit<SubjectSearchRequest, 'page'>,
  now: number,
  page: SearchPage,
): Found<FoundEntity> {
  return search(snapshot, now, page, () => {
    const question = (id: string): EvaluationRequest => ({ ...request, subject: { ...request.subject, id } });
    const probe = question(ANY_ID);
    const { reason } = decide(snapshot, probe, now);
    return HOPELESS.has(reason) || reason === 'unknown_tenant' ? [] : subjectCandidates(snapshot, probe, now, question);
  });
}

function* subjectCandidates(
  snapshot: Snapshot,
  probe: EvaluationRequest,
  now: number,
  question: (id: string) => EvaluationRequest,
): Generator<Candidate<FoundEntity>> {
  const { resource, subject } = probe;
  const roles = rolesAllowed(snapshot, probe);
  if (roles.size === 0) return;
  const tenant = tenantOf(snapshot, probe);
  const gives = (terms: Terms) => roles.has(terms.role) && counts(terms, { tenant, resource, now }, 'allow');
  const holdsOne = holdsAny(snapshot, gives);
  for (const { key, enabled } of registeredUsers(snapshot)) {
    if (!enabled || !holdsOne(key)) {
      yield { key };
      continue;
    }
    const { type, id } = parseUserKey(key);
    // A key that stands for no subject, such as `user:alice`, is none that a question could name.
    const named = type === subject.type && userKey(type, id) === key;
    yield named ? { key, result: { type, id }, question: question(id) } : { key };
  }
}

/**
 * Searches for resources (AuthZEN 1.0, section 8.5): with which registered resources of this type may the subject do that?
 * @param request `resource.properties` are attributes that each candidate is taken to have, its tenant among them; they win over the
 * stored ones
 * @param now the time of the question, in milliseconds since the epoch
 * @returns a page of results. It never throws: what is no request, or names what does not exist, finds nothing
 */
export function searchResources(
  snapshot: Snapshot,
  request: Omit<ResourceSearchRequest, 'page'>,
  now: number,
  page: SearchPage,
): Found<FoundEntity> {
  return search(snapshot, now, page, () => {
    const question = (id: string): EvaluationRequest => ({ ...request, resource: { ...request.resource, id } });
    const probe = question(ANY_ID);
    return HOPELESS.has(decide(snapshot, probe, now).reason) ? [] : resourceCandidates(snapshot, probe, now, question);
  });
}

function* resourceCandidates(
  snapshot: Snapshot,
  probe: EvaluationRequest,
  now: number,
  question: (id: string) => EvaluationRequest,
): Generator<Candidate<FoundEntity>> {
  const { type } = probe.resource;
  const key = subjectKey(probe.subject);
  if (key !== undefined && findUser(snapshot, key)?.enabled === false) return;
  const roles = rolesAllowed(snapshot, probe);
  const everywhere: Terms[] = [];
  const onlyFor = new Set<string>();
  for (const { assignments } of holdersOf(snapshot, key)) {
    for (const { terms } of assignments) {
      if (!roles.has(terms.role) || !isInForce(terms, now, 'allow')) continue;
      if (terms.resource === null) everywhere.push(terms);
      else if (terms.resource.type === type) onlyFor.add(terms.resource.id);
    }
  }
  if (everywhere.length === 0 && onlyFor.size === 0) return;
  for (const row of registeredResources(snapshot, type)) yield candidate(splitKey(row.id).rest);

  function candidate(id: string): Candidate<FoundEntity> {
    const asked = question(id);
    const may = onlyFor.has(id) || inTenant(tenantOf(snapshot, asked));
    return may ? { key: id, result: { type, id }, question: asked } : { key: id };
  }
  function inTenant(tenant: string): boolean {
    return everywhere.some((terms) => countsInTenant(terms, tenant));
  }
}

/**
 * Searches for actions (AuthZEN 1.0, section 8.6): which actions of the resource's type may the subject do with it?
 * @param now the time of the question, in milliseconds since the epoch
 * @returns a page of results. It never throws: what is no request, or names what does not exist, finds nothing
 */
export function searchActions(
  snapshot: Snapshot,
  request: Omit<ActionSearchRequest, 'page'>,
  now: number,
  page: SearchPage,
): Found<FoundAction> {
  return search(snapshot, now, page, () => {
    const actions = actionsOf(snapshot, request.resource.type) ?? [];
    return actions.map((name) => ({ key: name, result: { name }, question: { ...request, action: { name } } }));
  });
}

/** Decides on the candidates one after another, until the page is full or has cost enough. */
function search<T>(snapshot: Snapshot, now: number, { after = '', limit }: SearchPage, candidates: () => Iterable<Candidate<T>>): Found<T> {
  const most = Math.min(Math.max(Math.trunc(limit) || 0, 0), SEARCH_LIMIT);
  const results: T[] = [];
  let lastResult = after;
  let last = after;
  let cost = 0;
  try {
    for (const candidate of candidates()) {
      const { key, question } = candidate;
      if (key <= after) continue;
      if (cost >= PAGE_COST) return { results, next: last };
      cost += question ? DECISION_COST : 1;
      const found = question !== undefined && decide(snapshot, question, now).decision;
      // One result more than the page takes is looked for, so that there is a next page only where something is on it.
      if (found && results.length === most) return { results, next: lastResult };
      if (found) {
        results.push(candidate.result);
        lastResult = key;
      }
      last = key;
    }
  } catch {
    return { results: [], next: null }; // Only a value that JSON cannot carry comes here.
  }
  return { results, next: null };
}

/** The roles that allow what is asked. */
function rolesAllowed(snapshot: Snapshot, { resource, action }: EvaluationRequest): ReadonlySet<string> {
  return new Set(rolesGranted(snapshot, resource.type, action.name, 'allow'));
}
