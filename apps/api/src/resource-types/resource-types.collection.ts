import { isReserved, LicetError, type ResourceTypeCreate, type ResourceTypeUpdate } from '@licet/contract';
import type { z } from 'zod';
import { Assignment } from '../assignments/assignment.entity.ts';
import type { EntityManager } from '../database/orm.ts';
import { type Row, type TableMeta, toRow } from '../database/rows.ts';
import { beginsWith, builtIn, Collection, demandFree, demandUnused, versionOf, type Where } from '../http/collection.ts';
import { Resource } from '../resources/resource.entity.ts';
import { Grant } from '../roles/role.entity.ts';
import { Permission, ResourceType } from './resource-type.entity.ts';

export interface ActionItem {
  name: string;
  description: string;
}

export class ResourceTypesCollection extends Collection<ResourceType> {
  constructor() {
    super('resource-types', ResourceType);
  }

  override confine(): Where {
    return {}; // the words that all tenants share
  }

  override filter(name: string, value: string): Where | undefined {
    return name === 'builtIn' ? builtIn(value) : undefined;
  }

  override async present(em: EntityManager, types: ResourceType[], meta: TableMeta): Promise<Row[]> {
    const ids = types.map(({ id }) => id);
    const permissions = await em.find(Permission, { resourceType: { $in: ids } }, { orderBy: { position: 'asc', id: 'asc' } });
    return types.map((type) => {
      const own = permissions.filter(({ resourceType }) => resourceType === type.id);
      const actions = own.map(({ action, description }) => ({ name: action, description }));
      return { ...toRow(meta, type), actions, builtIn: isReserved(type.id), ...versionOf(type) };
    });
  }

  override async create(
    em: EntityManager,
    { id, description, attributes, actions }: z.infer<typeof ResourceTypeCreate>,
  ): Promise<ResourceType> {
    await demandFree(em, ResourceType, id);
    const type = em.create(ResourceType, { id, description, attributes });
    await setActions(em, id, actions);
    return type;
  }

  override async update(em: EntityManager, type: ResourceType, patch: z.infer<typeof ResourceTypeUpdate>): Promise<void> {
    if (patch.description !== undefined) type.description = patch.description;
    if (patch.attributes !== undefined) type.attributes = patch.attributes;
    if (patch.actions !== undefined && (await setActions(em, type.id, patch.actions))) type.updatedAt = new Date();
  }

  override async remove(em: EntityManager, type: ResourceType): Promise<void> {
    await demandUnused(em, `\`${type.id}\``, [
      ['registered resource(s)', Resource, { type: type.id }],
      ['grant(s)', Grant, beginsWith('permission', `${type.id}:`)],
      ['assignment(s)', Assignment, beginsWith('resource', `${type.id}:`)],
    ]);
    em.remove(await em.find(Permission, { resourceType: type.id }));
    em.remove(type);
  }
}

export class PermissionsCollection extends Collection<Permission> {
  constructor() {
    super('permissions', Permission);
  }

  override confine(): Where {
    return {}; // the words that all tenants share
  }

  override filter(name: string, value: string): Where | undefined {
    return name === 'builtIn' ? builtIn(value) : undefined;
  }

  override async present(_em: EntityManager, permissions: Permission[]): Promise<Row[]> {
    return permissions.map(({ id, resourceType, action, description }) => ({
      id,
      resourceType,
      action,
      description,
      builtIn: isReserved(id),
    }));
  }
}

/** Makes the actions of a resource type, its permissions, be exactly these. Returns whether anything changed. */
export async function setActions(em: EntityManager, type: string, actions: ActionItem[]): Promise<boolean> {
  const names = actions.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice)
    throw new LicetError('invalid_request', `actions: \`${twice}\` stands there twice`, {
      errors: [{ path: 'actions', message: `\`${twice}\` stands there twice` }],
    });
  const known = new Map((await em.find(Permission, { resourceType: type })).map((permission) => [permission.action, permission]));
  let changed = false;
  for (const [position, { name, description }] of actions.entries()) {
    const permission = known.get(name);
    if (!permission) em.create(Permission, { id: `${type}:${name}`, resourceType: type, action: name, description, position });
    else if (permission.description === description && permission.position === position) continue;
    else Object.assign(permission, { description, position });
    changed = true;
  }
  const gone = [...known.values()].filter(({ action }) => !names.includes(action));
  em.remove(gone);
  return changed || gone.length > 0;
}
