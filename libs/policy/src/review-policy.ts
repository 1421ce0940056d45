import type { ErrorItem } from '@licet/contract';
import { checkConditions } from './check-conditions.ts';
import { checkAssignments, checkReferences } from './check-policy.ts';
import type { DesiredPolicy } from './desired-policy.ts';
import { parseCondition } from './parse-condition.ts';
import { reviewAttributes } from './review-attributes.ts';
import { reviewGrants } from './review-grants.ts';
import { toSnapshotDocument } from './to-snapshot-document.ts';

/**
 * Looks for what is not wrong in a policy file and yet worth a look: references to rows that the file does not hold, which only the
 * installation can know, conditions that contradict the attributes which the file declares or read attributes which it does not, and
 * grants that can never change a decision.
 * @returns what was found, by path; users are not looked for, since applications register them
 */
export function reviewPolicy(desired: DesiredPolicy): ErrorItem[] {
  const { rows } = toSnapshotDocument(desired, 0);
  const has = (kind: 'groups' | 'roles' | 'tenants') => {
    const keys = new Set(rows[kind].map(({ id }) => id));
    return (key: string) => keys.has(key);
  };
  const context = { hasUser: () => true, hasGroup: has('groups'), hasRole: has('roles'), hasTenant: has('tenants') };
  const attributes = Object.fromEntries(desired.resourceTypes.map(({ id, attributes }) => [id, attributes]));
  const contradictions = desired.conditions.flatMap(
    ({ id, expression }) => parseCondition(expression, { attributes, path: `conditions.${id}` }).errors ?? [],
  );
  // What is wrong with a condition is said once.
  const wrong = new Set(contradictions.map(({ path }) => path));
  const others = { ...rows, conditions: rows.conditions.filter(({ id }) => !wrong.has(`conditions.${id}`)) };
  const missing = [
    ...checkReferences(rows),
    ...checkAssignments(
      rows.assignments.map(({ id: _, ...row }) => row),
      context,
    ),
  ];
  return [
    ...contradictions,
    ...checkConditions(others),
    ...reviewAttributes(others),
    ...reviewGrants(rows),
    ...missing.map(({ path, message }) => ({ path, message: `${message} in this file` })),
  ];
}
