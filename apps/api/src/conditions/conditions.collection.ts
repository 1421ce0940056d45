import { type ConditionCreate, type ConditionUpdate, type Expr, LicetError } from '@licet/contract';
import { parseCondition } from '@licet/policy';
import type { z } from 'zod';
import type { EntityManager } from '../database/orm.ts';
import { Collection, demandFree, demandUnused, type Where } from '../http/collection.ts';
import { ResourceType } from '../resource-types/resource-type.entity.ts';
import { Grant } from '../roles/role.entity.ts';
import { Condition } from './condition.entity.ts';

export class ConditionsCollection extends Collection<Condition> {
  constructor() {
    super('conditions', Condition);
  }

  override confine(): Where {
    return {}; // the words that all tenants share
  }

  override async create(em: EntityManager, { id, description, expression }: z.infer<typeof ConditionCreate>): Promise<Condition> {
    await demandFree(em, Condition, id);
    return em.create(Condition, { id, description, expression, tree: await compile(em, expression) });
  }

  override async update(em: EntityManager, condition: Condition, patch: z.infer<typeof ConditionUpdate>): Promise<void> {
    if (patch.description !== undefined) condition.description = patch.description;
    if (patch.expression !== undefined && patch.expression !== condition.expression) {
      condition.tree = await compile(em, patch.expression);
      condition.expression = patch.expression;
    }
  }

  override async remove(em: EntityManager, condition: Condition): Promise<void> {
    await demandUnused(em, `\`${condition.id}\``, [['grant(s)', Grant, { condition: condition.id }]]);
    em.remove(condition);
  }
}

/** Parses a condition once, here in the control plane: engines evaluate the tree. */
export async function compile(em: EntityManager, expression: string, member = 'expression'): Promise<Expr> {
  const types = await em.find(ResourceType, {}, { disableIdentityMap: true });
  const parsed = parseCondition(expression, { attributes: Object.fromEntries(types.map(({ id, attributes }) => [id, attributes])) });
  if (parsed.tree) return parsed.tree;
  const errors = parsed.errors.map(({ message }) => ({ path: member, message }));
  throw new LicetError('invalid_policy', errors[0]!.message, { errors });
}
