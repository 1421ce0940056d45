import type { EvaluationRequest } from '@licet/contract';
import { reachable, type Workload } from '../workload.ts';
import { parts, roleName } from './peer.ts';

/** One resource policy for each type. Cerbos has no hierarchy of roles: a role is named wherever one that inherits from it may act. */
export function cerbosPolicies({ roles }: Workload, condition: boolean): Record<string, object> {
  const allowed = new Map<string, Map<string, Set<string>>>();
  roles.forEach((_, role) => {
    for (const each of reachable(roles, role)) {
      for (const permission of roles[each]?.permissions ?? []) {
        const { type, action } = parts(permission);
        const actions = allowed.get(type) ?? new Map<string, Set<string>>();
        actions.set(action, (actions.get(action) ?? new Set()).add(roleName(role)));
        allowed.set(type, actions);
      }
    }
  });
  const when = condition ? { condition: { match: { expr: 'request.resource.attr.ownerId == request.principal.id' } } } : {};
  return Object.fromEntries(
    [...allowed].map(([resource, actions]) => {
      const rules = [...actions].map(([action, names]) => ({ actions: [action], effect: 'EFFECT_ALLOW', roles: [...names], ...when }));
      return [resource, { apiVersion: 'api.cerbos.dev/v1', resourcePolicy: { version: 'default', resource, rules } }];
    }),
  );
}

/** Questions about one subject as one request to `/api/check/resources`. */
export function cerbosRequest(workload: Workload, requests: readonly EvaluationRequest[]): string {
  const user = requests[0]?.subject.id ?? '';
  const roles = [...new Set(workload.users.find(({ id }) => id === user)?.roles)].map(roleName);
  return JSON.stringify({
    requestId: 'bench',
    principal: { id: user, roles },
    resources: requests.map(({ action, resource }) => ({
      resource: { kind: resource.type, id: resource.id, attr: resource.properties ?? {} },
      actions: [action.name],
    })),
  });
}

/** @returns the decisions in an answer, in the order of the questions */
export function cerbosDecisions(text: string): boolean[] {
  const { results } = JSON.parse(text) as { results: { actions: Record<string, string> }[] };
  return results.map(({ actions }) => Object.values(actions)[0] === 'EFFECT_ALLOW');
}
