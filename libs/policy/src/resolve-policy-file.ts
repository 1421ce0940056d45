import {
  ANYONE,
  AssignmentCreate,
  ConditionCreate,
  EntityId,
  type ErrorItem,
  EVERYONE,
  faultWords,
  GrantCreate,
  GroupCreate,
  isReserved,
  LicetError,
  parseUserKey,
  type PolicyFile,
  RegisteredResourceCreate,
  ResourceTypeCreate,
  RoleCreate,
  splitKey,
  TenantCreate,
  UserCreate,
  userKey,
} from '@licet/contract';
import { byId, compareText } from './compare-text.ts';
import {
  assignmentKey,
  type DesiredAssignment,
  type DesiredCondition,
  type DesiredGrant,
  type DesiredPolicy,
  grantKey,
  SECTIONS,
} from './desired-policy.ts';
import { type Issue, pathText, readableIssues } from './file-issues.ts';
import { circleErrors } from './hierarchy.ts';
import { inlineConditionId, isInlineExpression } from './inline-condition.ts';
import { parseCondition } from './parse-condition.ts';

type FileGrant = NonNullable<PolicyFile['roles']>[string]['grants'][number];
type FileAssignment = NonNullable<PolicyFile['assignments']>[number];
type Schema = { safeParse(value: unknown, words: { error: typeof faultWords }): { success: boolean; error?: { issues: Issue[] } | undefined } };

/**
 * Works out what a policy file wants: short user names become user keys, inline conditions become conditions, defaults are filled in.
 * What the file refers to is looked for in the file first, and else taken as a key of the installation.
 * @param file a file as the schema PolicyFile gives it
 * @returns the rows the file wants; equal files give equal results
 * @throws LicetError `invalid_policy` with all errors: conditions that do not compile, circles in the hierarchy, grants, resources and
 *   assignments that stand twice, names that belong to Licet itself, values that the admin API would refuse
 */
export function resolvePolicyFile(file: PolicyFile): DesiredPolicy {
  const resolver = new Resolver(file);
  const desired = resolver.resolve();
  if (resolver.errors.length > 0) {
    const count = resolver.errors.length === 1 ? 'an error' : `${resolver.errors.length} errors`;
    throw new LicetError('invalid_policy', `the policy file has ${count}`, { errors: resolver.errors });
  }
  return desired;
}

/**
 * The user that a file's other sections mean by a name.
 * @param name a key of the file's `users`, else a user key
 * @returns the user key
 */
export function resolveUser(file: PolicyFile, name: string): string {
  const users = file.users ?? {};
  const type = Object.hasOwn(users, name) ? users[name]!.type : undefined;
  if (type !== undefined) return userKey(type, name);
  const parsed = parseUserKey(name);
  return userKey(parsed.type, parsed.id);
}

class Resolver {
  readonly errors: ErrorItem[] = [];
  readonly #file: PolicyFile;
  readonly #conditions = new Map<string, DesiredCondition>();
  readonly #named: ReadonlySet<string>;

  constructor(file: PolicyFile) {
    this.#file = file;
    this.#named = new Set(Object.keys(file.conditions ?? {}));
  }

  resolve(): DesiredPolicy {
    const file = this.#file;
    this.#addNamedConditions();
    const roles = this.#roles();
    this.errors.push(...circleErrors(new Map(roles.map(({ id, inherits }) => [id, inherits]))));
    return {
      sections: SECTIONS.filter((section) => file[section] !== undefined),
      tenants: this.#described('tenants', file.tenants, TenantCreate),
      resourceTypes: this.#resourceTypes(),
      conditions: byId([...this.#conditions.values()]),
      roles,
      groups: this.#groups(),
      users: this.#users(),
      resources: this.#resources(),
      assignments: this.#assignments(),
    };
  }

  #fault(path: string, message: string): void {
    this.errors.push({ path, message });
  }

  /** Holds a row against the rules of the admin API. */
  #check(path: string, schema: Schema, row: object): void {
    const { error } = schema.safeParse(row, { error: faultWords });
    for (const issue of error?.issues ?? []) {
      for (const { path: member, message } of readableIssues(issue, row)) this.#fault(pathText([path, ...member]), message);
    }
  }

  #refuseReserved(path: string, key: string): void {
    if (isReserved(key)) this.#fault(path, `\`${key}\` belongs to Licet itself; a policy file may refer to it, and cannot change it`);
  }

  #described(
    section: 'tenants' | 'groups',
    entries: Record<string, { name?: string | undefined; description?: string | undefined }> = {},
    schema: Schema,
  ) {
    const rows = Object.entries(entries).map(([id, { name, description }]) => ({
      id,
      name: name?.trim() ?? id,
      description: description ?? '',
    }));
    for (const row of rows) {
      this.#refuseReserved(`${section}.${row.id}`, row.id);
      this.#check(`${section}.${row.id}`, schema, row);
    }
    return byId(rows);
  }

  #resourceTypes(): DesiredPolicy['resourceTypes'] {
    const rows = Object.entries(this.#file.resourceTypes ?? {}).map(([id, { description, actions, attributes }]) => ({
      id,
      description: description ?? '',
      actions: Array.isArray(actions)
        ? [...new Set(actions)].map((name) => ({ name, description: '' }))
        : Object.entries(actions).map(([name, text]) => ({ name, description: text })),
      attributes,
    }));
    for (const row of rows) {
      this.#refuseReserved(`resourceTypes.${row.id}`, row.id);
      this.#check(`resourceTypes.${row.id}`, ResourceTypeCreate, row);
    }
    return byId(rows);
  }

  #addNamedConditions(): void {
    for (const [id, entry] of Object.entries(this.#file.conditions ?? {})) {
      const [expression, description = ''] = typeof entry === 'string' ? [entry] : [entry.expression, entry.description];
      const path = typeof entry === 'string' ? `conditions.${id}` : `conditions.${id}.expression`;
      this.#addCondition(path, { id, description, expression: expression.trim() });
    }
  }

  #addCondition(path: string, row: Omit<DesiredCondition, 'tree'>): void {
    const known = this.#conditions.get(row.id);
    if (known) {
      if (known.expression !== row.expression)
        this.#fault(
          path,
          `the condition \`${row.id}\` stands in the file with another expression; give this one a name under \`conditions\``,
        );
      return;
    }
    const { tree, errors } = parseCondition(row.expression, { path });
    if (errors) this.errors.push(...errors);
    else this.#check(path, ConditionCreate, row);
    this.#conditions.set(row.id, { ...row, tree: tree ?? { op: 'lit', value: null } });
  }

  #roles(): DesiredPolicy['roles'] {
    const rows = Object.entries(this.#file.roles ?? {}).map(([id, { name, description, inherits, grants }]) => {
      const row = { id, name: name?.trim() ?? id, description: description ?? '', inherits: sorted(inherits) };
      this.#refuseReserved(`roles.${id}`, id);
      this.#check(`roles.${id}`, RoleCreate, row);
      return { ...row, grants: this.#grants(id, grants) };
    });
    return byId(rows);
  }

  #grants(role: string, grants: FileGrant[]): DesiredGrant[] {
    const rows = new Map<string, DesiredGrant>();
    for (const [index, item] of grants.entries()) {
      const path = `roles.${role}.grants[${index}]`;
      const { permission, effect = 'allow', when } = typeof item === 'string' ? { permission: item } : item;
      const row = { permission, effect, condition: when === undefined ? null : this.#conditionOf(`${path}.when`, when) };
      const key = grantKey(row);
      if (rows.has(key))
        this.#fault(path, `the same grant stands twice: ${effect} \`${permission}\`${when === undefined ? '' : ` when \`${when}\``}`);
      this.#check(path, GrantCreate, { role, ...row });
      rows.set(key, row);
    }
    return [...rows].toSorted(([a], [b]) => compareText(a, b)).map(([, row]) => row);
  }

  #conditionOf(path: string, when: string): string {
    const expression = when.trim();
    if (!isInlineExpression(expression, this.#named)) return expression;
    const id = inlineConditionId(expression);
    this.#addCondition(path, { id, description: '', expression });
    return id;
  }

  #groups(): DesiredPolicy['groups'] {
    const entries = this.#file.groups ?? {};
    for (const id of [EVERYONE, ANYONE]) {
      if (Object.hasOwn(entries, id))
        this.#fault(`groups.${id}`, `the group \`${id}\` is built in; assign roles to it without an entry here`);
    }
    return this.#described('groups', entries, GroupCreate).map((row) => ({
      ...row,
      members: sorted(entries[row.id]!.members.map((name, index) => this.#userOf(`groups.${row.id}.members[${index}]`, name))),
    }));
  }

  #userOf(path: string, name: string): string {
    const key = resolveUser(this.#file, name);
    const { type, id } = parseUserKey(key);
    if (type === '' || id === '') this.#fault(path, 'use a user key such as `alice` or `service:bob`');
    return key;
  }

  #users(): DesiredPolicy['users'] {
    const seen = new Map<string, string>();
    const rows = Object.entries(this.#file.users ?? {}).map(([name, { name: fullName, enabled, attributes }]) => {
      const path = `users.${name}`;
      const row = { id: this.#userOf(path, name), name: fullName?.trim() ?? null, enabled, attributes };
      if (seen.has(row.id)) this.#fault(path, `\`${name}\` and \`${seen.get(row.id)!}\` are the same user, \`${row.id}\``);
      seen.set(row.id, name);
      this.#refuseReserved(path, row.id);
      this.#check(path, UserCreate, row);
      return row;
    });
    return byId(rows);
  }

  #resources(): DesiredPolicy['resources'] {
    const rows = (this.#file.resources ?? []).map(({ type, id, tenant, attributes }) => ({
      id: `${type}:${id}`,
      tenant: tenant ?? null,
      attributes,
    }));
    const seen = new Set<string>();
    for (const [index, row] of rows.entries()) {
      const path = `resources[${index}]`;
      this.#refuseReserved(path, row.id);
      if (seen.has(row.id)) this.#fault(path, `the resource \`${row.id}\` stands twice`);
      seen.add(row.id);
      this.#check(path, RegisteredResourceCreate, row);
    }
    return byId(rows);
  }

  #assignments(): DesiredAssignment[] {
    const rows = (this.#file.assignments ?? []).map((item, index) => this.#assignment(`assignments[${index}]`, item));
    const keyed = rows.map((row, index) => ({ key: assignmentKey(row), row, index }));
    const seen = new Set<string>();
    for (const { key, index } of keyed) {
      if (seen.has(key)) this.#fault(`assignments[${index}]`, 'the same assignment stands twice');
      seen.add(key);
    }
    return keyed.toSorted((a, b) => compareText(a.key, b.key)).map(({ row }) => row);
  }

  #assignment(path: string, { user, group, role, tenant, resource, from, until, reason }: FileAssignment): DesiredAssignment {
    const row: DesiredAssignment = {
      user: user === undefined ? null : this.#userOf(`${path}.user`, user),
      ...{ group: group ?? null, role, tenant, resource: resource ?? null },
      ...{ startsAt: from ?? null, expiresAt: until ?? null, reason: reason ?? '' },
    };
    if (from !== undefined && until !== undefined && from >= until) this.#fault(`${path}.until`, '`until` must be later than `from`');
    else this.#check(path, AssignmentCreate, row);
    if (row.resource !== null && row.resource.includes(':') && !EntityId.safeParse(splitKey(row.resource).rest).success) {
      this.#fault(`${path}.resource`, 'use `type:id`, for instance `task:t1`, without control characters');
    }
    return row;
  }
}

const sorted = (names: string[]): string[] => [...new Set(names)].toSorted(compareText);
