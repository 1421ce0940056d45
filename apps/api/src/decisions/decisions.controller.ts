import { Controller, Get, Inject, Param, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { reachOf } from '../access/access.guard.ts';
import { Confines, Needs } from '../access/needs.decorator.ts';
import { DATABASES } from '../database/database.module.ts';
import type { Databases, EntityManager } from '../database/orm.ts';
import { type Row, type TableMeta, metaOf, toRow } from '../database/rows.ts';
import { Collection, findRow, listRows, type Where } from '../http/collection.ts';
import { exportRows } from '../http/export.ts';
import { since } from '../http/since.ts';
import { Decision } from './decision.entity.ts';
import { DecisionLog } from './decision-log.service.ts';

class DecisionsCollection extends Collection<Decision> {
  constructor() {
    super('decisions', Decision);
  }

  override confine(tenants: readonly string[]): Where {
    return { tenant: { $in: [...tenants] } };
  }

  override filter(name: string, value: string): Where | undefined {
    return since(name, value);
  }

  override async present(_em: EntityManager, decisions: Decision[], meta: TableMeta): Promise<Row[]> {
    return decisions.map((decision) => {
      const { id, at, request, tenant, decision: allowed, reason, path, errors, revision, source, apiKey } = toRow(meta, decision);
      return { id, at, request, tenant, decision: allowed, reason, path, errors, revision, source, apiKey };
    });
  }
}

const decisions = new DecisionsCollection();

/** The decision log, read from its own database. */
@Controller('api/v1/decisions')
export class DecisionsController {
  constructor(
    @Inject(DATABASES) private readonly databases: Databases,
    private readonly log: DecisionLog,
  ) {}

  @Get()
  @Needs('licet.decision:read')
  @Confines()
  async list(@Query() query: Row, @Req() request: FastifyRequest) {
    // Whoever looks sees what has been decided up to now.
    await this.log.flush();
    return listRows(decisions, this.databases.log.em.fork(), this.databases.dialect, query, reachOf(request));
  }

  @Get('export')
  @Needs('licet.decision:read')
  @Confines()
  async export(@Query() query: Row, @Req() request: FastifyRequest) {
    await this.log.flush();
    const { log, dialect } = this.databases;
    return exportRows(decisions, () => log.em.fork(), dialect, query, reachOf(request));
  }

  @Get(':id')
  @Needs('licet.decision:read')
  @Confines()
  async read(@Param('id') id: string, @Req() request: FastifyRequest) {
    const em = this.databases.log.em.fork();
    const meta = metaOf(em, Decision);
    const [row] = await decisions.present(em, [await findRow(decisions, em, id, reachOf(request))], meta);
    return row;
  }
}
