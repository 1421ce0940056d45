import type { CollectionName, ExportQuery } from '@licet/contract';
import { COLLECTIONS } from './collections.ts';

/** A filter with this value filters nothing; it overrides a filter that a list has by default. */
export const ANY = 'any';

export interface ListAsk {
  page: number;
  perPage: number;
  sort?: { field: string; order: 'ASC' | 'DESC' } | undefined;
  filter: Record<string, unknown>;
}

/**
 * The query string of a list: `q`, paging, sorting and the filters that the collection has.
 * @returns for instance `q=ali&page=1&perPage=25&sort=name&order=asc&enabled=true`; what is empty, or unknown to the collection, is left out
 */
export function listQuery(name: CollectionName, { page, perPage, sort, filter }: ListAsk): string {
  const query = new URLSearchParams();
  setSearch(query, filter);
  query.set('page', String(page));
  query.set('perPage', String(perPage));
  const fields = COLLECTIONS[name].sort.map((field) => field.replace(/^-/, ''));
  if (sort && fields.includes(sort.field)) {
    query.set('sort', sort.field);
    query.set('order', sort.order === 'DESC' ? 'desc' : 'asc');
  }
  setFilters(query, name, filter);
  return query.toString();
}

/**
 * The query string of an export: `q` and the filters of the list.
 * @returns for instance `format=csv&q=ali&kind=users`
 */
export function exportQuery(name: CollectionName, filter: ListAsk['filter'], format: ExportQuery['format']): string {
  const query = new URLSearchParams({ format });
  setSearch(query, filter);
  setFilters(query, name, filter);
  return query.toString();
}

function setSearch(query: URLSearchParams, { q }: ListAsk['filter']): void {
  if (typeof q === 'string' && q.trim()) query.set('q', q.trim());
}

function setFilters(query: URLSearchParams, name: CollectionName, filter: ListAsk['filter']): void {
  for (const key of COLLECTIONS[name].filters) {
    const value = filter[key];
    if (value === '' || value === ANY) continue;
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') query.set(key, String(value));
  }
}

/** @returns the sorting that the collection has by itself, as react-admin writes it */
export function defaultSort(name: CollectionName): { field: string; order: 'ASC' | 'DESC' } {
  const first = COLLECTIONS[name].sort[0] ?? 'id';
  return first.startsWith('-') ? { field: first.slice(1), order: 'DESC' } : { field: first, order: 'ASC' };
}

/**
 * The body of an update: the members of the row that the collection lets one edit, and nothing else.
 * @param data the form's values, which hold the whole row
 */
export function updateBody(name: CollectionName, data: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(COLLECTIONS[name].editable.filter((key) => data[key] !== undefined).map((key) => [key, data[key]]));
}

/** The body of a creation: what the form left empty is left out, so that the server's own defaults hold. */
export function createBody(data: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined && value !== null && value !== ''));
}
