import type { Decision, DecisionError } from '@licet/contract';
import type { RoleGrant } from './role.ts';

/**
 * @param assignment the id of the assignment that the grant comes from
 * @param group whose assignment it is; null for the user's own
 * @returns the decision that a grant determines
 */
export function determined(
  { id, permission, effect, condition, roles }: RoleGrant,
  assignment: string,
  group: string | null,
  errors: DecisionError[],
  revision: number,
): Decision {
  return {
    decision: effect === 'allow',
    reason: effect === 'allow' ? 'allowed_by_grant' : 'denied_by_grant',
    path: { assignment, group, roles: roles as string[], grant: id, permission, effect, condition },
    errors,
    revision,
  };
}
