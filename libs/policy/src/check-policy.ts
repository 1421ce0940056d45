import {
  ANY_TENANT,
  ANYONE,
  DEFAULT_TENANT,
  type ErrorItem,
  EVERYONE,
  isReserved,
  type PolicyRow,
  RESERVED_ACTIONS,
  RESERVED_PERMISSIONS,
  RESERVED_ROLES,
  splitKey,
} from '@licet/contract';
import { checkConditions, type ConditionRows } from './check-conditions.ts';
import { compareText } from './compare-text.ts';
import { circleErrors } from './hierarchy.ts';

/** What {@link checkPolicy} reads: small tables only, no users, groups or assignments. `PolicyRows` fits. */
export interface CheckableRows extends ConditionRows {
  roles: Iterable<Pick<PolicyRow<'roles'>, 'id'>>;
  'role-inherits': Iterable<Pick<PolicyRow<'role-inherits'>, 'role' | 'inherits'>>;
}

/**
 * Judges a policy as a whole: the hierarchy has no cycle, what roles inherit from exists, every permission belongs to a resource type,
 * every grant belongs to a role, reaches at least one permission, names a condition that exists and fits a resource type it
 * reaches, and stands once. The rows of Licet itself count as there.
 * @param rows the policy as it would be after a change
 * @returns all errors, sorted by path; none for a valid policy. Paths are such as `roles.member.inherits`, `grants.member.task:update`.
 */
export function checkPolicy(rows: CheckableRows): ErrorItem[] {
  return byPlace([...checkReferences(rows), ...checkConditions(rows)]);
}

/** {@link checkPolicy} without the conditions: whether what is named is there. */
export function checkReferences(rows: CheckableRows): ErrorItem[] {
  const known = knownNames(rows);
  return byPlace([...permissionErrors(known), ...inheritErrors(rows, known.roles), ...grantErrors(rows, known)]);
}

const byPlace = (errors: ErrorItem[]): ErrorItem[] =>
  errors.sort((a, b) => compareText(a.path, b.path) || compareText(a.message, b.message));

interface Known {
  types: Set<string>;
  permissions: Set<string>;
  /** The actions of resource types that wildcards reach. */
  actions: Set<string>;
  roles: Set<string>;
  conditions: Set<string>;
}

function knownNames(rows: CheckableRows): Known {
  const known: Known = {
    types: new Set(Object.keys(RESERVED_ACTIONS)),
    permissions: new Set(RESERVED_PERMISSIONS),
    actions: new Set(),
    roles: new Set(Object.keys(RESERVED_ROLES)),
    conditions: new Set(),
  };
  for (const { id } of rows['resource-types']) known.types.add(id);
  for (const { id } of rows.roles) known.roles.add(id);
  for (const { id } of rows.conditions) known.conditions.add(id);
  for (const { id } of rows.permissions) {
    known.permissions.add(id);
    if (!isReserved(id)) known.actions.add(splitKey(id).rest);
  }
  return known;
}

function permissionErrors({ permissions, types }: Known): ErrorItem[] {
  return [...permissions]
    .filter((id) => !types.has(splitKey(id).type))
    .map((id) => ({ path: `permissions.${id}`, message: `the resource type \`${splitKey(id).type}\` does not exist` }));
}

function inheritErrors(rows: CheckableRows, roles: Set<string>): ErrorItem[] {
  const errors: ErrorItem[] = [];
  const hierarchy = new Map<string, string[]>();
  for (const { role, inherits } of rows['role-inherits']) {
    const path = `roles.${role}.inherits`;
    if (!roles.has(role)) errors.push({ path, message: `the role \`${role}\` does not exist` });
    if (!roles.has(inherits)) errors.push({ path, message: `the role \`${inherits}\` does not exist` });
    const from = hierarchy.get(role);
    if (from) from.push(inherits);
    else hierarchy.set(role, [inherits]);
  }
  errors.push(...circleErrors(hierarchy));
  return errors;
}

function grantErrors(rows: CheckableRows, known: Known): ErrorItem[] {
  const errors: ErrorItem[] = [];
  const seen = new Set<string>();
  for (const { role, permission, effect, condition } of rows.grants) {
    const fault = (message: string) => errors.push({ path: `grants.${role}.${permission}`, message });
    if (!known.roles.has(role)) fault(`the role \`${role}\` does not exist`);
    const unreached = patternFault(permission, known);
    if (unreached) fault(unreached);
    if (condition !== null && !known.conditions.has(condition)) fault(`the condition \`${condition}\` does not exist`);
    // Invariant: no key holds a space, so that two different grants never share this text.
    const same = `${role} ${permission} ${effect} ${condition ?? ''}`;
    if (seen.has(same)) fault(`the same grant stands twice: ${effect}${condition === null ? '' : ` when \`${condition}\``}`);
    seen.add(same);
  }
  return errors;
}

/** Why a grant on this pattern would never match anything. */
function patternFault(pattern: string, { permissions, types, actions }: Known): string | undefined {
  if (permissions.has(pattern)) return undefined;
  const { type, rest: action } = splitKey(pattern);
  if (type === '*') {
    if (action === '*' || actions.has(action)) return undefined;
    return `no resource type has the action \`${action}\`; wildcards do not reach Licet's own`;
  }
  if (!types.has(type)) return `the resource type \`${type}\` does not exist`;
  return action === '*' ? undefined : `the resource type \`${type}\` has no action \`${action}\``;
}

/** What {@link checkAssignments} asks of the rows around an assignment. The built-in groups and tenant, and Licet's own roles, count as there. */
export interface AssignmentContext {
  hasUser(key: string): boolean;
  hasGroup(key: string): boolean;
  hasRole(key: string): boolean;
  hasTenant(key: string): boolean;
}

type AssignmentRefs = Pick<PolicyRow<'assignments'>, 'user' | 'group' | 'role' | 'tenant'> & { id?: string };

/**
 * Judges assignments: each names either a user or a group, and user, group, role and tenant exist.
 * @param rows the assignments to look at: those that a change touches, or all of a file
 * @returns all errors in the order of the rows; paths are `assignments.<id>.role`, or `assignments[<n>].role` for rows without an id
 */
export function checkAssignments(rows: Iterable<AssignmentRefs>, context: AssignmentContext): ErrorItem[] {
  const errors: ErrorItem[] = [];
  let index = 0;
  for (const { id, user, group, role, tenant } of rows) {
    const row = id === undefined ? `assignments[${index}]` : `assignments.${id}`;
    const missing = (member: string, noun: string, key: string) =>
      errors.push({ path: `${row}.${member}`, message: `the ${noun} \`${key}\` does not exist` });
    if ((user === null) === (group === null)) errors.push({ path: `${row}.user`, message: 'name either a `user` or a `group`' });
    if (user !== null && !context.hasUser(user)) missing('user', 'user', user);
    if (group !== null && group !== EVERYONE && group !== ANYONE && !context.hasGroup(group)) missing('group', 'group', group);
    if (!Object.hasOwn(RESERVED_ROLES, role) && !context.hasRole(role)) missing('role', 'role', role);
    if (tenant !== ANY_TENANT && tenant !== DEFAULT_TENANT && !context.hasTenant(tenant)) missing('tenant', 'tenant', tenant);
    index++;
  }
  return errors;
}
