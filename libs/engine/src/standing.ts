import { ANY_TENANT, DEFAULT_USER_TYPE, userKey, type AllowFailure, type Effect, type Subject } from '@licet/contract';
import type { Terms } from './holders.ts';

/** Where and when a question is asked: what the terms of an assignment are held against. */
export interface Standing {
  readonly tenant: string;
  readonly resource: { readonly type: string; readonly id: string };
  /** In milliseconds since the epoch. */
  readonly now: number;
}

/**
 * The key under which a subject is looked up.
 * @returns undefined for a type with a colon, which names nobody: `a:b` with the id `c` must not pass for `a` with the id `b:c`
 */
export function subjectKey({ type, id }: Subject): string | undefined {
  return type !== DEFAULT_USER_TYPE && type.includes(':') ? undefined : userKey(type, id);
}

/** Whether an assignment counts in this tenant. */
export function countsInTenant({ tenant }: Terms, asked: string): boolean {
  return tenant === ANY_TENANT || tenant === asked;
}

/** Whether an assignment counts for this resource. */
export function countsForResource({ resource }: Terms, asked: Standing['resource']): boolean {
  return resource === null || (resource.type === asked.type && resource.id === asked.id);
}

/** Whether an assignment is in force for grants of this effect: from its beginning up to, and without, its end. */
export function isInForce({ period }: Terms, now: number, effect: Effect): boolean {
  return period === null || isInPeriod(period.startsAt, period.expiresAt, now, effect);
}

/** Whether a time is in a period, for grants of this effect. A limit that is NaN, since it cannot be read, is kept for allows and by no deny. */
export function isInPeriod(startsAt: number, expiresAt: number, now: number, effect: Effect): boolean {
  return effect === 'allow' ? startsAt <= now && now < expiresAt : !(now < startsAt) && !(now >= expiresAt);
}

/** Whether an assignment counts for grants of this effect. */
export function counts(terms: Terms, { tenant, resource, now }: Standing, effect: Effect): boolean {
  return countsInTenant(terms, tenant) && countsForResource(terms, resource) && isInForce(terms, now, effect);
}

/** What keeps an assignment from counting for allows; nothing where it counts. */
export function termFailures(terms: Terms, { tenant, resource, now }: Standing): AllowFailure[] {
  const failures: AllowFailure[] = [];
  if (!countsInTenant(terms, tenant)) failures.push({ code: 'other_tenant', tenant: terms.tenant });
  if (terms.resource && !countsForResource(terms, resource)) {
    failures.push({ code: 'other_resource', resource: `${terms.resource.type}:${terms.resource.id}` });
  }
  if (terms.period) {
    const { startsAt, expiresAt } = terms.period;
    if (!(startsAt <= now)) failures.push({ code: 'not_yet_in_force', startsAt: timestampOf(startsAt) });
    if (!(now < expiresAt)) failures.push({ code: 'no_longer_in_force', expiresAt: timestampOf(expiresAt) });
  }
  return failures;
}

/** A time that cannot be read is NaN. */
function timestampOf(ms: number): string | null {
  return Number.isFinite(ms) ? new Date(ms).toISOString() : null;
}
