import { LicetError, openApiDocument } from '@licet/contract';
import { Controller, Get, Inject } from '@nestjs/common';
import { Needs } from '../access/needs.decorator.ts';
import { DATABASES } from '../database/database.module.ts';
import type { Databases } from '../database/orm.ts';
import { PolicyState } from '../replication/policy-state.ts';
import { VERSION } from '../version.ts';

@Controller()
export class OperationsController {
  constructor(
    @Inject(DATABASES) private readonly databases: Databases,
    private readonly state: PolicyState,
  ) {}

  @Get('healthz')
  @Needs('nothing')
  health() {
    return { status: 'ok' };
  }

  @Get('readyz')
  @Needs('nothing')
  async ready() {
    if (!(await this.databases.policy.isConnected())) throw new LicetError('unavailable', 'the database cannot be reached');
    return { status: 'ready', revision: this.state.revision };
  }

  @Get('api/v1/openapi.json')
  @Needs('nothing')
  openApi() {
    return openApiDocument(VERSION);
  }
}
