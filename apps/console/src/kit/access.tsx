import type { ReservedPermission } from '@licet/contract';
import type { ReactNode } from 'react';
import { useGetIdentity, usePermissions } from 'react-admin';

/** Whether the operator may do something in the console. Only for what to show: the API decides. */
export function useCan(): (permission: ReservedPermission) => boolean {
  const { permissions } = usePermissions<ReservedPermission[]>();
  return (permission) => permissions?.includes(permission) ?? false;
}

/** The tenants that the operator is confined to, in words; null for one who is not. */
export function useConfinement(): string | null {
  const { identity } = useGetIdentity();
  const tenants = identity?.['tenants'] as string[] | null | undefined;
  if (!tenants) return null;
  return tenants.length > 3 ? `only in ${tenants.length} tenants` : `only in ${tenants.join(', ')}`;
}

/** Shows its children only to operators who have the permission. */
export function Can({ permission, children }: { permission: ReservedPermission; children: ReactNode }) {
  return useCan()(permission) ? children : null;
}
