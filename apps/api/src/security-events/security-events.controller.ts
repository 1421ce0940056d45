import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { Needs } from '../access/needs.decorator.ts';
import { DATABASES } from '../database/database.module.ts';
import type { Databases, Dialect } from '../database/orm.ts';
import { type Row, metaOf } from '../database/rows.ts';
import { Collection, findRow, listRows, type Where } from '../http/collection.ts';
import { exportRows } from '../http/export.ts';
import { since } from '../http/since.ts';
import { wantsALook } from './attention.ts';
import { SecurityEvent } from './security-event.entity.ts';
import { SecurityEvents } from './security-events.service.ts';

class SecurityEventsCollection extends Collection<SecurityEvent> {
  constructor(private readonly dialect: Dialect) {
    super('security-events', SecurityEvent);
  }

  override filter(name: string, value: string): Where | undefined {
    return name === 'attention' ? wantsALook(value, this.dialect) : since(name, value);
  }
}

/** The log of security events, for whoever reads the audit trail of all tenants: it belongs to none of them. */
@Controller('api/v1/security-events')
export class SecurityEventsController {
  readonly #events: Collection<SecurityEvent>;

  constructor(
    @Inject(DATABASES) private readonly databases: Databases,
    private readonly log: SecurityEvents,
  ) {
    this.#events = new SecurityEventsCollection(databases.dialect);
  }

  @Get()
  @Needs('licet.audit-entry:read')
  async list(@Query() query: Row) {
    // Whoever looks sees what has happened up to now.
    await this.log.flush();
    return listRows(this.#events, this.databases.log.em.fork(), this.databases.dialect, query);
  }

  @Get('export')
  @Needs('licet.audit-entry:read')
  async export(@Query() query: Row) {
    await this.log.flush();
    const { log, dialect } = this.databases;
    return exportRows(this.#events, () => log.em.fork(), dialect, query);
  }

  @Get(':id')
  @Needs('licet.audit-entry:read')
  async read(@Param('id') id: string) {
    const em = this.databases.log.em.fork();
    const [row] = await this.#events.present(em, [await findRow(this.#events, em, id)], metaOf(em, SecurityEvent));
    return row;
  }
}
