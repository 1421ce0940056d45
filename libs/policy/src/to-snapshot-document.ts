import { ANYONE, DEFAULT_TENANT, emptyRows, EVERYONE, type SnapshotDocument } from '@licet/contract';
import { compareText } from './compare-text.ts';
import type { DesiredPolicy } from './desired-policy.ts';

/**
 * Makes a policy that an engine can evaluate without an installation: the wanted rows, the default tenant, the built-in groups. Users
 * that groups or assignments name count as registered, as they must be where the file is applied.
 * @param revision the revision that decisions will name
 * @param alsoRegistered user keys that count as registered too
 * @returns the snapshot; rows that have no key of their own get readable ids that are the same for the same content
 */
export function toSnapshotDocument(desired: DesiredPolicy, revision: number, alsoRegistered: Iterable<string> = []): SnapshotDocument {
  const rows = emptyRows();
  const ids = new Ids();
  rows.tenants = withKeys(
    [DEFAULT_TENANT],
    desired.tenants.map(({ id }) => id),
  );
  rows.groups = withKeys(
    [EVERYONE, ANYONE],
    desired.groups.map(({ id }) => id),
  );
  for (const { id, attributes, actions } of desired.resourceTypes) {
    rows['resource-types'].push({ id, attributes });
    rows.permissions.push(...actions.map(({ name }) => ({ id: `${id}:${name}` })));
  }
  rows.conditions = desired.conditions.map(({ id, tree }) => ({ id, tree }));
  for (const { id: role, inherits, grants } of desired.roles) {
    rows.roles.push({ id: role });
    rows['role-inherits'].push(...inherits.map((other) => ({ id: `${role} > ${other}`, role, inherits: other })));
    for (const grant of grants) {
      rows.grants.push({
        id: ids.take(role, grant.effect, grant.permission, grant.condition && `when ${grant.condition}`),
        role,
        ...grant,
      });
    }
  }
  for (const { id: group, members } of desired.groups) {
    rows['group-members'].push(...members.map((user) => ({ id: `${group} > ${user}`, group, user })));
  }
  rows.users = desired.users.map(({ id, enabled, attributes }) => ({ id, enabled, attributes }));
  const listed = new Set(desired.users.map(({ id }) => id));
  for (const id of new Set([...namedUsers(desired), ...alsoRegistered]))
    if (!listed.has(id)) rows.users.push({ id, enabled: true, attributes: {} });
  rows.resources = desired.resources.map(({ id, tenant, attributes }) => ({ id, tenant, attributes }));
  rows.assignments = desired.assignments.map(({ user, group, role, tenant, resource, startsAt, expiresAt }) => {
    const id = ids.take(user === null ? `group ${group ?? ''}` : `user ${user}`, 'is', role, `in ${tenant}`, resource && `on ${resource}`);
    return { id, user, group, role, tenant, resource, startsAt, expiresAt };
  });
  return { format: 1, revision, rows };
}

const withKeys = (builtIn: string[], keys: string[]) => [...new Set([...builtIn, ...keys])].toSorted(compareText).map((id) => ({ id }));

function namedUsers({ groups, assignments }: DesiredPolicy): string[] {
  return [...groups.flatMap(({ members }) => members), ...assignments.flatMap(({ user }) => user ?? [])];
}

/** Gives each row an id of its own, made of the words that describe it. */
class Ids {
  readonly #taken = new Set<string>();

  take(...words: (string | null)[]): string {
    const text = words.filter(Boolean).join(' ');
    let id = text;
    for (let count = 2; this.#taken.has(id); count++) id = `${text} (${count})`;
    this.#taken.add(id);
    return id;
  }
}
