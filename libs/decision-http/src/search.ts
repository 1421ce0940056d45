import { SEARCH_LIMIT, type ErrorItem, type EvaluationRequest, type FoundAction, type FoundEntity } from '@licet/contract';
import { searchActions, searchResources, searchSubjects, tenantOf, type Found, type SearchPage } from '@licet/engine';
import { invalid } from './answers.ts';
import type { Searching } from './asking.ts';
import { makeToken, readToken, searchDigest, type Position } from './page-token.ts';
import {
  isObject,
  placeIn,
  readAction,
  readAttributes,
  readEntity,
  readSearched,
  refuse,
  wanted,
  type JsonObject,
} from './read-request.ts';

/** Stands for what is searched for, where only the tenant is looked for. */
const ANY_ID = '-';
const NOTHING = { results: [], next: null };

/**
 * Searches for subjects (AuthZEN 1.0, section 8.4).
 * @returns the body of the answer, JSON text; `page` stands first, so that whoever reads it as a stream sees it early (8.3)
 * @throws LicetError `invalid_request`
 */
export function answerSubjectSearch(body: JsonObject, searching: Searching): string {
  const faults: ErrorItem[] = [];
  const subject = readSearched(body['subject'], 'subject', faults);
  const action = readAction(body['action'], 'action', faults);
  const resource = readEntity(body['resource'], 'resource', faults);
  const context = readAttributes(body['context'], 'context', faults);
  if (!subject || !action || !resource) throw invalid(faults);
  const question = placed({ subject, action, resource, context }, searching, faults);
  const here = isHere({ ...question, subject: { ...subject, id: ANY_ID } }, searching);
  return answer(body, searching, { kind: 'subject', question }, (page) =>
    here ? searchSubjects(searching.snapshot, question, searching.now, page) : NOTHING,
  );
}

/** Searches for resources (AuthZEN 1.0, section 8.5); see {@link answerSubjectSearch}. */
export function answerResourceSearch(body: JsonObject, searching: Searching): string {
  const faults: ErrorItem[] = [];
  const subject = readEntity(body['subject'], 'subject', faults);
  const action = readAction(body['action'], 'action', faults);
  const resource = readSearched(body['resource'], 'resource', faults);
  const context = readAttributes(body['context'], 'context', faults);
  if (!subject || !action || !resource) throw invalid(faults);
  const question = placed({ subject, action, resource, context }, searching, faults);
  return answer(body, searching, { kind: 'resource', question }, (page) => {
    const { results, next } = searchResources(searching.snapshot, question, searching.now, page);
    return { results: results.filter(({ id }) => isHere({ ...question, resource: { ...resource, id } }, searching)), next };
  });
}

/** Searches for actions (AuthZEN 1.0, section 8.6); see {@link answerSubjectSearch}. */
export function answerActionSearch(body: JsonObject, searching: Searching): string {
  const faults: ErrorItem[] = [];
  const subject = readEntity(body['subject'], 'subject', faults);
  const resource = readEntity(body['resource'], 'resource', faults);
  const context = readAttributes(body['context'], 'context', faults);
  if (!subject || !resource) throw invalid(faults);
  const question = placed({ subject, resource, context }, searching, faults);
  const here = isHere({ ...question, action: { name: ANY_ID } }, searching);
  return answer(body, searching, { kind: 'action', question }, (page) =>
    here ? searchActions(searching.snapshot, question, searching.now, page) : NOTHING,
  );
}

function placed<Q extends Parameters<typeof placeIn>[1]>(question: Q, { tenant }: Searching, faults: ErrorItem[]): Q {
  const there = faults.length > 0 ? undefined : placeIn(tenant, question, '', faults);
  if (there === undefined) throw invalid(faults);
  return there;
}

/** Whether a question is about the tenant of the address: a resource that is registered in another one is out of reach here. */
function isHere(question: EvaluationRequest, { snapshot, tenant }: Searching): boolean {
  return tenant === undefined || tenantOf(snapshot, question) === tenant;
}

function answer<T extends FoundEntity | FoundAction>(
  body: JsonObject,
  { now, caller, pageKey }: Searching,
  search: object,
  find: (page: SearchPage) => Found<T>,
): string {
  const digest = searchDigest({ ...search, caller: caller.id });
  const { after, limit } = readPage(body['page'], (token) => readToken(pageKey, digest, token, now));
  const { results, next } = find({ after, limit });
  const token = next === null ? '' : makeToken(pageKey, digest, { after: next, limit }, now);
  return `{"page":${JSON.stringify({ next_token: token, count: results.length })},"results":${JSON.stringify(results)}}`;
}

/** A page that follows keeps its limit: the request repeats it or leaves it out (AuthZEN 1.0, section 8.2). */
function readPage(value: unknown, read: (token: string) => Position): SearchPage {
  if (value === undefined || value === null) return { limit: SEARCH_LIMIT };
  const faults: ErrorItem[] = [];
  if (!isObject(value)) throw invalid([{ path: 'page', message: wanted('an object', value) }]);
  const limit = value['limit'] ?? undefined;
  const token = value['token'] ?? undefined;
  if (limit !== undefined && !(Number.isSafeInteger(limit) && (limit as number) >= 0)) {
    refuse(faults, 'page.limit', 'must be a whole number, 0 or more');
  }
  if (token !== undefined && typeof token !== 'string') refuse(faults, 'page.token', wanted('a string', token));
  if (faults.length > 0) throw invalid(faults);
  if (token === undefined || token === '') return { limit: Math.min((limit as number | undefined) ?? SEARCH_LIMIT, SEARCH_LIMIT) };
  const position = read(token as string);
  if (limit !== undefined && Math.min(limit as number, SEARCH_LIMIT) !== position.limit) {
    throw invalid([{ path: 'page.limit', message: `must be ${position.limit} as on the page before, or left out` }]);
  }
  return position;
}
