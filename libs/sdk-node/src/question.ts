import { parseUserKey, splitKey, type Attributes, type EvaluationRequest } from '@licet/contract';

/**
 * Who is asked about: a user key (`alice`, `service:bob`), or AuthZEN's type and id with attributes (1.0, section 5.1). Where users choose
 * their own ids, write `{ id }`: it is always a `user`, whatever is in it.
 */
export type SubjectInput = string | { type?: string | undefined; id: string; properties?: object | undefined };

/**
 * What the action is done to: an id, or an id with attributes (AuthZEN 1.0, section 5.2). Its type is the one that the permission names.
 * Without an id it is no particular one, as in `task:create`; an id that is there and undefined is a mistake, and is denied.
 */
export type ResourceInput = string | { type?: string | undefined; id?: string; properties?: object | undefined };

export interface CheckOptions {
  /** Attributes of the action, for conditions (AuthZEN 1.0, section 5.3). */
  action?: object | undefined;
  /** Facts about the moment, for conditions (AuthZEN 1.0, section 5.4). */
  context?: object | undefined;
  /** The tenant that the question is about. Short for the member `tenant` of the resource's properties. */
  tenant?: string | undefined;
  /** Answer from this revision or a later one, to read one's own writes; before that it is a denial with reason `stale`. */
  atLeast?: number | undefined;
  /** False keeps a local decision out of the decision log: for questions that only decide what a page shows. */
  log?: boolean | undefined;
}

export interface SearchOptions extends Omit<CheckOptions, 'log'> {
  /** How many results at most; all if left out. */
  limit?: number | undefined;
}

/** One of many questions about a subject. */
export type Question = string | { permission: string; resource?: ResourceInput | undefined };

/** The resource id of a question that names none, such as `task:create`. */
export const ANY_ID = '*';

const MAX_DEPTH = 32;
/** As a member of its own, which a parsed text may have, it is no attribute: whoever copies it by assignment changes what the object inherits. */
const PROTO = '__proto__';

/**
 * Turns a question into AuthZEN's form. Attributes become what they are in JSON: a Date is its ISO text, undefined is absent.
 * @throws TypeError saying what is wrong with the question
 */
export function toRequest(
  subject: SubjectInput,
  permission: string | undefined,
  resource: ResourceInput | undefined,
  { action, context, tenant, atLeast }: CheckOptions,
): EvaluationRequest {
  const asked = splitPermission(permission);
  const { type } = asked;
  const id = resourceIdOf(resource);
  const given = typeof resource === 'object' ? resource : {};
  if (given.type !== undefined && given.type !== type) {
    throw new TypeError(`the permission \`${permission}\` is about a \`${type}\`, not about a \`${given.type}\``);
  }
  if (tenant !== undefined && (typeof tenant !== 'string' || tenant === '')) {
    throw new TypeError('the option `tenant` must be a text that is not empty');
  }
  if (atLeast !== undefined && !isCount(atLeast)) throw new TypeError('the option `atLeast` must be a whole number from 0 on, a revision');
  const properties = tenant === undefined ? given.properties : { ...given.properties, tenant };
  const request: EvaluationRequest = {
    subject: toSubject(subject),
    action: action === undefined ? asked.action : { ...asked.action, properties: toAttributes(action, 'action.properties') },
    resource: toEntity(type, id, properties, 'resource'),
  };
  if (context !== undefined) request.context = toAttributes(context, 'context');
  return request;
}

/** Permissions are few and written in the application's code; the parts of one are taken apart once. */
const known = new Map<unknown, AskedPermission>();
const MOST_KNOWN = 10_000;

interface AskedPermission {
  readonly type: string;
  /** Without attributes; all questions about the permission have the same. */
  readonly action: { readonly name: string };
}

function splitPermission(permission: unknown): AskedPermission {
  const split = known.get(permission);
  if (split !== undefined) return split;
  const parts = typeof permission === 'string' && permission.includes(':') ? splitKey(permission) : undefined;
  if (!parts?.type || !parts.rest) throw new TypeError('name the permission as `type:action`, such as `task:read`');
  const asked = { type: parts.type, action: { name: parts.rest } };
  if (known.size < MOST_KNOWN) known.set(permission, asked);
  return asked;
}

/** @throws TypeError saying how a permission is written */
export function demandPermission(permission: unknown): void {
  splitPermission(permission);
}

/** The id that a resource is named by. What has none, and is no plain object that leaves it out, is not taken for no particular one. */
function resourceIdOf(resource: unknown): string {
  if (resource === undefined) return ANY_ID;
  if (typeof resource === 'string') return toId(resource, 'resource');
  if (typeof resource === 'object' && resource !== null) {
    if ('id' in resource) return toId(resource.id, 'resource');
    if (isPlain(resource)) return ANY_ID;
  }
  throw new TypeError(`name the resource by its id, or as \`{ id, properties }\`, not as ${describe(resource)}`);
}

/** Whether an object is of no class, also one of another realm. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Whether a value is a whole number from 0 on. */
export function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** @throws TypeError saying what is wrong with the subject */
export function toSubject(subject: SubjectInput): EvaluationRequest['subject'] {
  if (typeof subject === 'string') {
    const user = parseUserKey(subject);
    toId(user.id, 'subject');
    return user;
  }
  if (typeof subject !== 'object' || subject === null) throw new TypeError('name the subject by its id, or as `{ type, id }`');
  return toEntity(subject.type ?? 'user', toId(subject.id, 'subject'), subject.properties, 'subject');
}

function toId(id: unknown, of: string): string {
  if (typeof id !== 'string') throw new TypeError(`the id of the ${of} must be a string, but is ${describe(id)}`);
  if (id === '') throw new TypeError(`the id of the ${of} is empty`);
  return id;
}

function toEntity(type: string, id: string, properties: object | undefined, of: string): EvaluationRequest['subject'] {
  return properties === undefined ? { type, id } : { type, id, properties: toAttributes(properties, `${of}.properties`) };
}

function toAttributes(value: object, path: string): Attributes {
  const attributes = toJson(value, path, 1);
  if (typeof attributes === 'object' && attributes !== null && !Array.isArray(attributes)) return attributes as Attributes;
  throw new TypeError(`\`${path}\` must be an object, but is ${describe(attributes)}`);
}

/** The value as JSON carries it. */
function toJson(value: unknown, path: string, depth: number): unknown {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (typeof value !== 'object') throw new TypeError(`\`${path}\` is ${describe(value)}, which has no form in JSON`);
  if (depth > MAX_DEPTH) throw new TypeError(`\`${path}\` nests more than ${MAX_DEPTH} levels deep`);
  if ('toJSON' in value && typeof value.toJSON === 'function') return toJson((value as Date).toJSON(), path, depth + 1);
  if (Array.isArray(value)) return value.map((item, index) => (item === undefined ? null : toJson(item, `${path}[${index}]`, depth + 1)));
  return toPlainObject(value as Record<string, unknown>, path, depth);
}

function toPlainObject(value: Record<string, unknown>, path: string, depth: number): unknown {
  if (hasTextsOnly(value)) return value;
  const entries = Object.keys(value).flatMap((key): [string, unknown][] => {
    const item = value[key];
    return item === undefined || key === PROTO ? [] : [[key, toJson(item, `${path}.${key}`, depth + 1)]];
  });
  return Object.fromEntries(entries);
}

/** The common case, told without a list of the members. */
function hasTextsOnly(value: Record<string, unknown>): boolean {
  for (const key in value) if (typeof value[key] !== 'string' || key === PROTO) return false;
  return true;
}

function describe(value: unknown): string {
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  return value === null || value === undefined ? String(value) : Array.isArray(value) ? 'an array' : `a ${typeof value}`;
}
