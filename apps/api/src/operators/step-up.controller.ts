import { LicetError, StepUpRequest } from '@licet/contract';
import { Body, Controller, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { actorOf } from '../access/access.guard.ts';
import { Needs } from '../access/needs.decorator.ts';
import { DATABASES } from '../database/database.module.ts';
import type { Databases } from '../database/orm.ts';
import { parseStrictly } from '../http/input.ts';
import { SecurityEvents } from '../security-events/security-events.service.ts';
import { Attempts } from './attempts.ts';
import { Operator } from './operator.entity.ts';
import { Passkeys } from './passkeys.service.ts';
import { demandPassword } from './passwords.ts';
import { SecondFactor } from './second-factor.service.ts';
import { Sessions } from './sessions.service.ts';

/** Operators show anew who is there, as fully as at sign-in. */
@Controller('api/v1/session')
export class StepUpController {
  constructor(
    @Inject(DATABASES) private readonly databases: Databases,
    private readonly sessions: Sessions,
    private readonly attempts: Attempts,
    private readonly factor: SecondFactor,
    private readonly passkeys: Passkeys,
    private readonly events: SecurityEvents,
  ) {}

  /** Begins a new session in place of the one that asks, as ASVS 5.0, 7.2.4 wants it of every proof. */
  @Post('step-up')
  @HttpCode(200)
  @Needs('signed-in')
  async prove(@Body() body: unknown, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    const { id, via } = actorOf(request);
    const asked = parseStrictly(StepUpRequest, body ?? {});
    const operator = await this.databases.policy.em.fork().findOne(Operator, { user: id });
    if (!operator || via !== 'console') throw new LicetError('forbidden', 'only a signed-in operator can be asked who is there');
    return this.events.attempt({ event: 'proof', actor: id, method: ['passkey' in asked ? 'passkey' : 'password'] }, async (told) => {
      const attempt = await this.attempts.demand(id, request);
      if ('passkey' in asked) {
        await this.passkeys.demand(request, reply, asked.passkey, id);
        await attempt.right();
      } else {
        await demandPassword(operator.passwordHash, asked.password, 'password');
        told.method!.push(...(await this.factor.complete(attempt, operator, asked.code)));
      }
      return this.sessions.open(id, request, reply);
    });
  }
}
