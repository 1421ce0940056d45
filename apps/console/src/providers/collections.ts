import type { CollectionName, ReservedType } from '@licet/contract';

/** What the console needs of COLLECTIONS at run time. The contract's own table would bring all its schemas into the browser. */
export interface Collection {
  permission: ReservedType;
  filters: readonly string[];
  sort: readonly string[];
  /** The members that an update may carry; none where rows are not edited. */
  editable: readonly string[];
}

const none: readonly string[] = [];

// A test holds this table equal to the contract's.
export const COLLECTIONS: Record<CollectionName, Collection> = {
  users: {
    permission: 'licet.user',
    filters: ['type', 'enabled', 'group'],
    sort: ['id', 'name', 'updatedAt'],
    editable: ['name', 'enabled', 'attributes'],
  },
  groups: { permission: 'licet.group', filters: none, sort: ['id', 'name', 'updatedAt'], editable: ['name', 'description'] },
  'group-members': { permission: 'licet.group', filters: ['group', 'user'], sort: ['user', 'group', 'createdAt'], editable: none },
  tenants: { permission: 'licet.tenant', filters: none, sort: ['id', 'name', 'updatedAt'], editable: ['name', 'description'] },
  'resource-types': {
    permission: 'licet.resource-type',
    filters: ['builtIn'],
    sort: ['id', 'updatedAt'],
    editable: ['description', 'attributes', 'actions'],
  },
  permissions: { permission: 'licet.resource-type', filters: ['resourceType', 'builtIn'], sort: ['id'], editable: none },
  roles: {
    permission: 'licet.role',
    filters: ['builtIn'],
    sort: ['id', 'name', 'updatedAt'],
    editable: ['name', 'description', 'inherits'],
  },
  'role-inherits': { permission: 'licet.role', filters: ['role', 'inherits'], sort: ['role', 'inherits'], editable: none },
  grants: {
    permission: 'licet.grant',
    filters: ['role', 'permission', 'effect', 'condition'],
    sort: ['role', 'permission', 'updatedAt'],
    editable: ['effect', 'condition'],
  },
  conditions: { permission: 'licet.condition', filters: none, sort: ['id', 'updatedAt'], editable: ['description', 'expression'] },
  resources: {
    permission: 'licet.resource',
    filters: ['type', 'tenant'],
    sort: ['id', 'type', 'updatedAt'],
    editable: ['tenant', 'attributes'],
  },
  assignments: {
    permission: 'licet.assignment',
    filters: ['user', 'group', 'role', 'tenant', 'resource'],
    sort: ['-createdAt', 'user', 'group', 'role', 'tenant', 'expiresAt'],
    editable: ['startsAt', 'expiresAt', 'reason'],
  },
  'api-keys': { permission: 'licet.api-key', filters: ['user', 'createdBy'], sort: ['-createdAt', 'name', 'lastUsedAt'], editable: none },
  operators: { permission: 'licet.operator', filters: ['enabled'], sort: ['id', 'createdAt'], editable: ['enabled', 'secondFactor', 'identity'] },
  changes: { permission: 'licet.change', filters: ['actor', 'via'], sort: ['-revision'], editable: none },
  'audit-entries': {
    permission: 'licet.audit-entry',
    filters: ['actor', 'action', 'kind', 'target', 'revision', 'via', 'since', 'until'],
    sort: ['-revision'],
    editable: none,
  },
  'security-events': {
    permission: 'licet.audit-entry',
    filters: ['event', 'outcome', 'actor', 'target', 'address', 'detail', 'attention', 'since', 'until'],
    sort: ['-at'],
    editable: none,
  },
  decisions: {
    permission: 'licet.decision',
    filters: ['decision', 'reason', 'subject', 'action', 'resourceType', 'resource', 'tenant', 'source', 'revision', 'since', 'until'],
    sort: ['-at'],
    editable: none,
  },
  'decision-points': { permission: 'licet.decision-point', filters: none, sort: ['name', 'lastSeenAt'], editable: none },
};

/** @returns whether the admin API has a collection of this name */
export const isCollection = (name: string): name is CollectionName => Object.hasOwn(COLLECTIONS, name);
