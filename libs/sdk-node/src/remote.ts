import { DecisionError, DecisionPath, DecisionReason, type Decision, type EvaluationRequest } from '@licet/contract';
import { batchLength } from './batch.ts';
import type { ControlPlane } from './control-plane.ts';
import { messageOf } from './errors.ts';

/** An answer, and where there is none or the question was not one, what is wrong. */
export type Answer = Decision & { readonly message?: string };

/**
 * Asks a decision point over HTTP (AuthZEN 1.0, sections 6 and 7). Fails closed: anything but 200 and a JSON object whose `decision` is
 * a boolean is a denial with reason `unreachable`, and an answer that is missing from a batch is one.
 */
export class RemoteDecisionPoint {
  private readonly plane: ControlPlane;

  constructor(plane: ControlPlane) {
    this.plane = plane;
  }

  async decide(request: EvaluationRequest, atLeast: number | undefined): Promise<Answer> {
    try {
      return readAnswer(await this.plane.ask('evaluation', JSON.stringify(request), atLeast));
    } catch (error) {
      return unreachable(messageOf(error));
    }
  }

  async decideMany(requests: readonly EvaluationRequest[], atLeast: number | undefined): Promise<Answer[]> {
    const texts = requests.map((request) => JSON.stringify(request));
    const answers: Answer[] = [];
    while (answers.length < texts.length) {
      const batch = texts.slice(answers.length, answers.length + batchLength(texts, answers.length));
      answers.push(...(await this.decideBatch(batch, atLeast)));
    }
    return answers;
  }

  private async decideBatch(batch: readonly string[], atLeast: number | undefined): Promise<Answer[]> {
    try {
      const body = await this.plane.ask('evaluations', `{"evaluations":[${batch.join(',')}]}`, atLeast);
      const given = isObject(body) && Array.isArray(body['evaluations']) ? (body['evaluations'] as unknown[]) : [];
      return batch.map((_, index) => readAnswer(given[index]));
    } catch (error) {
      return batch.map(() => unreachable(messageOf(error)));
    }
  }
}

/** @returns a denial because no valid answer came */
export function unreachable(message: string): Answer {
  return { decision: false, reason: 'unreachable', path: null, errors: [], revision: 0, message };
}

function readAnswer(value: unknown): Answer {
  if (!isObject(value) || typeof value['decision'] !== 'boolean') return unreachable('the decision point gave no valid answer');
  const { decision } = value;
  const context = isObject(value['context']) ? value['context'] : {};
  const { error } = context;
  return {
    decision,
    reason: DecisionReason.safeParse(context['reason']).data ?? (decision ? 'allowed_by_grant' : 'no_matching_grant'),
    path: DecisionPath.safeParse(context['path']).data ?? null,
    errors: DecisionError.array().safeParse(context['errors']).data ?? [],
    revision: Number.isSafeInteger(context['revision']) ? (context['revision'] as number) : 0,
    ...(isObject(error) && typeof error['message'] === 'string' ? { message: error['message'] } : {}),
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
