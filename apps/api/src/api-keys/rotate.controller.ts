import { ApiKeyRotate, REASON_HEADER, REVISION_HEADER } from '@licet/contract';
import { Body, Controller, Headers, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { actorOf } from '../access/access.guard.ts';
import { Needs } from '../access/needs.decorator.ts';
import { StepUp } from '../access/step-up.ts';
import { Changes } from '../changes/changes.service.ts';
import { DATABASES } from '../database/database.module.ts';
import type { Databases } from '../database/orm.ts';
import { metaOf } from '../database/rows.ts';
import { demandVersion, findRow } from '../http/collection.ts';
import { ifMatch, parseStrictly, reasonFrom } from '../http/input.ts';
import { ApiKey } from './api-key.entity.ts';
import { ApiKeysCollection } from './api-keys.collection.ts';

@Controller('api/v1/api-keys')
export class RotateController {
  readonly #keys = new ApiKeysCollection();

  constructor(
    @Inject(DATABASES) private readonly databases: Databases,
    private readonly changes: Changes,
  ) {}

  @Post(':id/rotate')
  @HttpCode(201)
  @Needs('licet.api-key:update')
  @StepUp()
  async rotate(
    @Param('id') id: string,
    @Body() body: unknown,
    @Headers() headers: Record<string, unknown>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const version = ifMatch(headers['if-match']);
    const input = parseStrictly(ApiKeyRotate, body ?? {});
    const actor = actorOf(request);
    const reason = reasonFrom(headers[REASON_HEADER]) || `rotation of the key ${id}`;
    const { result, revision } = await this.changes.commit(actor, { reason }, async (em) => {
      const old = await findRow(this.#keys, em, id);
      await demandVersion(this.#keys, em, old, version);
      return this.#keys.rotate(em, old, input, actor.id);
    });
    const em = this.databases.policy.em.fork();
    const [row] = await this.#keys.present(em, [result], metaOf(em, ApiKey));
    reply.header(REVISION_HEADER, revision).header('etag', `"${result.version}"`);
    return row;
  }
}
