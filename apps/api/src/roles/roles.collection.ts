import { isReserved, type RoleCreate, type RoleUpdate } from '@licet/contract';
import type { z } from 'zod';
import { Assignment } from '../assignments/assignment.entity.ts';
import type { EntityManager } from '../database/orm.ts';
import { type Row, type TableMeta, toRow } from '../database/rows.ts';
import { builtIn, Collection, demandExists, demandFree, demandUnused, versionOf, type Where } from '../http/collection.ts';
import { Grant, Role, RoleInherit } from './role.entity.ts';

export class RolesCollection extends Collection<Role> {
  constructor() {
    super('roles', Role);
  }

  override confine(): Where {
    return {}; // the words that all tenants share
  }

  override filter(name: string, value: string): Where | undefined {
    return name === 'builtIn' ? builtIn(value) : undefined;
  }

  override async present(em: EntityManager, roles: Role[], meta: TableMeta): Promise<Row[]> {
    const rows = await em.find(RoleInherit, { role: { $in: roles.map(({ id }) => id) } }, { orderBy: { inherits: 'asc' } });
    return roles.map((role) => {
      const inherits = rows.filter((row) => row.role === role.id).map((row) => row.inherits);
      return { ...toRow(meta, role), inherits, builtIn: isReserved(role.id), ...versionOf(role) };
    });
  }

  override async create(em: EntityManager, { id, name, description, inherits }: z.infer<typeof RoleCreate>): Promise<Role> {
    await demandFree(em, Role, id);
    const role = em.create(Role, { id, name: name ?? id, description });
    await setInherits(em, id, inherits);
    return role;
  }

  override async update(em: EntityManager, role: Role, patch: z.infer<typeof RoleUpdate>): Promise<void> {
    if (patch.name !== undefined) role.name = patch.name;
    if (patch.description !== undefined) role.description = patch.description;
    // What a role inherits from is part of what an operator sees and edits as the role: it counts for the role's version.
    if (patch.inherits !== undefined && (await setInherits(em, role.id, patch.inherits))) role.updatedAt = new Date();
  }

  override async remove(em: EntityManager, role: Role): Promise<void> {
    await demandUnused(em, `\`${role.id}\``, [
      ['assignment(s)', Assignment, { role: role.id }],
      ['role(s) that inherit from it', RoleInherit, { inherits: role.id }],
    ]);
    for (const entity of [Grant, RoleInherit]) em.remove(await em.find(entity as typeof Grant, { role: role.id }));
    em.remove(role);
  }
}

/** Makes a role inherit from exactly these roles. Returns whether anything changed. */
export async function setInherits(
  em: EntityManager,
  role: string,
  inherits: string[],
  member = 'inherits',
  already?: readonly RoleInherit[],
): Promise<boolean> {
  const known = already ?? (await em.find(RoleInherit, { role }));
  const added = [...new Set(inherits)].filter((id) => !known.some((row) => row.inherits === id));
  for (const id of added) {
    if (id !== role) await demandExists(em, Role, member, id);
    em.create(RoleInherit, { role, inherits: id });
  }
  const gone = known.filter((row) => !inherits.includes(row.inherits));
  em.remove(gone);
  return added.length + gone.length > 0;
}
