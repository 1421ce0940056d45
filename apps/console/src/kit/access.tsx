import type { ReservedPermission } from '@licet/contract';
import type { ReactNode } from 'react';
import { useGetIdentity, usePermissions } from 'react-admin';

/** Whether the operator may do something in the console. Only for what to show: the API decides. */
export function useCan(): (permission: ReservedPermission) => boolean {
  const { permissions } = usePermissions<ReservedPermission[]>();
  return (permission) => permissions?.includes(permission) ?? false;
}

/** The tenants that the operator is confined to; null for one who is not. */
export function useOwnTenants(): readonly string[] | null {
  const { identity } = useGetIdentity();
  return (identity?.['tenants'] as readonly string[] | null | undefined) ?? null;
}

/** The same in words. */
export function useConfinement(): string | null {
  const tenants = useOwnTenants();
  return tenants && (tenants.length > 3 ? `only in ${tenants.length} tenants` : `only in ${tenants.join(', ')}`);
}

/** Shows its children for all operators but the one who is signed in. */
export function NotOneself({ id, children }: { id: string; children: ReactNode }) {
  const { identity } = useGetIdentity();
  return identity && identity.id !== id ? children : null;
}

/** Shows its children only to operators who have the permission. */
export function Can({ permission, children }: { permission: ReservedPermission; children: ReactNode }) {
  return useCan()(permission) ? children : null;
}
