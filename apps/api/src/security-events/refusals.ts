import type { LicetError } from '@licet/contract';
import { apiKeyHash } from '@licet/decision-http';
import type { FastifyRequest } from 'fastify';
import type { Actor } from '../access/access.ts';
import { isForeign } from '../access/strategies.ts';
import type { ApiKeys } from '../api-keys/api-keys.service.ts';
import type { Told } from './security-events.service.ts';

type Asking = Pick<FastifyRequest, 'headers' | 'method' | 'routeOptions'> & { user?: Actor };

/**
 * What a refusal tells, where nobody has told more of it.
 * @param cookie the session cookie that came along, if any
 */
export function refusalOf(request: Asking, error: LicetError, keys: ApiKeys, cookie: string | undefined): Told | undefined {
  const refused = { outcome: 'refused' } as const;
  const actor = request.user?.id ?? keys.find(request.headers.authorization)?.user;
  switch (error.code) {
    case 'unauthenticated':
      if (request.headers.authorization !== undefined) return unknownKey(request.headers.authorization);
      if (cookie) return { event: 'access', ...refused, detail: 'session-ended' };
      // The console asks so whether somebody is signed in.
      return request.routeOptions.url === '/api/v1/session' ? undefined : { event: 'access', ...refused, detail: 'no-credentials' };
    case 'forbidden':
      if (error.permission === undefined && isForeign(request)) return { event: 'cross-site', ...refused, actor };
      return { event: 'access', ...refused, actor, detail: error.permission ?? 'forbidden' };
    case 'step_up_needed':
      return { event: 'access', outcome: 'partial', actor, detail: 'step-up-needed' };
    case 'too_many_requests':
      return { event: 'rate-limit', ...refused, actor };
    default:
      return undefined;
  }
}

/** An API key that is not live: it is looked up later which it was, where it was one of ours. */
export function unknownKey(authorization: string | undefined): Told {
  const keyHash = apiKeyHash(authorization);
  return { event: 'api-key', outcome: 'refused', keyHash, detail: keyHash === undefined ? 'malformed' : 'unknown' };
}
