import type { Decision, DecisionError, DecisionPath } from '@licet/contract';

/** Whether two decisions are the same in everything that they say. By hand, since it runs for every decision. */
export function same(one: Decision, other: Decision): boolean {
  return (
    one.decision === other.decision &&
    one.reason === other.reason &&
    one.revision === other.revision &&
    samePath(one.path, other.path) &&
    one.errors.length === other.errors.length &&
    one.errors.every((error, i) => sameError(error, other.errors[i] as DecisionError))
  );
}

function samePath(one: DecisionPath | null, other: DecisionPath | null): boolean {
  if (one === null || other === null) return one === other;
  return (
    one.assignment === other.assignment &&
    one.group === other.group &&
    one.grant === other.grant &&
    one.permission === other.permission &&
    one.effect === other.effect &&
    one.condition === other.condition &&
    one.roles.length === other.roles.length &&
    one.roles.every((role, i) => role === other.roles[i])
  );
}

function sameError(one: DecisionError, other: DecisionError): boolean {
  return one.grant === other.grant && one.condition === other.condition && one.error === other.error && one.at === other.at;
}
