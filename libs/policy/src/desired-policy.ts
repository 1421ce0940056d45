import type { AttributeType, Attributes, Effect, Expr } from '@licet/contract';

/** The sections of a policy file that hold rows. */
export const SECTIONS = ['tenants', 'resourceTypes', 'conditions', 'roles', 'groups', 'users', 'resources', 'assignments'] as const;
export type Section = (typeof SECTIONS)[number];

/**
 * What a policy file wants the installation to hold, with everything resolved: short names are user keys, inline conditions are
 * conditions of their own, defaults are filled in. Lists are sorted by their key (actions keep the order of the file), and hold each
 * key once. An entry is wanted exactly as it stands here, with exactly these grants, members, actions and so on.
 *
 * What is not named here stays as it is. With `prune`, whatever the sections in `sections` could name and do not is deleted, except
 * what is built in: rows that begin with `licet.`, the tenant `default`, the groups `everyone` and `anyone`. A condition made from an
 * inline expression (see {@link inlineConditionId}) goes with the last grant that uses it, unless it is named here.
 */
export interface DesiredPolicy {
  /** The sections that the file has, empty ones too. */
  sections: Section[];
  tenants: DesiredTenant[];
  resourceTypes: DesiredResourceType[];
  conditions: DesiredCondition[];
  roles: DesiredRole[];
  groups: DesiredGroup[];
  users: DesiredUser[];
  resources: DesiredResource[];
  assignments: DesiredAssignment[];
}

export interface DesiredTenant {
  id: string;
  name: string;
  description: string;
}

export interface DesiredResourceType {
  id: string;
  description: string;
  actions: { name: string; description: string }[];
  attributes: Record<string, AttributeType>;
}

export interface DesiredCondition {
  id: string;
  description: string;
  expression: string;
  tree: Expr;
}

export interface DesiredRole {
  id: string;
  name: string;
  description: string;
  inherits: string[];
  grants: DesiredGrant[];
}

/** A grant of a role; permission, effect and condition together are its key. */
export interface DesiredGrant {
  permission: string;
  effect: Effect;
  condition: string | null;
}

export interface DesiredGroup {
  id: string;
  name: string;
  description: string;
  /** User keys. */
  members: string[];
}

export interface DesiredUser {
  /** The user key: `alice`, `service:bob`. */
  id: string;
  name: string | null;
  enabled: boolean;
  attributes: Attributes;
}

export interface DesiredResource {
  /** `type:id`. */
  id: string;
  tenant: string | null;
  attributes: Attributes;
}

/**
 * An assignment. User or group, role, tenant and resource together are its key; a file may hold several with the same key if their
 * times differ.
 */
export interface DesiredAssignment {
  /** A user key; either this or `group` is null. */
  user: string | null;
  group: string | null;
  role: string;
  /** A tenant, or `*`. */
  tenant: string;
  /** `type:id`. */
  resource: string | null;
  /** UTC with milliseconds. */
  startsAt: string | null;
  expiresAt: string | null;
  reason: string;
}

/** The key of a grant within its role, in the order in which files list grants. */
export function grantKey({ permission, effect, condition }: DesiredGrant): string {
  return `${permission} ${effect} ${condition ?? ''}`;
}

/** The key of an assignment together with its times, in the order in which files list assignments. */
export function assignmentKey({ group, user, role, tenant, resource, startsAt, expiresAt }: DesiredAssignment): string {
  return JSON.stringify([group, user, role, tenant, resource, startsAt, expiresAt]);
}

/** @returns a policy that wants nothing */
export function emptyDesired(): DesiredPolicy {
  return { sections: [], tenants: [], resourceTypes: [], conditions: [], roles: [], groups: [], users: [], resources: [], assignments: [] };
}
