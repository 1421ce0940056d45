import { reachable, type Workload } from '../workload.ts';
import { importPeer, parts, rolesOf, type Load } from './peer.ts';

interface Rule {
  action: string;
  subject: string;
  conditions?: Record<string, unknown>;
}
interface Ability {
  can(action: string, subject: unknown): boolean;
}
interface Casl {
  createMongoAbility(rules: Rule[]): Ability;
  subject(type: string, object: object): object;
}

/** The permissions of each role with what it inherits: CASL has no hierarchy of its own. */
function permissionsOf({ roles }: Workload): string[][] {
  return roles.map((_, role) => [...new Set([...reachable(roles, role)].flatMap((each) => roles[each]?.permissions ?? []))]);
}

/** One Ability for each role, shared by all users: as fast as it gets, and without conditions on the user. */
export const caslByRole: Load = async (workload) => {
  const casl = await importPeer<Casl>('@casl/ability');
  const abilities = new Map(
    permissionsOf(workload).map((permissions, role) => {
      const rules = permissions.map((permission) => ({ action: parts(permission).action, subject: parts(permission).type }));
      return [`role${role}`, casl.createMongoAbility(rules)];
    }),
  );
  const roles = rolesOf(workload);
  return ({ request: { subject, action, resource } }) => {
    for (const role of roles.get(subject.id) ?? []) if (abilities.get(role)?.can(action.name, resource.type)) return true;
    return false;
  };
};

/** One Ability for each user, built beforehand, as its documentation shows. */
export const caslByUser: Load = async (workload, condition) => {
  const casl = await importPeer<Casl>('@casl/ability');
  const permissions = permissionsOf(workload);
  const abilities = new Map(
    workload.users.map(({ id, roles }) => {
      const given = [...new Set(roles.flatMap((role) => permissions[role] ?? []))].map(parts);
      const rules = given.map(({ type, action }) => ({ action, subject: type, ...(condition ? { conditions: { ownerId: id } } : {}) }));
      return [id, casl.createMongoAbility(rules)];
    }),
  );
  return ({ request: { subject, action, resource } }) =>
    abilities.get(subject.id)?.can(action.name, condition ? casl.subject(resource.type, { ...resource.properties }) : resource.type) ??
    false;
};
