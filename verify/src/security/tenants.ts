import { Random } from '../random.ts';
import { type Findings, Finder } from './findings.ts';
import type { Ask, Installation } from './installation.ts';

const CANARY = 'canary-of-globex';
const ROLES = [
  'licet.owner',
  'licet.auditor',
  'licet.access-manager',
  'licet.policy-editor',
  'licet.application',
  'licet.assigning-application',
];
const QUESTION = { subject: { type: 'user', id: CANARY }, action: { name: 'read' }, resource: { type: 'probe', id: CANARY } };

interface Probe {
  kind: string;
  method: string;
  path: string;
  ask?: Ask;
}

/** Callers whose keys are for one tenant try to read and change what is of another, in every way that a request has. */
export async function tenants(licet: Installation, count: number, seed: number): Promise<Findings> {
  const finder = new Finder();
  const random = new Random(seed, 3);
  const rows = await prepare(licet);
  const keys: string[] = [];
  for (const role of ROLES) keys.push(await licet.key(`acme-${role.split('.')[1]}`, role, 'acme'));
  const before = await stateOf(licet);
  const missing = new Map<string, string>();
  for (let turn = 0; turn < count; turn++) {
    const probe = random.pick(probes(rows, random));
    const key = random.pick(keys);
    const { status, text } = await licet.ask(probe.method, probe.path, { ...probe.ask, key });
    const sent = probe.path + JSON.stringify(probe.ask?.body ?? '');
    const leaks = text.includes(CANARY) && !sent.includes(CANARY);
    const allowed = text.includes('"decision":true');
    finder.probe(
      probe.kind,
      leaks || allowed || status >= 500 ? `${probe.method} ${probe.path} answered ${status} ${text.slice(0, 200)}` : false,
    );
    if (probe.kind === 'path') sameAsMissing(finder, missing, probe, key, `${status} ${plain(text)}`);
  }
  finder.probe('nothing of the other tenant was changed', (await stateOf(licet)) === before ? false : 'it was');
  return finder;
}

/** What exists in another tenant answers as what exists nowhere. */
function sameAsMissing(finder: Finder, missing: Map<string, string>, { method, path }: Probe, key: string, answer: string): void {
  const kind = `${key} ${method} ${path.replace(/[^/]+$/, '')}`;
  const first = missing.get(kind) ?? answer;
  missing.set(kind, first);
  finder.probe('one identical answer', first === answer ? false : `${method} ${path}: ${answer} and ${first}`);
}

const plain = (text: string) => text.replace(/"(?:requestId|detail)":"(?:[^"\\]|\\.)*"/g, '');

async function prepare(licet: Installation): Promise<{ assignments: string[]; resources: string[] }> {
  for (const id of ['acme', 'globex']) await licet.do('POST', '/api/v1/tenants', { id });
  await licet.do('POST', '/api/v1/resource-types', { id: 'probe', actions: [{ name: 'read' }] });
  await licet.do('POST', '/api/v1/roles', { id: 'prober' });
  await licet.do('POST', '/api/v1/grants', { role: 'prober', permission: 'probe:read' });
  await licet.do('POST', '/api/v1/users', { id: CANARY });
  const given = { user: CANARY, role: 'prober', tenant: 'globex', reason: CANARY };
  const assignment = await licet.do('POST', '/api/v1/assignments', given);
  const resource = await licet.do('POST', '/api/v1/resources', { id: `probe:${CANARY}`, tenant: 'globex', attributes: { secret: CANARY } });
  return { assignments: [assignment['id'] ?? ''], resources: [resource['id'] ?? ''] };
}

async function stateOf(licet: Installation): Promise<string> {
  const lists = await Promise.all(
    ['assignments?tenant=globex', 'resources?tenant=globex', 'roles?perPage=1000', 'tenants', 'resource-types'].map((path) =>
      licet.do('GET', `/api/v1/${path}`),
    ),
  );
  return JSON.stringify(lists);
}

const LISTS = [
  'assignments',
  'resources',
  'users',
  'roles',
  'audit-entries',
  'security-events',
  'changes',
  'decisions',
  'api-keys',
  'operators',
  'tenants',
] as const;

function probes(rows: { assignments: string[]; resources: string[] }, random: Random): Probe[] {
  const list = random.pick(LISTS);
  const [one, ids] = random.pick([['assignments', rows.assignments] as const, ['resources', rows.resources] as const]);
  const row = random.once(2) ? random.pick(ids) : '0190aaaa-0000-7000-8000-000000000000';
  const id = encodeURIComponent(row);
  const elsewhere = random.pick([
    { context: { tenant: 'globex' } },
    { resource: { ...QUESTION.resource, properties: { tenant: 'globex' } } },
  ]);
  const own = `/tenants/acme${random.pick(['/access/v1/evaluation', '/licet/v1/explain'])}`;
  const search = random.pick(['subject', 'resource', 'action']);
  const versioned = { headers: { 'if-match': `"${random.between(1, 3)}"` } };
  const post = (kind: string, path: string, body: unknown): Probe => ({ kind, method: 'POST', path, ask: { body } });
  return [
    { kind: 'path', method: 'GET', path: `/api/v1/${one}/${id}` },
    { kind: 'path', method: 'DELETE', path: `/api/v1/${one}/${id}`, ask: versioned },
    { kind: 'path', method: 'PATCH', path: `/api/v1/${one}/${id}`, ask: { ...versioned, body: {} } },
    post('path', `/tenants/globex/access/v1/evaluation`, QUESTION),
    post(
      'path',
      random.pick(['/access/v1/evaluation', '/tenants/%67lobex/access/v1/evaluation', '/tenants/acme/../globex/access/v1/evaluation']),
      QUESTION,
    ),
    { kind: 'query', method: 'GET', path: `/api/v1/${list}?q=canary&perPage=${random.between(1, 1000)}` },
    { kind: 'filter', method: 'GET', path: `/api/v1/${one}?tenant=${random.pick(['globex', '*', 'GLOBEX', 'globex%20'])}` },
    post('body', own, { ...QUESTION, ...elsewhere }),
    post('body', '/api/v1/assignments', { user: 'ana', role: 'prober', tenant: random.pick(['globex', '*']) }),
    post('body', '/api/v1/assignments/revoke', { user: CANARY, role: 'prober', tenant: 'globex' }),
    post('body', '/api/v1/resources', { id: `probe:${random.below(1000)}`, tenant: random.pick(['globex', null]) }),
    post('cursor', `/tenants/acme/access/v1/search/${search}`, {
      ...QUESTION,
      page: { token: Buffer.from('globex').toString('base64url') },
    }),
    post('bulk', '/tenants/acme/access/v1/evaluations', { ...QUESTION, evaluations: [{}, elsewhere] }),
    post('bulk', '/api/v1/users/sync', { users: [{ id: CANARY, enabled: false }] }),
    post('bulk', '/api/v1/assignments/revoke-many', { assignments: [{ id: row, version: random.between(1, 3) }] }),
    post('bulk', '/api/v1/policy/apply', { file: { licet: 1, assignments: [] }, prune: true }),
    {
      kind: 'export',
      method: 'GET',
      path: random.pick([
        '/api/v1/policy',
        `/api/v1/decisions/export?q=canary&format=${random.pick(['jsonl', 'csv'])}`,
        '/api/v1/audit-entries/export',
        '/replica/v1/snapshot',
        '/replica/v1/api-keys',
        '/replica/v1/changes?since=0',
      ]),
    },
    { kind: 'stream', method: 'GET', path: '/replica/v1/changes?since=0', ask: { headers: { accept: 'text/event-stream' } } },
  ];
}
