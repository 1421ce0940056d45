import { type CollectionName, LicetError, REASON_HEADER, REVISION_HEADER } from '@licet/contract';
import { Body, Controller, Delete, Get, Headers, HttpCode, Inject, Param, Patch, Post, Query, Req, Res, type Type } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { actorOf } from '../access/access.guard.ts';
import { Needs } from '../access/needs.decorator.ts';
import { Changes } from '../changes/changes.service.ts';
import { DATABASES } from '../database/database.module.ts';
import type { Databases, EntityManager } from '../database/orm.ts';
import { metaOf, type Row } from '../database/rows.ts';
import { type Collection, demandVersion, findRow, listRows } from './collection.ts';
import { ifMatch, parseStrictly, reasonFrom } from './input.ts';

type Headers_ = Record<string, unknown>;

/** Makes the routes of a collection as far as the contract's table has them: list, read, create, update, delete. */
export function collectionControllers(collection: Collection<object>): Type[] {
  const { spec } = collection;
  const offered: [unknown, (collection: Collection<object>) => Type][] = [
    [true, readController],
    [spec.create, createController],
    [spec.update, updateController],
    [spec.delete, deleteController],
  ];
  return offered.filter(([has]) => has).map(([, make]) => make(collection));
}

const pathOf = ({ name }: Collection<object>) => `api/v1/${name}`;

function readController(collection: Collection<object>): Type {
  @Controller(pathOf(collection))
  class ReadController {
    constructor(@Inject(DATABASES) readonly databases: Databases) {}

    @Get()
    @Needs(`${collection.spec.permission}:read`)
    list(@Query() query: Row) {
      return listRows(collection, this.databases.policy.em.fork(), this.databases.dialect, query);
    }

    @Get(':id')
    @Needs(`${collection.spec.permission}:read`)
    async read(@Param('id') id: string, @Res({ passthrough: true }) reply: FastifyReply) {
      const em = this.databases.policy.em.fork();
      return answer(em, collection, await findRow(collection, em, id), reply);
    }
  }
  return ReadController;
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
    async create(@Body() body: unknown, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
      const input = parseStrictly(collection.spec.create!, body ?? {});
      const actor = actorOf(request);
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
    async update(
      @Param('id') id: string,
      @Body() body: unknown,
      @Headers() headers: Headers_,
      @Req() request: FastifyRequest,
      @Res({ passthrough: true }) reply: FastifyReply,
    ) {
      const version = ifMatch(headers['if-match']);
      const patch = parseStrictly(collection.spec.update!, body ?? {});
      const { result, revision } = await this.changes.commit(actorOf(request), { reason: reasonFrom(headers[REASON_HEADER]) }, async (em) => {
        const entity = await findRow(collection, em, id);
        await demandVersion(collection, em, entity, version);
        await collection.update(em, entity, patch as never);
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
    async remove(@Param('id') id: string, @Headers() headers: Headers_, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
      const version = ifMatch(headers['if-match']);
      const { revision } = await this.changes.commit(actorOf(request), { reason: reasonFrom(headers[REASON_HEADER]) }, async (em) => {
        const entity = await findRow(collection, em, id);
        await demandVersion(collection, em, entity, version);
        await collection.remove(em, entity);
      });
      reply.header(REVISION_HEADER, revision);
    }
  }
  return DeleteController;
}

async function answer(em: EntityManager, collection: Collection<object>, entity: object, reply: FastifyReply): Promise<Row> {
  const meta = metaOf(em, collection.entity);
  const [row] = await collection.present(em, [entity], meta);
  if (!row) throw new LicetError('not_found', `there is no such row in ${collection.name satisfies CollectionName}`);
  if (typeof row['version'] === 'number') reply.header('etag', `"${row['version']}"`);
  return row;
}
