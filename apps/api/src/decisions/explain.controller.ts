import { ExplainRequest, type Explanation } from '@licet/contract';
import { explain } from '@licet/engine';
import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { Needs } from '../access/needs.decorator.ts';
import { History } from '../changes/history.service.ts';
import { parseStrictly } from '../http/input.ts';

/** Why a question is answered as it is, or was at a past revision. Nothing is logged: it is people who ask here. */
@Controller('api/v1/explain')
export class ExplainController {
  constructor(private readonly history: History) {}

  @Post()
  @HttpCode(200)
  @Needs('licet.decision:explain')
  async explain(@Body() body: unknown): Promise<Explanation> {
    const { at, revision, ...question } = parseStrictly(ExplainRequest, body ?? {});
    return explain(await this.history.snapshotAt(revision), question, at === undefined ? Date.now() : Date.parse(at));
  }
}
