import { DEFAULT_USER_TYPE, type PolicyFile, splitKey } from '@licet/contract';
import { byId, byKey, compareText } from './compare-text.ts';
import {
  assignmentKey,
  type DesiredAssignment,
  type DesiredCondition,
  type DesiredGrant,
  type DesiredPolicy,
  type DesiredResourceType,
  grantKey,
} from './desired-policy.ts';
import { inlineConditionId, isInlineExpression } from './inline-condition.ts';

/**
 * The inverse of resolvePolicyFile: `resolvePolicyFile(toPolicyFile(x))` equals `x`. Sections and entries come in a stable order;
 * what is a default is left out; a condition made from an inline expression goes back to its grants.
 * @param desired the rows, in any order; for a whole installation give all sections and leave out what is built in
 */
export function toPolicyFile(desired: DesiredPolicy): PolicyFile {
  const inline = inlineExpressions(desired);
  const listed = desired.conditions.filter(({ id }) => !inline.has(id));
  const sections = {
    tenants: entries(desired.tenants, describe),
    resourceTypes: entries(desired.resourceTypes, fileResourceType),
    conditions: entries(listed, ({ expression, description }) => (description ? { expression, description } : expression)),
    roles: entries(desired.roles, (role) => ({
      ...describe(role),
      inherits: sorted(role.inherits),
      grants: fileGrants(role.grants, inline),
    })),
    groups: entries(desired.groups, (group) => ({ ...describe(group), members: sorted(group.members) })),
    users: entries(desired.users.map(withKeyForMaps), ({ name, enabled, attributes }) => ({
      ...(name === null ? {} : { name }),
      enabled,
      attributes,
    })),
    resources: byId(desired.resources).map(({ id, tenant, attributes }) => {
      const { type, rest } = splitKey(id);
      return { type, id: rest, ...(tenant === null ? {} : { tenant }), attributes };
    }),
    assignments: byKey(desired.assignments, assignmentKey).map(fileAssignment),
  } satisfies Omit<PolicyFile, 'licet' | 'tests'>;
  const wanted = Object.entries(sections).filter(
    ([name, content]) =>
      (desired.sections as string[]).includes(name) || (Array.isArray(content) ? content : Object.keys(content)).length > 0,
  );
  return { licet: 1, ...Object.fromEntries(wanted) };
}

const sorted = (names: string[]): string[] => names.toSorted(compareText);

function entries<T extends { id: string }, E>(rows: T[], entry: (row: T) => E): Record<string, E> {
  return Object.fromEntries(byId(rows).map((row) => [row.id, entry(row)]));
}

/** Maps lose what stands under `__proto__`; the long form of this user key is as good. */
function withKeyForMaps<T extends { id: string }>(user: T): T {
  return user.id === '__proto__' ? { ...user, id: `${DEFAULT_USER_TYPE}:${user.id}` } : user;
}

function describe({ id, name, description }: { id: string; name: string; description: string }): { name?: string; description?: string } {
  return { ...(name === id ? {} : { name }), ...(description ? { description } : {}) };
}

function fileResourceType({ description, actions, attributes }: DesiredResourceType) {
  const plain = actions.every((action) => action.description === '');
  return {
    ...(description ? { description } : {}),
    actions: plain ? actions.map(({ name }) => name) : Object.fromEntries(actions.map((action) => [action.name, action.description])),
    attributes: Object.fromEntries(Object.entries(attributes).toSorted(([a], [b]) => compareText(a, b))),
  };
}

/** The conditions that go back to the grants they were made from, with their expressions. */
function inlineExpressions({ conditions, roles }: DesiredPolicy): Map<string, string> {
  const used = new Set(roles.flatMap(({ grants }) => grants.map(({ condition }) => condition)));
  const goesBack = ({ id, description, expression }: DesiredCondition) =>
    id === inlineConditionId(expression) && description === '' && used.has(id);
  const named = new Set(conditions.filter((condition) => !goesBack(condition)).map(({ id }) => id));
  const back = conditions.filter((condition) => goesBack(condition) && isInlineExpression(condition.expression, named));
  return new Map(back.map(({ id, expression }) => [id, expression]));
}

function fileGrants(grants: DesiredGrant[], inline: Map<string, string>): NonNullable<PolicyFile['roles']>[string]['grants'] {
  return byKey(grants, grantKey).map(({ permission, effect, condition }) => {
    if (effect === 'allow' && condition === null) return permission;
    const when = condition === null ? {} : { when: inline.get(condition) ?? condition };
    return { permission, ...(effect === 'deny' ? { effect } : {}), ...when };
  });
}

function fileAssignment({ user, group, role, tenant, resource, startsAt, expiresAt, reason }: DesiredAssignment) {
  return {
    ...(user === null ? {} : { user }),
    ...(group === null ? {} : { group }),
    role,
    tenant,
    ...(resource === null ? {} : { resource }),
    ...(startsAt === null ? {} : { from: startsAt }),
    ...(expiresAt === null ? {} : { until: expiresAt }),
    ...(reason ? { reason } : {}),
  };
}
