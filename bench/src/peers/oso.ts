import { importPeer, parts, roleName, type Load } from './peer.ts';

interface Oso {
  registerClass(constructor: unknown, options?: { name: string }): void;
  loadStr(text: string): Promise<void>;
  isAllowed(actor: unknown, action: string, resource: unknown): Promise<boolean>;
}

class User {
  id: string;
  roles: string[];
  constructor(id: string, roles: string[]) {
    this.id = id;
    this.roles = roles;
  }
}
class Resource {
  kind: string;
  ownerId: unknown;
  constructor(kind: string, ownerId: unknown) {
    this.kind = kind;
    this.ownerId = ownerId;
  }
}

/** Grants and inheritance as facts, the roles of a user with its object. */
export const oso: Load = async ({ roles, users }, condition) => {
  const { Oso } = await importPeer<{ Oso: new () => Oso }>('oso');
  const engine = new Oso();
  engine.registerClass(User);
  engine.registerClass(Resource, { name: 'Thing' });
  const facts = roles.flatMap(({ inherits, permissions }, number) => [
    ...[...new Set(permissions)].map((each) => `granted("${roleName(number)}", "${parts(each).type}", "${parts(each).action}");`),
    ...inherits.map((to) => `inherits("${roleName(number)}", "${roleName(to)}");`),
  ]);
  await engine.loadStr(`
    allow(user: User, action: String, resource: Thing) if
      ${condition ? 'resource.ownerId = user.id and' : ''} role in user.roles and may(role, resource.kind, action);
    may(role, kind, action) if granted(role, kind, action);
    may(role, kind, action) if inherits(role, other) and may(other, kind, action);
    ${facts.join('\n')}`);
  const known = new Map(users.map(({ id, roles: held }) => [id, new User(id, [...new Set(held)].map(roleName))]));
  return ({ request: { subject, action, resource } }) =>
    engine.isAllowed(known.get(subject.id), action.name, new Resource(resource.type, resource.properties?.['ownerId']));
};
