import {
  ANY_TENANT,
  type AssignmentCreate,
  type AssignmentUpdate,
  type AssignRequest,
  LicetError,
  type RevokeRequest,
} from '@licet/contract';
import type { z } from 'zod';
import type { EntityManager } from '../database/orm.ts';
import { Group } from '../groups/group.entity.ts';
import { Collection, demandExists, type Where } from '../http/collection.ts';
import { Role } from '../roles/role.entity.ts';
import { Tenant } from '../tenants/tenant.entity.ts';
import { User } from '../users/user.entity.ts';
import { Assignment } from './assignment.entity.ts';

export class AssignmentsCollection extends Collection<Assignment> {
  constructor() {
    super('assignments', Assignment);
  }

  override confine(tenants: readonly string[]): Where {
    return { tenant: { $in: [...tenants] } };
  }


  override filter(name: string, value: string): Where | undefined {
    return name === 'tenant' && value === ANY_TENANT ? { tenant: null } : undefined;
  }

  override async create(em: EntityManager, input: z.infer<typeof AssignmentCreate>, actor: string): Promise<Assignment> {
    const { user, group, role, tenant, reason } = input;
    if (user) await demandExists(em, User, 'user', user);
    if (group) await demandExists(em, Group, 'group', group);
    await demandExists(em, Role, 'role', role);
    if (tenant !== ANY_TENANT) await demandExists(em, Tenant, 'tenant', tenant);
    if (await findSame(em, input)) throw new LicetError('already_exists', `\`${user ?? group}\` has the role \`${role}\` there already`);
    const times = { startsAt: instant(input.startsAt), expiresAt: instant(input.expiresAt) };
    return em.create(Assignment, { ...termsOf(input), ...times, reason, createdBy: actor });
  }

  override async update(_em: EntityManager, assignment: Assignment, patch: z.infer<typeof AssignmentUpdate>): Promise<void> {
    if (patch.startsAt !== undefined) assignment.startsAt = instant(patch.startsAt);
    if (patch.expiresAt !== undefined) assignment.expiresAt = instant(patch.expiresAt);
    if (patch.reason !== undefined) assignment.reason = patch.reason;
    if (assignment.startsAt && assignment.expiresAt && assignment.startsAt >= assignment.expiresAt) {
      throw new LicetError('invalid_request', 'expiresAt: it must be later than `startsAt`');
    }
  }
}

/** Who holds which role, where. */
export const termsOf = ({ user, group, role, tenant, resource }: RevokeRequest) => ({
  ...{ user: user ?? null, group: group ?? null, role, tenant: tenant === ANY_TENANT ? null : tenant, resource: resource ?? null },
});

/** The assignment that is there already on the same terms and for the same times. */
export async function findSame(em: EntityManager, input: AssignRequest): Promise<Assignment | undefined> {
  const [starts, expires] = [instant(input.startsAt)?.getTime(), instant(input.expiresAt)?.getTime()];
  const rows = await em.find(Assignment, termsOf(input));
  return rows.find((row) => row.startsAt?.getTime() === starts && row.expiresAt?.getTime() === expires);
}

const instant = (text: string | null | undefined): Date | null => (text ? new Date(text) : null);
