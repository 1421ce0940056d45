import { ApplyRequest, type ApplyResponse, LicetError, type PolicyFile, REASON_HEADER, REVISION_HEADER } from '@licet/contract';
import { resolvePolicyFile, toPolicyFile } from '@licet/policy';
import { Body, Controller, Get, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { actorOf } from '../access/access.guard.ts';
import { Needs } from '../access/needs.decorator.ts';
import { Head } from '../changes/change.entity.ts';
import { Changes } from '../changes/changes.service.ts';
import { actionOf } from '../changes/collector.ts';
import { DATABASES } from '../database/database.module.ts';
import type { Databases, EntityManager } from '../database/orm.ts';
import { parseStrictly, reasonFrom } from '../http/input.ts';
import { applyPolicy } from './apply.ts';
import { exportPolicy } from './export.ts';

@Controller('api/v1/policy')
export class PolicyController {
  constructor(
    @Inject(DATABASES) private readonly databases: Databases,
    private readonly changes: Changes,
  ) {}

  @Get()
  @Needs('licet.policy:export')
  async export(@Res({ passthrough: true }) reply: FastifyReply): Promise<PolicyFile> {
    const { policy, revision } = await exportPolicy(this.databases.policy.em.fork());
    reply.header(REVISION_HEADER, revision);
    return toPolicyFile(policy);
  }

  @Post('apply')
  @HttpCode(200)
  @Needs('licet.policy:apply')
  async apply(
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ApplyResponse> {
    const { file, reason: written, dryRun, prune, revision: planned } = parseStrictly(ApplyRequest, body ?? {});
    const reason = written || reasonFrom(request.headers[REASON_HEADER]) || 'apply a policy file';
    const desired = resolvePolicyFile(file);
    const actor = actorOf(request);
    const { revision, touched } = await this.changes.commit(actor, { reason, dryRun }, async (em) => {
      if (planned !== undefined) await demandRevision(em, planned);
      await applyPolicy(em, desired, { by: actor.id, prune });
    });
    reply.header(REVISION_HEADER, revision);
    const ops = touched.map((row) => ({ action: actionOf(row), kind: row.kind, target: row.id, before: row.before, after: row.after }));
    return { revision, applied: !dryRun && ops.length > 0, ops };
  }
}

/** Refuses where the policy is not the one that was planned for. The commit holds the head. */
async function demandRevision(em: EntityManager, planned: number): Promise<void> {
  const { revision } = await em.findOneOrFail(Head, 1);
  if (revision !== planned)
    throw new LicetError('version_mismatch', `the policy is at revision ${revision}, and the plan was made for ${planned}; plan anew`);
}
