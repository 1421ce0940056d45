/**
 * A policy in Cedar's terms, so that Cedar's authorizer can be the second referee. What becomes what:
 * - a grant: a policy, `permit` or `forbid`; a forbid wins in Cedar as a deny wins here;
 * - an assignment: an alternative in the policy's condition, which names the holder, the tenant, the resource and the time;
 * - membership, role inheritance and wildcards: parents of entities, so that Cedar's `in` walks the hierarchy;
 * - stored attributes under those of the request: two records, of which the policy takes the one that has the member;
 * - unknown names and disabled users: policies that forbid.
 *
 * What is not translated, and why:
 * - errors: a forbid that errs does not apply in Cedar, and here it does; `&&` stops at the left in Cedar, and here both sides are looked at.
 *   So a condition is translated into two, neither of which can err: when it is surely true, and when it is surely false;
 * - null, fractions, timestamps, the order of lists and of text, parts of text, `exists`, `all`, `size`: Cedar has them not, or otherwise;
 * - cycles of roles, which Cedar refuses; questions that are none, since Cedar asks in another shape;
 * - the reason and the path: Cedar names all policies that determined, and the engine the first, which has to be among them.
 */
import type { Attributes, EvaluationRequest, Expr as Tree, PolicyRow, SnapshotDocument } from '@licet/contract';
import type {
  CedarValueJson,
  EntityJson,
  Expr,
  PolicyJson,
  PolicySet,
  StatefulAuthorizationCall,
  TypeAndId,
} from '@cedar-policy/cedar-wasm/nodejs';
import { UNREADABLE } from './model.ts';

type Call = Omit<StatefulAuthorizationCall, 'preparsedPolicySetId'>;
type Rows = SnapshotDocument['rows'];

const KNOWN = 'known';
const entity = (type: string, id: string): TypeAndId => ({ type, id });
const value = (json: CedarValueJson): Expr => ({ Value: json });
const reference = (type: string, id: string): Expr => value({ __entity: entity(type, id) });
const variable = (name: 'principal' | 'action' | 'resource' | 'context'): Expr => ({ Var: name });
const get = (left: Expr, attr: string): Expr => ({ '.': { left, attr } });
const all = (parts: Expr[]): Expr => parts.reduceRight((right, left) => ({ '&&': { left, right } }), value(true));
const any = (parts: Expr[]): Expr => parts.reduceRight((right, left) => ({ '||': { left, right } }), value(false));
const isIn = (left: Expr, right: Expr): Expr => ({ in: { left, right } });
const same = (left: Expr, right: Expr): Expr => ({ '==': { left, right } });
const not = (arg: Expr): Expr => ({ '!': { arg } });

/** The policies; their ids are the grants' ids. */
export function toPolicies({ rows }: SnapshotDocument): PolicySet {
  const roles = new Set(rows.roles.map(({ id }) => id));
  const grants = rows.grants
    .filter(({ role }) => roles.has(role))
    .map((grant): [string, PolicyJson] => [`grant ${grant.id}`, toPolicy(grant, rows)]);
  return {
    staticPolicies: {
      ...Object.fromEntries(grants),
      'unknown permission': forbid(not(isIn(variable('action'), reference('Action', KNOWN)))),
      'unknown tenant': forbid(not(isIn(get(variable('context'), 'tenant'), reference('Tenant', KNOWN)))),
      'disabled subject': forbid(get(variable('principal'), 'disabled')),
    },
  };
}

function forbid(when: Expr): PolicyJson {
  return {
    effect: 'forbid',
    principal: { op: 'All' },
    action: { op: 'All' },
    resource: { op: 'All' },
    conditions: [{ kind: 'when', body: when }],
  };
}

function toPolicy({ role, permission, effect, condition }: PolicyRow<'grants'>, rows: Rows): PolicyJson {
  const assigned = any(rows.assignments.flatMap((assignment) => toAlternative(assignment, role, effect, rows)));
  return {
    effect: effect === 'allow' ? 'permit' : 'forbid',
    principal: { op: 'All' },
    action: { op: 'in', entity: entity('Action', permission) },
    resource: { op: 'All' },
    conditions: [
      { kind: 'when', body: assigned },
      { kind: 'when', body: applies(condition, effect, rows) },
    ],
  };
}

function toAlternative(
  { user, group, role, tenant, resource, startsAt, expiresAt }: PolicyRow<'assignments'>,
  granted: string,
  effect: 'allow' | 'deny',
  rows: Rows,
): Expr[] {
  const exists = rows.roles.some(({ id }) => id === role);
  if (!exists || (user === null && group === null)) return [];
  const principal = variable('principal');
  const now = get(variable('context'), 'now');
  // What is no time limits no deny, and lets no allow through.
  const limit = (time: string | null, comparison: (ms: number) => Expr): Expr => {
    if (time === null) return value(true);
    return time === UNREADABLE ? value(effect === 'deny') : comparison(Date.parse(time));
  };
  return [
    all([
      user === null ? isIn(principal, reference('Group', group as string)) : same(principal, reference('User', user)),
      isIn(reference('Role', role), reference('Role', granted)),
      tenant === '*' ? value(true) : same(get(variable('context'), 'tenant'), reference('Tenant', tenant)),
      resource === null ? value(true) : same(variable('resource'), reference('Resource', resource)),
      limit(startsAt, (ms) => ({ '>=': { left: now, right: value(ms) } })),
      limit(expiresAt, (ms) => ({ '<': { left: now, right: value(ms) } })),
    ]),
  ];
}

/** An allow applies where its condition is surely true; a deny unless its condition is surely false. */
function applies(condition: string | null, effect: 'allow' | 'deny', rows: Rows): Expr {
  if (condition === null) return value(true);
  const tree = rows.conditions.find(({ id }) => id === condition)?.tree;
  if (!tree) return value(effect === 'deny');
  return effect === 'allow' ? surely(tree, true) : not(surely(tree, false));
}

/** Whether a condition surely has this value, and does not err. */
function surely(tree: Tree, wanted: boolean): Expr {
  switch (tree.op) {
    case 'not':
      return surely(tree.args[0], !wanted);
    case 'and':
    case 'or':
      return ((tree.op === 'and') === wanted ? all : any)(tree.args.map((arg) => surely(arg, wanted)));
    default:
      return atom(tree, wanted);
  }
}

function atom(tree: Tree, wanted: boolean): Expr {
  const path = tree.op === 'var' || tree.op === 'has' ? tree.path : pathIn(tree);
  const name = path.at(-1) as string;
  const holders = path[0] === 'context' ? [get(variable('context'), 'given')] : holdersOf(path[0] as 'subject');
  const has = (left: Expr): Expr => ({ has: { left, attr: name } });
  if (tree.op === 'has') return wanted ? any(holders.map(has)) : not(any(holders.map(has)));
  const holds = (left: Expr): Expr => {
    const said = comparison(tree, get(left, name));
    return wanted ? said : not(said);
  };
  // The first that has the member says; where none has it, the condition errs.
  return holders.reduceRight<Expr>((rest, left) => ({ 'if-then-else': { if: has(left), then: holds(left), else: rest } }), value(false));
}

function holdersOf(part: 'subject' | 'action' | 'resource'): Expr[] {
  const of = variable(part === 'subject' ? 'principal' : part);
  return [get(of, 'given'), get(of, 'stored')];
}

function pathIn(tree: Tree): string[] {
  if (!('args' in tree)) throw new Error(`\`${tree.op}\` is not translated`);
  const found = tree.args.find((arg) => arg.op === 'var');
  if (found?.op !== 'var') throw new Error(`\`${tree.op}\` without an attribute is not translated`);
  return found.path;
}

const COMPARISONS: Partial<Record<Tree['op'], (left: Expr, right: Expr) => Expr>> = {
  eq: same,
  ne: (left, right) => ({ '!=': { left, right } }),
  lt: (left, right) => ({ '<': { left, right } }),
  le: (left, right) => ({ '<=': { left, right } }),
  gt: (left, right) => ({ '>': { left, right } }),
  ge: (left, right) => ({ '>=': { left, right } }),
  in: (left, right) => ({ contains: { left: right, right: left } }),
};

function comparison(tree: Tree, attribute: Expr): Expr {
  if (tree.op === 'var') return same(attribute, value(true));
  const compare = COMPARISONS[tree.op];
  if (!compare || !('args' in tree)) throw new Error(`\`${tree.op}\` is not translated`);
  const [left, right] = tree.args.map((arg) => (arg.op === 'lit' ? value(arg.value) : attribute)) as [Expr, Expr];
  return compare(left, right);
}

/** Makes calls for questions about one policy. @returns a function of a question and its time */
export function toCalls({ rows }: SnapshotDocument): (request: EvaluationRequest, now: number) => Call {
  const users = new Map(rows.users.map((row) => [row.id, row]));
  const resources = new Map(rows.resources.map((row) => [row.id, row]));
  const permissions = new Set(rows.permissions.map(({ id }) => id));
  const roles = toRoles(rows);
  const tenants = new Set(rows.tenants.map(({ id }) => id));
  return ({ subject, action, resource, context }, now) => {
    const { type, id } = subject;
    const key = type === 'user' && !id.includes(':') ? id : `${type}:${id}`;
    const user = type.includes(':') ? undefined : users.get(key);
    const principal = user ? entity('User', key) : entity('Stranger', `${type} ${id}`);
    const name = `${resource.type}:${resource.id}`;
    const registered = resources.get(name);
    const named = [resource.properties?.['tenant'], registered?.tenant, context?.['tenant'], 'default'];
    const one = named.find((name) => name !== undefined && name !== null);
    const tenant = entity('Tenant', typeof one === 'string' ? one : '');
    const permission = `${resource.type}:${action.name}`;
    const isKnown = permissions.has(permission) && rows['resource-types'].some((row) => row.id === resource.type);
    return {
      principal,
      action: entity('Action', permission),
      resource: entity('Resource', name),
      context: { now, tenant: { __entity: tenant }, given: seen(context) },
      entities: [
        {
          uid: principal,
          attrs: { disabled: user?.enabled === false, given: seen(subject.properties), stored: seen(user?.attributes) },
          parents: toGroups(user, rows),
        },
        { uid: entity('Resource', name), attrs: { given: seen(resource.properties), stored: seen(registered?.attributes) }, parents: [] },
        {
          uid: entity('Action', permission),
          attrs: { given: seen(action.properties), stored: {} },
          parents: isKnown ? toPatterns(resource.type, action.name) : [],
        },
        ...roles,
        { uid: tenant, attrs: {}, parents: tenants.has(tenant.id) ? [entity('Tenant', KNOWN)] : [] },
      ],
    };
  };
}

function toRoles(rows: Rows): EntityJson[] {
  const exists = new Set(rows.roles.map(({ id }) => id));
  return rows.roles.map(({ id }) => {
    const inherited = rows['role-inherits'].filter((row) => row.role === id && exists.has(row.inherits));
    return { uid: entity('Role', id), attrs: {}, parents: inherited.map((row) => entity('Role', row.inherits)) };
  });
}

function toGroups(user: PolicyRow<'users'> | undefined, rows: Rows): TypeAndId[] {
  if (!user) return [entity('Group', 'anyone')];
  const isOrdinary = (group: string) => group !== 'everyone' && group !== 'anyone' && rows.groups.some(({ id }) => id === group);
  const memberOf = rows['group-members'].filter((row) => row.user === user.id && isOrdinary(row.group)).map(({ group }) => group);
  return [...new Set([...memberOf, 'everyone', 'anyone'])].map((group) => entity('Group', group));
}

function toPatterns(type: string, action: string): TypeAndId[] {
  const patterns = type.startsWith('licet.') ? [`${type}:*`] : [`${type}:*`, `*:${action}`, '*:*'];
  return [KNOWN, ...patterns].map((id) => entity('Action', id));
}

const SEEN = ['owner', 'level', 'flag', 'tags'];

/** The attributes that conditions look at. */
function seen(attributes: Attributes | undefined): Record<string, CedarValueJson> {
  return Object.fromEntries(
    SEEN.filter((name) => attributes?.[name] !== undefined).map((name) => [name, attributes?.[name] as CedarValueJson]),
  );
}
