import { operations, TENANT_PERMISSIONS } from '@licet/contract';

/** Where the tenant comes from that a permission is asked in. */
function tenantOf(path: string, needs: string | undefined, ofRows = false): string {
  if (!needs?.startsWith('licet.')) return '';
  if (path.includes('{tenant}')) return 'the address, or all';
  return ofRows && TENANT_PERMISSIONS.some((permission) => permission === needs) ? 'the row, or all' : 'all';
}

/** The page of the documentation that lists every route with the permission it takes, made from the table that the OpenAPI document is made from. */
export function routesDocument(): string {
  const rows = Object.entries(operations()).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([method, { needs, summary, stepUp, ofRows }]) =>
        `| ${method.toUpperCase()} | \`${path}\` | ${needs ? needs.replace(/^(licet\..*)$/, '`$1`') : 'open to all'} | ${tenantOf(path, needs, ofRows)} | ${stepUp ? 'yes' : ''} | ${summary.replaceAll('|', '/')} |`,
    ),
  );
  return [
    '# Routes and what they need',
    '',
    'Every route, the permission that its caller must hold, and the tenant in which that is asked: `all` means that only an assignment in every',
    'tenant gives it; `the address` and `the row` that one in that tenant is enough for what is of it. The api does not start with a route that declares nothing, and a test asks each route with and without exactly this',
    'permission. `step-up` means that an operator must have signed in, or shown a proof, within the last ten minutes; whatever the route, so must',
    'whoever gives, takes or denies a console permission, or changes the user of an operator or of an API key. This page is made by `npm run docs -w @licet/api`.',
    '',
    '| method | path | needs | tenant | step-up | what it does |',
    '|---|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
