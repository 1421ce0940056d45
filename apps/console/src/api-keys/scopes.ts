import { ANY_TENANT } from '../kit/keys.ts';

/** What a permission lets a key do, in words; in the order in which people ask. */
const WORDS: Record<string, string> = {
  'licet.decision:evaluate': 'ask who may do what',
  'licet.policy:replicate': 'read the whole policy: hold a copy of it, and ask for explanations',
  'licet.decision-point:report': 'report which revision it holds',
  'licet.decision:create': 'upload its decision log',
  'licet.user:sync': 'register its users',
  'licet.resource-type:declare': 'declare resource types and actions',
  'licet.assignment:create': 'assign roles, except those of the console',
  'licet.assignment:delete': 'revoke roles, except those of the console',
  'licet.api-key:verify': 'tell the keys of its callers apart, by their hashes',
};
const APPLICATION = [
  ...['licet.decision:evaluate', 'licet.decision:create', 'licet.policy:replicate', 'licet.decision-point:report'],
  ...['licet.user:sync', 'licet.resource-type:declare'],
];
/** What the built-in roles for keys grant; the test holds it to the contract, whose schemas would be too much for a browser to load. */
export const GRANTED: Record<string, string[]> = {
  'licet.application': APPLICATION,
  'licet.assigning-application': [...APPLICATION, 'licet.assignment:create', 'licet.assignment:delete'],
  'licet.decision-point': ['licet.policy:replicate', 'licet.api-key:verify', 'licet.decision-point:report', 'licet.decision:create'],
};
// What is asked at the address of a tenant.
const WITHIN_A_TENANT = ['licet.decision:evaluate', 'licet.policy:replicate'];

/**
 * What a key of a built-in role may do, in words.
 * @param role a role
 * @param tenant the tenant that it is assigned in, `*` for every one
 * @returns undefined where the role is none of those that are meant for keys: its own page says what it grants
 */
export function scopeOf(role: string, tenant: string): string[] | undefined {
  const granted = GRANTED[role];
  if (!granted) return undefined;
  if (tenant === ANY_TENANT) return Object.keys(WORDS).flatMap((permission) => (granted.includes(permission) ? [WORDS[permission]!] : []));
  const [ask, explain] = WITHIN_A_TENANT.map((permission) => granted.includes(permission));
  const at = `at \`/tenants/${tenant}\` only`;
  return [...(ask ? [`ask who may do what, ${at}`] : []), ...(explain ? [`ask for explanations, ${at}`] : [])];
}
