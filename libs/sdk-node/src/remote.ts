import {
  ActionSearchResponse,
  DecisionError,
  DecisionPath,
  DecisionReason,
  DEFAULT_TENANT,
  EntitySearchResponse,
  Explanation,
  FilterPlan,
  SEARCH_LIMIT,
  type Decision,
  type EvaluationRequest,
  type FilterRequest,
} from '@licet/contract';
import { unexplained } from '@licet/engine';
import { batchLength } from './batch.ts';
import type { ControlPlane } from './control-plane.ts';
import { messageOf, Unavailable } from './errors.ts';
import { nameOf, type Search } from './search.ts';

/** An answer, and where there is none or the question was not one, what is wrong. */
export type Answer = Decision & { readonly message?: string };

/** An explanation, with what is wrong where there is none. */
export type Explained = Omit<Explanation, 'decision'> & { decision: Answer };

/** A search that has not ended after so many pages has no end. */
const MOST_PAGES = 10_000;

/**
 * Asks a decision point over HTTP (AuthZEN 1.0, sections 6 and 7). Fails closed: anything but 200 and a JSON object whose `decision` is
 * a boolean is a denial with reason `unreachable`, and an answer that is missing from a batch is one; so is what is no explanation and no
 * filter plan. A search that has no valid answer throws.
 */
export class RemoteDecisionPoint {
  private readonly plane: ControlPlane;

  constructor(plane: ControlPlane) {
    this.plane = plane;
  }

  async decide(request: EvaluationRequest, atLeast: number | undefined): Promise<Answer> {
    try {
      return readAnswer(await this.plane.ask('/access/v1/evaluation', JSON.stringify(request), atLeast));
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

  async explain(request: EvaluationRequest, atLeast: number | undefined): Promise<Explained> {
    try {
      return Explanation.parse(await this.plane.ask('/licet/v1/explain', JSON.stringify(request), atLeast));
    } catch (error) {
      return unexplained(unreachable(messageOf(error)), DEFAULT_TENANT);
    }
  }

  async filterPlan(request: FilterRequest, atLeast: number | undefined): Promise<FilterPlan> {
    try {
      return FilterPlan.parse(await this.plane.ask('/licet/v1/plan', JSON.stringify(request), atLeast));
    } catch {
      return { kind: 'never', reason: 'unreachable', revision: 0 };
    }
  }

  /**
   * Searches page by page (AuthZEN 1.0, section 8).
   * @throws Unavailable where there is no valid answer
   */
  async search({ kind, request, limit, atLeast }: Search): Promise<string[]> {
    const names: string[] = [];
    let token: string | undefined;
    try {
      for (let pages = 0; pages < MOST_PAGES; pages += 1) {
        const page = { limit: Math.min(limit, SEARCH_LIMIT), ...(token === undefined ? {} : { token }) };
        const body = await this.plane.ask(`/access/v1/search/${kind}`, JSON.stringify({ ...request, page }), atLeast);
        const found = (kind === 'action' ? ActionSearchResponse : EntitySearchResponse).parse(body);
        names.push(...found.results.map((result) => nameOf(kind, result)));
        token = found.page?.next_token;
        if (names.length >= limit || !token) return names.slice(0, limit);
      }
    } catch (error) {
      throw new Unavailable(`the search has no answer: ${messageOf(error)}`, { cause: error });
    }
    throw new Unavailable(`the search has no answer: it does not end after ${MOST_PAGES} pages`);
  }

  private async decideBatch(batch: readonly string[], atLeast: number | undefined): Promise<Answer[]> {
    try {
      const body = await this.plane.ask('/access/v1/evaluations', `{"evaluations":[${batch.join(',')}]}`, atLeast);
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
