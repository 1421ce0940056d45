import type { CollectionName, DecisionPath } from '@licet/contract';
import { isReserved } from './keys.ts';

/** Where a row is shown. */
export const recordPath = (resource: CollectionName, id: string | number) => `/${resource}/${encodeURIComponent(id)}/show`;
export const editPath = (resource: CollectionName, id: string | number) => `/${resource}/${encodeURIComponent(id)}`;

/** Where a list is shown with these filters. */
export const listPath = (resource: CollectionName, filter: Record<string, unknown>) =>
  `/${resource}?filter=${encodeURIComponent(JSON.stringify(filter))}`;

/** Where a row is made, with some values filled in. */
export const createPath = (resource: CollectionName, values: Record<string, unknown> = {}) =>
  `/${resource}/create${Object.keys(values).length ? `?source=${encodeURIComponent(JSON.stringify(values))}` : ''}`;

/** Where the grant of a path is edited: its cell in the matrix. */
export function grantPath({ roles, permission }: Pick<DecisionPath, 'roles' | 'permission'>): string {
  const role = roles.at(-1) ?? '';
  const params = new URLSearchParams({ roles: role, permissions: permission });
  if (isReserved(role) || isReserved(permission)) params.set('own', '1');
  return `/matrix?${params.toString()}`;
}
