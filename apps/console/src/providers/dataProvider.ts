import type { CollectionName, Page } from '@licet/contract';
import type { DataProvider, Identifier, RaRecord } from 'ra-core';
import { api, ApiError, revisionMade, rowPath } from './client.ts';
import { isCollection } from './collections.ts';
import { createBody, listQuery, updateBody } from './query.ts';

/** The member of a form's values that holds the reason for the audit trail. It is sent as a header, never stored in the row. */
export const REASON_FIELD = 'changeReason';

const revisions = new WeakMap<object, number>();
/** @returns the revision that wrote this row, if the row came as the answer to a write that changed something */
export const revisionOf = (row: object): number | null => revisions.get(row) ?? null;

function collection(resource: string): CollectionName {
  if (!isCollection(resource)) throw new Error(`no collection \`${resource}\``);
  return resource;
}

type Values = Record<string, unknown>;
const reasonOf = (data: Values) => (typeof data[REASON_FIELD] === 'string' ? data[REASON_FIELD] : undefined);

function remember<T extends object>(row: T, revision: number | null): T {
  if (revision !== null) revisions.set(row, revision);
  return row;
}

async function getList(
  resource: string,
  ask: { pagination?: unknown; sort?: unknown; filter?: unknown; signal?: AbortSignal | undefined },
) {
  const name = collection(resource);
  const { page, perPage } = (ask.pagination ?? { page: 1, perPage: 25 }) as { page: number; perPage: number };
  const sort = ask.sort as { field: string; order: 'ASC' | 'DESC' } | undefined;
  const query = listQuery(name, { page, perPage, sort, filter: (ask.filter ?? {}) as Values });
  const { body } = await api<Page<RaRecord>>('GET', `${name}?${query}`, { signal: ask.signal });
  return { data: body.items, total: body.total };
}

async function getOne(resource: string, id: Identifier, signal?: AbortSignal) {
  const { body } = await api<RaRecord>('GET', rowPath(collection(resource), id), { signal });
  return body;
}

async function update(resource: string, id: Identifier, data: Values) {
  const name = collection(resource);
  // The version is the one the form was filled with, never that of a fresher copy: a save must not pass over what its author has not seen.
  const version = data['version'] as number;
  const answer = await api<RaRecord & { version: number }>('PATCH', rowPath(name, id), {
    body: updateBody(name, data),
    version,
    reason: reasonOf(data),
  });
  return remember(answer.body, revisionMade(answer, version));
}

async function remove(resource: string, id: Identifier, previous: Values | undefined, reason?: string) {
  const name = collection(resource);
  const { revision } = await api('DELETE', rowPath(name, id), { version: previous?.['version'] as number | undefined, reason });
  return remember({ ...previous, id } as RaRecord, revision);
}

/** The admin API as react-admin's data provider. There is no bulk door: each write is one request with the version it was made on. */
export const dataProvider = {
  supportAbortSignal: true,
  getList: (resource, params) => getList(resource, params),
  getManyReference: (resource, { target, id, ...params }) =>
    getList(resource, { ...params, filter: { ...(params.filter as Values), [target]: id as Identifier } }),
  getOne: async (resource, { id, signal }) => ({ data: await getOne(resource, id as Identifier, signal) }),
  getMany: async (resource, { ids, signal }) => ({
    data: (await Promise.all(ids.map((id) => getOne(resource, id as Identifier, signal).catch(goneIsAbsent)))).filter(
      (row) => row !== null,
    ),
  }),
  create: async (resource, { data }) => {
    const { [REASON_FIELD]: _reason, ...body } = data as Values;
    const answer = await api<RaRecord>('POST', collection(resource), { body: createBody(body), reason: reasonOf(data as Values) });
    return { data: remember(answer.body, answer.revision) };
  },
  update: async (resource, { id, data }) => ({ data: await update(resource, id, data as Values) }),
  delete: async (resource, { id, previousData, meta }) => ({
    data: await remove(resource, id, previousData as Values | undefined, (meta as { reason?: string } | undefined)?.reason),
  }),
  updateMany: () => Promise.reject(new Error('rows are changed one by one')),
  deleteMany: () => Promise.reject(new Error('rows are deleted one by one')),
} as DataProvider;

function goneIsAbsent(error: unknown): null {
  if (error instanceof ApiError && error.status === 404) return null;
  throw error;
}
