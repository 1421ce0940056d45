import { LicetError, type RecoveryCodes, SecondFactorRemoval, SecondFactorRequest, type SecondFactorStart } from '@licet/contract';
import { Body, Controller, HttpCode, Inject, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { generateSecret, generateURI } from 'otplib';
import { actorOf } from '../access/access.guard.ts';
import { Needs } from '../access/needs.decorator.ts';
import { StepUp } from '../access/step-up.ts';
import { Changes } from '../changes/changes.service.ts';
import { DATABASES } from '../database/database.module.ts';
import type { Databases } from '../database/orm.ts';
import { parseStrictly } from '../http/input.ts';
import { SecurityEvents } from '../security-events/security-events.service.ts';
import { Attempts } from './attempts.ts';
import { Operator } from './operator.entity.ts';
import { demandPassword } from './passwords.ts';
import { dropApp, SecondFactor } from './second-factor.service.ts';
import { Sessions } from './sessions.service.ts';

/** Operators set up and take away their own authenticator app; each time the password is asked for. */
@Controller('api/v1/session/second-factor')
export class SecondFactorController {
  constructor(
    @Inject(DATABASES) private readonly databases: Databases,
    private readonly sessions: Sessions,
    private readonly attempts: Attempts,
    private readonly changes: Changes,
    private readonly factor: SecondFactor,
    private readonly events: SecurityEvents,
  ) {}

  /** A new secret for an authenticator app. Nothing is kept until the app has shown a code of it. */
  @Post('start')
  @HttpCode(200)
  @Needs('signed-in')
  @StepUp()
  async start(@Req() request: FastifyRequest): Promise<SecondFactorStart> {
    const { user } = await this.#operator(request);
    const secret = generateSecret();
    return { secret, uri: generateURI({ issuer: 'Licet', label: user, secret }) };
  }

  @Post()
  @HttpCode(200)
  @Needs('signed-in')
  @StepUp()
  async set(@Body() body: unknown, @Req() request: FastifyRequest): Promise<RecoveryCodes> {
    const { currentPassword, secret, code } = parseStrictly(SecondFactorRequest, body ?? {});
    const actor = actorOf(request);
    await this.#demand(request, currentPassword, async ({ user, totpSecret }) => {
      if (totpSecret !== null) throw new LicetError('already_exists', 'there is a second factor already; take it away first');
      await this.factor.demandCodeOf(user, secret, code);
    });
    const { result } = await this.changes.commit(actor, { reason: 'set up the own second factor' }, async (em) =>
      this.factor.set(em, await em.findOneOrFail(Operator, { user: actor.id }), secret),
    );
    return { recoveryCodes: result };
  }

  // Without `StepUp`: password and code are asked for each time, and a code counts once.
  @Post('remove')
  @HttpCode(204)
  @Needs('signed-in')
  async remove(@Body() body: unknown, @Req() request: FastifyRequest): Promise<void> {
    const { currentPassword, code } = parseStrictly(SecondFactorRemoval, body ?? {});
    const actor = actorOf(request);
    await this.#demand(request, currentPassword, (operator) => this.factor.demand(operator, code));
    await this.changes.commit(actor, { reason: 'took the own second factor away' }, async (em) =>
      dropApp(em, await em.findOneOrFail(Operator, { user: actor.id })),
    );
  }

  async #operator(request: FastifyRequest): Promise<Operator> {
    const operator = await this.databases.policy.em.fork().findOne(Operator, { user: actorOf(request).id });
    if (!operator || !this.sessions.digestOf(request)) throw new LicetError('forbidden', 'only a signed-in operator has a second factor');
    return operator;
  }

  /** Demands the password, and then a code; tries at either count. */
  async #demand(request: FastifyRequest, password: string, code: (operator: Operator) => Promise<unknown>): Promise<void> {
    const operator = await this.#operator(request);
    await this.events.attempt({ event: 'proof', actor: operator.user, method: ['password'] }, async () => {
      const attempt = await this.attempts.demand(operator.user, request);
      await demandPassword(operator.passwordHash, password, 'currentPassword');
      await code(operator);
      await attempt.right();
    });
  }
}
