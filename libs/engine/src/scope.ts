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
