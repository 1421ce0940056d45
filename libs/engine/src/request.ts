import type { EvaluationRequest } from '@licet/contract';

const MAX_ID_LENGTH = 256;

/**
 * Whether a value has the shape of a question (AuthZEN 1.0, section 6.1), by the rules of the contract's `EvaluationRequest`: what HTTP
 * refuses, the engine refuses. Members that are not known are ignored.
 */
export function isRequest(value: unknown): value is EvaluationRequest {
  if (!isObject(value)) return false;
  const { subject, action, resource, context } = value;
  return (
    isEntity(subject) &&
    isObject(action) &&
    isText(action['name']) &&
    isOptionalObject(action['properties']) &&
    isEntity(resource) &&
    isOptionalObject(context)
  );
}

function isEntity(value: unknown): boolean {
  return isObject(value) && isText(value['type']) && isId(value['id']) && isOptionalObject(value['properties']);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isOptionalObject(value: unknown): boolean {
  return value === undefined || isObject(value);
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

/** 1 to 256 characters, no control characters. */
function isId(value: unknown): boolean {
  if (typeof value !== 'string' || value === '' || value.length > MAX_ID_LENGTH) return false;
  for (let i = 0; i < value.length; i++) {
    const unit = value.charCodeAt(i);
    if (unit < 0x20 || unit === 0x7f) return false;
  }
  return true;
}
