import type { AuditEntry } from '@licet/contract';
import { permissionWords } from './words.ts';

const NOUNS: Record<string, string> = {
  users: 'user',
  groups: 'group',
  'group-members': 'membership',
  tenants: 'tenant',
  'resource-types': 'resource type',
  permissions: 'permission',
  roles: 'role',
  'role-inherits': 'inheritance',
  grants: 'grant',
  conditions: 'condition',
  resources: 'resource',
  assignments: 'assignment',
  'api-keys': 'API key',
  operators: 'operator',
  'operator-identities': 'identity of an operator',
};

/** @returns the word for one row of a collection, for instance `resource type` */
export const nounOf = (kind: string) => NOUNS[kind] ?? kind;

type Told = Pick<AuditEntry, 'action' | 'kind' | 'target' | 'before' | 'after'>;

/** What an entry of the audit trail did, in one clause: `assigned member to alice in default`. */
export function describe({ action, kind, target, before, after }: Told): string {
  const row = after ?? before ?? {};
  const text = (key: string) => (typeof row[key] === 'string' ? row[key] : '');
  switch (kind) {
    case 'grants':
      return grant(action, text);
    case 'assignments':
      return assignment(action, text);
    case 'group-members':
      return action === 'create' ? `added ${text('user')} to ${text('group')}` : `removed ${text('user')} from ${text('group')}`;
    case 'role-inherits':
      return action === 'create'
        ? `let ${text('role')} inherit from ${text('inherits')}`
        : `stopped ${text('role')} from inheriting from ${text('inherits')}`;
    case 'api-keys': {
      const revoked = action === 'delete' || (action === 'update' && after?.['revokedAt'] && !before?.['revokedAt']);
      return `${revoked ? 'revoked' : verb(action)} API key ${text('name') || target}`;
    }
    case 'operators':
      return operator(action, target, before, after);
    case 'operator-identities':
      return `${action === 'create' ? 'linked' : action === 'delete' ? 'unlinked' : 'changed'} the identity of ${target}`;
    default:
      return `${verb(action)} ${nounOf(kind)} ${target}`;
  }
}

type Text = (key: string) => string;
const verb = (action: Told['action']) => ({ create: 'created', update: 'changed', delete: 'deleted' })[action];

function grant(action: Told['action'], text: Text): string {
  const condition = text('condition') && ` if ${text('condition')}`;
  const permission = permissionWords(text('permission'));
  const what = permission === text('permission') ? permission : permission[0]!.toLowerCase() + permission.slice(1);
  const of = `${what} to ${text('role')}`;
  const deny = text('effect') === 'deny';
  if (action === 'create') return `${deny ? 'denied' : 'granted'} ${of}${condition}`;
  return `${action === 'update' ? 'changed' : 'removed'} the ${deny ? 'denial' : 'grant'} of ${of}${condition}`;
}

function assignment(action: Told['action'], text: Text): string {
  const who = text('user') || text('group');
  const tenant = text('tenant') === '*' ? 'all tenants' : text('tenant');
  const where = `${tenant ? ` in ${tenant}` : ''}${text('resource') && ` on ${text('resource')}`}`;
  if (action === 'create') return `assigned ${text('role')} to ${who}${where}`;
  if (action === 'delete') return `revoked ${text('role')} from ${who}${where}`;
  return `changed the assignment of ${text('role')} to ${who}${where}`;
}

function operator(action: Told['action'], target: string, before: Told['before'], after: Told['after']): string {
  if (action !== 'update') return `${action === 'create' ? 'invited' : 'removed'} the operator ${target}`;
  const changed = (key: string) => before?.[key] !== after?.[key];
  if (changed('passwordChangedAt')) return `chose a new password for ${target}`;
  if (changed('secondFactorAt')) return `${after?.['secondFactorAt'] ? 'set up' : 'took away'} the second factor of ${target}`;
  if (changed('passkeys')) return `${Number(after?.['passkeys']) > Number(before?.['passkeys']) ? 'added' : 'removed'} a passkey of ${target}`;
  if (changed('enabled')) return `${after?.['enabled'] ? 'enabled' : 'disabled'} the operator ${target}`;
  if (!changed('linkExpiresAt')) return `changed the operator ${target}`;
  return after?.['linkExpiresAt'] ? `made a one-time link for ${target}` : `used up the one-time link for ${target}`;
}
