import type { CollectionRow } from '@licet/contract';
import { isReserved } from '../kit/keys.ts';
import { cellOf, cellWords, closure, type Policy } from '../matrix/cells.ts';

export interface Remedy {
  role: string;
  /** What the role says about the permission, for instance `allowed if is-owner`. */
  words: string;
  /** How many other permissions the role allows, with or without a condition. */
  opens: number;
}

interface Known {
  roles: readonly Pick<CollectionRow<'roles'>, 'id'>[];
  permissions: readonly Pick<CollectionRow<'permissions'>, 'id'>[];
  policy: Policy;
}

/** The roles that would allow what was denied, those first that open the least besides. Licet's own roles only for its own permissions. */
export function remedies({ roles, permissions, policy }: Known, permission: string): Remedy[] {
  const own = isReserved(permission);
  const allowed = (role: string, of: string, paths: string[][]) => cellOf(policy, role, of, paths).verdict === 'allow';
  return roles
    .filter(({ id }) => isReserved(id) === own)
    .flatMap(({ id: role }): Remedy[] => {
      const paths = closure(policy, role);
      const cell = cellOf(policy, role, permission, paths);
      if (cell.verdict !== 'allow') return [];
      const opens = permissions.filter(({ id }) => id !== permission && allowed(role, id, paths)).length;
      return [{ role, words: cellWords(cell), opens }];
    })
    .sort((a, b) => a.opens - b.opens || (a.role < b.role ? -1 : 1));
}
