import { problem, type ErrorCode } from '@licet/contract';
import { CAN_LIMIT, type CanAnswers, type CanQuestion } from './can-questions.ts';
import { isUndecided } from './errors.ts';
import type { GuardOptions } from './guard.ts';
import type { Licet } from './licet.ts';
import type { Mode } from './settings.ts';

/** How the questions of a page find out whom they are about: as guards do. */
export type CanOptions<Request> = Pick<GuardOptions<Request>, 'subject' | 'context' | 'tenant'>;

/** What is to be sent. */
export interface CanReply {
  status: number;
  headers: Record<string, string>;
  body: string;
}

const NO_QUESTIONS = `the body must be {"questions": [...]} with at most ${CAN_LIMIT} of {"permission": "type:action", "resource": ...}`;

/**
 * Answers what a page asks about whoever is signed in: for display only. The rules:
 * - whom the questions are about, in which tenant and context, the application says, never the page;
 * - an answer is a boolean, without reasons; what is wrong with a single question makes it false;
 * - nothing is logged as a decision.
 * @param body of the request, as it was parsed
 * @returns 200 with {@link CanAnswers}; otherwise a problem document: 400, 401 for nobody, 503 where Licet could not tell
 * @throws whatever the options throw
 */
export async function answerCan<Request>(
  licet: Licet<Mode>,
  options: CanOptions<Request>,
  request: Request,
  body: unknown,
): Promise<CanReply> {
  const subject = await options.subject(request);
  if (subject === null || subject === undefined) return refuse('unauthenticated', 'Nobody is signed in.');
  const questions = readQuestions(body);
  if (questions === undefined) return refuse('invalid_request', NO_QUESTIONS);
  const [context, tenant] = [await options.context?.(request), await options.tenant?.(request)];
  const answers = await licet.checkMany(subject, questions, { context, tenant, log: false });
  if (answers.some(({ reason }) => isUndecided(reason))) {
    return refuse('unavailable', 'Permissions could not be checked just now.', { 'retry-after': '5' });
  }
  return reply(200, 'application/json', { answers: answers.map(({ decision }) => decision) } satisfies CanAnswers);
}

function readQuestions(body: unknown): CanQuestion[] | undefined {
  if (!hasOnly(body, ['questions'])) return undefined;
  const { questions } = body;
  return Array.isArray(questions) && questions.length <= CAN_LIMIT && questions.every(isQuestion) ? questions : undefined;
}

function isQuestion(value: unknown): value is CanQuestion {
  if (!hasOnly(value, ['permission', 'resource'])) return false;
  const { permission, resource } = value;
  return (
    typeof permission === 'string' && (resource === undefined || typeof resource === 'string' || hasOnly(resource, ['id', 'properties']))
  );
}

/** An object with no other members than these: a page that names a subject or a tenant is refused, and not passed over. */
function hasOnly(value: unknown, names: readonly string[]): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).every((name) => names.includes(name));
}

function refuse(code: ErrorCode, detail: string, headers: Record<string, string> = {}): CanReply {
  const document = problem(code, detail);
  return reply(document.status, 'application/problem+json', document, headers);
}

function reply(status: number, type: string, body: object, headers: Record<string, string> = {}): CanReply {
  const sent = { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'no-store', ...headers };
  return { status, headers: sent, body: JSON.stringify(body) };
}
