import { LicetError } from '@licet/contract';
import type { FastifyInstance, FastifyRequest, onRequestAsyncHookHandler, RouteOptions } from 'fastify';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { ApiKeys } from '../api-keys/api-keys.service.ts';
import type { Sessions } from '../operators/sessions.service.ts';
import { networkOf } from './network.ts';
import { sendProblem } from './problem.filter.ts';

/** How many bytes a body may have. */
export const BODY_LIMIT = 1024 * 1024;
/** What carries a whole policy or a thousand users with their attributes. It is read for those only who have shown who they are. */
export const LARGE_BODY_LIMIT = 16 * 1024 * 1024;
const LARGE: string[] = ['/api/v1/policy/apply', '/api/v1/users/sync'];
// Whoever watches over the process must hear from it even where somebody else asks too much.
const NOT_COUNTED = new Set(['/healthz', '/readyz']);

export interface LimitParts {
  keys: ApiKeys;
  sessions: Sessions;
  requestsPerMinute: number;
}

/**
 * Limits on what reaches the admin API and the replica routes. Decisions are answered elsewhere and are not counted here: counting would cost
 * more than many of them do.
 */
export function limitRequests(fastify: FastifyInstance, { keys, sessions, requestsPerMinute }: LimitParts): void {
  const rates = new RateLimiterMemory({ points: requestsPerMinute, duration: 60 });
  fastify.addHook('onRequest', async (request, reply) => {
    if (NOT_COUNTED.has(request.routeOptions.url ?? '')) return;
    try {
      await Promise.all(countersOf(request, keys, sessions).map((counter) => rates.consume(counter)));
    } catch (rejected) {
      if (!(rejected instanceof RateLimiterRes)) throw rejected;
      const seconds = Math.max(1, Math.ceil(rejected.msBeforeNext / 1000));
      void reply.header('retry-after', seconds);
      const error = new LicetError('too_many_requests', `more than ${requestsPerMinute} requests in a minute; go on in ${seconds} s`);
      sendProblem(error, request, reply);
      return reply;
    }
  });
  fastify.addHook('onRoute', (route: RouteOptions) => {
    if (!LARGE.includes(route.url)) return;
    route.bodyLimit = LARGE_BODY_LIMIT;
    route.onRequest = [...[route.onRequest ?? []].flat(), knownCaller(keys, sessions)];
  });
}

/** A live key has its own account; everybody else shares that of the address, so that cookies made up anew do not help. */
function countersOf(request: FastifyRequest, keys: ApiKeys, sessions: Sessions): string[] {
  const key = keys.find(request.headers.authorization);
  if (key) return [`key ${key.id}`];
  const session = sessions.digestOf(request);
  return [`address ${networkOf(request.ip)}`, ...(session ? [`session ${session}`] : [])];
}

function knownCaller(keys: ApiKeys, sessions: Sessions): onRequestAsyncHookHandler {
  return async (request, reply) => {
    const cookie = sessions.cookieOf(request);
    if (keys.find(request.headers.authorization) || (cookie && (await sessions.find(cookie)))) return;
    sendProblem(new LicetError('unauthenticated', 'sign in, or send an API key as `Authorization: Bearer lct_...`'), request, reply);
    return reply;
  };
}
