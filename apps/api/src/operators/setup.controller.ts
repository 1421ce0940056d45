import { type ServiceStatus, SetupRequest } from '@licet/contract';
import { Body, Controller, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Needs } from '../access/needs.decorator.ts';
import { refuseForeignOrigin } from '../access/strategies.ts';
import { parseStrictly } from '../http/input.ts';
import { VERSION } from '../version.ts';
import { Sessions } from './sessions.service.ts';
import { Setup } from './setup.service.ts';

@Controller('api/v1')
export class SetupController {
  constructor(
    private readonly setup: Setup,
    private readonly sessions: Sessions,
  ) {}

  @Get('status')
  @Needs('nothing')
  async status(): Promise<ServiceStatus> {
    return { product: 'licet', version: VERSION, setupRequired: await this.setup.required() };
  }

  @Post('setup')
  @HttpCode(201)
  @Needs('nothing')
  async run(@Body() body: unknown, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    refuseForeignOrigin(request);
    const user = await this.setup.run(parseStrictly(SetupRequest, body ?? {}));
    return this.sessions.open(user, request, reply);
  }
}
