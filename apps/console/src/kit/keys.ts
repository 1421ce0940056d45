// The contract has these functions too, but beside schemas that the browser has no use for. A test holds them equal.

export const RESERVED_PREFIX = 'licet.';
export const ANY_TENANT = '*';
export const DEFAULT_TENANT = 'default';

/** Whether a type, a role or a permission belongs to Licet itself. */
export const isReserved = (key: string) => key.startsWith(RESERVED_PREFIX);

/** Splits `type:rest` at its first colon. */
export function splitKey(key: string): { type: string; rest: string } {
  const colon = key.indexOf(':');
  return { type: key.slice(0, colon), rest: key.slice(colon + 1) };
}

/** The one key of the user that AuthZEN names by (type, id). */
export const userKey = (type: string, id: string) => (type === 'user' && !id.includes(':') ? id : `${type}:${id}`);

/** The AuthZEN type and id that a user key stands for. */
export function parseUserKey(key: string): { type: string; id: string } {
  if (!key.includes(':')) return { type: 'user', id: key };
  const { type, rest } = splitKey(key);
  return { type, id: rest };
}
