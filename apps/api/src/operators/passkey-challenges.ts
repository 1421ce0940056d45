import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DATABASES, SETTINGS } from '../database/database.module.ts';
import type { Databases } from '../database/orm.ts';
import type { ApiSettings } from '../settings.ts';
import { Seal } from './seal.ts';
import { isFirstUse } from './used-sign-ins.ts';

export const CHALLENGE_MS = 5 * 60_000;
// No user key has a control character: what is sealed for an operator never opens here.
const sealedFor = (purpose: string) => `\u0000passkey: ${purpose}`;

interface Given {
  challenge: string;
  until: number;
}

/**
 * Challenges for passkeys: for one browser, for one purpose, once. The browser carries its own, sealed, so that strangers who ask for many write
 * nothing; only one that is used is kept, until it has run out.
 */
@Injectable()
export class PasskeyChallenges {
  constructor(
    @Inject(DATABASES) private readonly databases: Databases,
    @Inject(SETTINGS) private readonly settings: ApiSettings,
    private readonly seal: Seal,
  ) {}

  /** Gives this browser a challenge in place of what it had before. */
  give(reply: FastifyReply, purpose: string): Uint8Array<ArrayBuffer> {
    const challenge = Uint8Array.from(randomBytes(32));
    const given: Given = { challenge: Buffer.from(challenge).toString('base64url'), until: Date.now() + CHALLENGE_MS };
    const sealed = this.seal.close(JSON.stringify(given), sealedFor(purpose));
    reply.setCookie(this.#cookie, sealed, { ...this.#place, httpOnly: true, sameSite: 'strict', maxAge: CHALLENGE_MS / 1000 });
    return challenge;
  }

  /** Takes the challenge that this browser was given, which is used up by that whatever comes of it. */
  async take(request: FastifyRequest, reply: FastifyReply, purpose: string): Promise<string | undefined> {
    const cookie = request.cookies[this.#cookie];
    if (!cookie) return undefined;
    reply.clearCookie(this.#cookie, this.#place);
    const given = this.#opened(cookie, purpose);
    if (!given || given.until <= Date.now()) return undefined;
    return (await isFirstUse(this.databases.policy.em.fork(), given.challenge, given.until)) ? given.challenge : undefined;
  }

  #opened(cookie: string, purpose: string): Given | undefined {
    try {
      return JSON.parse(this.seal.open(cookie, sealedFor(purpose))) as Given;
    } catch {
      return undefined; // for another purpose, of another server, or made up
    }
  }

  get #cookie(): string {
    return this.#place.secure ? '__Host-licet_passkey' : 'licet_passkey';
  }

  get #place() {
    return { path: '/', secure: this.settings.publicUrl.startsWith('https:') };
  }
}
