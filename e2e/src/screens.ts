import type { ControlPlane } from './control-plane.ts';

/** A screen of the console: where it is, and its heading. */
export type Screen = [path: string, title: string | RegExp];

const LISTS: Screen[] = [
  ['/', 'Home'],
  ['/roles', 'Roles'],
  ['/matrix', 'Permission matrix'],
  ['/resource-types', 'Resource types'],
  ['/conditions', 'Conditions'],
  ['/resources', 'Resources'],
  ['/users', 'Users'],
  ['/groups', 'Groups'],
  ['/assignments', 'Assignments'],
  ['/tenants', 'Tenants'],
  ['/ask', 'Ask'],
  ['/decisions', 'Decision log'],
  ['/audit-entries', 'Audit trail'],
  ['/security-events', 'Security events'],
  ['/api-keys', 'Apps & keys'],
  ['/operators', 'Operators'],
  ['/account', 'My account'],
];
const FORMS: Screen[] = [
  ['/roles/create', /^Create/],
  ['/resource-types/create', /^Create/],
  ['/conditions/create', /^Create/],
  ['/resources/create', /^Register/],
  ['/users/create', /^Create/],
  ['/groups/create', /^Create/],
  ['/assignments/create', 'Assign a role'],
  ['/tenants/create', /^Create/],
  ['/api-keys/create', 'Create an API key'],
  ['/operators/create', 'Invite an operator'],
];

/** The screens that there are before there is anything to show: lists that say so, and forms. */
export const EMPTY_SCREENS: Screen[] = [...LISTS, ...FORMS];

export const LIST_SCREENS = LISTS;

/** Every screen that shows or edits one row of the sample. */
export async function rowScreens(licet: ControlPlane): Promise<Screen[]> {
  const [assignment] = await licet.rows('assignments', { user: 'grace.murphy' });
  const [key] = await licet.rows('api-keys');
  const [entry] = await licet.rows('audit-entries', { kind: 'grants', action: 'update' });
  const [decision] = await licet.rows('decisions', { reason: 'denied_by_grant' });
  return [
    ['/roles/controller/show', 'Controller'],
    ['/roles/controller/show?tab=holders', 'Controller'],
    ['/roles/controller', 'Edit controller'],
    ['/resource-types/invoice/show', 'invoice'],
    ['/resource-types/invoice', 'Edit invoice'],
    ['/conditions/is-locked/show', 'is-locked'],
    ['/conditions/is-locked', 'Edit is-locked'],
    [`/resources/${encodeURIComponent('invoice:2026-1043')}/show`, 'invoice:2026-1043'],
    [`/resources/${encodeURIComponent('invoice:2026-1043')}`, 'Edit invoice:2026-1043'],
    ['/users/elena.petrova/show', 'Elena Petrova'],
    ['/users/elena.petrova', 'Edit elena.petrova'],
    ['/groups/finance/show', 'Finance'],
    ['/groups/finance', 'Edit finance'],
    [`/assignments/${assignment?.id}/show`, 'reviewer for grace.murphy'],
    [`/assignments/${assignment?.id}`, 'Edit an assignment'],
    ['/tenants/harbour-clinic/show', 'Harbour Clinic'],
    ['/tenants/harbour-clinic', 'Edit harbour-clinic'],
    [`/decisions/${decision?.id}/show`, /^Denied: /],
    [`/audit-entries/${entry?.id}/show`, /^olga changed /],
    [`/api-keys/${key?.id}/show`, 'billing'],
    ['/roles/nobody/show', 'No role nobody'],
    [asking('elena.petrova', 'approve', '2026-1042'), 'Ask'],
    [asking('elena.petrova', 'void', '2026-1043'), 'Ask'],
    [asking('kavya.menon', 'void', '2026-1043'), 'Ask'],
  ];
}

/** A question whose answer is a screen of its own: a permit, a denial with near misses, one with roles that would help. */
const asking = (subject: string, action: string, id: string) =>
  `/ask?${new URLSearchParams({ subject, action, type: 'invoice', id, tenant: 'harbour-clinic' }).toString()}`;
