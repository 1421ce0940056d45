import { expect } from '@playwright/test';
import type { PolicyFile } from '@licet/contract';
import type { ControlPlane } from './control-plane.ts';

const PEOPLE: Record<string, [name: string, department: string]> = {
  'amara.okafor': ['Amara Okafor', 'Operations'],
  'benjamin.weiss': ['Benjamin Weiss', 'Finance'],
  'chiara.rossi': ['Chiara Rossi', 'Operations'],
  'daniel.kim': ['Daniel Kim', 'Support'],
  'elena.petrova': ['Elena Petrova', 'Finance'],
  'farid.haddad': ['Farid Haddad', 'Support'],
  'grace.murphy': ['Grace Murphy', 'Audit'],
  'hiroshi.tanaka': ['Hiroshi Tanaka', 'Operations'],
  'ines.carvalho': ['Inês Carvalho', 'Support'],
  'jonas.lindqvist': ['Jonas Lindqvist', 'Engineering'],
  'kavya.menon': ['Kavya Menon', 'Engineering'],
  'lucas.moreau': ['Lucas Moreau', 'Support'],
};

/** What an organisation may look like after a few weeks, beside the example's task manager. */
const POLICY: PolicyFile = {
  licet: 1,
  tenants: {
    'harbour-clinic': { name: 'Harbour Clinic', description: 'Customer since 2024' },
    'nordlys-energi': { name: 'Nordlys Energi', description: 'Customer since 2025' },
    'atelier-meunier': { name: 'Atelier Meunier', description: 'Trial until the end of the year' },
  },
  resourceTypes: {
    invoice: {
      description: 'What we bill',
      actions: { read: 'See it', create: 'Write one', approve: 'Release it for payment', void: 'Take it back' },
      attributes: { amount: 'number', ownerId: 'string', locked: 'bool' },
    },
    report: { description: 'Monthly figures', actions: ['read', 'export'], attributes: {} },
  },
  conditions: {
    'small-amount': { expression: 'resource.properties.amount <= 5000', description: 'Up to 5,000' },
    'is-locked': { expression: 'has(resource.properties.locked) && resource.properties.locked', description: 'Under audit' },
  },
  roles: {
    clerk: {
      name: 'Clerk',
      description: 'Writes invoices, approves small ones',
      inherits: ['user'],
      grants: ['invoice:read', 'invoice:create', { permission: 'invoice:approve', when: 'small-amount' }],
    },
    controller: {
      name: 'Controller',
      description: 'Approves every invoice',
      inherits: ['clerk'],
      grants: ['invoice:approve', 'invoice:void', { permission: 'invoice:void', effect: 'deny', when: 'is-locked' }, 'report:*'],
    },
    reviewer: {
      name: 'Reviewer',
      description: 'Reads everything, changes nothing',
      inherits: [],
      grants: ['task:list', 'task:read', 'invoice:read', 'report:read', { permission: 'task:delete', effect: 'deny' }],
    },
  },
  groups: {
    finance: { name: 'Finance', description: 'The finance department', members: ['benjamin.weiss', 'elena.petrova'] },
    support: {
      name: 'Support',
      description: 'First level, all customers',
      members: ['daniel.kim', 'farid.haddad', 'ines.carvalho', 'lucas.moreau'],
    },
  },
  users: Object.fromEntries(
    Object.entries(PEOPLE).map(([id, [name, department]]) => [id, { name, enabled: id !== 'lucas.moreau', attributes: { department } }]),
  ),
  resources: [
    { type: 'invoice', id: '2026-1043', tenant: 'harbour-clinic', attributes: { amount: 18400, ownerId: 'elena.petrova', locked: true } },
  ],
  assignments: [
    { group: 'finance', role: 'clerk', tenant: '*', reason: 'the department does this for all customers' },
    { group: 'support', role: 'user', tenant: '*' },
    { user: 'elena.petrova', role: 'controller', tenant: 'harbour-clinic', reason: 'CR-118: month-end closing' },
    { user: 'grace.murphy', role: 'reviewer', tenant: '*', until: '2027-06-30T00:00:00Z', reason: 'external audit 2026' },
    { user: 'amara.okafor', role: 'admin', tenant: 'default', reason: 'looks after the task manager' },
  ],
};

/** Fills an installation that has the example. */
export async function addSample(licet: ControlPlane): Promise<void> {
  await licet.ask('POST', 'policy/apply', { body: { file: POLICY, reason: 'CR-101: invoices move to Licet' } });
  await licet.create(
    'assignments',
    { user: 'hiroshi.tanaka', role: 'admin', tenant: 'nordlys-energi', expiresAt: '2027-01-31T00:00:00Z' },
    'on call in January',
  );
  const [deny] = await licet.rows('grants', { role: 'reviewer', permission: 'task:delete' });
  await licet.ask('PATCH', `grants/${deny?.id}`, {
    body: { condition: 'is-owner' },
    version: deny?.version ?? 0,
    reason: 'reviewers must not remove their own traces',
  });
  await licet.create('groups', { id: 'project-aurora', name: 'Project Aurora', description: 'Ends in March' }, 'kick-off');
  for (const user of ['jonas.lindqvist', 'kavya.menon', 'chiara.rossi'])
    await licet.create('group-members', { group: 'project-aurora', user });
  await addDecisions(licet);
}

const QUESTIONS: [user: string, action: string, resource: object][] = [
  ['elena.petrova', 'approve', { type: 'invoice', id: '2026-1042', properties: { tenant: 'harbour-clinic', amount: 9200 } }],
  ['benjamin.weiss', 'approve', { type: 'invoice', id: '2026-1042', properties: { tenant: 'harbour-clinic', amount: 9200 } }],
  ['benjamin.weiss', 'approve', { type: 'invoice', id: '2026-1040', properties: { tenant: 'harbour-clinic', amount: 310 } }],
  ['elena.petrova', 'void', { type: 'invoice', id: '2026-1043', properties: { tenant: 'harbour-clinic' } }],
  ['grace.murphy', 'read', { type: 'report', id: '2026-10', properties: { tenant: 'nordlys-energi' } }],
  ['grace.murphy', 'export', { type: 'report', id: '2026-10', properties: { tenant: 'nordlys-energi' } }],
  ['lucas.moreau', 'list', { type: 'task', id: 'all' }],
  ['kavya.menon', 'aprove', { type: 'invoice', id: '2026-1044' }],
  ['benjamin.weiss', 'approve', { type: 'invoice', id: '2026-1045', properties: { tenant: 'harbour-clinic' } }],
];

/** Asks as an application without an SDK would. */
async function addDecisions(licet: ControlPlane): Promise<void> {
  const authorization = `Bearer ${await licet.apiKey('billing')}`;
  const evaluations = QUESTIONS.map(([id, action, resource]) => ({ subject: { type: 'user', id }, action: { name: action }, resource }));
  const answer = await fetch(`${licet.url}/access/v1/evaluations`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ evaluations }),
  });
  if (!answer.ok) throw new Error(`the questions were answered with ${answer.status}: ${await answer.text()}`);
  await expect.poll(async () => (await licet.rows('decisions')).length).toBeGreaterThanOrEqual(QUESTIONS.length);
}
