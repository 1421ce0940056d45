import { reachable } from '../workload.ts';
import { importPeer, parts, roleName, type Load } from './peer.ts';

interface Uid {
  type: string;
  id: string;
}
interface Entity {
  uid: Uid;
  attrs: Record<string, unknown>;
  parents: Uid[];
}
interface Cedar {
  preparsePolicySet: (id: string, policies: { staticPolicies: string }) => { type: string };
  statefulIsAuthorized: (call: object) => { type: string; response?: { decision: string } };
}
const SET = 'bench';

/** One policy for each role, parsed once; with a question go the user, its roles and what these inherit from. */
export const cedar: Load = async ({ roles, users }, condition) => {
  const { preparsePolicySet, statefulIsAuthorized } = await importPeer<Cedar>('@cedar-policy/cedar-wasm/nodejs');
  const policies = roles.map(({ permissions }, number) => {
    const actions = [...new Set(permissions)].map((permission) => `Action::"${permission}"`).join(', ');
    const when = condition ? ' when { resource.ownerId == principal }' : '';
    return `permit(principal in Role::"${roleName(number)}", action in [${actions}], resource)${when};`;
  });
  const parsed = preparsePolicySet(SET, { staticPolicies: policies.join('\n') });
  if (parsed.type !== 'success') throw new Error(`Cedar does not take the policies: ${JSON.stringify(parsed)}`);
  const roleUid = (number: number): Uid => ({ type: 'Role', id: roleName(number) });
  const roleEntities = roles.map(({ inherits }, number): Entity => ({ uid: roleUid(number), attrs: {}, parents: inherits.map(roleUid) }));
  const held = new Map(users.map(({ id, roles: own }) => [id, [...new Set(own)]]));
  const above = roles.map((_, number) => [...reachable(roles, number)]);
  return ({ request: { subject, action, resource } }) => {
    const own = held.get(subject.id) ?? [];
    const principal = { type: 'User', id: subject.id };
    const asked = { type: parts(resource.type).type, id: resource.id };
    const owner = { __entity: { type: 'User', id: resource.properties?.['ownerId'] } };
    const entities = [
      { uid: principal, attrs: {}, parents: own.map(roleUid) },
      { uid: asked, attrs: { ownerId: owner }, parents: [] },
      ...[...new Set(own.flatMap((role) => above[role] ?? []))].map((role) => roleEntities[role]),
    ];
    const answer = statefulIsAuthorized({
      ...{ principal, action: { type: 'Action', id: `${resource.type}:${action.name}` }, resource: asked },
      ...{ context: {}, preparsedPolicySetId: SET, entities },
    });
    return answer.response?.decision === 'allow';
  };
};
