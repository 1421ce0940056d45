import { ERROR_STATUS, LicetError, problem, type Decision, type ErrorCode, type ErrorItem } from '@licet/contract';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { sentence } from './read-request.ts';

export const JSON_TYPE = 'application/json; charset=utf-8';
/** A browser that is led here guesses, shows and runs none of it. */
export const BROWSER_HEADERS = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
};
/** Where the public address has TLS (RFC 6797, section 6.1). */
export const STAY_WITH_TLS = 'max-age=31536000; includeSubDomains';
/** A decision holds for the question and the moment, and for nobody but the caller. */
export const ANSWER_HEADERS = { 'content-type': JSON_TYPE, 'cache-control': 'no-store', ...BROWSER_HEADERS };
// A problem may repeat what was asked.
const PROBLEM_HEADERS = {
  'content-type': 'application/problem+json; charset=utf-8',
  'cache-control': 'no-store',
  ...BROWSER_HEADERS,
};

export const WRONG_TYPE = 'Send the body as `Content-Type: application/json`.';
const BEYOND_ASCII = /[\u0080-\u00ff]/;

/** What stands behind a decision, as it is answered: nothing in it differs between two equal questions at one revision. */
export interface Grounds {
  /** JSON text. */
  readonly path: string;
  /** JSON text. */
  readonly errors: string;
}

/** Writes what stands behind a decision, for the answer and for whoever is told of it. */
export function groundsOf({ path, errors }: Decision): Grounds {
  return { path: path === null ? 'null' : JSON.stringify(path), errors: errors.length === 0 ? '[]' : JSON.stringify(errors) };
}

/** Writes a decision with its grounds as AuthZEN answers it (1.0, section 5.5): JSON text. */
export function decisionText({ decision, reason, revision }: Decision, { path, errors }: Grounds): string {
  return `{"decision":${decision},"context":{"reason":"${reason}","path":${path},"errors":${errors},"revision":${revision}}}`;
}

/** Writes the answer to one item of a batch that is not a valid question (AuthZEN 1.0, section 7.2.1). */
export function itemErrorText(faults: readonly ErrorItem[]): string {
  return JSON.stringify({ decision: false, context: { reason: 'invalid_request', error: { status: 400, message: sentence(faults) } } });
}

/** The error for a request with these faults. */
export function invalid(faults: ErrorItem[]): LicetError {
  return new LicetError('invalid_request', sentence(faults), { errors: faults });
}

/** Answers with a problem document (RFC 9457). */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, code: ErrorCode, detail: string, errors?: ErrorItem[]): void {
  const document = problem(code, detail, { errors, requestId: requestId(request) });
  repeatId(request, reply);
  reply
    .code(document.status)
    .headers(PROBLEM_HEADERS)
    .send(bodyFor(request, JSON.stringify(document)));
}

/** The value of X-Request-ID, if the caller sent one. */
export function requestId(request: FastifyRequest): string | undefined {
  const value = request.headers['x-request-id'];
  return typeof value === 'string' ? value : value?.join(', ');
}

/** Sends the id of the request back. */
export function repeatId(request: FastifyRequest, reply: FastifyReply): void {
  const id = requestId(request);
  if (id !== undefined) reply.header('x-request-id', id);
}

/** What to send for a text: Node writes a head and a text together, as UTF-8, which would make two bytes of one above 0x7f in the id. */
export function bodyFor(request: FastifyRequest, text: string): string | Buffer {
  return BEYOND_ASCII.test(requestId(request) ?? '') ? Buffer.from(text) : text;
}

/**
 * Says every error of these routes as a problem document; what is not ours is logged and said without detail. Fit for `frameworkErrors` of
 * Fastify too: an address that cannot be decoded reaches no route, and none of its hooks.
 */
export function answerError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  if (error instanceof LicetError) return sendProblem(request, reply, error.code, error.message, error.errors);
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return sendProblem(request, reply, 'too_large', `The body is larger than ${request.routeOptions.bodyLimit} bytes.`);
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return sendProblem(request, reply, 'invalid_request', WRONG_TYPE);
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return sendProblem(request, reply, 'not_found', 'There is nothing here: no tenant has so long a key.');
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return sendProblem(request, reply, 'invalid_request', 'The body is not as long as `Content-Length` says.');
    default:
  }
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < ERROR_STATUS.internal) {
    return sendProblem(request, reply, 'invalid_request', 'The request could not be read.');
  }
  request.log.error(error);
  return sendProblem(request, reply, 'internal', 'The decision could not be made. Treat it as a denial.');
}
