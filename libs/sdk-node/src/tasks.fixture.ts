import type { Expr, PolicyRow, PolicyRows } from '@licet/contract';
import { Licet } from './licet.ts';
import type { LicetOptions, Mode } from './settings.ts';
import { MemoryControlPlane } from './testing.ts';

/** Quick enough for tests, whatever goes wrong. */
export const QUICK = { backoffMs: 1, maxBackoffMs: 5, refusedMs: 5, pollMs: 2, uploadMs: 1, saveMs: 1 };

const assignment = (id: string, user: string, role: string): PolicyRow<'assignments'> => ({
  id,
  user,
  group: null,
  role,
  tenant: 'default',
  resource: null,
  startsAt: null,
  expiresAt: null,
});

const path = (...parts: string[]): Expr => ({ op: 'var', path: parts });

/** Alice may read tasks, and delete her own. */
export const TASKS: Partial<PolicyRows> = {
  tenants: [{ id: 'default' }, { id: 'acme' }],
  'resource-types': [{ id: 'task', attributes: { ownerId: 'string' } }],
  permissions: [{ id: 'task:read' }, { id: 'task:delete' }],
  conditions: [{ id: 'own', tree: { op: 'eq', args: [path('resource', 'properties', 'ownerId'), path('subject', 'id')] } }],
  roles: [{ id: 'member' }],
  grants: [
    { id: 'g-read', role: 'member', permission: 'task:read', effect: 'allow', condition: null },
    { id: 'g-delete', role: 'member', permission: 'task:delete', effect: 'allow', condition: 'own' },
  ],
  users: [
    { id: 'alice', enabled: true, attributes: {} },
    { id: 'bob', enabled: true, attributes: {} },
  ],
  assignments: [assignment('a-alice', 'alice', 'member')],
};

/** A change that makes bob a member, and one that takes it back. */
export const admitBob = { kind: 'assignments', id: 'a-bob', row: assignment('a-bob', 'bob', 'member') } as const;
export const dismissBob = { kind: 'assignments', id: 'a-bob', row: null } as const;

/** Applications that {@link connect} made, to be closed after each test. */
const open = new Set<Licet<Mode>>();

/** A control plane with TASKS, and an application that follows it. */
export function connect(options: LicetOptions<'local'> = {}, plane = new MemoryControlPlane(TASKS)) {
  const licet = new Licet({ fetcher: plane.fetcher, name: 'tasks', ...options, timing: { ...QUICK, ...options.timing } });
  open.add(licet);
  const errors: Error[] = [];
  licet.on('error', (error) => errors.push(error));
  return { plane, licet, errors };
}

/** To be called after each test. */
export async function closeAll(): Promise<void> {
  const all = [...open];
  open.clear();
  await Promise.all(all.map((licet) => licet.close()));
}

/** Waits for something that is on its way. The test's own time limit is the limit. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
