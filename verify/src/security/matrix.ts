import { operations, RESERVED_ROLES } from '@licet/contract';
import { type Findings, Finder } from './findings.ts';
import type { Installation } from './installation.ts';

interface Route {
  method: string;
  path: string;
  needs: string | undefined;
}

export const ROUTES: Route[] = Object.entries(operations()).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, { needs }]) => ({ method: method.toUpperCase(), path, needs })),
);
const JUNK = `lct_${'0'.repeat(12)}_${'0'.repeat(64)}_${'0'.repeat(8)}`;

/** Every route for every built-in role: held in all tenants, in the tenant of the address, in another one; and for callers without a key. */
export async function matrix(licet: Installation): Promise<Findings> {
  const finder = new Finder();
  for (const tenant of ['matrix-own', 'matrix-other']) await licet.do('POST', '/api/v1/tenants', { id: tenant });
  for (const route of ROUTES) {
    for (const key of ['', JUNK]) {
      const { status } = await send(licet, route, key);
      finder.probe(
        'without a key',
        route.needs && status !== 401 ? `${told(route)} answered ${status}` : status >= 500 ? told(route) : false,
      );
    }
  }
  let made = 0;
  for (const role of Object.keys(RESERVED_ROLES)) {
    for (const tenant of ['*', 'matrix-own', 'matrix-other']) {
      const key = await licet.key(`matrix-${made++}`, role, tenant);
      for (const route of ROUTES) finder.probe(tenant, await judge(licet, route, { key, role, tenant }));
    }
  }
  return finder;
}

interface Caller {
  key: string;
  role: string;
  tenant: string;
}

async function judge(licet: Installation, route: Route, { key, role, tenant }: Caller): Promise<string | false> {
  const { status, text } = await send(licet, route, key);
  const saw = `${told(route)} for ${role} in ${tenant} answered ${status}`;
  if (status >= 500) return saw;
  if (!route.needs?.startsWith('licet.')) return false;
  const reaches = tenant === '*' || (tenant === 'matrix-own' && route.path.includes('{tenant}'));
  if (grants(role, route.needs) && reaches) return status === 401 || status === 403 ? saw : false;
  if (status === 403) return false;
  // Routes that confine whoever holds the permission in one tenant are open to them, and show nothing of another.
  return grants(role, route.needs) && tenant !== '*' && !text.includes(tenant === 'matrix-own' ? 'matrix-other' : 'matrix-own')
    ? false
    : saw;
}

function send(licet: Installation, { method, path }: Route, key: string) {
  const target = path.replace('{tenant}', 'matrix-own').replace('{id}', 'nope').replace('/changes', '/changes?since=0');
  return licet.ask(method, path.startsWith('/replica') ? target : target.replace('?since=0', ''), {
    key,
    ...(method === 'GET' ? {} : { body: {} }),
  });
}

function grants(role: string, permission: string): boolean {
  const known = RESERVED_ROLES[role];
  const type = permission.split(':')[0];
  return Boolean(
    known &&
    (known.grants.some((grant) => grant === permission || grant === `${type}:*`) ||
      known.inherits.some((each) => grants(each, permission))),
  );
}

const told = ({ method, path }: Route) => `${method} ${path}`;
