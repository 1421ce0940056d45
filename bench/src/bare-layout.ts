import { reachable, type Question, type Workload } from './workload.ts';

/**
 * The least that could answer the same questions: no tenants, no times, no resources, no groups, no path, no errors, no changes. Maps
 * from strings to numbers, flat arrays for assignments, one bitset of permissions for each role with what it inherits. The answer is a
 * bare boolean. It is what Licet's engine is held against.
 */
export function bareLayout({ roles, users, document }: Workload, condition: boolean): (question: Question) => boolean {
  const permissions = new Map<string, Map<string, number>>();
  document.rows.permissions.forEach(({ id }, number) => {
    const [type = '', action = ''] = id.split(':');
    const actions = permissions.get(type) ?? new Map<string, number>();
    permissions.set(type, actions.set(action, number));
  });
  const words = Math.ceil(document.rows.permissions.length / 32);
  const numberOf = (permission: string) => permissions.get(permission.split(':')[0] ?? '')?.get(permission.split(':')[1] ?? '') ?? 0;
  const closures = new Uint32Array(words * roles.length);
  roles.forEach((_, role) => {
    for (const each of reachable(roles, role)) {
      for (const permission of roles[each]?.permissions ?? []) {
        const number = numberOf(permission);
        const word = role * words + (number >>> 5);
        closures[word] = (closures[word] ?? 0) | (1 << (number & 31));
      }
    }
  });
  const numbers = new Map(users.map(({ id }, number) => [id, number]));
  const offsets = new Int32Array(users.length + 1);
  users.forEach((user, number) => (offsets[number + 1] = (offsets[number] ?? 0) + user.roles.length));
  const held = Int32Array.from(users.flatMap((user) => user.roles));

  return ({ request: { subject, action, resource } }) => {
    const user = numbers.get(subject.id);
    const permission = permissions.get(resource.type)?.get(action.name);
    if (user === undefined || permission === undefined) return false;
    const end = offsets[user + 1]!;
    for (let index = offsets[user]!; index < end; index += 1) {
      if ((closures[held[index]! * words + (permission >>> 5)]! & (1 << (permission & 31))) === 0) continue;
      if (!condition || resource.properties?.['ownerId'] === subject.id) return true;
    }
    return false;
  };
}
