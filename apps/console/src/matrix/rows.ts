import type { CollectionRow } from '@licet/contract';
import { isReserved, splitKey } from '../kit/keys.ts';
import type { Grant } from './cells.ts';

export interface GroupLine {
  kind: 'group';
  type: string; // `*` for all types
}

export interface PermissionLine {
  kind: 'permission';
  type: string;
  /** A permission, or a pattern with a wildcard. */
  permission: string;
  description: string;
}

export type MatrixLine = GroupLine | PermissionLine;

const every = (type: string): PermissionLine => ({
  kind: 'permission',
  type,
  permission: `${type}:*`,
  description: 'Every action, also those added later',
});

/**
 * The lines of the matrix: permissions under their resource type, each type headed by its wildcard; first of all what reaches all types.
 * @param grants those of all roles: a wildcard over types gets a line where a grant names it
 * @param text what a line's permission or description must contain
 */
export function matrixLines(permissions: readonly CollectionRow<'permissions'>[], grants: readonly Grant[], text = ''): MatrixLine[] {
  const wanted = text.trim().toLowerCase();
  const fits = (line: PermissionLine) => `${line.permission} ${line.description}`.toLowerCase().includes(wanted);
  const byType = new Map<string, PermissionLine[]>();
  byType.set('*', acrossTypes(grants));
  for (const { id, resourceType: type, description } of permissions) {
    const lines = byType.get(type) ?? [every(type)];
    byType.set(type, lines);
    lines.push({ kind: 'permission', type, permission: id, description });
  }
  const types = [...byType.keys()].sort((a, b) => Number(isReserved(a)) - Number(isReserved(b)) || (a < b ? -1 : 1));
  return types.flatMap((type): MatrixLine[] => {
    const lines = (byType.get(type) ?? []).filter(fits);
    return lines.length ? [{ kind: 'group', type }, ...lines] : [];
  });
}

function acrossTypes(grants: readonly Grant[]): PermissionLine[] {
  const named = grants.map(({ permission }) => permission).filter((permission) => permission.startsWith('*:') && permission !== '*:*');
  const patterns = ['*:*', ...[...new Set(named)].sort()];
  return patterns.map((permission) => {
    return { kind: 'permission', type: '*', permission, description: onEveryType(splitKey(permission).rest) };
  });
}

/** What a permission over all resource types gives: one action, or `*`. */
export const onEveryType = (action: string) =>
  action === '*' ? 'Every action on every resource type, but not Licet’s own' : `The action ${action} on every resource type`;
