import type { Workload } from './workload.ts';

/** The policy of a workload as a policy file. */
export function toPolicyFile({ document: { rows }, roles, users }: Workload): object {
  const actions = new Map<string, string[]>();
  for (const { id } of rows.permissions) {
    const [type = '', action = ''] = id.split(':');
    actions.set(type, [...(actions.get(type) ?? []), action]);
  }
  const conditional = rows.grants.some((grant) => grant.condition !== null);
  return {
    licet: 1,
    resourceTypes: Object.fromEntries([...actions].map(([type, names]) => [type, { actions: names, attributes: { ownerId: 'string' } }])),
    conditions: { 'is-owner': 'resource.properties.ownerId == subject.id' },
    roles: Object.fromEntries(
      roles.map(({ inherits, permissions }, number) => {
        const granted = [...new Set(permissions)];
        const grants = conditional ? granted.map((permission) => ({ permission, when: 'is-owner' })) : granted;
        return [`role${number}`, { inherits: inherits.map((to) => `role${to}`), grants }];
      }),
    ),
    users: Object.fromEntries(users.map(({ id }) => [id, {}])),
    assignments: users.flatMap(({ id, roles: held }) => [...new Set(held)].map((role) => ({ user: id, role: `role${role}` }))),
  };
}
