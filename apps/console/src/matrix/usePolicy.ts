import type { CollectionRow } from '@licet/contract';
import { useMemo } from 'react';
import { useAll } from '../kit/read.ts';
import { policyOf, type Grant, type Policy } from './cells.ts';

export interface PolicyRows {
  roles: CollectionRow<'roles'>[];
  permissions: CollectionRow<'permissions'>[];
  grants: Grant[];
  policy: Policy;
}

/** All roles, permissions, grants and inheritance: what any cell is computed from. */
export function usePolicy(wanted = true): { data: PolicyRows | null; error: unknown; retry: () => void } {
  const roles = useAll('roles', {}, wanted);
  const permissions = useAll('permissions', {}, wanted);
  const grants = useAll('grants', {}, wanted);
  const inherits = useAll('role-inherits', {}, wanted);
  const policy = useMemo(() => policyOf(grants.data ?? [], inherits.data ?? []), [grants.data, inherits.data]);
  const all = [roles, permissions, grants, inherits];
  const retry = () => all.forEach((query) => void query.refetch());
  const error = all.find((query) => query.error && !query.data)?.error ?? null;
  if (!roles.data || !permissions.data || !grants.data || !inherits.data) return { data: null, error, retry };
  return { data: { roles: roles.data, permissions: permissions.data, grants: grants.data, policy }, error, retry };
}
