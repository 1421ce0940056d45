import { createHash } from 'node:crypto';
import {
  LicetError,
  type PasskeyCreated,
  PasskeyCreate,
  type PasskeyOptions,
  PasskeySignIn,
  PasskeyUpdate,
  REASON_HEADER,
} from '@licet/contract';
import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Patch, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { actorOf } from '../access/access.guard.ts';
import { Needs } from '../access/needs.decorator.ts';
import { StepUp } from '../access/step-up.ts';
import { refuseForeignOrigin } from '../access/strategies.ts';
import { Changes } from '../changes/changes.service.ts';
import { DATABASES } from '../database/database.module.ts';
import type { Databases } from '../database/orm.ts';
import { parseStrictly, reasonFrom } from '../http/input.ts';
import { SecurityEvents } from '../security-events/security-events.service.ts';
import { User } from '../users/user.entity.ts';
import { Attempts } from './attempts.ts';
import { isEnabled } from './credentials.ts';
import { Operator } from './operator.entity.ts';
import { keepPasskey, notAccepted, Passkeys, removePasskey } from './passkeys.service.ts';
import { Sessions } from './sessions.service.ts';

/** Operators sign in with passkeys, and look after their own. */
@Controller('api/v1/session')
export class PasskeysController {
  constructor(
    @Inject(DATABASES) private readonly databases: Databases,
    private readonly sessions: Sessions,
    private readonly attempts: Attempts,
    private readonly changes: Changes,
    private readonly passkeys: Passkeys,
    private readonly events: SecurityEvents,
  ) {}

  @Post('passkey/start')
  @HttpCode(200)
  @Needs('nothing')
  start(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<PasskeyOptions> {
    refuseForeignOrigin(request);
    return this.passkeys.signInOptions(reply);
  }

  @Post('passkey')
  @HttpCode(200)
  @Needs('nothing')
  async signIn(@Body() body: unknown, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    refuseForeignOrigin(request);
    const { passkey } = parseStrictly(PasskeySignIn, body ?? {});
    return this.events.attempt({ event: 'sign-in', method: ['passkey'] }, async (told) => {
      // Counted for the passkey, not for the account: whoever tries passwords must not shut out passkeys.
      const attempt = await this.attempts.demand(createHash('sha256').update(passkey.id).digest('hex'), request);
      const user = (told.actor = await this.passkeys.demand(request, reply, passkey));
      const em = this.databases.policy.em.fork();
      if (!(await isEnabled(em, user)) || !(await this.sessions.mayEnter(user))) {
        told.detail = 'may-not-enter';
        throw notAccepted();
      }
      await attempt.right();
      return this.sessions.open(user, request, reply);
    });
  }

  @Get('passkeys')
  @Needs('signed-in')
  async list(@Req() request: FastifyRequest) {
    const items = await this.passkeys.list(ownerOf(request));
    return { items, total: items.length };
  }

  @Post('passkeys/start')
  @HttpCode(200)
  @Needs('signed-in')
  @StepUp()
  async begin(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<PasskeyOptions> {
    const user = ownerOf(request);
    const { name } = await this.databases.policy.em.fork().findOneOrFail(User, user);
    return this.passkeys.makingOptions(reply, user, name ?? user);
  }

  @Post('passkeys')
  @HttpCode(201)
  @Needs('signed-in')
  @StepUp()
  async keep(
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PasskeyCreated> {
    const user = ownerOf(request);
    const { name, passkey } = parseStrictly(PasskeyCreate, body ?? {});
    const made = await this.passkeys.demandNew(request, reply, user, passkey);
    const { result } = await this.changes.commit(actorOf(request), { reason: `added the own passkey “${name}”` }, async (em) =>
      keepPasskey(em, await em.findOneOrFail(Operator, { user }), name, made),
    );
    return result;
  }

  @Patch('passkeys/:id')
  @Needs('signed-in')
  rename(@Param('id') id: string, @Body() body: unknown, @Req() request: FastifyRequest) {
    const user = ownerOf(request);
    return this.passkeys.rename(user, id, parseStrictly(PasskeyUpdate, body ?? {}).name);
  }

  @Delete('passkeys/:id')
  @HttpCode(204)
  @Needs('signed-in')
  @StepUp()
  async remove(@Param('id') id: string, @Req() request: FastifyRequest): Promise<void> {
    const user = ownerOf(request);
    await this.changes.commit(
      actorOf(request),
      { reason: reasonFrom(request.headers[REASON_HEADER]) || 'removed an own passkey' },
      async (em) => {
        await removePasskey(em, await em.findOneOrFail(Operator, { user }), id);
      },
    );
  }
}

/** The operator with a session; an API key has no passkeys. */
function ownerOf(request: FastifyRequest): string {
  const { id, via } = actorOf(request);
  if (via !== 'console') throw new LicetError('forbidden', 'only a signed-in operator has passkeys');
  return id;
}
