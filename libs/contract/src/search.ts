import { z } from 'zod';
import { Action, Resource, Subject } from './decision.ts';
import { Attributes } from './policy.ts';

/** How many results a page of a search has at most, whatever the request says. */
export const SEARCH_LIMIT = 1000;

/**
 * AuthZEN 1.0, section 8.2: which page. `token` is the `next_token` of the page before, with which the rest of the request stays the
 * same; `limit` is how many results the page has at most.
 */
export const SearchPageRequest = z
  .object({ token: z.string().optional(), limit: z.int().nonnegative().optional(), properties: Attributes.optional() })
  .meta({ id: 'SearchPageRequest' });
export type SearchPageRequest = z.infer<typeof SearchPageRequest>;

/** AuthZEN 1.0, section 8.2: `next_token` is empty on the last page. A page may have fewer results than its limit, and not be the last. */
export const SearchPageResponse = z
  .object({ next_token: z.string(), count: z.int().nonnegative().optional(), total: z.int().nonnegative().optional() })
  .meta({ id: 'SearchPageResponse' });
export type SearchPageResponse = z.infer<typeof SearchPageResponse>;

/** What is searched for: of an entity the type, and attributes that each candidate is taken to have. An `id` is ignored. */
const searched = z.object({ type: z.string().min(1), properties: Attributes.optional() });
const asked = { context: Attributes.optional(), page: SearchPageRequest.optional() };

/** AuthZEN 1.0, section 8.4: which subjects of this type may do that? */
export const SubjectSearchRequest = z
  .object({ subject: searched, action: Action, resource: Resource, ...asked })
  .meta({ id: 'SubjectSearchRequest' });
export type SubjectSearchRequest = z.infer<typeof SubjectSearchRequest>;

/** AuthZEN 1.0, section 8.5: with which resources of this type may the subject do that? */
export const ResourceSearchRequest = z
  .object({ subject: Subject, action: Action, resource: searched, ...asked })
  .meta({ id: 'ResourceSearchRequest' });
export type ResourceSearchRequest = z.infer<typeof ResourceSearchRequest>;

/** AuthZEN 1.0, section 8.6: what may the subject do with this resource? An `action` is ignored. */
export const ActionSearchRequest = z.object({ subject: Subject, resource: Resource, ...asked }).meta({ id: 'ActionSearchRequest' });
export type ActionSearchRequest = z.infer<typeof ActionSearchRequest>;

/** A subject or a resource that was found. */
export const FoundEntity = z.object({ type: z.string(), id: z.string() }).meta({ id: 'FoundEntity' });
export type FoundEntity = z.infer<typeof FoundEntity>;

/** An action that was found. */
export const FoundAction = z.object({ name: z.string() }).meta({ id: 'FoundAction' });
export type FoundAction = z.infer<typeof FoundAction>;

/** AuthZEN 1.0, section 8.3: what a search for subjects or for resources found. */
export const EntitySearchResponse = z
  .object({ page: SearchPageResponse.optional(), results: z.array(FoundEntity), context: Attributes.optional() })
  .meta({ id: 'EntitySearchResponse' });
export type EntitySearchResponse = z.infer<typeof EntitySearchResponse>;

/** AuthZEN 1.0, section 8.3: what a search for actions found. */
export const ActionSearchResponse = z
  .object({ page: SearchPageResponse.optional(), results: z.array(FoundAction), context: Attributes.optional() })
  .meta({ id: 'ActionSearchResponse' });
export type ActionSearchResponse = z.infer<typeof ActionSearchResponse>;
