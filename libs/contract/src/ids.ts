import { z } from 'zod';

/** The subject type a user has unless said otherwise (AuthZEN 1.0, section 5.1: `subject.type`). */
export const DEFAULT_USER_TYPE = 'user';

/** The tenant of a request that names none. */
export const DEFAULT_TENANT = 'default';

/** In an assignment: every tenant. */
export const ANY_TENANT = '*';

/** Resource types, roles and service accounts that begin with this belong to Licet itself; wildcards never reach them. */
export const RESERVED_PREFIX = 'licet.';

/** Built-in group: every enabled registered user. */
export const EVERYONE = 'everyone';

/** Built-in group: everyone, and also subjects that Licet does not know. */
export const ANYONE = 'anyone';

// Invariant: ASCII only, so that every implementation sorts identifiers alike, and never `:` or `*`, which separate and match.
const KEY = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,126}[A-Za-z0-9_-])?$/;
const KEY_RULE = 'use letters, digits, `.`, `_` and `-`, beginning with a letter or digit, at most 128 characters';
// eslint-disable-next-line no-control-regex -- refusing control characters is the purpose
const SUBJECT_ID = /^[^\u0000-\u001f\u007f]{1,256}$/;
// eslint-disable-next-line no-control-regex -- refusing control characters is the purpose
const RESOURCE_KEY = /^[A-Za-z0-9][A-Za-z0-9._-]*:[^\u0000-\u001f\u007f]{1,256}$/;

/** A stable key that an operator chooses: of a role, a tenant, a group, a condition, a resource type, an action. */
export const Key = z.string().regex(KEY, KEY_RULE);

/** The id of a user or a resource within its type: any text without control characters, 1 to 256 characters. */
export const EntityId = z.string().regex(SUBJECT_ID, 'use 1 to 256 characters without control characters');

/** A user's key: `alice` for type `user`, `service:bob` for any other type; see {@link userKey}. */
export const UserKey = z.string().regex(SUBJECT_ID, 'use a user key such as `alice` or `service:bob`').max(400);

/** A resource's key, `type:id`, for instance `task:t1`. */
export const ResourceKey = z.string().regex(RESOURCE_KEY, 'use `type:id`, for instance `task:t1`');

/** A permission: `type:action`, for instance `task:read`. */
export const PermissionId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*:[A-Za-z0-9][A-Za-z0-9._-]*$/, 'use `type:action`, for instance `task:read`');

/** What a grant may name: a permission, or one with a wildcard: `task:*`, `*:read`, `*:*`. */
export const PermissionPattern = z
  .string()
  .regex(/^(?:\*|[A-Za-z0-9][A-Za-z0-9._-]*):(?:\*|[A-Za-z0-9][A-Za-z0-9._-]*)$/, 'use `type:action`, `type:*`, `*:action` or `*:*`');

/**
 * The one key of the user that AuthZEN names by (type, id).
 * @param type the subject type, for instance `user` or `service`
 * @param id the id within the type; any text
 * @returns `id` for type `user` if the id has no colon, otherwise `type:id`. Two different users never share a key.
 */
export function userKey(type: string, id: string): string {
  return type === DEFAULT_USER_TYPE && !id.includes(':') ? id : `${type}:${id}`;
}

/**
 * The inverse of {@link userKey}.
 * @param key a user key
 * @returns the AuthZEN type and id
 */
export function parseUserKey(key: string): { type: string; id: string } {
  const colon = key.indexOf(':');
  return colon < 0 ? { type: DEFAULT_USER_TYPE, id: key } : { type: key.slice(0, colon), id: key.slice(colon + 1) };
}

/**
 * Splits `type:rest` at its first colon: a permission into type and action, a resource key into type and id.
 * @param key a permission, a permission pattern or a resource key
 */
export function splitKey(key: string): { type: string; rest: string } {
  const colon = key.indexOf(':');
  return { type: key.slice(0, colon), rest: key.slice(colon + 1) };
}

/** Who Licet itself is in the audit trail. */
export const SYSTEM_ACTOR = 'licet';

/** Whether a user key could be taken for Licet itself: nobody gets one. */
export function isReservedUser(key: string): boolean {
  return key === SYSTEM_ACTOR || isReserved(key);
}
export const RESERVED_USER = `\`${SYSTEM_ACTOR}\`, and what begins with \`${RESERVED_PREFIX}\`, is Licet itself in the audit trail; choose another key`;

/** Whether a type, a role or a permission belongs to Licet itself. */
export function isReserved(key: string): boolean {
  return key.startsWith(RESERVED_PREFIX);
}

/**
 * Reads a time (RFC 3339, section 5.6) as an instant in UTC with milliseconds. Its offset may carry it out of the years 1 to 9999, which are
 * those that four digits, databases and conditions have: that is an issue.
 */
export function instantOf(text: string, { issues }: z.core.ParsePayload): string {
  const instant = new Date(text).toISOString();
  if (!/^(?!0000)\d{4}-/.test(instant)) issues.push({ code: 'custom', input: text, message: 'must be in the years 1 to 9999, in UTC' });
  return instant;
}
