import { DEFAULT_TENANT, type ErrorItem, LicetError } from '@licet/contract';
import type { DesiredPolicy } from '@licet/policy';
import type { EntityClass } from '@mikro-orm/core';
import { Assignment } from '../assignments/assignment.entity.ts';
import type { Condition } from '../conditions/condition.entity.ts';
import type { EntityManager } from '../database/orm.ts';
import { beginsWith, type Where } from '../http/collection.ts';
import type { ResourceType } from '../resource-types/resource-type.entity.ts';
import { Resource } from '../resources/resource.entity.ts';
import { Grant, type Role } from '../roles/role.entity.ts';
import type { Tenant } from '../tenants/tenant.entity.ts';

type Section = DesiredPolicy['sections'][number];

/** What a file prunes that others refer to, or, by its key alone, an assignment that would apply again to a type made anew. */
export interface Pruned {
  roles?: Role[];
  tenants?: Tenant[];
  resourceTypes?: ResourceType[];
  conditions?: Condition[];
}

interface Use<E extends object> {
  of: keyof Pruned;
  /** What uses it, which the file may name in this section. */
  section: Section;
  noun: string;
  entity: EntityClass<E>;
  where: (ids: string[]) => Where;
  say: (row: E) => string;
}

const AT_ONCE = 1000;
const MOST_FAULTS = 10;
const FEW = 3;

const assignments = { section: 'assignments', noun: 'assignment', entity: Assignment, say: sayAssignment } as const;
const resources = { section: 'resources', noun: 'registered resource', entity: Resource, say: ({ id }: Resource) => `\`${id}\`` } as const;
const USES = [
  { ...assignments, of: 'roles', where: (ids) => ({ role: { $in: ids } }) },
  { ...assignments, of: 'tenants', where: (ids) => ({ tenant: { $in: ids } }) },
  { ...assignments, of: 'resourceTypes', where: (ids) => ({ $or: ids.map((id) => beginsWith('resource', `${id}:`)) }) },
  { ...resources, of: 'tenants', where: (ids) => ({ tenant: { $in: ids } }) },
  { ...resources, of: 'resourceTypes', where: (ids) => ({ type: { $in: ids } }) },
  {
    ...{ of: 'conditions', section: 'roles', noun: 'grant', entity: Grant, where: (ids) => ({ condition: { $in: ids } }) },
    say: ({ role, permission }: Grant) => `\`${permission}\` to role \`${role}\``,
  },
] as Use<object>[];

/** Refuses to prune what is still used once all has gone that goes, and says by what. What is deleted must have been flushed. */
export async function demandNotInTheWay(em: EntityManager, pruned: Pruned, sections: readonly Section[]): Promise<void> {
  const errors: ErrorItem[] = [];
  const missing = new Set<Section>();
  for (const use of USES) {
    const ids = (pruned[use.of] ?? []).map(({ id }) => id);
    for (let at = 0; at < ids.length && errors.length < MOST_FAULTS; at += AT_ONCE) {
      const found = await usesOf(em, use, ids.slice(at, at + AT_ONCE), MOST_FAULTS - errors.length);
      if (found.length > 0 && !sections.includes(use.section)) missing.add(use.section);
      errors.push(...found);
    }
  }
  if (errors.length === 0) return;
  const named = [...missing].map((section) => `\`${section}\``).join(' and ');
  const prune = missing.size > 0 ? `, or give the file ${named}, of which prune then takes all that it does not name` : '';
  const remedy = `name it in the file, or remove what uses it, from the file too${prune}`;
  throw new LicetError('still_in_use', `what this file does not name is still used by what stays: ${remedy}`, { errors });
}

async function usesOf(em: EntityManager, use: Use<object>, ids: string[], most: number): Promise<ErrorItem[]> {
  const { entity, where, noun, say, of } = use;
  const errors: ErrorItem[] = [];
  // One question where nothing is in the way, which is what is asked for almost always.
  if ((await em.count(entity, where(ids) as never)) === 0) return errors;
  for (const id of ids) {
    const [rows, count] = await em.findAndCount(entity, where([id]) as never, {
      limit: FEW,
      orderBy: { id: 'asc' } as never,
      disableIdentityMap: true,
    });
    if (count === 0) continue;
    const rest = count > rows.length ? `, and ${(count - rows.length).toLocaleString('en')} more` : '';
    const used = `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
    errors.push({ path: `${of}.${id}`, message: `cannot be pruned, since it is used by ${used}: ${rows.map(say).join(', ')}${rest}` });
    if (errors.length === most) break;
  }
  return errors;
}

function sayAssignment({ user, group, role, tenant, resource }: Assignment): string {
  const where = tenant === null ? ' in every tenant' : tenant === DEFAULT_TENANT ? '' : ` in \`${tenant}\``;
  return `\`${role}\` to ${user === null ? `group \`${group}\`` : `\`${user}\``}${where}${resource === null ? '' : ` on \`${resource}\``}`;
}
