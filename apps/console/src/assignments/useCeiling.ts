import type { ReservedPermission } from '@licet/contract';
import { useMemo } from 'react';
import { useCan } from '../kit/access.tsx';
import { isReserved } from '../kit/keys.ts';
import { saidBy } from '../matrix/cells.ts';
import { usePolicy } from '../matrix/usePolicy.ts';

/**
 * Why a role is not the operator's to give: it has console permissions that the operator does not hold. The server judges more than that, such
 * as the tenant and until when; this keeps apart what it refuses whatever the rest of the form says.
 * @returns null for a role that may be given, and for all where the operator may not read what roles grant
 */
export function useCeiling(): (role: string) => string | null {
  const can = useCan();
  const readable = (['licet.grant:read', 'licet.role:read', 'licet.resource-type:read'] as const).every(can);
  const { data } = usePolicy(readable);
  const reserved = useMemo(() => data?.permissions.map(({ id }) => id).filter(isReserved) ?? [], [data?.permissions]);
  return (role) => {
    if (!data) return null;
    const missing = saidBy(data.policy, role, reserved).filter((permission) => !can(permission as ReservedPermission));
    const [first, ...more] = missing;
    if (!first) return null;
    return `Not yours to give: you do not hold ${first}${more.length ? ` and ${more.length} more of what it has` : ', which it has'}`;
  };
}
