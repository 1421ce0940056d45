import { z } from 'zod';

/** Every error that leaves Licet over HTTP has one of these codes; the number is its HTTP status. A closed list. */
export const ERROR_STATUS = {
  invalid_request: 400,
  unauthenticated: 401,
  second_factor_needed: 401,
  forbidden: 403,
  step_up_needed: 403,
  not_found: 404,
  method_not_allowed: 405,
  already_exists: 409,
  still_in_use: 409,
  revision_ahead: 409,
  revision_gone: 410,
  version_mismatch: 412,
  too_large: 413,
  invalid_policy: 422,
  version_required: 428,
  too_many_requests: 429,
  internal: 500,
  unavailable: 503,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;
export const ErrorCode = z.enum(Object.keys(ERROR_STATUS) as [ErrorCode, ...ErrorCode[]]);

/** One thing wrong with the input. `path` names the member, for instance `evaluations[3].subject.id`. */
export const ErrorItem = z.object({ path: z.string(), message: z.string() });
export type ErrorItem = z.infer<typeof ErrorItem>;

/** A problem document (RFC 9457). `current` is the present state of the row, on `version_mismatch`. */
export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: ErrorCode,
    detail: z.string(),
    errors: z.array(ErrorItem).optional(),
    current: z.record(z.string(), z.unknown()).optional(),
    requestId: z.string().optional(),
  })
  .meta({ id: 'Problem', description: 'A problem document (RFC 9457) with a closed code.' });
export type Problem = z.infer<typeof Problem>;

const TITLES: Record<ErrorCode, string> = {
  invalid_request: 'The request is not valid',
  unauthenticated: 'Authentication is needed',
  second_factor_needed: 'The second factor is needed',
  forbidden: 'Not permitted',
  step_up_needed: 'A recent proof of who is there is needed',
  not_found: 'Not found',
  method_not_allowed: 'Method not allowed',
  already_exists: 'It exists already',
  still_in_use: 'It is still in use',
  revision_ahead: 'The revision asked for lies ahead',
  revision_gone: 'The revision asked for is gone',
  version_mismatch: 'Somebody else changed it',
  too_large: 'The request is too large',
  invalid_policy: 'The policy would not be valid',
  version_required: 'If-Match is needed',
  too_many_requests: 'Too many requests',
  internal: 'Internal error',
  unavailable: 'Not available now',
};

/** The one error class of the control plane. Its message is shown to callers. */
export class LicetError extends Error {
  override readonly name = 'LicetError';
  readonly code: ErrorCode;
  readonly errors: ErrorItem[] | undefined;
  readonly current: Record<string, unknown> | undefined;
  /** In seconds, on `too_many_requests`: sent as `Retry-After`. */
  readonly retryAfter: number | undefined;
  /** The permission that was missing, on `forbidden`: for the log of security events. */
  readonly permission: string | undefined;

  /**
   * @param code one of the closed list
   * @param message a sentence: what is wrong and what to do
   * @param details the single faults, the current row on `version_mismatch`, when to come back, and the permission that was missing
   */
  constructor(
    code: ErrorCode,
    message: string,
    details: { errors?: ErrorItem[]; current?: Record<string, unknown>; retryAfter?: number; permission?: string } = {},
  ) {
    super(message);
    this.code = code;
    this.errors = details.errors;
    this.current = details.current;
    this.retryAfter = details.retryAfter;
    this.permission = details.permission;
  }

  /** @returns the problem document (RFC 9457) for this error */
  toProblem(requestId?: string): Problem {
    return problem(this.code, this.message, { errors: this.errors, current: this.current, requestId });
  }
}

/**
 * Makes a problem document (RFC 9457, section 3.1).
 * @param code one of the closed list; it gives status, type and title
 * @param detail a sentence for the caller
 */
export function problem(
  code: ErrorCode,
  detail: string,
  extra: { errors?: ErrorItem[] | undefined; current?: Record<string, unknown> | undefined; requestId?: string | undefined } = {},
): Problem {
  const document: Problem = { type: `urn:licet:error:${code}`, title: TITLES[code], status: ERROR_STATUS[code], code, detail };
  if (extra.errors?.length) document.errors = extra.errors;
  if (extra.current) document.current = extra.current;
  if (extra.requestId) document.requestId = extra.requestId;
  return document;
}
