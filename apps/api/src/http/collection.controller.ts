import { type CollectionName, LicetError, REASON_HEADER, REVISION_HEADER } from '@licet/contract';
import { Body, Controller, Delete, Get, Headers, HttpCode, Inject, Param, Patch, Post, Query, Req, Res, type Type } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { actorOf, reachOf } from '../access/access.guard.ts';
import { Confines, Needs } from '../access/needs.decorator.ts';
import type { Reach } from '../access/reach.service.ts';
import { StepUp } from '../access/step-up.ts';
import { Changes } from '../changes/changes.service.ts';
import { DATABASES } from '../database/database.module.ts';
import type { Databases, EntityManager } from '../database/orm.ts';
import { metaOf, type Row } from '../database/rows.ts';
import { type Collection, demandVersion, findRow, listRows } from './collection.ts';
import { exportRows } from './export.ts';
import { ifMatch, parseStrictly, reasonFrom } from './input.ts';

type Headers_ = Record<string, unknown>;

/** Makes the routes of a collection as far as the contract's table has them: list, read, create, update, delete. */
export function collectionControllers(collection: Collection<object>): Type[] {
  const { spec } = collection;
  const offered: [unknown, (collection: Collection<object>) => Type][] = [
    [spec.export, exportController],
    [true, readController],
    [spec.create, createController],
    [spec.update, updateController],
    [spec.delete, deleteController],
  ];
  return offered.filter(([has]) => has).map(([, make]) => make(collection));
}

const confines = (collection: Collection<object>) => 'confine' in collection;
const stepUp = ({ spec }: Collection<object>) => spec.stepUp === true;
const pathOf = ({ name }: Collection<object>) => `api/v1/${name}`;

function readController(collection: Collection<object>): Type {
  @Controller(pathOf(collection))
  class ReadController {
    constructor(@Inject(DATABASES) readonly databases: Databases) {}

    @Get()
    @Needs(`${collection.spec.permission}:read`)
    @Confines(confines(collection))
    list(@Query() query: Row, @Req() request: FastifyRequest) {
      return listRows(collection, this.databases.policy.em.fork(), this.databases.dialect, query, reachOf(request));
    }

    @Get(':id')
    @Needs(`${collection.spec.permission}:read`)
    @Confines(confines(collection))
    async read(@Param('id') id: string, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
      const em = this.databases.policy.em.fork();
      const reach = reachOf(request);
      return answer(em, collection.seenBy(reach), await findRow(collection, em, id, reach), reply);
    }
  }
  return ReadController;
}

function exportController(collection: Collection<object>): Type {
  @Controller(pathOf(collection))
  class ExportController {
    constructor(@Inject(DATABASES) readonly databases: Databases) {}

    @Get('export')
    @Needs(`${collection.spec.permission}:read`)
    @Confines(confines(collection))
    export(@Query() query: Row, @Req() request: FastifyRequest) {
      const { policy, dialect } = this.databases;
      return exportRows(collection, () => policy.em.fork(), dialect, query, reachOf(request));
    }
  }
  return ExportController;
}

function createController(collection: Collection<object>): Type {
  @Controller(pathOf(collection))
  class CreateController {
    constructor(
      @Inject(DATABASES) readonly databases: Databases,
      readonly changes: Changes,
    ) {}

    @Post()
    @HttpCode(201)
    @Needs(`${collection.spec.permission}:create`)
    @StepUp(stepUp(collection))
    @Confines(confines(collection))
    async create(@Body() body: unknown, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
      const input = parseStrictly(collection.spec.create!, body ?? {});
      const actor = actorOf(request);
      demandWithin(reachOf(request), (input as Row)['tenant']);
      const reason = reasonFrom(request.headers[REASON_HEADER]);
      const { result, revision } = await this.changes.commit(actor, { reason }, (em) => collection.create(em, input as never, actor.id));
      reply.header(REVISION_HEADER, revision);
      return answer(this.databases.policy.em.fork(), collection, result, reply);
    }
  }
  return CreateController;
}

function updateController(collection: Collection<object>): Type {
  @Controller(pathOf(collection))
  class UpdateController {
    constructor(
      @Inject(DATABASES) readonly databases: Databases,
      readonly changes: Changes,
    ) {}

    @Patch(':id')
    @Needs(`${collection.spec.permission}:update`)
    @StepUp(stepUp(collection))
    @Confines(confines(collection))
    async update(
      @Param('id') id: string,
      @Body() body: unknown,
      @Headers() headers: Headers_,
      @Req() request: FastifyRequest,
      @Res({ passthrough: true }) reply: FastifyReply,
    ) {
      const version = ifMatch(headers['if-match']);
      const actor = actorOf(request);
      const patch = parseStrictly(collection.spec.update!, body ?? {});
      const { result, revision } = await this.changes.commit(actor, { reason: reasonFrom(headers[REASON_HEADER]) }, async (em) => {
        const entity = await findRow(collection, em, id, reachOf(request));
        await demandVersion(collection, em, entity, version);
        if ((patch as Row)['tenant'] !== undefined) demandWithin(reachOf(request), (patch as Row)['tenant']);
        await collection.update(em, entity, patch as never, actor.id);
        return entity;
      });
      reply.header(REVISION_HEADER, revision);
      return answer(this.databases.policy.em.fork(), collection, result, reply);
    }
  }
  return UpdateController;
}

function deleteController(collection: Collection<object>): Type {
  @Controller(pathOf(collection))
  class DeleteController {
    constructor(readonly changes: Changes) {}

    @Delete(':id')
    @HttpCode(204)
    @Needs(`${collection.spec.permission}:delete`)
    @StepUp(stepUp(collection))
    @Confines(confines(collection))
    async remove(
      @Param('id') id: string,
      @Headers() headers: Headers_,
      @Req() request: FastifyRequest,
      @Res({ passthrough: true }) reply: FastifyReply,
    ) {
      const version = ifMatch(headers['if-match']);
      const { revision } = await this.changes.commit(actorOf(request), { reason: reasonFrom(headers[REASON_HEADER]) }, async (em) => {
        const entity = await findRow(collection, em, id, reachOf(request));
        await demandVersion(collection, em, entity, version);
        await collection.remove(em, entity);
      });
      reply.header(REVISION_HEADER, revision);
    }
  }
  return DeleteController;
}

/** Said before anything is looked up, so that nobody learns what there is in tenants of others. */
function demandWithin(reach: Reach, tenant: unknown): void {
  if (reach && !reach.includes(String(tenant)))
    throw new LicetError('forbidden', `you may do this in ${reach.map((id) => `\`${id}\``).join(', ')} only`);
}

async function answer(em: EntityManager, collection: Collection<object>, entity: object, reply: FastifyReply): Promise<Row> {
  const meta = metaOf(em, collection.entity);
  const [row] = await collection.present(em, [entity], meta);
  if (!row) throw new LicetError('not_found', `there is no such row in ${collection.name satisfies CollectionName}`);
  if (typeof row['version'] === 'number') reply.header('etag', `"${row['version']}"`);
  return row;
}
