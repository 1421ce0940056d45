import type { EvaluationRequest } from '@licet/contract';

const MAX_ID_LENGTH = 256;

/**
 * Whether a value has the shape of a question (AuthZEN 1.0, section 6.1), by the rules of the contract's `EvaluationRequest`: what HTTP
 * refuses, the engine refuses. Members that are not known are ignored.
 */
export function isRequest(value: unknown): value is EvaluationRequest {
  if (!isObject(value)) return false;
  const { subject, action, resource, context } = value;
  if (!isObject(subject) || !isObject(action) || !isObject(resource) || !isOptionalObject(context)) return false;
  // All parts are looked at before the letters of any, so that the processor fetches them together.
  return isEntity(subject) && isNamed(action) && isEntity(resource) && isId(subject['id'] as string) && isId(resource['id'] as string);
}

function isEntity({ type, id, properties }: Record<string, unknown>): boolean {
  return isText(type) && isText(id) && isOptionalObject(properties);
}

function isNamed({ name, properties }: Record<string, unknown>): boolean {
  return isText(name) && isOptionalObject(properties);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isOptionalObject(value: unknown): boolean {
  return value === undefined || isObject(value);
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.length > 0;
}

/** At most 256 characters, no control characters. */
function isId(value: string): boolean {
  if (value.length > MAX_ID_LENGTH) return false;
  for (let i = 0; i < value.length; i++) {
    const unit = value.charCodeAt(i);
    if (unit < 0x20 || unit === 0x7f) return false;
  }
  return true;
}
