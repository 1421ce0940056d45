import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { Needs } from '../access/needs.decorator.ts';
import { DATABASES } from '../database/database.module.ts';
import type { Databases } from '../database/orm.ts';
import { type Row, metaOf } from '../database/rows.ts';
import { Collection, findRow, listRows, type Where } from '../http/collection.ts';
import { since } from '../http/since.ts';
import { SecurityEvent } from './security-event.entity.ts';
import { SecurityEvents } from './security-events.service.ts';

class SecurityEventsCollection extends Collection<SecurityEvent> {
  constructor() {
    super('security-events', SecurityEvent);
  }

  override filter(name: string, value: string): Where | undefined {
    return since(name, value);
  }
}

const events = new SecurityEventsCollection();

/** The log of security events, for whoever reads the audit trail of all tenants: it belongs to none of them. */
@Controller('api/v1/security-events')
export class SecurityEventsController {
  constructor(
    @Inject(DATABASES) private readonly databases: Databases,
    private readonly log: SecurityEvents,
  ) {}

  @Get()
  @Needs('licet.audit-entry:read')
  async list(@Query() query: Row) {
    // Whoever looks sees what has happened up to now.
    await this.log.flush();
    return listRows(events, this.databases.log.em.fork(), this.databases.dialect, query);
  }

  @Get(':id')
  @Needs('licet.audit-entry:read')
  async read(@Param('id') id: string) {
    const em = this.databases.log.em.fork();
    const [row] = await events.present(em, [await findRow(events, em, id)], metaOf(em, SecurityEvent));
    return row;
  }
}
