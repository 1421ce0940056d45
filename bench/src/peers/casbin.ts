import { importPeer, parts, roleName, type Load } from './peer.ts';

interface Enforcer {
  addPolicies(rules: string[][]): Promise<boolean>;
  addGroupingPolicies(rules: string[][]): Promise<boolean>;
  enforceSync(...values: unknown[]): boolean;
}
interface Casbin {
  newModelFromString: (text: string) => unknown;
  newEnforcer: (model: unknown) => Promise<Enforcer>;
}

/** The model of its RBAC examples. The cheap comparisons come first, as its guide to performance says. */
const modelText = (condition: boolean) => `
[request_definition]
r = sub, obj, act, owner
[policy_definition]
p = sub, obj, act
[role_definition]
g = _, _
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = ${condition ? 'r.sub == r.owner && ' : ''}r.obj == p.obj && r.act == p.act && g(r.sub, p.sub)
`;

export const casbin: Load = async ({ roles, users }, condition) => {
  const { newEnforcer, newModelFromString } = await importPeer<Casbin>('casbin');
  const enforcer = await newEnforcer(newModelFromString(modelText(condition)));
  const granted = roles.flatMap(({ permissions }, number) =>
    [...new Set(permissions)].map((permission) => [roleName(number), parts(permission).type, parts(permission).action]),
  );
  await enforcer.addPolicies(granted);
  await enforcer.addGroupingPolicies(roles.flatMap(({ inherits }, number) => inherits.map((to) => [roleName(number), roleName(to)])));
  await enforcer.addGroupingPolicies(users.flatMap(({ id, roles: held }) => [...new Set(held)].map((role) => [id, roleName(role)])));
  return ({ request: { subject, action, resource } }) =>
    enforcer.enforceSync(subject.id, resource.type, action.name, resource.properties?.['ownerId'] ?? '');
};
