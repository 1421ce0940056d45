import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SETTINGS } from '../database/database.module.ts';
import { networkOf } from '../http/network.ts';
import type { ApiSettings } from '../settings.ts';
import { Seal } from './seal.ts';

const DAYS_30_S = 30 * 86_400;
// No user key has a control character: what is sealed for an operator never opens here.
const sealedFor = (user: string) => `\u0000browser of ${user}`;

/** Who asks, as far as tries are counted by it. */
export type Caller = Pick<FastifyRequest, 'ip' | 'cookies'>;

/**
 * Browsers that have let an operator in, each by a sealed cookie that opens nothing: there the tries of everybody else do not count. It says from
 * which network that was. A number made up for each would be a new count for each sign-in, and whoever has one way in could guess another.
 */
@Injectable()
export class KnownBrowsers {
  constructor(
    @Inject(SETTINGS) private readonly settings: ApiSettings,
    private readonly seal: Seal,
  ) {}

  /** Lets this browser be known as one of an operator, in place of whoever came in here before. */
  remember(user: string, { ip }: Caller, reply: FastifyReply): void {
    const known = { network: networkOf(ip), until: Date.now() + DAYS_30_S * 1000 };
    const sealed = this.seal.close(JSON.stringify(known), sealedFor(user));
    const place = { path: '/', secure: this.#secure };
    reply.setCookie(this.#cookie, sealed, { ...place, httpOnly: true, sameSite: 'strict', maxAge: DAYS_30_S });
  }

  /** From which network the operator came in with this browser, if that was within 30 days. */
  networkOf(user: string, { cookies }: Caller): string | undefined {
    const cookie = cookies[this.#cookie];
    if (!cookie) return undefined;
    try {
      const { network, until } = JSON.parse(this.seal.open(cookie, sealedFor(user))) as { network: string; until: number };
      return until > Date.now() ? network : undefined;
    } catch {
      return undefined; // of somebody else, of another server, or made up
    }
  }

  get #cookie(): string {
    return this.#secure ? '__Host-licet_browser' : 'licet_browser';
  }

  get #secure(): boolean {
    return this.settings.publicUrl.startsWith('https:');
  }
}
