import { type OperatorLink, REASON_HEADER } from '@licet/contract';
import { Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { actorOf } from '../access/access.guard.ts';
import { Needs } from '../access/needs.decorator.ts';
import { StepUp } from '../access/step-up.ts';
import { Changes } from '../changes/changes.service.ts';
import { findRow } from '../http/collection.ts';
import { reasonFrom } from '../http/input.ts';
import { demandOther, giveLink, INVITATION_MS, RESET_MS } from './credentials.ts';
import { OperatorsCollection } from './operators.collection.ts';

const operators = new OperatorsCollection();

/** One-time links for choosing a password: of an invitation once more, or for an operator who has lost the password. */
@Controller('api/v1/operators')
export class OperatorLinksController {
  constructor(private readonly changes: Changes) {}

  @Post(':id/link')
  @HttpCode(201)
  @Needs('licet.operator:update')
  @StepUp()
  async make(@Param('id') id: string, @Req() request: FastifyRequest): Promise<OperatorLink> {
    const reason = reasonFrom(request.headers[REASON_HEADER]) || 'a one-time link for a new password';
    const actor = actorOf(request);
    const { result } = await this.changes.commit(actor, { reason }, async (em) => {
      const operator = await findRow(operators, em, id);
      demandOther(operator, actor.id);
      const link = giveLink(operator, operator.passwordHash === '' ? INVITATION_MS : RESET_MS);
      return { link, expiresAt: operator.linkExpiresAt!.toISOString() };
    });
    return result;
  }
}
