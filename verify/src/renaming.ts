/** Other names for everything that operators name: consistently, in a policy, in questions and in answers. */
import type { Decision, DecisionPath, EvaluationRequest, Expr, SnapshotDocument } from '@licet/contract';

/** The kinds of names, which are apart: a role and a group may share one. */
export interface Renaming {
  role: (name: string) => string;
  group: (name: string) => string;
  tenant: (name: string) => string;
  type: (name: string) => string;
  /** A user key. */
  user: (key: string) => string;
}

const BUILT_IN = ['everyone', 'anyone', '*', 'default'];

/**
 * Puts something behind every name, so that the order stays, which decides among several grants. What is built in stays as it is, and so
 * does what is reserved: its beginning means something.
 */
export const BEHIND: Renaming = { role: behind, group: behind, tenant: behind, type: behind, user: behind };

function behind(name: string): string {
  return BUILT_IN.includes(name) ? name : `${name}-x`;
}

function ofPair(pair: string, rename: (type: string) => string): string {
  const colon = pair.indexOf(':');
  return rename(pair.slice(0, colon)) + pair.slice(colon);
}

export function renamedDocument({ rows, ...rest }: SnapshotDocument, { role, group, tenant, type, user }: Renaming): SnapshotDocument {
  const maybe = (name: string | null, rename: (name: string) => string) => (name === null ? null : rename(name));
  return {
    ...rest,
    rows: {
      ...rows,
      tenants: rows.tenants.map(({ id }) => ({ id: tenant(id) })),
      'resource-types': rows['resource-types'].map((row) => ({ ...row, id: type(row.id) })),
      permissions: rows.permissions.map(({ id }) => ({ id: ofPair(id, type) })),
      roles: rows.roles.map(({ id }) => ({ id: role(id) })),
      'role-inherits': rows['role-inherits'].map((row) => ({ ...row, role: role(row.role), inherits: role(row.inherits) })),
      grants: rows.grants.map((row) => ({ ...row, role: role(row.role), permission: ofPair(row.permission, type) })),
      groups: rows.groups.map(({ id }) => ({ id: group(id) })),
      users: rows.users.map((row) => ({ ...row, id: user(row.id) })),
      'group-members': rows['group-members'].map((row) => ({ ...row, group: group(row.group), user: user(row.user) })),
      resources: rows.resources.map((row) => ({ ...row, id: ofPair(row.id, type), tenant: maybe(row.tenant, tenant) })),
      assignments: rows.assignments.map((row) => ({
        ...row,
        user: maybe(row.user, user),
        group: maybe(row.group, group),
        role: role(row.role),
        tenant: tenant(row.tenant),
        resource: maybe(row.resource, (key) => ofPair(key, type)),
      })),
    },
  };
}

export function renamedQuestion(
  { subject, action, resource, context }: EvaluationRequest,
  { tenant, type, user }: Renaming,
): EvaluationRequest {
  const inTenant = (members: EvaluationRequest['context']) => {
    const named = members?.['tenant'];
    return typeof named === 'string' && named !== '' ? { ...members, tenant: tenant(named) } : members;
  };
  const [properties, other] = [inTenant(resource.properties), inTenant(context)];
  return {
    subject: { ...subject, id: user(subject.id) },
    action,
    resource: { ...resource, type: type(resource.type), ...(properties && { properties }) },
    ...(other && { context: other }),
  };
}

export function renamedDecision(decision: Decision, { role, group, type }: Renaming): Decision {
  const { path } = decision;
  if (path === null) return decision;
  const renamed: DecisionPath = {
    ...path,
    group: path.group === null ? null : group(path.group),
    roles: path.roles.map(role),
    permission: ofPair(path.permission, type),
  };
  return { ...decision, path: renamed };
}

/**
 * Whether a condition looks at attributes only, and not at their `tenant`: one that looks at a name, or at a whole in which there are
 * names, may say something else when the name is another.
 */
export function looksAtAttributesOnly(tree: Expr): boolean {
  if (tree.op === 'var' || tree.op === 'has') return isAttribute(tree.path);
  return 'args' in tree ? tree.args.every(looksAtAttributesOnly) : true;
}

function isAttribute([root, ...rest]: readonly string[]): boolean {
  const names = root === 'context' ? rest : rest.slice(1);
  if (root !== 'subject' && root !== 'action' && root !== 'resource' && root !== 'context') return true;
  return (root === 'context' || rest[0] === 'properties') && names[0] !== undefined && names[0] !== 'tenant';
}
