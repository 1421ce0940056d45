import { LicetError, LinkRequest, type OpenSession, type OpenSessions, PasswordRequest } from '@licet/contract';
import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Actor, lacks, mayUse } from '../access/access.ts';
import { actorOf } from '../access/access.guard.ts';
import { Needs } from '../access/needs.decorator.ts';
import { demandFactor, StepUp } from '../access/step-up.ts';
import { refuseForeignOrigin } from '../access/strategies.ts';
import { Changes } from '../changes/changes.service.ts';
import { DATABASES } from '../database/database.module.ts';
import type { Databases } from '../database/orm.ts';
import { parseStrictly } from '../http/input.ts';
import { PolicyState } from '../replication/policy-state.ts';
import { SecurityEvents } from '../security-events/security-events.service.ts';
import { Attempts } from './attempts.ts';
import { linkHash, operatorByLink, setPassword } from './credentials.ts';
import { Operator } from './operator.entity.ts';
import { demandGoodPassword } from './password-rules.ts';
import { hashPassword, demandPassword } from './passwords.ts';
import { hasSecondFactor, SecondFactor } from './second-factor.service.ts';
import { Sessions } from './sessions.service.ts';

/** What operators do with their own account; and the sessions, of others too for whoever may see operators. */
@Controller('api/v1')
export class AccountController {
  constructor(
    @Inject(DATABASES) private readonly databases: Databases,
    private readonly sessions: Sessions,
    private readonly attempts: Attempts,
    private readonly factor: SecondFactor,
    private readonly changes: Changes,
    private readonly state: PolicyState,
    private readonly events: SecurityEvents,
  ) {}

  @Post('session/password')
  @HttpCode(200)
  @Needs('signed-in')
  @StepUp()
  async changePassword(@Body() body: unknown, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    const { currentPassword, newPassword } = parseStrictly(PasswordRequest, body ?? {});
    const actor = actorOf(request);
    const operator = await this.#em().findOne(Operator, { user: actor.id });
    if (!operator || !this.sessions.digestOf(request)) throw new LicetError('forbidden', 'only a signed-in operator has a password');
    await this.events.attempt({ event: 'proof', actor: actor.id, method: ['password'] }, async () => {
      const attempt = await this.attempts.demand(actor.id, request);
      await demandPassword(operator.passwordHash, currentPassword, 'currentPassword');
      // The password alone takes no wrong codes back.
      await (hasSecondFactor(operator) ? attempt.giveBack() : attempt.right());
    });
    await demandGoodPassword(newPassword, actor.id, 'newPassword');
    const passwordHash = await hashPassword(newPassword);
    await this.changes.commit(actor, { reason: 'changed the own password' }, async (em) => {
      setPassword(await em.findOneOrFail(Operator, { user: actor.id }), passwordHash);
    });
    return this.sessions.open(actor.id, request, reply, { endOthers: true });
  }

  @Post('session/link')
  @HttpCode(200)
  @Needs('nothing')
  async useLink(@Body() body: unknown, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    refuseForeignOrigin(request);
    const { token, password, code } = parseStrictly(LinkRequest, body ?? {});
    const hash = linkHash(token);
    const operator = await this.events.attempt({ event: 'link', method: ['link'] }, async (told) => {
      const operator = await operatorByLink(this.#em(), hash);
      told.actor = operator.user;
      return operator;
    });
    const { user } = operator;
    await demandGoodPassword(password, user);
    await this.events.attempt({ event: 'sign-in', actor: user, method: ['link'] }, async (told) => {
      // A link replaces the password, not the second factor.
      const attempt = await this.attempts.demand(user, request);
      // Whoever has just signed in here with a passkey has shown it.
      const proven = (await this.sessions.provenLately(request)) === user;
      if (!proven) told.method!.push(...(await this.factor.demandCode(attempt, operator, code)));
      await attempt.right();
    });
    const passwordHash = await hashPassword(password);
    await this.changes.commit({ id: user, via: 'console' }, { reason: 'chose a password by a one-time link' }, async (em) => {
      // Again within the commit: of two that use the link at once, one finds it used.
      setPassword(await operatorByLink(em, hash), passwordHash);
    });
    return this.sessions.open(user, request, reply, { endOthers: true });
  }

  @Get('sessions')
  @Needs('signed-in')
  async list(@Query('user') user: unknown, @Req() request: FastifyRequest): Promise<OpenSessions> {
    const actor = actorOf(request);
    const whose = typeof user === 'string' && user !== '' ? user : actor.id;
    if (whose !== actor.id) this.#demand(actor, 'licet.operator:read');
    const items: OpenSession[] = await this.sessions.list(whose === '*' ? undefined : whose, this.sessions.digestOf(request));
    return { items, total: items.length };
  }

  @Delete('sessions/:id')
  @HttpCode(204)
  @Needs('signed-in')
  async end(@Param('id') id: string, @Req() request: FastifyRequest) {
    const actor = actorOf(request);
    const session = await this.sessions.byId(id);
    // Whoever may not end it learns nothing about it either.
    const mayOthers = !actor.factorDue && mayUse(this.state.snapshot, actor.id, 'licet.operator:update');
    const may = session && (session.user === actor.id || mayOthers);
    if (!may) throw new LicetError('not_found', 'there is no such session');
    await this.sessions.end(id);
    this.events.record({ event: 'session-ended', actor: actor.id, target: session.user });
  }

  #em() {
    return this.databases.policy.em.fork();
  }

  #demand(actor: Actor, permission: string): void {
    demandFactor(actor);
    if (!mayUse(this.state.snapshot, actor.id, permission)) throw lacks(permission, actor.id);
  }
}
