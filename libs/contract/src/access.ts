/**
 * Licet governs itself: the console's permissions are ordinary permissions on these reserved resource types, and its roles are
 * ordinary roles, decided by the same engine.
 */
const CRUD = ['read', 'create', 'update', 'delete'] as const;

/** The reserved resource types and their actions. */
export const RESERVED_ACTIONS = {
  'licet.user': [...CRUD, 'sync'],
  'licet.group': CRUD,
  'licet.tenant': CRUD,
  'licet.resource-type': [...CRUD, 'declare'],
  'licet.role': CRUD,
  'licet.grant': CRUD,
  'licet.assignment': CRUD,
  'licet.condition': CRUD,
  'licet.resource': CRUD,
  'licet.operator': CRUD,
  'licet.api-key': [...CRUD, 'verify'],
  'licet.change': ['read'],
  'licet.audit-entry': ['read'],
  'licet.decision': ['read', 'explain', 'create', 'evaluate'],
  'licet.decision-point': ['read', 'report'],
  'licet.policy': ['export', 'apply', 'replicate'],
} as const;

export type ReservedType = keyof typeof RESERVED_ACTIONS;
/** A console permission, for instance `licet.role:update`. */
export type ReservedPermission = { [T in ReservedType]: `${T}:${(typeof RESERVED_ACTIONS)[T][number]}` }[ReservedType];

/** All console permissions. */
export const RESERVED_PERMISSIONS = Object.entries(RESERVED_ACTIONS).flatMap(([type, actions]) =>
  actions.map((action) => `${type}:${action}`),
) as ReservedPermission[];

const READ_ALL = RESERVED_PERMISSIONS.filter((permission) => permission.endsWith(':read'));
const READ_POLICY: ReservedPermission[] = ['licet.role:read', 'licet.grant:read', 'licet.resource-type:read', 'licet.condition:read'];
const everyAction = (...types: ReservedType[]) => types.map((type) => `${type}:*`);

const OF_TENANTS: ReservedPermission[] = [...READ_POLICY, 'licet.user:read', 'licet.tenant:read', 'licet.decision:read'];
// A registration says for all tenants where questions about an id are judged: see docs/adr/0009.
const OWNED_BY_TENANTS = [
  ...['licet.assignment:read', 'licet.assignment:create', 'licet.assignment:update', 'licet.assignment:delete'],
  ...['licet.resource:read', 'licet.resource:update', 'licet.resource:delete'],
] as ReservedPermission[];

/**
 * The console permissions that count where they are held in some tenants only, for what is of these tenants. All others are about what all
 * tenants share: they count where they are held over all.
 */
export const TENANT_PERMISSIONS: readonly ReservedPermission[] = RESERVED_PERMISSIONS.filter(
  (permission) =>
    OF_TENANTS.includes(permission) ||
    OWNED_BY_TENANTS.includes(permission) ||
    permission === 'licet.decision:evaluate' ||
    permission === 'licet.policy:replicate',
);

/**
 * The tenant that questions about the console are asked in: only assignments in every tenant (or in this one) reach what all tenants
 * share, so that whoever holds a console role in one tenant cannot edit the others.
 */
export const CONSOLE_TENANT = 'licet.console';

/** The role that may do everything in the console. Its last holder cannot be removed. */
export const OWNER_ROLE = 'licet.owner';
/** The role of an application's API key: ask, replicate, report, upload decisions, sync its users, declare what it asks about. */
export const APPLICATION_ROLE = 'licet.application';
/** The role of an API key whose application also says who has which role. */
export const ASSIGNING_ROLE = 'licet.assigning-application';
/** The role of a standalone decision point's own API key: hold a replica, and tell which of its callers' keys are live. */
export const DECISION_POINT_ROLE = 'licet.decision-point';

/** The console roles that every installation has. Their grants are kept as written here. */
export const RESERVED_ROLES: Record<string, { name: string; description: string; inherits: string[]; grants: string[] }> = {
  [OWNER_ROLE]: {
    name: 'Owner',
    description: 'May do everything in the console.',
    inherits: [],
    grants: everyAction(...(Object.keys(RESERVED_ACTIONS) as ReservedType[])),
  },
  'licet.auditor': {
    name: 'Auditor',
    description: 'Reads everything, changes nothing.',
    inherits: [],
    grants: [...READ_ALL, 'licet.decision:explain', 'licet.policy:export'],
  },
  'licet.policy-editor': {
    name: 'Policy editor',
    description: 'Edits roles, grants, resource types, conditions and tenants.',
    inherits: ['licet.auditor'],
    grants: [
      ...everyAction('licet.role', 'licet.grant', 'licet.resource-type', 'licet.condition', 'licet.tenant', 'licet.resource'),
      'licet.policy:apply',
    ],
  },
  'licet.access-manager': {
    name: 'Access manager',
    description: 'Manages users and groups, and assigns roles.',
    inherits: ['licet.auditor'],
    grants: everyAction('licet.user', 'licet.group', 'licet.assignment'),
  },
  'licet.developer': {
    name: 'Developer',
    description: 'Makes and revokes API keys for applications of their own; reads the policy and the decision log.',
    inherits: [APPLICATION_ROLE],
    grants: [
      ...READ_POLICY,
      ...['licet.user:read', 'licet.group:read', 'licet.resource:read', 'licet.assignment:read', 'licet.tenant:read', 'licet.change:read'],
      ...['licet.decision:read', 'licet.decision:explain', 'licet.decision-point:read'],
      ...['licet.api-key:read', 'licet.api-key:create', 'licet.api-key:delete'],
    ],
  },
  'licet.tenant-administrator': {
    name: 'Tenant administrator',
    description: 'To be assigned in one tenant: assigns roles there, edits its registered resources, reads its decision log.',
    inherits: [],
    grants: [...OF_TENANTS, ...OWNED_BY_TENANTS],
  },
  [APPLICATION_ROLE]: {
    name: 'Application',
    description:
      'An application: asks for decisions, holds a replica, uploads its decision log, syncs its users, declares what it asks about.',
    inherits: [],
    grants: [
      'licet.decision:evaluate',
      'licet.decision:create',
      'licet.policy:replicate',
      'licet.decision-point:report',
      'licet.user:sync',
      'licet.resource-type:declare',
    ],
  },
  [ASSIGNING_ROLE]: {
    name: 'Assigning application',
    description: 'An application that also assigns roles to users and groups, and revokes them; no console roles.',
    inherits: [APPLICATION_ROLE],
    grants: ['licet.assignment:create', 'licet.assignment:delete'],
  },
  [DECISION_POINT_ROLE]: {
    name: 'Decision point',
    description: "A standalone decision point: holds a replica, tells its callers' API keys apart, uploads its decision log.",
    inherits: [],
    grants: ['licet.policy:replicate', 'licet.api-key:verify', 'licet.decision-point:report', 'licet.decision:create'],
  },
};
