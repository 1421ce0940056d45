import { type IdentityAnswer, IdentityProof, LicetError, type ProviderAddress, ProviderCode, ProviderProof, ProviderStart } from '@licet/contract';
import { Body, Controller, Get, HttpCode, Inject, Logger, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SYSTEM } from '../access/access.ts';
import { actorOf } from '../access/access.guard.ts';
import { Needs } from '../access/needs.decorator.ts';
import { refuseForeignOrigin } from '../access/strategies.ts';
import { Changes } from '../changes/changes.service.ts';
import { DATABASES, SETTINGS } from '../database/database.module.ts';
import type { Databases } from '../database/orm.ts';
import { parseStrictly } from '../http/input.ts';
import { SECOND_FACTOR_NEEDED, SecurityEvents, type Told } from '../security-events/security-events.service.ts';
import type { ApiSettings } from '../settings.ts';
import { Attempts } from './attempts.ts';
import { linkHash, operatorByLink } from './credentials.ts';
import { demandInvitation, dropIdentity, linkIdentity, operatorOf, takeUpInvitation } from './identities.ts';
import { OperatorIdentity } from './identity.entity.ts';
import { type Carried, Carrier, MINUTES_10_MS } from './oidc.carrier.ts';
import { type Expected, type Identified, IdentityProvider, type Refusal } from './oidc.provider.ts';
import { Operator } from './operator.entity.ts';
import { Passkeys } from './passkeys.service.ts';
import { demandPassword } from './passwords.ts';
import { hasSecondFactor, SecondFactor } from './second-factor.service.ts';
import { Sessions } from './sessions.service.ts';
import { isFirstUse } from './used-sign-ins.ts';

type Away = Exclude<Carried, { step: 'code' }>;
type BySession = Extract<Away, { session: string }>;
type Outcome = Refusal | 'expired' | 'unknown' | 'taken' | 'code' | 'linked' | 'proven' | 'in';
const PAGES = { 'sign-in': 'login', invitation: 'login', link: 'account', proof: 'proof' } as const satisfies Record<Away['step'], string>;
const ENTERS = new Set<Carried['step']>(['sign-in', 'invitation']);
const LETS_IN = new Set<Outcome>(['in', 'linked', 'proven']);
/** How lately somebody who proves who is there must have signed in at the provider. */
const PROOF_S = 60;

/** Sign-in with an OpenID Connect provider. Whoever comes back from it is sent to a page of the console, with one word about how it went. */
@Controller('api/v1/session')
export class OidcController {
  readonly #logger = new Logger('identity provider');

  constructor(
    @Inject(DATABASES) private readonly databases: Databases,
    @Inject(SETTINGS) private readonly settings: ApiSettings,
    private readonly provider: IdentityProvider,
    private readonly sessions: Sessions,
    private readonly attempts: Attempts,
    private readonly factor: SecondFactor,
    private readonly changes: Changes,
    private readonly carrier: Carrier,
    private readonly passkeys: Passkeys,
    private readonly events: SecurityEvents,
  ) {}

  @Post('oidc')
  @HttpCode(200)
  @Needs('nothing')
  async start(@Body() body: unknown, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    refuseForeignOrigin(request);
    const { token } = parseStrictly(ProviderStart, body ?? {});
    // A new sign-in ends what this browser had before; on the way back its cookie does not come along.
    const before = this.sessions.digestOf(request);
    if (token === undefined) return this.#leave(reply, (expected) => ({ step: 'sign-in', expected, before }));
    const hash = linkHash(token);
    demandInvitation(await operatorByLink(this.#em(), hash));
    return this.#leave(reply, (expected) => ({ step: 'invitation', expected, before, hash }));
  }

  @Get('oidc/callback')
  @Needs('nothing')
  async comeBack(@Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    const { publicUrl } = this.settings;
    void this.provider.oidc;
    const carried = this.carrier.of(request);
    const query = new URLSearchParams(request.url.split('?')[1] ?? '');
    const mine = carried && carried.step !== 'code' && query.get('state') === carried.expected.state;
    const told: Told = { event: mine && !ENTERS.has(carried.step) ? 'proof' : 'sign-in', method: ['provider'] };
    const outcome = mine && (await isFirstUse(this.#em(), carried.expected.state, carried.until)) ? await this.#settle(carried, query, request, reply, told) : 'expired';
    if (LETS_IN.has(outcome)) this.events.record(told);
    else this.events.refuse({ ...told, ...(outcome === 'code' ? SECOND_FACTOR_NEEDED : { detail: outcome }) });
    const page = mine ? PAGES[carried.step] : 'login';
    // Never to an address that somebody sent: to a page of the console alone.
    return reply.redirect(`${publicUrl}/#/${outcome === 'in' ? '' : `${page}?provider=${outcome}`}`, 302);
  }

  @Post('oidc/code')
  @HttpCode(200)
  @Needs('nothing')
  async showCode(@Body() body: unknown, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    refuseForeignOrigin(request);
    const { code } = parseStrictly(ProviderCode, body ?? {});
    const carried = this.carrier.of(request);
    if (carried?.step !== 'code') throw new LicetError('unauthenticated', 'the sign-in took too long; begin again');
    return this.events.attempt({ event: 'sign-in', actor: carried.user, method: ['provider'] }, async (told) => {
      const attempt = await this.attempts.demand(carried.user, request);
      const operator = await this.#em().findOne(Operator, { user: carried.user, enabled: true });
      if (!operator || !(await this.sessions.mayEnter(operator.user))) {
        throw new LicetError('unauthenticated', 'this account may not use the console');
      }
      told.method!.push(...(await this.factor.complete(attempt, operator, code)));
      this.carrier.forget(reply);
      return this.sessions.open(operator.user, request, reply);
    });
  }

  /** The provider's part of a step-up, for operators who have no password to show, and for those who would rather not. */
  @Post('step-up/oidc')
  @HttpCode(200)
  @Needs('signed-in')
  async prove(@Body() body: unknown, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    const { code } = parseStrictly(ProviderProof, body ?? {});
    const { operator, session, user } = await this.#own(request);
    if (!(await this.#em().count(OperatorIdentity, { user }))) throw new LicetError('forbidden', 'no identity is linked with this account');
    await this.events.attempt({ event: 'proof', actor: user, method: ['provider'] }, async () => {
      const attempt = await this.attempts.demand(user, request);
      await this.factor.demandCode(attempt, operator, code);
      // The provider's part is still to come.
      await attempt.giveBack();
    });
    return this.#leave(reply, (expected) => ({ step: 'proof', expected, user, session }), PROOF_S);
  }

  @Get('identity')
  @Needs('signed-in')
  async read(@Req() request: FastifyRequest): Promise<IdentityAnswer> {
    const { id: user } = actorOf(request);
    const identity = await this.#em().findOne(OperatorIdentity, { user });
    const { issuer, subject, createdAt } = identity ?? {};
    const operator = await this.#em().findOne(Operator, { user });
    const others = { password: Boolean(operator?.passwordHash), passkeys: operator?.passkeys ?? 0 };
    return { identity: issuer && subject && createdAt ? { issuer, subject, linkedAt: createdAt.toISOString() } : null, ...others };
  }

  @Post('identity')
  @HttpCode(200)
  @Needs('signed-in')
  async link(@Body() body: unknown, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    const { user, session } = await this.#proven(body, request, reply);
    if (await this.#em().count(OperatorIdentity, { user })) {
      throw new LicetError('already_exists', 'there is a linked identity already; unlink it first');
    }
    return this.#leave(reply, (expected) => ({ step: 'link', expected, user, session }));
  }

  /** The password or passkey that is asked for shows that there is another way in. */
  @Post('identity/remove')
  @HttpCode(200)
  @Needs('signed-in')
  async unlink(@Body() body: unknown, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    const { user } = await this.#proven(body, request, reply);
    await this.changes.commit(actorOf(request), { reason: 'unlinked the own identity' }, async (em) => {
      const { assignments } = await em.findOneOrFail(OperatorIdentity, { user }, { failHandler: () => new LicetError('not_found', 'no identity is linked') });
      if (assignments.length > 0) throw new LicetError('forbidden', 'the identity provider gives this account its roles; an owner can unlink it');
      await dropIdentity(em, user);
    });
    return this.sessions.open(user, request, reply, { endOthers: true });
  }

  async #settle(away: Away, query: URLSearchParams, request: FastifyRequest, reply: FastifyReply, told: Told): Promise<Outcome> {
    this.carrier.forget(reply);
    const who = await this.provider.finish(query.toString(), away.expected);
    if (typeof who === 'string') return who;
    try {
      return await this.#admit(away, who, request, reply, told);
    } catch (error) {
      if (!(error instanceof LicetError) || error.code === 'internal') throw error;
      this.#logger.warn(error.message);
      return error.code === 'already_exists' ? 'taken' : 'unknown';
    }
  }

  async #admit(away: Away, who: Identified, request: FastifyRequest, reply: FastifyReply, told: Told): Promise<Outcome> {
    if (away.step === 'link' || away.step === 'proof') told.actor = away.user;
    if (away.step === 'link') return this.#linked(away, who);
    if (away.step === 'proof') return this.#proved(away, who, request, reply);
    if (away.step === 'invitation') {
      const { user } = await operatorByLink(this.#em(), away.hash);
      Object.assign(told, { actor: user, method: ['link', 'provider'] });
      const reason = 'took up the invitation by an identity provider';
      await this.changes.commit({ id: user, via: 'console' }, { reason }, (em) => takeUpInvitation(em, away.hash, who));
      if (away.before) await this.sessions.end(away.before);
      await this.sessions.open(user, request, reply, { endOthers: true });
      return 'in';
    }
    const reason = 'signed in by an identity provider';
    const { result: user } = await this.changes.commit(SYSTEM, { reason }, (em) => operatorOf(em, who, this.provider.oidc.roles));
    told.actor = user;
    if (user === undefined || !(await this.sessions.mayEnter(user))) return 'unknown';
    // The provider stands for the password. Whoever set up a second factor here is asked for it all the same.
    const needed = hasSecondFactor(await this.#em().findOneOrFail(Operator, { user }));
    if (needed) this.carrier.give(reply, { step: 'code', user, until: Date.now() + MINUTES_10_MS });
    else {
      if (away.before) await this.sessions.end(away.before);
      await this.sessions.open(user, request, reply);
    }
    return needed ? 'code' : 'in';
  }

  async #linked({ user, session }: BySession, who: Identified): Promise<Outcome> {
    if (!(await this.#isLive(user, session))) return 'expired';
    const reason = 'linked the own identity';
    await this.changes.commit({ id: user, via: 'console', session }, { reason }, (em) => linkIdentity(em, user, who));
    return 'linked';
  }

  /** A new session in place of the one that asked, as for any other proof. */
  async #proved({ user, session }: BySession, { issuer, subject }: Identified, request: FastifyRequest, reply: FastifyReply): Promise<Outcome> {
    if (!(await this.#isLive(user, session))) return 'expired';
    if (!(await this.#em().count(OperatorIdentity, { user, issuer, subject }))) return 'unknown';
    await this.sessions.end(session);
    await this.sessions.open(user, request, reply);
    return 'proven';
  }

  /** The session that asked for it must still be there: the cookie of it does not come along from another site. */
  async #isLive(user: string, session: string): Promise<boolean> {
    return (await this.sessions.list(user, session)).some(({ current }) => current);
  }

  async #leave(reply: FastifyReply, step: (expected: Expected) => Omit<Away, 'until'>, maxAge?: number): Promise<ProviderAddress> {
    const { url, expected } = await this.provider.begin(maxAge);
    this.carrier.give(reply, { ...step(expected), until: Date.now() + MINUTES_10_MS } as Away);
    return { url };
  }

  async #proven(body: unknown, request: FastifyRequest, reply: FastifyReply): Promise<{ user: string; session: string }> {
    const asked = parseStrictly(IdentityProof, body ?? {});
    const { operator, user, session } = await this.#own(request);
    if ('passkey' in asked) {
      await this.events.attempt({ event: 'proof', actor: user, method: ['passkey'] }, async () => {
        const attempt = await this.attempts.demand(user, request);
        await this.passkeys.demand(request, reply, asked.passkey, user);
        await attempt.right();
      });
    } else {
      await this.events.attempt({ event: 'proof', actor: user, method: ['password'] }, async () => {
        const attempt = await this.attempts.demand(user, request);
        await demandPassword(operator.passwordHash, asked.currentPassword, 'currentPassword');
        await this.factor.complete(attempt, operator, asked.code);
      });
    }
    return { user, session };
  }

  async #own(request: FastifyRequest): Promise<{ operator: Operator; user: string; session: string }> {
    const { id: user } = actorOf(request);
    const operator = await this.#em().findOne(Operator, { user });
    const session = this.sessions.digestOf(request);
    if (!operator || !session) throw new LicetError('forbidden', 'only a signed-in operator has an identity at a provider');
    return { operator, user, session };
  }

  #em() {
    return this.databases.policy.em.fork();
  }
}
