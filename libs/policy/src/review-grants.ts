import { type ErrorItem, type Expr, isReserved, type PolicyRow, splitKey } from '@licet/contract';
import { constantResult } from './condition-constant.ts';

/** What is looked at for grants that change nothing. */
export interface GrantRows {
  conditions: Iterable<{ id: string; tree: Expr }>;
  'role-inherits': Iterable<Pick<PolicyRow<'role-inherits'>, 'role' | 'inherits'>>;
  grants: Iterable<GrantRow>;
}
type GrantRow = Pick<PolicyRow<'grants'>, 'role' | 'permission' | 'effect' | 'condition'>;

/**
 * Looks for grants that can never change a decision: an allow that a deny of the same role always beats, a grant with a condition beside
 * the same grant without one, a grant whose condition is always false. What a role inherits counts as its own.
 * @returns what was found, in the order of the grants; the paths are such as `grants.member.task:update`
 */
export function reviewGrants(rows: GrantRows): ErrorItem[] {
  const grantsOf = new Map<string, GrantRow[]>();
  for (const grant of rows.grants) grantsOf.set(grant.role, [...(grantsOf.get(grant.role) ?? []), grant]);
  const inherited = closures(rows['role-inherits']);
  const constants = new Map([...rows.conditions].map(({ id, tree }) => [id, constantResult(tree)]));
  return [...grantsOf].flatMap(([role, grants]) => {
    const around = inherited(role).flatMap((from) => grantsOf.get(from) ?? []);
    return grants.flatMap((grant) => {
      const message = constantFinding(grant, constants) ?? shadowFinding(grant, around);
      return message ? [{ path: `grants.${grant.role}.${grant.permission}`, message }] : [];
    });
  });
}

function constantFinding({ condition }: GrantRow, constants: ReadonlyMap<string, boolean | undefined>): string | undefined {
  const result = condition === null ? undefined : constants.get(condition);
  if (result === undefined) return undefined;
  return result
    ? `the condition \`${condition}\` is always true; leave it away`
    : `the condition \`${condition}\` is always false, so this grant never applies; remove the grant, or correct the condition`;
}

function shadowFinding(grant: GrantRow, around: readonly GrantRow[]): string | undefined {
  const { effect, condition, permission } = grant;
  const others = around.filter((other) => other !== grant && covers(other.permission, permission));
  const deny =
    effect === 'allow' && others.find((other) => other.effect === 'deny' && (other.condition === null || other.condition === condition));
  if (deny) return `this allow never applies: ${grantText(deny)} always beats it; remove one of the two`;
  const same = condition !== null && others.find((other) => other.effect === effect && other.condition === null);
  return same ? `this grant changes nothing: ${grantText(same)} applies without a condition; remove one of the two` : undefined;
}

const grantText = ({ role, permission, effect, condition }: GrantRow): string =>
  `the ${effect} of \`${permission}\` in the role \`${role}\`${condition === null ? '' : ' under the same condition'}`;

/** Whether each permission that `inner` reaches is reached by `outer`. Wildcards do not reach what is Licet's own. */
function covers(outer: string, inner: string): boolean {
  if (outer === inner) return true;
  const [wide, narrow] = [splitKey(outer), splitKey(inner)];
  if (wide.type === '*' && isReserved(narrow.type)) return false;
  return (wide.type === '*' || wide.type === narrow.type) && (wide.rest === '*' || wide.rest === narrow.rest);
}

/** A role and all that it inherits from. */
function closures(rows: GrantRows['role-inherits']): (role: string) => string[] {
  const direct = new Map<string, string[]>();
  for (const { role, inherits } of rows) direct.set(role, [...(direct.get(role) ?? []), inherits]);
  return (role) => {
    const found = new Set([role]);
    for (const known of found) for (const next of direct.get(known) ?? []) found.add(next);
    return [...found];
  };
}
