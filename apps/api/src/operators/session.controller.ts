import { SignInRequest } from '@licet/contract';
import { LicetError } from '@licet/contract';
import { Body, Controller, Delete, Get, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { actorOf } from '../access/access.guard.ts';
import { Needs } from '../access/needs.decorator.ts';
import { refuseForeignOrigin } from '../access/strategies.ts';
import { DATABASES } from '../database/database.module.ts';
import type { Databases } from '../database/orm.ts';
import { parseStrictly } from '../http/input.ts';
import { SecurityEvents } from '../security-events/security-events.service.ts';
import { User } from '../users/user.entity.ts';
import { Attempts } from './attempts.ts';
import { Operator } from './operator.entity.ts';
import { verifyPassword } from './passwords.ts';
import { SecondFactor } from './second-factor.service.ts';
import { Sessions } from './sessions.service.ts';

@Controller('api/v1/session')
export class SessionController {
  constructor(
    @Inject(DATABASES) private readonly databases: Databases,
    private readonly sessions: Sessions,
    private readonly attempts: Attempts,
    private readonly factor: SecondFactor,
    private readonly events: SecurityEvents,
  ) {}

  @Get()
  @Needs('signed-in')
  read(@Req() request: FastifyRequest) {
    return this.sessions.describe(actorOf(request).id, this.sessions.digestOf(request));
  }

  @Post()
  @HttpCode(200)
  @Needs('nothing')
  async signIn(@Body() body: unknown, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    refuseForeignOrigin(request);
    const { username, password, code } = parseStrictly(SignInRequest, body ?? {});
    return this.events.attempt({ event: 'sign-in', attempted: username, method: ['password'] }, async (told) => {
      const attempt = await this.attempts.demand(username, request);
      const em = this.databases.policy.em.fork();
      const operator = await em.findOne(Operator, { user: username });
      const matches = await verifyPassword(operator?.passwordHash, password);
      const user = matches && operator?.enabled ? await em.findOne(User, { id: username, enabled: true }) : null;
      if (!user || !(await this.sessions.mayEnter(user.id))) {
        told.detail = matches ? 'may-not-enter' : 'wrong-password';
        throw new LicetError('unauthenticated', 'the user name or the password is wrong, or the account may not use the console');
      }
      told.method!.push(...(await this.factor.complete(attempt, operator!, code)));
      return this.sessions.open(user.id, request, reply);
    });
  }

  @Delete()
  @HttpCode(204)
  @Needs('nothing')
  async signOut(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    refuseForeignOrigin(request);
    const user = await this.sessions.close(request, reply);
    if (user !== undefined) this.events.record({ event: 'sign-out', actor: user });
  }
}
