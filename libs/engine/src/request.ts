import type { EvaluationRequest } from '@licet/contract';

const MAX_ID_LENGTH = 256;

/**
 * Whether a value has the shape of a question (AuthZEN 1.0, section 6.1), by the rules of the contract's `EvaluationRequest`: what HTTP
 * refuses, the engine refuses. Members that are not known are ignored.
 */
export function isRequest(value: unknown): value is EvaluationRequest {
  return hasParts(value) && isId(value.subject.id) && isId(value.resource.id);
}

/** The same but for the letters of the two ids, for who knows an id already. */
export function hasParts(value: unknown): value is EvaluationRequest {
  if (!isObject(value)) return false;
  const { subject, action, resource, context } = value;
  if (!isObject(subject) || !isObject(action) || !isObject(resource)) return false;
  const { type: subjectType, id: subjectId, properties: ofSubject } = subject;
  const { name, properties: ofAction } = action;
  const { type: resourceType, id: resourceId, properties: ofResource } = resource;
  return (
    isText(subjectType) &&
    isText(subjectId) &&
    isText(name) &&
    isText(resourceType) &&
    isText(resourceId) &&
    (ofSubject === undefined || isObject(ofSubject)) &&
    (ofAction === undefined || isObject(ofAction)) &&
    (ofResource === undefined || isObject(ofResource)) &&
    (context === undefined || isObject(context))
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0;
}

/** Whether a text can be an id: at most 256 characters, no control characters. */
export function isId(value: string): boolean {
  if (value.length > MAX_ID_LENGTH) return false;
  for (let i = 0; i < value.length; i++) {
    const unit = value.charCodeAt(i);
    if (unit < 0x20 || unit === 0x7f) return false;
  }
  return true;
}
