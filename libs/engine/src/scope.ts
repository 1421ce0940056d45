import type { Action, Attributes, ConditionErrorCode, Resource, Subject } from '@licet/contract';

/** What a condition may look at. Stored attributes stand in where the request's own properties lack a member. */
export interface Scope {
  readonly subject: Subject;
  readonly action: Action;
  readonly resource: Resource;
  readonly context?: Attributes | undefined;
  /** The time of the request, in milliseconds since the epoch. */
  readonly now: number;
  /** The stored attributes of the user and of the registered resource. */
  readonly storedSubject?: Attributes | undefined;
  readonly storedResource?: Attributes | undefined;
}

/**
 * The tenant that attributes name; undefined where they name none. What is there and is no text, as the number of an organisation, is '',
 * which no tenant is called: to pass it over would put one customer's resource into the tenant of nobody in particular.
 */
export function tenantIn(members: Attributes | undefined): string | undefined {
  // As `member` reads, but here the processor learns of one name alone.
  const tenant = members?.['tenant'];
  if (tenant === undefined || tenant === null || !Object.hasOwn(members!, 'tenant')) return undefined;
  return typeof tenant === 'string' ? tenant : '';
}

/** Why a condition could not be evaluated, and where: the path that leads to nothing, or the operator. A value, not an exception. */
export class ConditionError {
  readonly error: ConditionErrorCode;
  readonly at: string;

  constructor(error: ConditionErrorCode, at: string) {
    this.error = error;
    this.at = at;
  }
}

/**
 * Evaluates a part of a condition to a value, a {@link ConditionError} among them. `bound` are the items that the enclosing `exists`
 * and `all` are looking at, outermost first.
 */
export type Evaluate = (scope: Scope, bound: readonly unknown[]) => unknown;
