import type { GrantCreate, GrantUpdate } from '@licet/contract';
import type { z } from 'zod';
import { Condition } from '../conditions/condition.entity.ts';
import type { EntityManager } from '../database/orm.ts';
import { Collection, demandExists, type Where } from '../http/collection.ts';
import { Grant, Role, RoleInherit } from './role.entity.ts';

export class GrantsCollection extends Collection<Grant> {
  constructor() {
    super('grants', Grant);
  }

  override confine(): Where {
    return {}; // the words that all tenants share
  }

  override async create(em: EntityManager, { role, permission, effect, condition }: z.infer<typeof GrantCreate>): Promise<Grant> {
    await demandExists(em, Role, 'role', role);
    if (condition) await demandExists(em, Condition, 'condition', condition);
    return em.create(Grant, { role, permission, effect, condition });
  }

  override async update(em: EntityManager, grant: Grant, patch: z.infer<typeof GrantUpdate>): Promise<void> {
    if (patch.condition) await demandExists(em, Condition, 'condition', patch.condition);
    if (patch.effect !== undefined) grant.effect = patch.effect;
    if (patch.condition !== undefined) grant.condition = patch.condition;
  }
}

export class RoleInheritsCollection extends Collection<RoleInherit> {
  constructor() {
    super('role-inherits', RoleInherit);
  }

  override confine(): Where {
    return {}; // the words that all tenants share
  }
}
