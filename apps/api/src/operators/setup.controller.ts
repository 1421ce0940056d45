import { type ServiceStatus, SetupRequest } from '@licet/contract';
import { Body, Controller, Get, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Needs } from '../access/needs.decorator.ts';
import { refuseForeignOrigin } from '../access/strategies.ts';
import { SETTINGS } from '../database/database.module.ts';
import { parseStrictly } from '../http/input.ts';
import { SecurityEvents } from '../security-events/security-events.service.ts';
import type { ApiSettings } from '../settings.ts';
import { VERSION } from '../version.ts';
import { Sessions } from './sessions.service.ts';
import { Setup } from './setup.service.ts';

@Controller('api/v1')
export class SetupController {
  constructor(
    private readonly setup: Setup,
    private readonly sessions: Sessions,
    @Inject(SETTINGS) private readonly settings: ApiSettings,
    private readonly events: SecurityEvents,
  ) {}

  @Get('status')
  @Needs('nothing')
  async status(): Promise<ServiceStatus> {
    const { oidc } = this.settings;
    const setupRequired = await this.setup.required();
    return { product: 'licet', version: VERSION, setupRequired, identityProvider: oidc ? { label: oidc.label } : null };
  }

  @Post('setup')
  @HttpCode(201)
  @Needs('nothing')
  async run(@Body() body: unknown, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    refuseForeignOrigin(request);
    const asked = parseStrictly(SetupRequest, body ?? {});
    const user = await this.events.attempt(
      { event: 'set-up', method: ['link'] },
      async (told) => (told.actor = await this.setup.run(asked)),
    );
    return this.sessions.open(user, request, reply);
  }
}
