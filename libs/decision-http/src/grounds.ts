import type { ErrorItem, EvaluationRequest } from '@licet/contract';
import { invalid } from './answers.ts';
import type { Asking } from './asking.ts';
import {
  isObject,
  placeIn,
  readAction,
  readAttributes,
  readEntity,
  readEvaluation,
  readSearched,
  refuse,
  wanted,
  type JsonObject,
} from './read-request.ts';

/**
 * Explains a question: what decides, and of a denial what is missing. The body is the one of an evaluation (AuthZEN 1.0, section 6.1).
 * @returns the body of the answer, JSON text: an `Explanation` of the contract
 * @throws LicetError `invalid_request`
 */
export function answerExplain(body: JsonObject, asking: Asking): string {
  const faults: ErrorItem[] = [];
  const question = readEvaluation(body, faults);
  const placed = question && placeIn(asking.tenant, question, '', faults);
  if (placed === undefined) throw invalid(faults);
  return JSON.stringify(asking.explain(placed));
}

/**
 * Reads a question exactly as the routes here do, for whoever answers it elsewhere.
 * @param body freshly parsed JSON
 * @throws LicetError `invalid_request`
 */
export function readQuestion(body: unknown): EvaluationRequest {
  const faults: ErrorItem[] = [];
  const question = isObject(body) ? readEvaluation(body, faults) : refuse(faults, '(body)', wanted('a JSON object', body));
  if (question === undefined) throw invalid(faults);
  return question;
}

/**
 * Answers for all rows of a type at once. The body is the one of an evaluation without the id of the resource; an id is ignored, as in a
 * search. At the address of a tenant all rows are taken to be in that tenant.
 * @returns the body of the answer, JSON text: a `FilterPlan` of the contract
 * @throws LicetError `invalid_request`
 */
export function answerPlan(body: JsonObject, asking: Asking): string {
  const faults: ErrorItem[] = [];
  const subject = readEntity(body['subject'], 'subject', faults);
  const action = readAction(body['action'], 'action', faults);
  const resource = readSearched(body['resource'], 'resource', faults);
  const context = readAttributes(body['context'], 'context', faults);
  if (!subject || !action || !resource || faults.length > 0) throw invalid(faults);
  const { tenant } = asking;
  const placed = placeIn(tenant, { subject, action, resource, context }, '', faults);
  if (placed === undefined) throw invalid(faults);
  if (tenant !== undefined) placed.resource = { ...resource, properties: { ...resource.properties, tenant } };
  return JSON.stringify(asking.plan(placed));
}
