import { emptyRows, type EvaluationRequest, type Expr, type PolicyRows, type SnapshotDocument } from '@licet/contract';
import { random } from './measure.ts';

/** How large the policy is: three roles a user, half of the questions allowed. */
export interface Size {
  roles: number;
  types: number;
  actions: number;
  users: number;
  /** Of the hierarchy; 3 if left out. */
  depth?: number;
}
export const USUAL: Size = { roles: 100, types: 50, actions: 20, users: 10_000 };

/** What a question is about, in numbers, for layouts other than Licet's. */
export interface Question {
  request: EvaluationRequest;
  permission: string;
  allowed: boolean;
}

export interface Workload {
  document: SnapshotDocument;
  /** Roles by number, with what each inherits and is granted. */
  roles: { inherits: number[]; permissions: string[] }[];
  /** The roles of each user. */
  users: { id: string; roles: number[] }[];
  questions: Question[];
}

const OWN = 'is-owner';
const DEPTH = 3;

/** Names are short: of a text of ten characters at most JSON.parse makes one, as there is one of the literal in a program. */
export function permissionNamed(type: number, action: number): string {
  return `t${type}:a${action}`;
}

/** @param condition whether every grant asks that the subject owns the resource; then denials differ in the owner, not in the role */
export function makeWorkload(size: Size, condition: boolean, count: number): Workload {
  const chance = random(7);
  const pick = (below: number) => Math.floor(chance() * below);
  const permissions = times(size.types * size.actions, (n) => permissionNamed(n % size.types, Math.floor(n / size.types)));
  // With depth 3, each role of the first two thirds inherits from one of the next third.
  const step = Math.ceil(size.roles / (size.depth ?? DEPTH));
  const roles = times(size.roles, (n) => ({
    inherits: n + step < size.roles ? [n + step] : [],
    permissions: times(Math.ceil((permissions.length * 2) / size.roles), () => permissions[pick(permissions.length)] ?? ''),
  }));
  const users = times(size.users, (n) => ({ id: `user${n}`, roles: times(3, () => pick(size.roles)) }));
  const reach = roles.map((_, role) => [...reachable(roles, role)].flatMap((each) => roles[each]?.permissions ?? []));
  const questions = times(count, (n): Question => {
    const user = users[pick(users.length)] ?? { id: '', roles: [] };
    const given = new Set(user.roles.flatMap((role) => reach[role] ?? []));
    const allowed = n % 2 === 0;
    const wanted = allowed || condition;
    const permission = wanted ? ([...given][pick(given.size)] ?? '') : other(permissions, given, pick);
    return { permission, allowed, request: ask(user.id, permission, allowed || !condition ? user.id : 'somebody-else', `r${pick(1000)}`) };
  });
  shuffle(questions, pick);
  return { document: { format: 1, revision: 1, rows: rowsOf(size, condition, permissions, roles, users) }, roles, users, questions };
}

/**
 * The same as a service gets it: out of JSON, the questions in memory in the order in which they are asked. As they are made, they lie
 * about in the order before the shuffle, with texts of their own: what is measured with those is mostly how long the bench's own objects
 * take to come from memory.
 */
export function asReceived<T>(made: T): T {
  return JSON.parse(JSON.stringify(made)) as T;
}

/** The usual workload as received. What it was made from is gone by then, and does not count as memory of who measures. */
export function receiveUsual(condition: boolean, count: number): Workload {
  return asReceived(makeWorkload(USUAL, condition, count));
}

/** Ids as the control plane makes them: UUIDs, ascending. */
function uuid(n: number): string {
  return `01900000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
}

function times<T>(count: number, make: (n: number) => T): T[] {
  return Array.from({ length: count }, (_, n) => make(n));
}

function path(...parts: string[]): Expr {
  return { op: 'var', path: parts };
}

function ask(user: string, permission: string, owner: string, id: string): EvaluationRequest {
  const [type = '', name = ''] = permission.split(':');
  return { subject: { type: 'user', id: user }, action: { name }, resource: { type, id, properties: { ownerId: owner } } };
}

function other(permissions: readonly string[], given: ReadonlySet<string>, pick: (below: number) => number): string {
  for (;;) {
    const permission = permissions[pick(permissions.length)] ?? '';
    if (!given.has(permission)) return permission;
  }
}

export function reachable(roles: Workload['roles'], role: number, found = new Set<number>()): Set<number> {
  if (!found.has(role)) {
    found.add(role);
    for (const inherited of roles[role]?.inherits ?? []) reachable(roles, inherited, found);
  }
  return found;
}

function shuffle<T>(items: T[], pick: (below: number) => number): void {
  for (let index = items.length - 1; index > 0; index -= 1) {
    const other = pick(index + 1);
    [items[index], items[other]] = [items[other] as T, items[index] as T];
  }
}

function rowsOf(size: Size, condition: boolean, permissions: string[], roles: Workload['roles'], users: Workload['users']): PolicyRows {
  const always = { tenant: 'default', resource: null, startsAt: null, expiresAt: null };
  return {
    ...emptyRows(),
    tenants: [{ id: 'default' }],
    'resource-types': times(size.types, (n) => ({ id: `t${n}`, attributes: {} })),
    permissions: permissions.map((id) => ({ id })),
    conditions: [{ id: OWN, tree: { op: 'eq', args: [path('resource', 'properties', 'ownerId'), path('subject', 'id')] } }],
    roles: roles.map((_, n) => ({ id: `role${n}` })),
    'role-inherits': roles.flatMap(({ inherits }, n) =>
      inherits.map((to) => ({ id: `i${n}-${to}`, role: `role${n}`, inherits: `role${to}` })),
    ),
    grants: roles.flatMap((role, n) =>
      [...new Set(role.permissions)].map((permission) => {
        return { id: `g${n}-${permission}`, role: `role${n}`, permission, effect: 'allow' as const, condition: condition ? OWN : null };
      }),
    ),
    users: users.map(({ id }) => ({ id, enabled: true, attributes: {} })),
    assignments: users.flatMap(({ id, roles: held }, n) =>
      [...new Set(held)].map((role, i) => ({ id: uuid(3 * n + i), user: id, group: null, role: `role${role}`, ...always })),
    ),
  };
}

/**
 * A policy in which so many grants answer the same question, each with a condition of its own, and only the last of these can allow: who
 * owns the resource may, all others are asked about in vain.
 */
export function makeConditions(conditions: number, count: number): Pick<Workload, 'document' | 'questions'> {
  const { document, questions } = makeWorkload({ ...USUAL, roles: 1, types: 1, actions: 1 }, true, count);
  const owner = (value: Expr): Expr => ({ op: 'eq', args: [path('resource', 'properties', 'ownerId'), value] });
  const numbers = times(conditions, (n) => n);
  const rows: PolicyRows = {
    ...document.rows,
    conditions: numbers.map((n) => ({
      id: `c${n}`,
      tree: owner(n === conditions - 1 ? path('subject', 'id') : { op: 'lit', value: `nobody${n}` }),
    })),
    grants: numbers.map((n) => ({ id: `g${n}`, role: 'role0', permission: permissionNamed(0, 0), effect: 'allow', condition: `c${n}` })),
  };
  return { document: { ...document, rows }, questions };
}
