import { RESERVED_PERMISSIONS, RESERVED_ROLES } from '@licet/contract';
import type { Random } from '../random.ts';
import type { State } from './holdings.ts';
import type { Answer, Installation } from './installation.ts';

/** The names that a walk plays with; a number keeps walks on the same installation apart. */
export interface Cast {
  users: string[];
  groups: string[];
  roles: string[];
  conditions: string[];
  tenants: string[];
  applications: string[];
}

export const castOf = (walk: number): Cast => ({
  users: ['u', 'v'].map((name) => `${name}${walk}`),
  groups: [`g${walk}`, `h${walk}`],
  roles: ['p', 'q', 'r', 's'].map((name) => `${name}${walk}`),
  conditions: [`c${walk}`],
  tenants: ['acme', 'beta'],
  applications: [0, 1, 2, 3].map((number) => `app${walk}.${number}`),
});

export const usersOf = ({ users, applications }: Cast) => [...users, ...applications.map((name) => `service:${name}`)];

export const CONSOLE_ROLES = Object.keys(RESERVED_ROLES);
export const LATER = '2090-01-01T00:00:00.000Z';

interface Turn {
  api: Installation;
  /** The API key of who acts. */
  key: string;
  cast: Cast;
  random: Random;
  state: State;
}

/** One of many ways in which an administrator may try to give somebody something. */
type Act = (turn: Turn) => Promise<Answer>;

const scope = ({ random, cast }: Turn) => random.pick(['*', 'licet.console', 'default', ...cast.tenants]);
const anyRole = ({ random, cast }: Turn) => random.pick([...CONSOLE_ROLES, ...cast.roles, ...cast.roles]);
const anyUser = ({ random, cast }: Turn) => random.pick(usersOf(cast));
const grantee = (turn: Turn) =>
  chance(turn.random, 0.3) ? { group: turn.random.pick([...turn.cast.groups, 'everyone', 'anyone']) } : { user: anyUser(turn) };
const permission = ({ random }: Turn) => {
  const one = random.pick(RESERVED_PERMISSIONS);
  return chance(random, 0.3) ? `${one.split(':')[0]}:*` : one;
};
const times = ({ random }: Turn) => (chance(random, 0.3) ? { expiresAt: LATER } : chance(random, 0.1) ? { startsAt: LATER } : {});
const post = ({ api, key }: Turn, path: string, body: object = {}) => api.ask('POST', `/api/v1/${path}`, { body, key });
const one = async ({ api, key }: Turn, method: 'PATCH' | 'DELETE', path: string, body?: object) => {
  const on = (version: number) => api.ask(method, `/api/v1/${path}`, { body, key, headers: { 'if-match': `"${version}"` } });
  const first = await on(1);
  return first.status === 412 ? on((JSON.parse(first.text) as { current: { version: number } }).current.version) : first;
};
const REFUSED: Answer = { status: 0, type: '', text: '', ms: 0 };

/** True with a probability. */
export const chance = (random: Random, probability: number) => random.below(1000) < probability * 1000;

/** Something that is there already; nothing to do where there is none. */
const onSome = <T extends { id: string }>(turn: Turn, rows: readonly T[], act: (row: T) => Promise<Answer>) =>
  rows.length === 0 ? Promise.resolve(REFUSED) : act(turn.random.pick(rows));

const apply: Act = (turn) => {
  const { random, cast } = turn;
  const grants = [
    chance(random, 0.3)
      ? { permission: permission(turn), effect: 'deny' }
      : { permission: permission(turn), ...(chance(random, 0.2) ? { when: cast.conditions[0] } : {}) },
  ];
  const file = {
    licet: 1,
    roles: {
      [random.pick(cast.roles)]: { inherits: chance(random, 0.4) ? [anyRole(turn)] : [], grants: chance(random, 0.7) ? grants : [] },
    },
    ...(chance(random, 0.3) ? { groups: { [random.pick(cast.groups)]: { members: chance(random, 0.5) ? [anyUser(turn)] : [] } } } : {}),
    ...(chance(random, 0.4) ? { assignments: [{ ...grantee(turn), role: anyRole(turn), tenant: scope(turn) }] } : {}),
  };
  return post(turn, 'policy/apply', { file });
};

/** Those that make, open and close accounts. */
export const ON_ACCOUNTS: readonly Act[] = [
  (turn) => post(turn, 'api-keys', { name: turn.random.pick(turn.cast.applications), role: anyRole(turn) }),
  (turn) => post(turn, 'operators', { id: turn.random.pick(turn.cast.users), role: turn.random.pick(CONSOLE_ROLES), tenant: scope(turn) }),
  (turn) => post(turn, `operators/${turn.random.pick([...turn.cast.users, 'ana'])}/link`),
  (turn) => one(turn, 'PATCH', `operators/${turn.random.pick([...turn.cast.users, 'ana'])}`, { enabled: chance(turn.random, 0.5) }),
];

export const ACTS: readonly Act[] = [
  (turn) => post(turn, 'assignments', { ...grantee(turn), role: anyRole(turn), tenant: scope(turn), ...times(turn) }),
  (turn) => post(turn, 'assignments/assign', { ...grantee(turn), role: anyRole(turn), tenant: scope(turn) }),
  (turn) =>
    onSome(turn, turn.state.rows.assignments, ({ user, group, role, tenant }) =>
      post(turn, 'assignments/revoke', { ...(user ? { user } : { group }), role, tenant }),
    ),
  (turn) =>
    onSome(turn, turn.state.rows.assignments, ({ id }) =>
      one(turn, 'PATCH', `assignments/${id}`, { expiresAt: turn.random.pick([null, LATER]) }),
    ),
  (turn) => onSome(turn, turn.state.rows.assignments, ({ id }) => one(turn, 'DELETE', `assignments/${id}`)),
  (turn) =>
    onSome(turn, turn.state.rows.assignments, ({ id }) =>
      post(turn, 'assignments/revoke-many', {
        assignments: [id, turn.random.pick(turn.state.rows.assignments).id].map((each) => ({
          id: each,
          version: turn.random.between(1, 2),
        })),
      }),
    ),
  (turn) =>
    post(turn, 'grants', {
      role: turn.random.pick(turn.cast.roles),
      permission: permission(turn),
      effect: turn.random.pick(['allow', 'allow', 'deny']),
      ...(chance(turn.random, 0.2) ? { condition: turn.cast.conditions[0] } : {}),
    }),
  (turn) =>
    onSome(turn, turn.state.rows.grants, ({ id }) =>
      one(
        turn,
        'PATCH',
        `grants/${id}`,
        turn.random.pick([{ effect: 'allow' }, { effect: 'deny' }, { condition: null }, { condition: turn.cast.conditions[0] }]),
      ),
    ),
  (turn) => onSome(turn, turn.state.rows.grants, ({ id }) => one(turn, 'DELETE', `grants/${id}`)),
  (turn) => one(turn, 'PATCH', `roles/${turn.random.pick(turn.cast.roles)}`, { inherits: chance(turn.random, 0.3) ? [] : [anyRole(turn)] }),
  (turn) => post(turn, 'group-members', { group: turn.random.pick(turn.cast.groups), user: anyUser(turn) }),
  (turn) => onSome(turn, turn.state.rows['group-members'], ({ id }) => one(turn, 'DELETE', `group-members/${id}`)),
  (turn) =>
    one(
      turn,
      'PATCH',
      `users/${encodeURIComponent(anyUser(turn))}`,
      turn.random.pick([{ enabled: true }, { enabled: false }, { attributes: { chief: true } }]),
    ),
  (turn) => post(turn, 'users/sync', { users: [{ id: anyUser(turn), enabled: chance(turn.random, 0.7) }] }),
  (turn) => one(turn, 'DELETE', `users/${turn.random.pick(turn.cast.users)}`),
  (turn) => post(turn, 'users', { id: turn.random.pick(turn.cast.users) }),
  (turn) =>
    one(turn, 'PATCH', `conditions/${turn.cast.conditions[0]}`, { expression: turn.random.pick(['context.a == "x"', 'context.b == "y"']) }),
  (turn) => post(turn, 'resources', { id: `licet.role:-`, tenant: null, attributes: { chief: true } }),
  ...[apply, apply, apply],
  ...ON_ACCOUNTS,
];
