import { type CollectionRow, RESERVED_PERMISSIONS } from '@licet/contract';
import { Random } from '../random.ts';
import { ACTS, type Cast, castOf, chance, CONSOLE_ROLES } from './acts.ts';
import { holdings, type State } from './holdings.ts';
import { Installation } from './installation.ts';

const STEPS = 25;
/** A new installation after so many walks: the accounts of earlier ones stay, and are listed each time. */
const WALKS_EACH = 200;
const PROBES = ['licet.console', 'default', 'acme', 'beta', 'empty'].flatMap((tenant) =>
  ['2027-01-01', '2095-01-01'].map((day) => ({ tenant, at: Date.parse(day) })),
);

export interface Walked {
  walks: number;
  steps: number;
  /** Steps that were let through, and how many of these gave somebody a console permission. */
  allowed: number;
  gave: number;
  /** Steps by which somebody got what the one who acted did not hold. */
  beyond: string[];
}

/**
 * Lets delegated administrators act at random against a real control plane: each may try every way there is to give somebody something.
 * After each step that was let through, the naive model says who gained which console permission, in which tenant and until when; whoever
 * acted must have held it, for certain, before.
 * @param count how many walks
 * @param seed the same seed makes the same walks
 */
export async function walk(count: number, seed: number): Promise<Walked> {
  const total: Walked = { walks: 0, steps: 0, allowed: 0, gave: 0, beyond: [] };
  for (let done = 0; done < count; done += WALKS_EACH) {
    const api = await Installation.start();
    try {
      for (const id of ['acme', 'beta', 'empty']) await api.do('POST', '/api/v1/tenants', { id });
      const { users: _kept, ...before } = await api.do<{ users: object }>('GET', '/api/v1/policy');
      for (let each = done; each < Math.min(count, done + WALKS_EACH); each++) {
        await walkOnce(api, each, new Random(seed + each), total);
        // What a walk leaves behind would make the next ones slower.
        await api.do('POST', '/api/v1/policy/apply', { file: before, prune: true });
      }
    } finally {
      await api.close();
    }
  }
  return total;
}

async function walkOnce(api: Installation, number: number, random: Random, total: Walked): Promise<void> {
  const cast = castOf(number);
  const keys = await castActors(api, cast, random);
  let state = await readState(api, cast);
  total.walks++;
  for (let step = 0; step < STEPS; step++) {
    const act = random.pick(ACTS);
    const [user, key] = random.pick([...keys]);
    total.steps++;
    const versions = async (path: string) =>
      (JSON.parse((await api.ask('GET', `/api/v1/${path}`)).text) as { version?: number }).version ?? 1;
    const answer = await act({ api, key, cast, random, state: { ...state, versions } });
    if (answer.status >= 500) total.beyond.push(`walk ${number}, step ${step}: ${answer.status} ${answer.text}`);
    if (answer.status < 200 || answer.status >= 300) continue;
    total.allowed++;
    const { secret, user: account } = JSON.parse(answer.text || '{}') as { secret?: string; user?: string };
    if (secret && account) keys.set(account, secret);
    const next = await readState(api, cast);
    const [could, can] = [holdings(state, PROBES, false), holdings(next, PROBES, false)];
    const gained = [...can].filter((line) => !could.has(line));
    if (gained.length > 0) total.gave++;
    const mine = holdings({ ...state, accounts: [user] }, PROBES, true);
    const beyond = gained.filter((line) => !mine.has([user, ...line.split(' ').slice(1)].join(' ')));
    if (beyond.length > 0)
      total.beyond.push(`walk ${number}, step ${step}, act ${ACTS.indexOf(act)}, by ${user}: ${beyond.slice(0, 3).join('; ')}`);
    state = next;
  }
}

/** The keys of administrators with a few roles each, of the console's own and made up, some of them with denials, for a time or in one tenant. */
async function castActors(api: Installation, cast: Cast, random: Random): Promise<Map<string, string>> {
  const grants = () =>
    Array.from({ length: random.between(1, 8) }, () => {
      const permission = chance(random, 0.5) ? random.pick(RESERVED_PERMISSIONS) : `${random.pick(RESERVED_PERMISSIONS).split(':')[0]}:*`;
      return {
        permission,
        ...(chance(random, 0.15) ? { effect: 'deny' } : {}),
        ...(chance(random, 0.1) ? { when: cast.conditions[0] } : {}),
      };
    });
  const roles = Object.fromEntries(
    cast.roles.map((id, index) => [
      id,
      { grants: unique(grants()), inherits: index > 0 && chance(random, 0.3) ? [cast.roles[index - 1]] : [] },
    ]),
  );
  const users = Object.fromEntries([...cast.users, ...cast.applications.map((name) => `service:${name}`)].map((id) => [id, {}]));
  const where = () => ({
    tenant: random.pick(['*', '*', '*', 'licet.console', 'acme']),
    ...(chance(random, 0.15) ? { until: '2090-01-01T00:00:00.000Z' } : {}),
  });
  const delegated = CONSOLE_ROLES.filter((role) => role !== 'licet.owner');
  const actors = cast.applications.slice(0, 3);
  // Powers enough to try with, each over a part of the console only.
  const broad = ['licet.policy-editor', 'licet.access-manager', 'accounts'];
  roles['accounts'] = {
    grants: ['operator', 'api-key', 'user', 'assignment'].map((type) => ({ permission: `licet.${type}:*` })),
    inherits: [],
  };
  const assignments = actors.flatMap((name) => {
    const user = `service:${name}`;
    const mine = [random.pick(broad), random.pick(broad), random.pick(delegated), random.pick(cast.roles)];
    return mine.map((role, index) => ({ user, role, ...(index === 0 ? { tenant: '*' } : where()) }));
  });
  const groups = Object.fromEntries(
    cast.groups.map((id) => [id, { members: chance(random, 0.5) ? [`service:${random.pick(actors)}`] : [] }]),
  );
  const latent = [
    { group: cast.groups[0], role: random.pick(CONSOLE_ROLES), tenant: '*' },
    { user: cast.users[0], role: random.pick(CONSOLE_ROLES), tenant: '*' },
  ];
  const file = {
    licet: 1,
    conditions: { [cast.conditions[0]!]: 'context.a == "x"' },
    roles,
    users,
    groups,
    assignments: unique([...assignments, ...latent]),
  };
  await api.do('POST', '/api/v1/policy/apply', { file });
  const keys = new Map<string, string>();
  for (const name of actors) {
    const { secret, user } = await api.do<{ secret: string; user: string }>('POST', '/api/v1/api-keys', {
      name,
      role: random.pick(cast.roles),
    });
    keys.set(user, secret);
  }
  return keys;
}

/** What may stand once only stands once. */
function unique<T extends object>(rows: T[]): T[] {
  const key = (row: T) => JSON.stringify({ ...row, until: undefined });
  return [...new Map(rows.map((row) => [key(row), row])).values()];
}

type Key = Pick<CollectionRow<'api-keys'>, 'user' | 'revokedAt'>;
type Operator = CollectionRow<'operators'>;

/** The policy as far as the walk goes, and the accounts. */
async function readState(api: Installation, cast: Cast): Promise<State> {
  const { rows } = await api.do<{ rows: State['rows'] }>('GET', '/replica/v1/snapshot');
  const keys = (await api.do<{ items: Key[] }>('GET', '/api/v1/api-keys?perPage=1000')).items;
  const operators = (await api.do<{ items: Operator[] }>('GET', '/api/v1/operators?perPage=1000')).items;
  const open = operators.filter(
    ({ enabled, linkExpiresAt, passwordChangedAt }) => enabled && (linkExpiresAt !== null || passwordChangedAt !== null),
  );
  const mine = new Set([...cast.users, ...cast.applications.map((name) => `service:${name}`)]);
  const accounts = [
    ...new Set([...keys.filter(({ revokedAt }) => revokedAt === null).map(({ user }) => user), ...open.map(({ id }) => id)]),
  ];
  const ofCast = (name: string | null) => name === null || mine.has(name);
  return {
    rows: {
      ...rows,
      assignments: rows.assignments.filter(({ user }) => ofCast(user)),
      'group-members': rows['group-members'].filter(({ user }) => mine.has(user)),
      grants: rows.grants,
    },
    accounts: accounts.filter((id) => mine.has(id)),
  };
}
