import { type ErrorCode, ERROR_STATUS, LicetError, type Problem } from '@licet/contract';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger, NotFoundException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Methods } from './methods.ts';

const logger = new Logger('http');
const answered = new WeakMap<FastifyRequest, LicetError>();
const BY_STATUS: Partial<Record<number, ErrorCode>> = { 404: 'not_found', 405: 'method_not_allowed', 413: 'too_large', 414: 'not_found', 401: 'unauthenticated', 403: 'forbidden' };
/** What helps more than Fastify's own words, which are all that Nest keeps of its errors. Members that could change prototypes are a fault in the JSON to it. */
const CLEARER: Partial<Record<string, string>> = {
  'Unsupported Media Type': 'send the body as JSON, with `Content-Type: application/json`',
  "Body is not valid JSON but content-type is set to 'application/json'":
    'the body is not valid JSON, or has a member `__proto__`, or `prototype` within `constructor`, which is not taken',
};

/** Every error leaves the api as a problem document with a code of the closed list; what is not ours is said without detail. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly methods: Methods) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const [request, reply] = [http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>()];
    // Only Nest says so, of what no route takes.
    sendProblem(error instanceof NotFoundException ? this.methods.refusalOf(request, reply) : error, request, reply);
  }
}

/** The problem that a request was answered with. */
export const problemOf = (request: FastifyRequest): LicetError | undefined => answered.get(request);

export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const known = toLicetError(error);
  answered.set(request, known);
  const document = known.toProblem(request.id);
  if (known.retryAfter !== undefined) void reply.header('retry-after', known.retryAfter);
  if (document.code === 'internal') logger.error(`${request.method} ${request.routeOptions.url ?? ''} ${request.id}: ${error instanceof Error ? error.stack : String(error)}`);
  if (document.code === 'unauthenticated') void reply.header('www-authenticate', 'Bearer realm="licet"');
  // An address that cannot be decoded reaches no hook that would have said it.
  void reply.header('x-request-id', request.id);
  void reply.code(document.status).header('content-type', 'application/problem+json; charset=utf-8').send(JSON.stringify(document satisfies Problem));
}

function toLicetError(error: unknown): LicetError {
  if (error instanceof LicetError) return error;
  const status = error instanceof HttpException ? error.getStatus() : (error as { statusCode?: number }).statusCode;
  if (status === undefined || status >= 500) return new LicetError('internal', 'something went wrong here; the log of the server says what, under this request id');
  const code = BY_STATUS[status] ?? 'invalid_request';
  const message = error instanceof Error ? (CLEARER[error.message] ?? error.message) : 'the request is not valid';
  return new LicetError(code, ERROR_STATUS[code] === 404 ? 'there is nothing at this address' : message);
}
