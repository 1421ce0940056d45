import { valueText } from '../kit/diff.ts';
import { ANY_TENANT, splitKey } from '../kit/keys.ts';
import { onEveryType } from '../matrix/rows.ts';

type Members = Readonly<Record<string, string>>;

/** What forms and pages call the members of rows. */
const MEMBERS: Members = {
  id: 'Id',
  type: 'Type',
  name: 'Name',
  description: 'Description',
  enabled: 'Enabled',
  attributes: 'Attributes',
  user: 'User',
  group: 'Group',
  role: 'Role',
  inherits: 'Inherits from',
  tenant: 'Tenant',
  resource: 'Only on one resource',
  startsAt: 'From',
  expiresAt: 'Until',
  reason: 'Reason',
  createdBy: 'Created by',
  permission: 'Permission',
  effect: 'Effect',
  condition: 'Only if',
  expression: 'Expression',
  tree: 'Expression, as it is evaluated',
  resourceType: 'Resource type',
  action: 'Action',
  position: 'Place among the actions',
  revokedAt: 'Revoked',
  passwordHash: 'Password',
  passwordChangedAt: 'Password chosen',
  totpSecret: 'Secret of the authenticator app',
  secondFactorAt: 'Authenticator app, since',
  passkeys: 'Passkeys',
  linkHash: 'One-time link',
  linkExpiresAt: 'One-time link, until',
  issuer: 'Provider',
  subject: 'Account at the provider',
  assignments: 'Assignments by its claims',
};

const OF_KIND: Readonly<Record<string, Members>> = {
  assignments: { createdBy: 'Assigned by' },
  'api-keys': { user: 'Speaks for' },
  'group-members': { createdBy: 'Added by' },
};

/** What an empty member means, where the form says it. */
const EMPTY: Readonly<Record<string, Members>> = {
  assignments: { resource: 'all resources', startsAt: 'at once', expiresAt: 'without end' },
  'api-keys': { expiresAt: 'until it is revoked' },
  grants: { condition: 'always' },
};

/** @returns what a member of a row is called; of `attributes.department` both parts; one without a name as it is */
export function memberWords(kind: string, path: string): string {
  const [first = '', ...rest] = path.split('.');
  const word = OF_KIND[kind]?.[first] ?? MEMBERS[first];
  return word === undefined ? path : [word, ...rest].join(': ');
}

/** @returns a value as the console says it, and as `valueText` writes it where it has no other words */
export function valueWords(kind: string, path: string, value: unknown): string {
  if (value === null) return EMPTY[kind]?.[path] ?? valueText(value);
  if (path === 'tenant' && value === ANY_TENANT) return 'All tenants';
  if (path === 'enabled' && typeof value === 'boolean') return value ? 'yes' : 'no';
  if (path === 'effect') return value === 'deny' ? 'Deny' : 'Allow';
  return path === 'permission' && typeof value === 'string' ? permissionWords(value) : valueText(value);
}

/** @returns what a permission gives where it is a pattern, for instance `Every action on task`; else the permission itself */
export function permissionWords(permission: string): string {
  const { type, rest } = splitKey(permission);
  if (type === '*') return onEveryType(rest);
  return rest === '*' ? `Every action on ${type}` : permission;
}
