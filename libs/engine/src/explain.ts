import {
  EXPLANATION_LIMIT,
  type AllowFailure,
  type DecidingPath,
  type Decision,
  type DecisionPath,
  type DecisionReason,
  type Effect,
  type EvaluationRequest,
  type Explanation,
  type GivingRole,
  type NearMiss,
} from '@licet/contract';
import { compileCondition } from './condition.ts';
import { decide, tenantOf } from './decide.ts';
import { conditionTree, findResource, findUser, grantsOn, holdersOf, rolesGranted, type RoleGrant, type Terms } from './holders.ts';
import { ConditionError, type Scope } from './scope.ts';
import type { Snapshot } from './snapshot.ts';
import { counts, subjectKey, termFailures, type Standing } from './standing.ts';

// How an explanation comes about:
//
// 1. The decision is what decide() says. An explanation never says anything else.
// 2. Every grant that the subject holds on the permission, by any assignment whatever its terms, is held against the question.
// 3. Of a decision by a grant, those that decide alike are shown, by the shortest paths.
// 4. Of a denial, the allows are shown with everything that keeps them from deciding: without these failures, all of them, they would.

/** The denials and permits about which there is more to say than the reason. */
const EXPLAINED: ReadonlySet<DecisionReason> = new Set([
  'allowed_by_grant',
  'denied_by_grant',
  'no_matching_grant',
  'unknown_subject',
  'disabled_subject',
]);
const NO_SUCH_CONDITION = new ConditionError('missing_attribute', 'condition');

/** A question that is understood. */
interface Question extends Standing {
  readonly snapshot: Snapshot;
  readonly action: string;
  readonly key: string | undefined;
  readonly disabled: boolean;
  /** What the condition says; each is evaluated once. */
  readonly verdictOf: (condition: string) => boolean | ConditionError;
  readonly scope: Scope;
}

/** A grant that the subject holds, whether it applies or not. */
interface Held {
  readonly assignment: string;
  readonly terms: Terms;
  readonly group: string | null;
  readonly grant: RoleGrant;
  readonly effect: Effect;
}

/**
 * Explains a decision to people: which paths decide, or what is missing.
 * @param snapshot the policy
 * @param request the question (AuthZEN 1.0, section 6.1)
 * @param now the time of the question, in milliseconds since the epoch
 * @param tenants which tenants' assignments may be named as near misses: those of all, or only of the one that the question is about
 * @returns what decide() answers, with its grounds. It never throws: what cannot be explained has empty lists
 */
export function explain(snapshot: Snapshot, request: EvaluationRequest, now: number, tenants: 'all' | 'asked' = 'all'): Explanation {
  const decision = decide(snapshot, request, now);
  const tenant = tenantOf(snapshot, request);
  if (!EXPLAINED.has(decision.reason)) return unexplained(decision, tenant);
  try {
    return explained(decision, questionOf(snapshot, request, tenant, now), tenants);
  } catch {
    return unexplained(decision, tenant); // Only a value that JSON cannot carry comes here.
  }
}

/** An explanation that has no more to say than the decision's reason. */
export function unexplained<D extends Decision>(decision: D, tenant: string): Explanation & { decision: D } {
  return { decision, tenant, paths: [], misses: [], roles: [], totals: { paths: 0, misses: 0, roles: 0 } };
}

function explained(decision: Decision, question: Question, tenants: 'all' | 'asked'): Explanation {
  const denies = applying(question, 'deny');
  const deciding = decision.reason === 'denied_by_grant' ? denies : decision.decision ? applying(question, 'allow') : [];
  const paths = shortest(deciding);
  const misses = decision.decision ? [] : nearMisses(question, denies[0]).filter((miss) => tenants === 'all' || isNear(miss));
  const roles = decision.decision || misses.length > 0 ? [] : givingRoles(question);
  return {
    decision,
    tenant: question.tenant,
    paths: paths.slice(0, EXPLANATION_LIMIT),
    misses: misses.slice(0, EXPLANATION_LIMIT).map(({ held, failures }): NearMiss => ({ path: pathOf(held), failures })),
    roles: roles.slice(0, EXPLANATION_LIMIT),
    totals: { paths: paths.length, misses: misses.length, roles: roles.length },
  };
}

function questionOf(snapshot: Snapshot, request: EvaluationRequest, tenant: string, now: number): Question {
  const { subject, action, resource, context } = request;
  const key = subjectKey(subject);
  const user = key === undefined ? undefined : findUser(snapshot, key);
  const storedResource = findResource(snapshot, resource.type, resource.id)?.attributes;
  const scope: Scope = { subject, action, resource, context, now, storedSubject: user?.attributes, storedResource };
  const verdicts = new Map<string, boolean | ConditionError>();
  const verdictOf = (condition: string): boolean | ConditionError => {
    const tree = conditionTree(snapshot, condition);
    const verdict = verdicts.get(condition) ?? (tree ? compileCondition(tree)(scope) : NO_SUCH_CONDITION);
    verdicts.set(condition, verdict);
    return verdict;
  };
  return { snapshot, action: action.name, tenant, resource, now, key, disabled: user?.enabled === false, verdictOf, scope };
}

/** All grants of this effect that the subject holds on the permission, in the order of consideration. */
function* heldGrants({ snapshot, resource, action, key }: Question, effect: Effect): Generator<Held> {
  for (const { group, assignments } of holdersOf(snapshot, key)) {
    for (const { id: assignment, terms } of assignments) {
      for (const grant of grantsOn(snapshot, resource.type, action, terms.role, effect)) yield { assignment, terms, group, grant, effect };
    }
  }
}

/** The paths of this effect that apply, in the order of consideration. */
function applying(question: Question, effect: Effect): DecidingPath[] {
  const found: DecidingPath[] = [];
  for (const held of heldGrants(question, effect)) {
    if (!counts(held.terms, question, effect)) continue;
    const verdict = held.grant.condition === null || question.verdictOf(held.grant.condition);
    const error = verdict instanceof ConditionError ? { error: verdict.error, at: verdict.at } : null;
    if (verdict === true || (error && effect === 'deny')) found.push({ path: pathOf(held), error });
  }
  return found;
}

function shortest(paths: readonly DecidingPath[]): DecidingPath[] {
  const fewest = paths.reduce((length, { path }) => Math.min(length, path.roles.length), Infinity);
  return paths.filter(({ path }) => path.roles.length === fewest);
}

/** Those first that lack least. Sorting keeps the order of consideration among equals. */
function nearMisses(question: Question, deny: DecidingPath | undefined): { held: Held; failures: AllowFailure[] }[] {
  const misses = Array.from(heldGrants(question, 'allow'), (held) => ({ held, failures: failuresOf(held, question, deny) }));
  return misses
    .filter(({ failures }) => failures.length > 0)
    .sort((a, b) => a.failures.length - b.failures.length || a.held.grant.roles.length - b.held.grant.roles.length);
}

function isNear({ failures }: { failures: AllowFailure[] }): boolean {
  return failures.every(({ code }) => code !== 'other_tenant');
}

function failuresOf({ terms, grant }: Held, question: Question, deny: DecidingPath | undefined): AllowFailure[] {
  const failures: AllowFailure[] = question.disabled ? [{ code: 'disabled_subject' }] : [];
  failures.push(...termFailures(terms, question));
  const verdict = grant.condition === null || question.verdictOf(grant.condition);
  if (verdict !== true) failures.push(conditionFailure(grant.condition!, verdict, question));
  if (deny) failures.push({ code: 'overridden_by_deny', assignment: deny.path.assignment, grant: deny.path.grant });
  return failures;
}

function conditionFailure(condition: string, verdict: false | ConditionError, { snapshot, scope }: Question): AllowFailure {
  if (verdict !== false) return { code: 'condition_erred', condition, error: verdict.error, at: verdict.at };
  const tree = conditionTree(snapshot, condition);
  const parts = tree?.op === 'and' ? tree.args.map((arg) => compileCondition(arg)(scope)) : [];
  return { code: 'condition_false', condition, operands: [...parts.keys()].filter((i) => parts[i] === false) };
}

/** The roles that give the permission, unless a deny of their own takes it away again. */
function givingRoles({ snapshot, resource: { type }, action }: Question): GivingRole[] {
  const found: GivingRole[] = [];
  for (const role of rolesGranted(snapshot, type, action, 'allow')) {
    const allows = grantsOn(snapshot, type, action, role, 'allow');
    const denies = grantsOn(snapshot, type, action, role, 'deny');
    if (denies.some(({ condition }) => condition === null)) continue;
    found.push({ role, conditional: denies.length > 0 || allows.every(({ condition }) => condition !== null) });
  }
  return found.sort((a, b) => Number(a.conditional) - Number(b.conditional));
}

function pathOf({ assignment, group, grant, effect }: Held): DecisionPath {
  const { id, permission, condition, roles } = grant;
  return { assignment, group, roles: roles as string[], grant: id, permission, effect, condition };
}
