/**
 * What a decision is, said once more in the plainest way: from DESIGN's words and the conformance cases, with sets and closures, apart from
 * the engine. It shares neither code nor layout with it, and takes care of nothing but being right.
 */
import type { Decision, DecisionPath, DecisionReason, EvaluationRequest, PolicyRow, SnapshotDocument } from '@licet/contract';
import { Failure, holds, scopeOf } from './reference-condition.ts';

/** A grant as it is reached from a role: through these roles. */
interface Reached {
  roles: string[];
  grant: PolicyRow<'grants'>;
}
/** An assignment as somebody has it: through this group. */
interface Held {
  row: PolicyRow<'assignments'>;
  group: string | null;
  from: number;
  to: number;
}
type Ask = (request: EvaluationRequest, now: number) => Decision;

/** Reads a policy. @returns what answers questions about it */
export function reference({ revision, rows }: SnapshotDocument): Ask {
  const types = new Set(rows['resource-types'].map(({ id }) => id));
  const permissions = new Set(rows.permissions.map(({ id }) => id));
  const tenants = new Set(rows.tenants.map(({ id }) => id));
  const conditions = byId(rows.conditions);
  const users = byId(rows.users);
  const resources = byId(rows.resources);
  const held = holdings(rows);
  const reached = closure(rows);

  return (request, now) => {
    const answer = (reason: DecisionReason, path: DecisionPath | null = null, errors: Decision['errors'] = []): Decision => {
      return { decision: reason === 'allowed_by_grant', reason, path, errors, revision };
    };
    if (!isQuestion(request)) return answer('invalid_request');
    const { subject, action, resource, context } = request;
    if (!types.has(resource.type)) return answer('unknown_resource_type');
    if (!permissions.has(`${resource.type}:${action.name}`)) return answer('unknown_action');

    const key = `${resource.type}:${resource.id}`;
    const registered = resources.get(key);
    const tenant = named(resource.properties) ?? registered?.tenant ?? named(context) ?? 'default';
    if (!tenants.has(tenant)) return answer('unknown_tenant');

    const user = subject.type.includes(':') ? undefined : users.get(keyOf(subject));
    if (user && !user.enabled) return answer('disabled_subject');

    const fits = ({ row }: Held): boolean =>
      (row.tenant === tenant || row.tenant === '*') && (row.resource === null || row.resource === key);
    // A time that is none is NaN, and no comparison with it holds: that keeps allows out of force, and denies in it.
    const inForce = ({ from, to }: Held, { grant: { effect } }: Reached): boolean =>
      effect === 'allow' ? from <= now && now < to : !(now < from || to <= now);
    const paths: DecisionPath[] = [];
    const grants = reached(resource.type)(action.name);
    for (const one of held(user?.id)) {
      if (fits(one)) for (const grant of grants(one.row.role)) if (inForce(one, grant)) paths.push(pathOf(one, grant));
    }

    const errors: Decision['errors'] = [];
    let scope: ReturnType<typeof scopeOf> | undefined;
    const applies = ({ grant, condition, effect }: DecisionPath): boolean => {
      if (condition === null) return true;
      const row = conditions.get(condition);
      scope ??= scopeOf(request, now, user?.attributes, registered?.attributes);
      const result = row ? holds(row.tree, scope) : new Failure('missing_attribute', 'condition');
      if (!(result instanceof Failure)) return result;
      if (errors.every((known) => known.grant !== grant)) errors.push({ grant, condition, error: result.error, at: result.at });
      return effect === 'deny';
    };
    const denied = paths.find((path) => path.effect === 'deny' && applies(path));
    if (denied) return answer('denied_by_grant', denied, errors);
    const allowed = paths.find((path) => path.effect === 'allow' && applies(path));
    if (allowed) return answer('allowed_by_grant', allowed, errors);
    return answer(user ? 'no_matching_grant' : 'unknown_subject', null, errors);
  };
}

function byId<R extends { id: string }>(rows: readonly R[]): Map<string, R> {
  return new Map(rows.map((row) => [row.id, row]));
}

function inOrder<R>(rows: readonly R[], key: (row: R) => string): R[] {
  return [...rows].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}

/** All assignments of a user, in order: the own; those of the groups, in ascending group; of `everyone`; of `anyone`. */
function holdings(rows: SnapshotDocument['rows']): (user: string | undefined) => Held[] {
  const groups = new Set(rows.groups.map(({ id }) => id).filter((id) => id !== 'everyone' && id !== 'anyone'));
  const assignments = inOrder(rows.assignments, ({ id }) => id);
  const ofUser = Map.groupBy(assignments, (row) => row.user);
  const ofGroup = Map.groupBy(ofUser.get(null) ?? [], (row) => row.group);
  const groupsOf = Map.groupBy(rows['group-members'], (row) => row.user);
  const through = (group: string): Held[] => (ofGroup.get(group) ?? []).map((row) => heldAs(row, group));
  return remembered((user) => {
    if (user === undefined) return through('anyone');
    const own = (ofUser.get(user) ?? []).map((row) => heldAs(row, null));
    const memberOf = new Set((groupsOf.get(user) ?? []).map(({ group }) => group).filter((group) => groups.has(group)));
    return [...own, ...[...memberOf].sort().flatMap(through), ...through('everyone'), ...through('anyone')];
  });
}

function heldAs(row: PolicyRow<'assignments'>, group: string | null): Held {
  const from = row.startsAt === null ? -Infinity : Date.parse(row.startsAt);
  return { row, group, from, to: row.expiresAt === null ? Infinity : Date.parse(row.expiresAt) };
}

/** The grants on a permission that a role has and inherits: its own first, then breadth first; inherited roles and grants in ascending id. */
function closure(rows: SnapshotDocument['rows']): (type: string) => (action: string) => (role: string) => Reached[] {
  const roles = new Set(rows.roles.map(({ id }) => id));
  const grantsOf = Map.groupBy(
    inOrder(rows.grants, (row) => row.id),
    (row) => row.role,
  );
  const inheritsOf = Map.groupBy(
    inOrder(rows['role-inherits'], (row) => row.inherits),
    (row) => row.role,
  );
  const reached = remembered((first: string) => {
    const found: Reached[] = [];
    const seen = new Set<string>();
    const queue = [[first]];
    for (const path of queue) {
      const role = path.at(-1) as string;
      if (seen.has(role) || !roles.has(role)) continue;
      seen.add(role);
      found.push(...(grantsOf.get(role) ?? []).map((grant) => ({ roles: path, grant })));
      queue.push(...(inheritsOf.get(role) ?? []).map((row) => [...path, row.inherits]));
    }
    return found;
  });
  return remembered((type: string) =>
    remembered((action: string) =>
      remembered((role: string) => reached(role).filter(({ grant }) => grantsThis(grant.permission, type, action))),
    ),
  );
}

/** A wildcard in place of the type does not reach the reserved types. */
function grantsThis(pattern: string, type: string, action: string): boolean {
  const [ofType, ofAction] = pattern.split(':');
  return (ofAction === '*' || ofAction === action) && (ofType === type || (ofType === '*' && !type.startsWith('licet.')));
}

/** Works something out once for each key: the sets of a policy do not change. */
function remembered<K, V>(make: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const made = make(key);
    known.set(key, made);
    return made;
  };
}

function pathOf({ row, group }: Held, { roles, grant }: Reached): DecisionPath {
  const { permission, effect, condition } = grant;
  return { assignment: row.id, group, roles, grant: grant.id, permission, effect, condition };
}

function named(members: EvaluationRequest['context']): string | undefined {
  const tenant = members && Object.hasOwn(members, 'tenant') ? members['tenant'] : undefined;
  if (tenant === undefined || tenant === null) return undefined;
  return typeof tenant === 'string' ? tenant : 'no tenant'; // A name that no tenant can have.
}

function keyOf({ type, id }: EvaluationRequest['subject']): string {
  return type === 'user' && !id.includes(':') ? id : `${type}:${id}`;
}

/** AuthZEN 1.0, section 6.1, and the contract's bounds of ids. */
function isQuestion(value: EvaluationRequest): boolean {
  const isObject = (part: unknown) => typeof part === 'object' && part !== null && !Array.isArray(part);
  const isText = (part: unknown): part is string => typeof part === 'string' && part.length > 0;
  // eslint-disable-next-line no-control-regex -- refusing control characters is the purpose
  const isId = (part: unknown) => isText(part) && part.length <= 256 && !/[\0-\x1f\x7f]/.test(part);
  if (!isObject(value)) return false;
  const { subject, action, resource, context } = value;
  const attributes = [subject?.properties, action?.properties, resource?.properties, context];
  return (
    [subject, action, resource].every(isObject) &&
    [subject.type, action.name, resource.type].every(isText) &&
    [subject.id, resource.id].every(isId) &&
    attributes.every((part) => part === undefined || isObject(part))
  );
}
