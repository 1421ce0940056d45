import type { ReservedPermission } from '@licet/contract';
import type { ReactNode } from 'react';
import { useGetIdentity, usePermissions } from 'react-admin';

/** Whether the operator may do something in the console. Only for what to show: the API decides. */
export function useCan(): (permission: ReservedPermission) => boolean {
  const { permissions } = usePermissions<ReservedPermission[]>();
  return (permission) => permissions?.includes(permission) ?? false;
}

/** Whether the operator holds console permissions in all tenants: some things belong to no tenant. */
export function useReachesAll(): boolean {
  const { identity } = useGetIdentity();
  return identity !== undefined && identity['tenants'] === null;
}

/** Shows its children only to operators who have the permission. */
export function Can({ permission, children }: { permission: ReservedPermission; children: ReactNode }) {
  return useCan()(permission) ? children : null;
}
