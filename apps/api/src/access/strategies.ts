import { LicetError } from '@licet/contract';
import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { Strategy } from 'passport-custom';
import { ApiKeys } from '../api-keys/api-keys.service.ts';
import { Sessions } from '../operators/sessions.service.ts';
import type { Actor } from './access.ts';

/** An operator with a session cookie. */
@Injectable()
export class SessionStrategy extends PassportStrategy(Strategy, 'operator-session') {
  constructor(private readonly sessions: Sessions) {
    super();
  }

  async validate(request: FastifyRequest): Promise<Actor | false> {
    const cookie = this.sessions.cookieOf(request);
    if (!cookie) return false;
    refuseForeignOrigin(request);
    const found = await this.sessions.find(cookie);
    if (!found) return false;
    const { session, factorDue } = found;
    return { id: session.user, via: 'console', provenAt: session.createdAt, session: session.id, factorDue };
  }
}

/** An application or a tool with an API key: it acts as the key's service account. */
@Injectable()
export class ApiKeyStrategy extends PassportStrategy(Strategy, 'api-key') {
  constructor(private readonly keys: ApiKeys) {
    super();
  }

  validate(request: FastifyRequest): Actor | false {
    const key = this.keys.find(request.headers.authorization);
    return key ? { id: key.user, via: 'api' } : false;
  }
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * A cookie is sent by the browser whoever wrote the page; what the page may not forge is `Sec-Fetch-Site` and `Origin`
 * (Fetch Metadata; OWASP ASVS 5.0, 3.5). The cookie is SameSite=Strict besides.
 */
export function refuseForeignOrigin(request: FastifyRequest): void {
  if (isForeign(request)) throw new LicetError('forbidden', 'a page of another site may not act for a signed-in operator');
}

/** Whether a page of another site asks for more than to read. */
export function isForeign({ method, headers }: Pick<FastifyRequest, 'method' | 'headers'>): boolean {
  if (SAFE.has(method)) return false;
  const site = headers['sec-fetch-site'];
  const origin = headers.origin;
  return site !== undefined ? site !== 'same-origin' && site !== 'none' : origin !== undefined && URL.parse(origin)?.host !== headers.host;
}
