/**
 * Reads AuthZEN requests by hand, because a schema library would cost more than the decision. The rules it keeps:
 * - it accepts exactly what the contract's `EvaluationRequest` accepts (held equal by a property test), and besides
 *   - a null in place of an optional member counts as absent,
 *   - attributes nest at most MAX_DEPTH deep;
 * - every fault names its member; nothing is repaired and no type is converted (AuthZEN 1.0, sections 5 and 10.1.1);
 * - unknown members are left out, so that they reach neither a condition nor the decision log.
 */
import type { Action, Attributes, ErrorItem, EvaluationRequest, Resource, Subject } from '@licet/contract';

/** How deep attributes may nest: `properties` itself is level 1. */
export const MAX_DEPTH = 32;

/** More faults than this are not listed. */
const MAX_FAULTS = 20;

// The same as EntityId in the contract, which does not export its expression.
// eslint-disable-next-line no-control-regex -- refusing control characters is the purpose
const ENTITY_ID = /^[^\u0000-\u001f\u007f]{1,256}$/;

/** A JSON object as `JSON.parse` gives it. */
export type JsonObject = Record<string, unknown>;

/** @returns whether a parsed JSON value is an object, neither an array nor null */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Reads one question (AuthZEN 1.0, section 6.1).
 * @param body a freshly parsed JSON object; members named `__proto__` are removed from its attributes
 * @param faults takes what is wrong
 * @returns the question with known members only; undefined if there are faults
 */
export function readEvaluation(body: JsonObject, faults: ErrorItem[]): EvaluationRequest | undefined {
  const subject = readEntity(body['subject'], 'subject', faults);
  const action = readAction(body['action'], 'action', faults);
  const resource = readEntity(body['resource'], 'resource', faults);
  const context = readAttributes(body['context'], 'context', faults);
  return faults.length === 0 ? evaluationOf(subject, action, resource, context) : undefined;
}

/** Puts a question together from parts that were read without a fault; undefined if a required part is not there. */
export function evaluationOf(
  subject: Subject | undefined,
  action: Action | undefined,
  resource: Resource | undefined,
  context: Attributes | undefined,
): EvaluationRequest | undefined {
  if (subject === undefined || action === undefined || resource === undefined) return undefined;
  return context === undefined ? { subject, action, resource } : { subject, action, resource, context };
}

/** Reads a subject or a resource (AuthZEN 1.0, sections 5.1 and 5.2), which have the same shape. */
export function readEntity(value: unknown, path: string, faults: ErrorItem[]): Subject | undefined {
  if (!isObject(value)) return refuse(faults, path, wanted('an object with `type` and `id`', value));
  const type = readName(value['type'], path, 'type', faults);
  const id = value['id'];
  if (typeof id !== 'string') refuse(faults, `${path}.id`, wanted('a string', id));
  else if (!ENTITY_ID.test(id)) refuse(faults, `${path}.id`, 'must have 1 to 256 characters and no control characters');
  const properties = readProperties(value, path, faults);
  if (type === undefined || typeof id !== 'string') return undefined;
  return properties === undefined ? { type, id } : { type, id, properties };
}

/** Reads what is searched for (AuthZEN 1.0, sections 8.4 and 8.5): a type, and attributes that each candidate is taken to have. */
export function readSearched(value: unknown, path: string, faults: ErrorItem[]): Omit<Subject, 'id'> | undefined {
  if (!isObject(value)) return refuse(faults, path, wanted('an object with `type`', value));
  const type = readName(value['type'], path, 'type', faults);
  const properties = readProperties(value, path, faults);
  if (type === undefined) return undefined;
  return properties === undefined ? { type } : { type, properties };
}

/** Reads an action (AuthZEN 1.0, section 5.3). */
export function readAction(value: unknown, path: string, faults: ErrorItem[]): Action | undefined {
  if (!isObject(value)) return refuse(faults, path, wanted('an object with `name`', value));
  const name = readName(value['name'], path, 'name', faults);
  const properties = readProperties(value, path, faults);
  if (name === undefined) return undefined;
  return properties === undefined ? { name } : { name, properties };
}

/** Reads a context or the `properties` of an entity; undefined where there is none. */
export function readAttributes(value: unknown, path: string, faults: ErrorItem[]): Attributes | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) return refuse(faults, path, wanted('an object', value));
  const fault = faultInJson(value, 1);
  if (fault !== undefined) return refuse(faults, path + fault.path, fault.message);
  return value as Attributes;
}

/**
 * Makes a question one about the tenant of its address.
 * @param tenant undefined where the address names none: the question stays as it is
 * @param prefix where the question stands in the request, for instance `evaluations[3].`
 * @returns undefined if the question names another tenant, which is a fault
 */
export function placeIn<Q extends { context?: Attributes | undefined; resource: { properties?: Attributes | undefined } }>(
  tenant: string | undefined,
  question: Q,
  prefix: string,
  faults: ErrorItem[],
): Q | undefined {
  if (tenant === undefined) return question;
  const { context, resource } = question;
  const named = { 'resource.properties.tenant': resource.properties?.['tenant'], 'context.tenant': context?.['tenant'] };
  for (const [path, value] of Object.entries(named)) {
    if (value === undefined || value === tenant) continue;
    refuse(faults, prefix + path, `must be \`${tenant}\`, the tenant of this address, or left out`);
  }
  return faults.length > 0 ? undefined : { ...question, context: { ...context, tenant } };
}

/**
 * Adds a fault.
 * @param path the member, for instance `evaluations[3].subject.id`
 * @param message the end of a sentence that begins with the member
 */
export function refuse(faults: ErrorItem[], path: string, message: string): undefined {
  if (faults.length < MAX_FAULTS) faults.push({ path, message });
  return undefined;
}

/** @returns for instance `must be a string, but is a number` */
export function wanted(what: string, value: unknown): string {
  if (value === undefined || value === null) return `is missing; it must be ${what}`;
  const is = Array.isArray(value) ? 'an array' : typeof value === 'object' ? 'an object' : `a ${typeof value}`;
  return `must be ${what}, but is ${is}`;
}

/** @returns faults as one sentence: the first one, and how many more there are */
export function sentence(faults: readonly ErrorItem[]): string {
  const first = faults[0];
  if (first === undefined) return 'The request is not valid.';
  const rest = faults.length - 1;
  return `\`${first.path}\` ${first.message}${rest > 0 ? ` (and ${rest} more)` : ''}.`;
}

function readProperties(entity: JsonObject, path: string, faults: ErrorItem[]): Attributes | undefined {
  const { properties } = entity;
  return properties === undefined ? undefined : readAttributes(properties, `${path}.properties`, faults);
}

function readName(value: unknown, path: string, member: string, faults: ErrorItem[]): string | undefined {
  if (typeof value !== 'string') return refuse(faults, `${path}.${member}`, wanted('a string', value));
  if (value === '') return refuse(faults, `${path}.${member}`, 'must not be empty');
  return value;
}

/** Looks at every value once, by index and by name: entries would cost more than the parsing did. @returns a path that begins after `value` */
function faultInJson(value: object, depth: number): ErrorItem | undefined {
  if (depth > MAX_DEPTH) return { path: '', message: `nests more than ${MAX_DEPTH} levels deep` };
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const fault = faultInMember(value[i], depth);
      if (fault !== undefined) return { path: `[${i}]${fault.path}`, message: fault.message };
    }
    return undefined;
  }
  for (const key of Object.keys(value)) {
    if (key === '__proto__') {
      delete (value as JsonObject)[key];
      continue;
    }
    const fault = faultInMember((value as JsonObject)[key], depth);
    if (fault !== undefined) return { path: `.${key}${fault.path}`, message: fault.message };
  }
  return undefined;
}

function faultInMember(item: unknown, depth: number): ErrorItem | undefined {
  if (typeof item === 'object' && item !== null) return faultInJson(item, depth + 1);
  return typeof item === 'number' && !Number.isFinite(item) ? { path: '', message: 'is a number beyond double precision' } : undefined;
}
