import { EvaluationRequest, ExplainRequest, type Explanation } from '@licet/contract';
import { readQuestion } from '@licet/decision-http';
import { explain } from '@licet/engine';
import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { Needs } from '../access/needs.decorator.ts';
import { History } from '../changes/history.service.ts';
import { parseStrictly } from '../http/input.ts';

/** Where it is asked. What is asked is kept nowhere, and read as at the decision endpoint. */
export const EXPLAIN = '/api/v1/explain';
const Besides = ExplainRequest.pick({ at: true, revision: true });
const QUESTION = Object.keys(EvaluationRequest.shape);

/** Why a question is answered as it is, or was at a past revision. Nothing is logged: it is people who ask here. */
@Controller(EXPLAIN)
export class ExplainController {
  constructor(private readonly history: History) {}

  @Post()
  @HttpCode(200)
  @Needs('licet.decision:explain')
  async explain(@Body() body: unknown): Promise<Explanation> {
    const question = readQuestion(body);
    const besides = Object.entries(body as object).filter(([name]) => !QUESTION.includes(name));
    const { at, revision } = parseStrictly(Besides, Object.fromEntries(besides));
    return explain(await this.history.snapshotAt(revision), question, at === undefined ? Date.now() : Date.parse(at));
  }
}
