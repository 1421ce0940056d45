import { AssignRequest, type AssignResponse, REASON_HEADER, REVISION_HEADER, RevokeManyRequest, RevokeRequest } from '@licet/contract';
import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { actorOf, reachOf } from '../access/access.guard.ts';
import { Confines, Needs } from '../access/needs.decorator.ts';
import { Changes } from '../changes/changes.service.ts';
import type { EntityManager } from '../database/orm.ts';
import { demandVersion, findRow } from '../http/collection.ts';
import { parseStrictly, reasonFrom } from '../http/input.ts';
import { Assignment } from './assignment.entity.ts';
import { AssignmentsCollection, findSame, termsOf } from './assignments.collection.ts';

/** For applications, which know who has which role and not under which id; and for who takes many away at once. */
@Controller('api/v1/assignments')
export class AssignController {
  readonly #assignments = new AssignmentsCollection();

  constructor(private readonly changes: Changes) {}

  @Post('assign')
  @HttpCode(200)
  @Needs('licet.assignment:create')
  assign(@Body() body: unknown, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<AssignResponse> {
    const input = parseStrictly(AssignRequest, body ?? {});
    return this.#commit(request, input.reason, reply, async (em) => {
      if (!(await findSame(em, input))) await this.#assignments.create(em, input, actorOf(request).id);
    });
  }

  @Post('revoke')
  @HttpCode(200)
  @Needs('licet.assignment:delete')
  revoke(@Body() body: unknown, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<AssignResponse> {
    const input = parseStrictly(RevokeRequest, body ?? {});
    return this.#commit(request, input.reason, reply, async (em) => {
      em.remove(await em.find(Assignment, termsOf(input)));
    });
  }

  @Post('revoke-many')
  @HttpCode(200)
  @Needs('licet.assignment:delete')
  @Confines()
  revokeMany(@Body() body: unknown, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<AssignResponse> {
    const { assignments, reason } = parseStrictly(RevokeManyRequest, body ?? {});
    return this.#commit(request, reason, reply, async (em) => {
      for (const { id, version } of assignments) {
        const assignment = await findRow(this.#assignments, em, id, reachOf(request));
        await demandVersion(this.#assignments, em, assignment, version, `\`${assignment.role}\` of \`${assignment.user ?? assignment.group}\``);
        em.remove(assignment);
      }
    });
  }

  async #commit(
    request: FastifyRequest,
    written: string,
    reply: FastifyReply,
    mutate: (em: EntityManager) => Promise<void>,
  ): Promise<AssignResponse> {
    const reason = written || reasonFrom(request.headers[REASON_HEADER]);
    const { revision, touched } = await this.changes.commit(actorOf(request), { reason }, mutate);
    reply.header(REVISION_HEADER, revision);
    return { revision, changed: touched.length };
  }
}
