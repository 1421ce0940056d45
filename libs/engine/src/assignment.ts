import { splitKey, type PolicyRow } from '@licet/contract';
import { byUnit, without, type Edit } from './change.ts';
import { parseTimestamp } from './timestamp.ts';

/** What an assignment assigns, where and when. */
export interface Terms {
  readonly role: string;
  readonly tenant: string;
  /** The one resource that it is for; null for all. */
  readonly resource: { readonly type: string; readonly id: string } | null;
  /** When it is in force, in milliseconds since the epoch: from `startsAt` up to, and without, `expiresAt`; null for always. */
  readonly period: { readonly startsAt: number; readonly expiresAt: number } | null;
}

/**
 * The assignments of one user or group, in ascending id: `terms[i]` is what `ids[i]` assigns. Kept apart, because a decision reads the
 * terms of all and the id of one at most.
 */
export interface Assignments {
  readonly ids: readonly string[];
  readonly terms: readonly Terms[];
}

/**
 * Terms by tenant and role. Most assignments are for all resources and always, so that a few terms serve all users, and decisions find
 * them in the processor's cache.
 *
 * Invariant: shared by all snapshots that come from one another, and only ever added to.
 */
export type TermsPool = Map<string, Map<string, Terms>>;

const NOTHING: readonly never[] = Object.freeze([]);
export const NO_ASSIGNMENTS: Assignments = { ids: NOTHING, terms: NOTHING };

/** Makes the changes to the assignments of one user or group. */
export function editAssignments(before: Assignments, edit: Edit<PolicyRow<'assignments'>> | undefined, pool: TermsPool): Assignments {
  if (!edit) return before;
  const kept = without(
    before.ids.map((id, i) => ({ id, terms: before.terms[i]! })),
    edit.left,
  );
  const entered = edit.entered.map((row) => ({ id: row.id, terms: termsOf(row, pool) }));
  const all = [...kept, ...entered].sort((a, b) => byUnit(a.id, b.id));
  return all.length === 0 ? NO_ASSIGNMENTS : { ids: all.map(({ id }) => id), terms: all.map(({ terms }) => terms) };
}

function termsOf(row: PolicyRow<'assignments'>, pool: TermsPool): Terms {
  const { role, tenant, resource, startsAt, expiresAt } = row;
  if (resource !== null || startsAt !== null || expiresAt !== null)
    return { role, tenant, resource: resourceOf(row), period: periodOf(row) };
  const ofTenant = pool.get(tenant) ?? new Map<string, Terms>();
  pool.set(tenant, ofTenant);
  const shared = ofTenant.get(role) ?? { role, tenant, resource: null, period: null };
  ofTenant.set(role, shared);
  return shared;
}

function resourceOf({ resource }: PolicyRow<'assignments'>): Terms['resource'] {
  if (resource === null) return null;
  const { type, rest: id } = splitKey(resource);
  return { type, id };
}

/** A time that cannot be read puts the assignment out of force. */
function periodOf({ startsAt, expiresAt }: PolicyRow<'assignments'>): Terms['period'] {
  if (startsAt === null && expiresAt === null) return null;
  return {
    startsAt: startsAt === null ? -Infinity : (parseTimestamp(startsAt) ?? Infinity),
    expiresAt: expiresAt === null ? Infinity : (parseTimestamp(expiresAt) ?? -Infinity),
  };
}
