import type { Decision, DecisionReason, ErrorCode } from '@licet/contract';

/** Reasons that say nothing about the subject: Licet could not tell, and so refused. */
const UNDECIDED: ReadonlySet<string> = new Set(['not_ready', 'stale', 'unreachable']);

/** @returns whether the reason of a decision says that Licet could not tell */
export function isUndecided(reason: DecisionReason): boolean {
  return UNDECIDED.has(reason);
}

/** On the prototype of each error class, the name of the class: the same in each copy of this package. */
const KIND = Symbol.for('@licet/sdk-node/error');

function mark({ prototype }: { prototype: object }, kind: string): void {
  Object.defineProperty(prototype, KIND, { value: kind });
}

/** Base of all errors of this package. Questions that are decided throw none of them, `require` only {@link Forbidden}. */
export class LicetError extends Error {
  static {
    mark(this, 'LicetError');
  }
  override readonly name: string = 'LicetError';

  /** A process that mixes CommonJS and ES modules may hold this package twice: the errors of either are those of both. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    const kind = kindOf(this.prototype as object);
    for (let at = prototypeOf(value); at !== null; at = prototypeOf(at)) {
      if (at === this.prototype || (kind !== undefined && kindOf(at) === kind)) return true;
    }
    return false;
  }
}

function kindOf(prototype: object): unknown {
  return Object.getOwnPropertyDescriptor(prototype, KIND)?.value;
}

function prototypeOf(value: unknown): object | null {
  return typeof value === 'object' && value !== null ? (Object.getPrototypeOf(value) as object | null) : null;
}

/** A setting is missing or not valid; the message names it and says what to do. */
export class ConfigError extends LicetError {
  static {
    mark(this, 'ConfigError');
  }
  override readonly name = 'ConfigError';
}

/** What was received from the control plane, or read from disk, is not valid or not acceptable. */
export class SnapshotError extends LicetError {
  static {
    mark(this, 'SnapshotError');
  }
  override readonly name = 'SnapshotError';
}

/** The control plane could not be reached, or refused. */
export class FetchError extends LicetError {
  static {
    mark(this, 'FetchError');
  }
  override readonly name = 'FetchError';
  /** The HTTP status; undefined where there was no answer. */
  readonly status: number | undefined;
  /** The code of the problem document, where there was one. */
  readonly code: ErrorCode | undefined;

  constructor(message: string, details: { status?: number | undefined; code?: ErrorCode | undefined; cause?: unknown } = {}) {
    super(message, { cause: details.cause });
    this.status = details.status;
    this.code = details.code;
  }
}

/** A permission is not given. Why, says `decision`, and not the message: a handler that shows messages tells nobody of the policy. */
export class Forbidden extends LicetError {
  static {
    mark(this, 'Forbidden');
  }
  override readonly name = 'Forbidden';
  readonly permission: string;
  readonly decision: Decision;
  /** 403; 503 where Licet could not tell. Express reads `status`, Fastify `statusCode`. */
  readonly status: 403 | 503;
  readonly statusCode: 403 | 503;

  constructor(permission: string, decision: Decision) {
    const asked = messageOf(permission); // whatever was given in its place
    super(`\`${asked}\` ${isUndecided(decision.reason) ? 'could not be decided' : 'is not permitted'}`);
    this.permission = asked;
    this.decision = decision;
    this.status = this.statusCode = isUndecided(decision.reason) ? 503 : 403;
  }
}

/** There is nothing here, or nothing that the caller may know of: both are answered alike. */
export class NotFound extends LicetError {
  static {
    mark(this, 'NotFound');
  }
  override readonly name = 'NotFound';
  readonly status = 404;
  readonly statusCode = 404;
}

/** A search has no answer: there is no policy yet, it is too old, or the decision point gave none. An empty list would say that nobody may. */
export class Unavailable extends LicetError {
  static {
    mark(this, 'Unavailable');
  }
  override readonly name = 'Unavailable';
  readonly status = 503;
  readonly statusCode = 503;
}

/** A guard found nobody to ask about. */
export class Unauthenticated extends LicetError {
  static {
    mark(this, 'Unauthenticated');
  }
  override readonly name = 'Unauthenticated';
  readonly status = 401;
  readonly statusCode = 401;
}

/** @returns what went wrong as one line */
export function messageOf(error: unknown): string {
  try {
    if (!isError(error)) return String(error);
    const { cause, message } = error;
    return !isError(cause) || message.includes(cause.message) ? message : `${message}: ${cause.message}`;
  } catch {
    return 'something that has no text';
  }
}

/** An error as it is, and anything else as the cause of one: to Express a falsy one says that all is well, and `route` to skip what follows. */
export function asError(thrown: unknown): Error {
  return isError(thrown) ? thrown : new Error(`what was thrown is no error: ${messageOf(thrown)}`, { cause: thrown });
}

/** Whether a value is an error, also one of another realm. */
export function isError(value: unknown): value is Error {
  try {
    return typeof value === 'object' && value !== null && 'message' in value && typeof value.message === 'string';
  } catch {
    return false; // its message throws
  }
}
