import { userKey, type EvaluationRequest, type FoundAction, type FoundEntity } from '@licet/contract';
import { searchActions, searchResources, searchSubjects, type Snapshot } from '@licet/engine';
import { isCount } from './question.ts';

/** What is searched for: the name that the standard gives it (AuthZEN 1.0, section 8). */
export type SearchKind = 'subject' | 'resource' | 'action';

/** A search to be made: a question, in which the id of what is searched for means nothing. */
export interface Search {
  readonly kind: SearchKind;
  readonly request: EvaluationRequest;
  /** How many results at most; Infinity for all. */
  readonly limit: number;
  readonly atLeast: number | undefined;
}

const SEARCHES = { subject: searchSubjects, resource: searchResources, action: searchActions };
const PAGE = 1000;

/**
 * Reads how many results a search gives at most.
 * @throws TypeError where that is neither left out, nor Infinity, nor a whole number from 0 on
 */
export function toLimit(limit: unknown = Infinity): number {
  if (limit === Infinity || isCount(limit)) return limit as number;
  throw new TypeError('the option `limit` must be a whole number from 0 on');
}

/** Searches in a snapshot, page after page. */
export function searchAll(snapshot: Snapshot, { kind, request, limit }: Search, now: number): string[] {
  const names: string[] = [];
  let after: string | undefined;
  do {
    const page = SEARCHES[kind](snapshot, request, now, { after, limit: Math.min(limit - names.length, PAGE) });
    names.push(...page.results.map((found) => nameOf(kind, found)));
    after = page.next ?? undefined;
  } while (after !== undefined && names.length < limit);
  return names;
}

/** What a result is called: a user by its key, a resource by its id, an action by its name. */
export function nameOf(kind: SearchKind, found: FoundEntity | FoundAction): string {
  if ('name' in found) return found.name;
  return kind === 'subject' ? userKey(found.type, found.id) : found.id;
}
