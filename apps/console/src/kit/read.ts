import type { CollectionName, CollectionRow, Page } from '@licet/contract';
import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useLogoutIfAccessDenied } from 'react-admin';
import { api, ApiError, readAll } from '../providers/client.ts';
import { listQuery } from '../providers/query.ts';

type Filter = Record<string, unknown>;

function useGuarded() {
  const logoutIfDenied = useLogoutIfAccessDenied();
  return <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => {
      void logoutIfDenied(error);
      throw error;
    });
}

const isRefusal = (error: unknown) => error instanceof ApiError && error.status > 0 && error.status < 500;
const notRefused = (failures: number, error: Error) => failures < 2 && !isRefusal(error);

/** Every row that matches. Only for collections of a size that people write by hand. */
export function useAll<N extends CollectionName>(name: N, filter: Filter = {}, enabled = true): UseQueryResult<CollectionRow<N>[]> {
  const guarded = useGuarded();
  return useQuery({
    queryKey: [name, 'all', filter],
    queryFn: ({ signal }) => guarded(readAll(name, filter, signal)),
    enabled,
    retry: notRefused,
  });
}

export interface Some {
  filter?: Filter;
  perPage?: number;
  page?: number;
  sort?: { field: string; order: 'ASC' | 'DESC' };
  enabled?: boolean;
  /** Milliseconds after which it is read again; for what changes by itself. */
  every?: number | false;
}

/** A page of rows, and how many match in all. */
export function useSome<N extends CollectionName>(
  name: N,
  { filter = {}, perPage = 25, page = 1, sort, enabled = true, every = false }: Some = {},
) {
  const guarded = useGuarded();
  const query = listQuery(name, { page, perPage, sort, filter });
  return useQuery({
    queryKey: [name, 'some', query],
    queryFn: async ({ signal }) => (await guarded(api<Page<CollectionRow<N>>>('GET', `${name}?${query}`, { signal }))).body,
    enabled,
    retry: notRefused,
    refetchInterval: ({ state }) => (isRefusal(state.error) ? false : every),
  });
}

/** What the server answers to a question that is posted and changes nothing. Nothing is asked while there is no question. */
export function usePosted<T>(path: string, question: object | null) {
  const guarded = useGuarded();
  return useQuery({
    queryKey: [path, question],
    queryFn: async ({ signal }) => (await guarded(api<T>('POST', path, { body: question ?? {}, reads: true, signal }))).body,
    enabled: question !== null,
    retry: notRefused,
  });
}
