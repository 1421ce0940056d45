import { rmSync } from 'node:fs';
import { RESERVED_PERMISSIONS } from '@licet/contract';
import { Random } from '../random.ts';
import { ACTS, type Cast, castOf, chance, CONSOLE_ROLES, ON_ACCOUNTS, usersOf } from './acts.ts';
import { accountsOf, Followed } from './followed.ts';
import { progress } from './findings.ts';
import { holdings, type State } from './holdings.ts';
import { Installation, type Prepared } from './installation.ts';

const STEPS = 25;
/** A new installation after so many walks: the accounts of earlier ones stay. */
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
  /** Steps by which somebody got what the one who acted did not hold, and whatever else should not be. */
  beyond: string[];
}

interface Walks {
  /** The number of the first, and how many. A walk is the same whichever came before it. */
  first?: number;
  count: number;
  seed: number;
  /** How many installations side by side. */
  workers?: number;
}

/**
 * Lets delegated administrators act at random against a real control plane: each may try every way there is to give somebody something.
 * After each step that was let through, the naive model says who gained which console permission, in which tenant and until when; whoever
 * acted must have held it, for certain, before.
 */
export async function walk({ first = 0, count, seed, workers = 1 }: Walks): Promise<Walked> {
  const total: Walked = { walks: 0, steps: 0, allowed: 0, gave: 0, beyond: [] };
  const numbers = Array.from({ length: count }, (_, index) => first + index);
  const stage = await prepare(new Set(numbers.map(placeOf)));
  const work = async () => {
    for (let mine = numbers.splice(0, WALKS_EACH); mine.length > 0; mine = numbers.splice(0, WALKS_EACH)) {
      await walkAll(mine, seed, stage, total);
    }
  };
  try {
    await Promise.all(Array.from({ length: workers }, work));
  } finally {
    rmSync(stage.folder, { recursive: true, force: true });
  }
  return total;
}

const say = progress();

/** The place of a walk among those on one installation. */
const placeOf = (number: number) => number % WALKS_EACH;
const actorsOf = (cast: Cast) => cast.applications.slice(0, 3);

/** What all walks begin with, made once: an installation with the tenants and with the keys of those who act. */
interface Stage extends Prepared {
  keys: Map<string, string>;
}

async function prepare(places: Set<number>): Promise<Stage> {
  const api = await Installation.start();
  for (const id of ['acme', 'beta', 'empty']) await api.do('POST', '/api/v1/tenants', { id });
  const casts = [...places].map(castOf);
  const users = Object.fromEntries(casts.flatMap((cast) => usersOf(cast)).map((id) => [id, {}]));
  // The role gives nothing, and is gone when the first walk begins.
  await api.do('POST', '/api/v1/policy/apply', { file: { licet: 1, users, roles: { nothing: {} } } });
  const keys = new Map<string, string>();
  for (const name of casts.flatMap(actorsOf)) keys.set(`service:${name}`, await api.key(name, 'nothing'));
  return { keys, ...(await api.leave()) };
}

async function walkAll(numbers: readonly number[], seed: number, stage: Stage, total: Walked): Promise<void> {
  const api = await Installation.start(stage);
  try {
    const followed = await Followed.of(api);
    for (const number of numbers) {
      await walkOnce({ api, followed, stage, number, random: new Random(seed + number), total });
      say(() => [`${total.walks} walks, ${total.beyond.length} findings`, ...total.beyond].join('\n  '));
    }
  } finally {
    await api.close();
  }
}

interface OneWalk {
  api: Installation;
  followed: Followed;
  stage: Stage;
  number: number;
  random: Random;
  total: Walked;
}

async function walkOnce({ api, followed, stage, number, random, total }: OneWalk): Promise<void> {
  const cast = castOf(placeOf(number));
  await castActors(api, cast, random);
  const keys = new Map(actorsOf(cast).map((name) => [`service:${name}`, stage.keys.get(`service:${name}`)!]));
  await followed.catchUp();
  let state: State = { rows: followed.rowsOf(cast), accounts: [...keys.keys()] };
  let could = holdings(state, PROBES, false);
  total.walks++;
  for (let step = 0; step < STEPS; step++) {
    const act = random.pick(ACTS);
    const [user, key] = random.pick([...keys]);
    total.steps++;
    const answer = await act({ api, key, cast, random, state });
    if (answer.status >= 500) total.beyond.push(`walk ${number}, step ${step}: ${answer.status} ${answer.text}`);
    if (answer.status < 200 || answer.status >= 300) continue;
    total.allowed++;
    const { secret, user: account } = JSON.parse(answer.text || '{}') as { secret?: string; user?: string };
    if (secret && account) keys.set(account, secret);
    await followed.catchUp();
    const next = { rows: followed.rowsOf(cast), accounts: ON_ACCOUNTS.includes(act) ? await accountsOf(api, cast) : state.accounts };
    const can = holdings(next, PROBES, false);
    const gained = [...can].filter((line) => !could.has(line));
    if (gained.length > 0) {
      total.gave++;
      const mine = holdings({ ...state, accounts: [user] }, PROBES, true);
      const beyond = gained.filter((line) => !mine.has([user, ...line.split(' ').slice(1)].join(' ')));
      if (beyond.length > 0)
        total.beyond.push(`walk ${number}, step ${step}, act ${ACTS.indexOf(act)}, by ${user}: ${beyond.slice(0, 3).join('; ')}`);
    }
    [state, could] = [next, can];
  }
  const differs = await followed.differs();
  if (!sameAccounts(await accountsOf(api, cast), state.accounts)) differs.push('accounts');
  if (differs.length > 0) total.beyond.push(`walk ${number}: what was followed is not what there is: ${differs.join(', ')}`);
}

const sameAccounts = (some: readonly string[], others: readonly string[]) => some.toSorted().join(' ') === others.toSorted().join(' ');

/** The keys of administrators with a few roles each, of the console's own and made up, some of them with denials, for a time or in one tenant. */
async function castActors(api: Installation, cast: Cast, random: Random): Promise<void> {
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
  const where = () => ({
    tenant: random.pick(['*', '*', '*', 'licet.console', 'acme']),
    ...(chance(random, 0.15) ? { until: '2090-01-01T00:00:00.000Z' } : {}),
  });
  const delegated = CONSOLE_ROLES.filter((role) => role !== 'licet.owner');
  const actors = actorsOf(cast);
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
  const withKeys = actors.map((name) => ({ user: `service:${name}`, role: random.pick(cast.roles), tenant: '*' }));
  const file = {
    licet: 1,
    tenants: { acme: {}, beta: {}, empty: {} },
    conditions: { [cast.conditions[0]!]: 'context.a == "x"' },
    roles,
    groups,
    assignments: unique([...assignments, ...latent, ...withKeys]),
    resources: [],
  };
  // What the walk before left behind goes with the same request: it would make this one slower.
  await api.do('POST', '/api/v1/policy/apply', { file, prune: true });
}

/** What may stand once only stands once. */
function unique<T extends object>(rows: T[]): T[] {
  const key = (row: T) => JSON.stringify({ ...row, until: undefined });
  return [...new Map(rows.map((row) => [key(row), row])).values()];
}
