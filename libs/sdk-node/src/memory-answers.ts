import { DEFAULT_TENANT, type DeltaOp, type EvaluationRequest, type PolicyRow, type UserSyncResponse } from '@licet/contract';
import { decide, explain, filterPlan, searchActions, searchResources, searchSubjects, toDocument, type Snapshot } from '@licet/engine';
import type { UserInput } from './control-plane.ts';

// What a control plane in memory answers, and what it writes.

/** The terms of an assignment, as `assign` and `revoke` send them. */
export type AssignmentTerms = Partial<PolicyRow<'assignments'>> & { role: string };

const SEARCHES = { subject: searchSubjects, resource: searchResources, action: searchActions };

/**
 * Answers a question at the decision endpoint.
 * @param path such as `/access/v1/evaluation`
 * @returns undefined where there is nothing at the path
 */
export function answerQuestion(snapshot: Snapshot, path: string, body: unknown): object | undefined {
  const [question, now] = [body as EvaluationRequest, Date.now()];
  switch (path) {
    case '/access/v1/evaluation':
      return evaluate(snapshot, question, now);
    case '/access/v1/evaluations':
      return { evaluations: (body as { evaluations: EvaluationRequest[] }).evaluations.map((item) => evaluate(snapshot, item, now)) };
    case '/licet/v1/explain':
      return explain(snapshot, question, now);
    case '/licet/v1/plan':
      return filterPlan(snapshot, question, now);
    default: {
      const kind = /^\/access\/v1\/search\/(subject|resource|action)$/.exec(path)?.[1] as keyof typeof SEARCHES | undefined;
      return kind && search(snapshot, kind, body as Parameters<typeof search>[2], now);
    }
  }
}

function evaluate(snapshot: Snapshot, question: EvaluationRequest, now: number): object {
  const { decision, ...context } = decide(snapshot, question, now);
  return { decision, context };
}

function search(
  snapshot: Snapshot,
  kind: keyof typeof SEARCHES,
  { page, ...request }: EvaluationRequest & { page?: { token?: string; limit?: number } },
  now: number,
): object {
  const { results, next } = SEARCHES[kind](snapshot, request, now, { after: page?.token, limit: page?.limit ?? 1000 });
  return { page: { next_token: next ?? '', count: results.length }, results };
}

/** What registers users, or brings them up to date: who is known stays as they are, but for what is given. */
export function synced(snapshot: Snapshot, users: readonly UserInput[]): { ops: DeltaOp[]; counts: Omit<UserSyncResponse, 'revision'> } {
  const held = new Map(toDocument(snapshot).rows.users.map((row) => [row.id, row]));
  const named = new Set(users.map(({ id }) => id));
  const updated = [...named].filter((id) => held.has(id)).length;
  const ops = users.map(({ id, enabled, attributes }): DeltaOp => {
    const { enabled: was = true, attributes: had = {} } = held.get(id) ?? {};
    const row = { id, enabled: enabled ?? was, attributes: (attributes ?? had) as typeof had };
    held.set(id, row);
    return { kind: 'users', id, row };
  });
  return { ops, counts: { created: named.size - updated, updated, unchanged: 0, stayedDisabled: [] } };
}

/** What makes an assignment; nothing where it is there already. */
export function assigned(snapshot: Snapshot, terms: AssignmentTerms): DeltaOp[] {
  const { startsAt = null, expiresAt = null } = terms;
  if (held(snapshot, terms).some((row) => row.startsAt === startsAt && row.expiresAt === expiresAt)) return [];
  const id = `assigned-${snapshot.revision}`;
  return [{ kind: 'assignments', id, row: { id, ...placeOf(terms), startsAt, expiresAt } }];
}

/** What revokes all assignments on these terms. */
export function revoked(snapshot: Snapshot, terms: AssignmentTerms): DeltaOp[] {
  return held(snapshot, terms).map(({ id }) => ({ kind: 'assignments', id, row: null }));
}

function held(snapshot: Snapshot, terms: AssignmentTerms): PolicyRow<'assignments'>[] {
  const place = Object.entries(placeOf(terms));
  return toDocument(snapshot).rows.assignments.filter((row) => place.every(([name, value]) => row[name as keyof typeof row] === value));
}

function placeOf({ user = null, group = null, role, tenant = DEFAULT_TENANT, resource = null }: AssignmentTerms) {
  return { user, group, role, tenant, resource };
}
