import { importPeer, parts, roleName, rolesOf, type Load } from './peer.ts';

interface Access {
  action(action: string, resource: string, attributes: string[]): Access;
  extend(roles: string[]): Access;
}
interface AccessControl {
  grant(role: string): Access;
  can(roles: string[], context?: object): { do(action: string, resource: string): { granted: boolean } };
}
type Constructor = new (grants: object, options: object) => AccessControl;

/** It takes the roles of a user from the application, and enforces ownership (`action:own`) by a member of the record. */
export const accesscontrol: Load = async (workload, condition) => {
  const { AccessControl } = await importPeer<{ AccessControl: Constructor }>('accesscontrol');
  const control = new AccessControl({}, { policy: { ownerField: 'ownerId' } });
  const possession = condition ? ':own' : '';
  workload.roles.forEach(({ permissions }, number) => {
    const role = control.grant(roleName(number));
    for (const permission of new Set(permissions)) role.action(parts(permission).action + possession, parts(permission).type, ['*']);
  });
  workload.roles.forEach(({ inherits }, number) => {
    if (inherits.length > 0) control.grant(roleName(number)).extend(inherits.map(roleName));
  });
  const roles = rolesOf(workload);
  return ({ request: { subject, action, resource } }) => {
    const context = condition ? { user: { id: subject.id }, [resource.type]: resource.properties } : undefined;
    return control.can(roles.get(subject.id) ?? [], context).do(action.name + possession, resource.type).granted;
  };
};
