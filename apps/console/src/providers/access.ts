import type { ReservedPermission } from '@licet/contract';
import { COLLECTIONS, isCollection } from './collections.ts';

const VERBS: Record<string, string> = { list: 'read', show: 'read', export: 'read', edit: 'update' };

/**
 * The console permission that react-admin's (resource, action) stands for.
 * @returns for instance `licet.role:update` for (`roles`, `edit`); null for what is no collection of the API
 */
export function permissionFor(resource: string, action: string): ReservedPermission | null {
  if (!isCollection(resource)) return null;
  return `${COLLECTIONS[resource].permission}:${VERBS[action] ?? action}` as ReservedPermission;
}
