import type { EvaluationRequest } from '@licet/contract';
import { messageOf } from './errors.ts';
import { toRequest, type CheckOptions, type Question, type SubjectInput } from './question.ts';
import type { Answer } from './remote.ts';

/** A question as it was read: a request, or where it is not one, the denial that answers it. */
export type Asked = EvaluationRequest | Answer;

export function isRequest(value: Asked): value is EvaluationRequest {
  return 'subject' in value;
}

export function read(...question: Parameters<typeof toRequest>): Asked {
  try {
    return toRequest(...question);
  } catch (error) {
    return invalid(error);
  }
}

/** Reads one of many questions about a subject. */
export function readOne(subject: SubjectInput, question: Question, options: CheckOptions): Asked {
  try {
    if (typeof question === 'string') return toRequest(subject, question, undefined, options);
    return toRequest(subject, question?.permission, question?.resource, options);
  } catch (error) {
    return invalid(error);
  }
}

/** @returns the denial of what is no question */
export function invalid(error: unknown): Answer {
  return { decision: false, reason: 'invalid_request', path: null, errors: [], revision: 0, message: messageOf(error) };
}
