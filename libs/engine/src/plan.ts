import {
  ANY_TENANT,
  DEFAULT_TENANT,
  type Effect,
  type EvaluationRequest,
  type Expr,
  type FilterPlan,
  type FilterReason,
  type FilterRequest,
  type PlanCondition,
} from '@licet/contract';
import { byUnit } from './change.ts';
import { compileCondition } from './condition.ts';
import { decide } from './decide.ts';
import { allOf, ALWAYS, anyOf, hasValue, NEVER, oppositeOf } from './filter.ts';
import { conditionTree, findUser, grantsOn, holdersOf, tenantExists, tenantIds, type FoundUser, type Terms } from './holders.ts';
import { isWritten, Reducer } from './residual.ts';
import { ConditionError, tenantIn, type Scope } from './scope.ts';
import type { Snapshot } from './snapshot.ts';
import { isInForce, subjectKey } from './standing.ts';
import { member } from './value.ts';

// How a filter plan comes about. A row is allowed if one allow applies and no deny does; a grant applies to a row
//
// 1. if an assignment counts that leads to it: the row's tenant is the assignment's, and the row is the resource that it is for, if any;
// 2. and if its condition says so of the row. An allow applies where the condition is true; a deny, unless it is false: both say what
//    happens where the condition errs, and so does the plan, with `isTrue`.
//
// All that does not differ from row to row is filled in.

/** The tenant that a row names. */
const TENANT: Expr = { op: 'var', path: ['resource', 'properties', 'tenant'] };
const ID: Expr = { op: 'var', path: ['resource', 'id'] };
/** That the row names a tenant; otherwise it is in the one of the context, or in the default one. */
const NAMES_TENANT: PlanCondition = { op: 'isTrue', args: [{ op: 'ne', args: [TENANT, { op: 'lit', value: null }] }] };
/** Stands in a plan that is under way for a condition that cannot be written. */
const INEXPRESSIBLE: PlanCondition = { op: 'isTrue', args: [{ op: 'lit', value: null }] };

/** Where assignments of one tenant, or of every tenant, count: for these resources; null for all. */
type Places = Map<string, Set<string> | null>;

/** A question under way. */
interface Asked {
  readonly snapshot: Snapshot;
  readonly request: FilterRequest;
  readonly now: number;
  readonly key: string | undefined;
  /** The tenant of rows that name none. */
  readonly fallback: string;
  /** Whether each row may name its tenant. */
  readonly rowsNameTenant: boolean;
  /** That a condition has this value. */
  readonly says: (condition: string | null, value: boolean) => PlanCondition;
}

/**
 * Answers for all resources of a type at once which of them are allowed, as a condition that a database can filter by.
 *
 * The answer is what decide() says of each row: of a question with the row's id as `resource.id`, and its attributes as
 * `resource.properties`. That holds for the application's own rows, whose attributes the question gives. Attributes and tenants that are
 * stored with registered resources are not looked at: a row that is registered too must give at least the attributes that are stored,
 * and its tenant if one is.
 *
 * - Each row is in the tenant that its attribute `tenant` names, else in that of the context, else in `default`, as in any question, and
 *   rows of a tenant that does not exist are not allowed. A question that gives `resource.properties.tenant` is about rows of that tenant
 *   alone; with null for the tenant, about rows that name none. Then the plan has no condition on the tenant.
 * - An assignment for one resource becomes a condition on `resource.id`.
 * - What is said as `never` with the reason `not_expressible` has no filter: a condition compares all attributes at once, or with a map,
 *   or the plan would be too large. Ask decide() row by row.
 * @param request `resource.properties` are attributes that every row is known to have
 * @param now the time of the question, in whole milliseconds since the epoch, within the years 1 to 9999
 * @returns the plan. It never throws: what is no request is `never`
 */
export function filterPlan(snapshot: Snapshot, request: FilterRequest, now: number): FilterPlan {
  const never = (reason: FilterReason): FilterPlan => ({ kind: 'never', reason, revision: snapshot.revision });
  try {
    const probe = { ...request, resource: { ...request.resource, id: '-' } };
    const { reason } = decide(snapshot, probe, now);
    if (reason === 'invalid_request' || reason === 'unknown_resource_type' || reason === 'unknown_action') return never(reason);
    if (!isWritten(now)) return never('invalid_request');
    const key = subjectKey(request.subject);
    const user = key === undefined ? undefined : findUser(snapshot, key);
    const asked = questionOf(snapshot, probe, now, key, user);
    if (!asked.rowsNameTenant && !tenantExists(snapshot, asked.fallback)) return never('unknown_tenant');
    if (user?.enabled === false) return never('disabled_subject');

    const notDenied = allOf(entriesOf(asked, 'deny').map(([held, condition]) => anyOf([oppositeOf(held), asked.says(condition, false)])));
    if (notDenied === NEVER) return never('denied_by_grant');
    const allowed = anyOf(entriesOf(asked, 'allow').map(([held, condition]) => allOf([held, asked.says(condition, true)])));
    const condition = allOf([allowed, notDenied]);
    if (condition === NEVER) return never(user ? 'no_matching_grant' : 'unknown_subject');
    if (condition === ALWAYS) return { kind: 'always', revision: snapshot.revision };
    return holds(condition, INEXPRESSIBLE) ? never('not_expressible') : { kind: 'conditional', condition, revision: snapshot.revision };
  } catch {
    return never('not_expressible'); // The plan would be too large, or holds a value that JSON cannot carry.
  }
}

function questionOf(
  snapshot: Snapshot,
  request: EvaluationRequest,
  now: number,
  key: string | undefined,
  user: FoundUser | undefined,
): Asked {
  const { subject, action, resource, context } = request;
  const given = member(resource.properties, 'tenant');
  const scope: Scope = { subject, action, resource, context, now, storedSubject: user?.attributes };
  const reducer = new Reducer(scope);
  const says = (condition: string | null, value: boolean): PlanCondition => {
    if (condition === null) return value ? ALWAYS : NEVER;
    const tree = conditionTree(snapshot, condition);
    if (!tree || !isReadable(tree)) return NEVER;
    const part = reducer.reduce(tree);
    if (part.known) return part.value === value ? ALWAYS : NEVER;
    return part.tree ? hasValue(part.tree, value) : INEXPRESSIBLE;
  };
  return {
    snapshot,
    request,
    now,
    key,
    fallback: tenantIn(resource.properties) ?? tenantIn(context) ?? DEFAULT_TENANT,
    rowsNameTenant: given === undefined,
    says,
  };
}

/** Whether an engine can read the tree; one that it cannot read always errs. */
function isReadable(tree: Expr): boolean {
  const nobody = { type: '-', id: '-' };
  const result = compileCondition(tree)({ subject: nobody, action: { name: '-' }, resource: nobody, now: 0 });
  return !(result instanceof ConditionError && result.error === 'type_mismatch' && result.at === 'condition');
}

/** For each condition of grants of this effect, in the order of consideration: for which rows the subject holds such a grant. */
function entriesOf(asked: Asked, effect: Effect): [held: PlanCondition, condition: string | null][] {
  const { snapshot, request, now, key } = asked;
  const found = new Map<string | null, Places>();
  for (const { assignments } of holdersOf(snapshot, key)) {
    for (const { terms } of assignments) {
      if (!isInForce(terms, now, effect) || (terms.resource && terms.resource.type !== request.resource.type)) continue;
      for (const { condition } of grantsOn(snapshot, request.resource.type, request.action.name, terms.role, effect)) {
        const places = found.get(condition) ?? new Map<string, Set<string> | null>();
        found.set(condition, places);
        addPlace(places, terms, asked);
      }
    }
  }
  return Array.from(found, ([condition, places]) => [heldAt(places, asked), condition]);
}

function addPlace(places: Places, { tenant, resource }: Terms, { rowsNameTenant, fallback, snapshot }: Asked): void {
  if (tenant !== ANY_TENANT && (rowsNameTenant ? !tenantExists(snapshot, tenant) : tenant !== fallback)) return;
  // Where the tenant is known, an assignment that counts in it counts everywhere.
  const where = rowsNameTenant ? tenant : ANY_TENANT;
  const ids = places.get(where);
  if (resource === null) places.set(where, null);
  else if (ids !== null) places.set(where, (ids ?? new Set()).add(resource.id));
}

function heldAt(places: Places, asked: Asked): PlanCondition {
  const everywhere = places.get(ANY_TENANT) === null;
  const counting = everywhere ? [[ANY_TENANT, null] as const] : [...places].sort(([a], [b]) => byUnit(a, b));
  return anyOf(counting.map(([tenant, ids]) => allOf([isInTenant(tenant, asked), ids ? isOneOf([...ids].sort(byUnit)) : ALWAYS])));
}

function isOneOf(ids: readonly string[]): PlanCondition {
  const items = ids.map((value): Expr => ({ op: 'lit', value }));
  return items.length === 1 ? { op: 'eq', args: [ID, items[0]!] } : { op: 'in', args: [ID, { op: 'list', args: items }] };
}

/** That a row is in this tenant, or for every tenant, in one that exists. */
function isInTenant(tenant: string, { snapshot, rowsNameTenant, fallback }: Asked): PlanCondition {
  if (!rowsNameTenant) return ALWAYS;
  const tenants = (tenant === ANY_TENANT ? tenantIds(snapshot) : [tenant]).map((value): Expr => ({ op: 'lit', value }));
  const named: Expr =
    tenants.length === 1 ? { op: 'eq', args: [TENANT, tenants[0]!] } : { op: 'in', args: [TENANT, { op: 'list', args: tenants }] };
  const byDefault = tenant === ANY_TENANT ? tenantExists(snapshot, fallback) : tenant === fallback;
  return anyOf([hasValue(named, true), byDefault ? oppositeOf(NAMES_TENANT) : NEVER]);
}

function holds(condition: PlanCondition, part: PlanCondition): boolean {
  if (condition === part) return true;
  return (condition.op === 'and' || condition.op === 'or') && condition.args.some((arg) => holds(arg, part));
}
