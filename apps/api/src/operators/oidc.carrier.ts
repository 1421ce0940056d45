import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SETTINGS } from '../database/database.module.ts';
import type { ApiSettings } from '../settings.ts';
import type { Expected } from './oidc.provider.ts';
import { Seal } from './seal.ts';

export const MINUTES_10_MS = 600_000;
// No user key has a control character: what is sealed for an operator never opens here.
const SEALED_FOR = '\u0000identity provider';

/** What a browser carries, sealed, while it is away at the provider; or while a code of the second factor is awaited. */
export type Carried = { until: number } & (
  | { step: 'sign-in'; expected: Expected; before: string | undefined }
  | { step: 'invitation'; expected: Expected; before: string | undefined; hash: string }
  | { step: 'link'; expected: Expected; user: string; session: string }
  | { step: 'proof'; expected: Expected; user: string; session: string }
  | { step: 'code'; user: string }
);

/** The cookie that a browser carries to an identity provider and back. */
@Injectable()
export class Carrier {
  constructor(
    @Inject(SETTINGS) private readonly settings: ApiSettings,
    private readonly seal: Seal,
  ) {}

  /** Lax, since the browser comes back from another site; it opens nothing by itself. */
  give(reply: FastifyReply, carried: Carried): void {
    const value = this.seal.close(JSON.stringify(carried), SEALED_FOR);
    reply.setCookie(this.#cookie, value, { ...this.#place, httpOnly: true, sameSite: 'lax', maxAge: MINUTES_10_MS / 1000 });
  }

  of(request: FastifyRequest): Carried | undefined {
    const cookie = request.cookies[this.#cookie];
    if (!cookie) return undefined;
    try {
      const carried = JSON.parse(this.seal.open(cookie, SEALED_FOR)) as Carried;
      return carried.until > Date.now() ? carried : undefined;
    } catch {
      return undefined; // of another server, or made up
    }
  }

  forget(reply: FastifyReply): void {
    reply.clearCookie(this.#cookie, this.#place);
  }

  get #cookie(): string {
    return this.#place.secure ? '__Host-licet_provider' : 'licet_provider';
  }

  get #place() {
    return { path: '/', secure: this.settings.publicUrl.startsWith('https:') };
  }
}
