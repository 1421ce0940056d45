import type { Decision, DecisionPath, DecisionReason, Effect, EvaluationRequest, PolicyRow, SnapshotDocument } from '@licet/contract';
import { compileCondition } from './condition.ts';

// What a decision is, said once more in the plainest way: straight from the rows, nothing prepared, nothing shared with the engine but
// the evaluation of conditions. Tests compare the engine with it.

type Rows = SnapshotDocument['rows'];

/** The decision on a valid request. */
export function referenceDecide({ revision, rows }: SnapshotDocument, request: EvaluationRequest, now: number): Decision {
  const { subject, action, resource, context } = request;
  const errors: Decision['errors'] = [];
  const answer = (reason: DecisionReason, path: DecisionPath | null = null): Decision => ({
    decision: reason === 'allowed_by_grant',
    reason,
    path,
    errors,
    revision,
  });
  if (!find(rows['resource-types'], resource.type)) return answer('unknown_resource_type');
  if (!find(rows.permissions, `${resource.type}:${action.name}`)) return answer('unknown_action');
  const registered = find(rows.resources, `${resource.type}:${resource.id}`);
  const named = [resource.properties?.['tenant'], registered?.tenant, context?.['tenant'], 'default'];
  const tenant = named.find((name) => name !== undefined && name !== null) as string;
  if (!find(rows.tenants, tenant)) return answer('unknown_tenant');
  const plain = subject.type === 'user' && !subject.id.includes(':');
  const key = plain ? subject.id : `${subject.type}:${subject.id}`;
  const user = subject.type.includes(':') ? undefined : find(rows.users, key);
  if (user?.enabled === false) return answer('disabled_subject');

  const scope = { ...request, now, storedSubject: user?.attributes, storedResource: registered?.attributes };
  const paths = assignmentsInOrder(rows, user?.id)
    .filter(({ row }) => row.tenant === '*' || row.tenant === tenant)
    .filter(({ row }) => row.resource === null || row.resource === `${resource.type}:${resource.id}`)
    .flatMap(({ row, group }) =>
      rolePaths(rows, row.role)
        .flatMap((roles) => grantPaths(rows, row.id, group, roles))
        .filter(({ effect }) => inForce(row, effect)),
    )
    .filter(({ permission }) => matches(permission, resource.type, action.name));
  for (const effect of ['deny', 'allow'] as const) {
    for (const path of paths.filter((candidate) => candidate.effect === effect)) {
      if (applies(path, effect)) return answer(effect === 'allow' ? 'allowed_by_grant' : 'denied_by_grant', path);
    }
  }
  return answer(user ? 'no_matching_grant' : 'unknown_subject');

  function inForce({ startsAt, expiresAt }: PolicyRow<'assignments'>, effect: Effect): boolean {
    const from = startsAt === null ? -Infinity : Date.parse(startsAt);
    const until = expiresAt === null ? Infinity : Date.parse(expiresAt);
    if (Number.isNaN(from) || Number.isNaN(until)) return effect === 'deny' && !(now < from) && !(now >= until);
    return from <= now && now < until;
  }

  function applies({ grant, condition }: DecisionPath, effect: Effect): boolean {
    if (condition === null) return true;
    const row = find(rows.conditions, condition);
    const result = row ? compileCondition(row.tree)(scope) : { error: 'missing_attribute' as const, at: 'condition' };
    if (typeof result === 'boolean') return result;
    if (!errors.some((error) => error.grant === grant)) errors.push({ grant, condition, error: result.error, at: result.at });
    return effect === 'deny';
  }
}

function find<R extends { id: string }>(rows: readonly R[], id: string): R | undefined {
  return rows.find((row) => row.id === id);
}

function sorted<R>(rows: readonly R[], key: (row: R) => string): R[] {
  return [...rows].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

function assignmentsInOrder(rows: Rows, user: string | undefined): { row: PolicyRow<'assignments'>; group: string | null }[] {
  const all = sorted(rows.assignments, (row) => row.id);
  const own = all.filter((row) => user !== undefined && row.user === user).map((row) => ({ row, group: null }));
  const memberOf = rows['group-members'].filter((row) => row.user === user && row.group !== 'everyone' && row.group !== 'anyone');
  const groups = [...new Set(memberOf.map((row) => row.group))].filter((group) => find(rows.groups, group)).sort();
  const through = user === undefined ? ['anyone'] : [...groups, 'everyone', 'anyone'];
  return [...own, ...through.flatMap((group) => all.filter((row) => row.group === group).map((row) => ({ row, group })))];
}

/** From the role to each role that it inherits from, nearest first. */
function rolePaths(rows: Rows, role: string): string[][] {
  const found: string[][] = [];
  let level = [[role]];
  while (level.length > 0) {
    const next: string[][] = [];
    for (const path of level) {
      const last = path.at(-1)!;
      if (!find(rows.roles, last) || found.some((known) => known.at(-1) === last)) continue;
      found.push(path);
      const inherited = sorted(
        rows['role-inherits'].filter((row) => row.role === last),
        (row) => row.inherits,
      );
      next.push(...inherited.map((row) => [...path, row.inherits]));
    }
    level = next;
  }
  return found;
}

function grantPaths(rows: Rows, assignment: string, group: string | null, roles: string[]): DecisionPath[] {
  const grants = sorted(
    rows.grants.filter((row) => row.role === roles.at(-1)),
    (row) => row.id,
  );
  return grants.map(({ id, permission, effect, condition }) => ({ assignment, group, roles, grant: id, permission, effect, condition }));
}

function matches(pattern: string, type: string, action: string): boolean {
  const [ofType, ofAction] = pattern.split(':');
  const typeMatches = ofType === type || (ofType === '*' && !type.startsWith('licet.'));
  return typeMatches && (ofAction === action || ofAction === '*');
}
