/**
 * Filters the rows of a MikroORM entity by what a subject may do with them: one query instead of a check for each row.
 *
 *     const invoices = new Described(Invoice, { ownerId: 'owner', amount: 'amount', tenant: 'tenant' });
 *     await em.find(Invoice, { $and: [await invoices.filter(em, licet, user, 'invoice:read'), { paid: false }] });
 *     licet.check(user, 'invoice:approve', invoices.resource(invoice));
 *
 * The rules it keeps:
 * - the filter says of each row what `check` says of the row's {@link Described.resource}, where NULL is null;
 * - no row gets through by an error: each part of a filter is true of a row, or it is not, and nothing stands in a NOT;
 * - what cannot be said throws NotExpressible, and so does every database but SQLite and PostgreSQL: others compare text without regard to
 *   case. Numbers are finite, and rows whole: what was not loaded counts as null.
 */
import type { EntityManager, EntityName, EntityProperty, FilterQuery } from '@mikro-orm/core';
import type { FilterPlan, PlanCondition } from '@licet/contract';
import { columnOf, NotExpressible, type Column } from './mikro-orm-column.ts';
import { Translator } from './mikro-orm-condition.ts';
import type { Licet } from './licet.ts';
import type { CheckOptions, SubjectInput } from './question.ts';
import type { Mode } from './settings.ts';

export { NotExpressible } from './mikro-orm-column.ts';

/** What `Described` gives to `check`. */
export interface DescribedResource {
  id: string;
  properties: Record<string, unknown>;
}

type PropertyOf<Entity> = Extract<keyof Entity, string>;

/** An entity as Licet sees it: which attributes conditions may look at, and where each stands. */
export class Described<Entity extends object> {
  private readonly entity: EntityName<Entity>;
  private readonly attributes: readonly (readonly [attribute: string, property: PropertyOf<Entity>])[];

  /** @param attributes the property of each attribute: a column, or a reference, whose attribute is the id that it refers to */
  constructor(entity: EntityName<Entity>, attributes: Readonly<Record<string, PropertyOf<Entity>>>) {
    this.entity = entity;
    this.attributes = Object.entries(attributes);
  }

  /**
   * Gives a row as a question names it.
   * @param key the property of the primary key, if that is not `id`
   */
  resource(row: Entity, key = 'id' as PropertyOf<Entity>): DescribedResource {
    const properties = Object.fromEntries(this.attributes.map(([attribute, property]) => [attribute, stated(row[property])]));
    return { id: String(row[key]), properties };
  }

  /**
   * The rows for which `licet.check(subject, permission, resource(row), options)` says yes. Where Licet cannot tell, there are none.
   * Attributes that are stored in Licet for registered resources are not looked at.
   * @param options `tenant`: the one tenant that all rows are in; left out, they are in the one that their attribute `tenant` names, if any
   * @throws NotExpressible naming the condition
   */
  async filter(
    em: EntityManager,
    licet: Licet<Mode>,
    subject: SubjectInput,
    permission: string,
    options: CheckOptions = {},
  ): Promise<FilterQuery<Entity>> {
    return this.where(em, await licet.filterPlan(subject, permission, undefined, options));
  }

  /**
   * The rows that a filter plan lets through.
   * @throws NotExpressible naming the condition
   */
  where(em: EntityManager, plan: FilterPlan): FilterQuery<Entity> {
    const { primaryKeys, properties }: { primaryKeys: string[]; properties: Record<string, EntityProperty> } = em.getMetadata(this.entity);
    const [key, ...more] = primaryKeys;
    if (key === undefined || more.length > 0) throw new NotExpressible('the primary key, which is `resource.id`, must be one column');
    if (plan.kind === 'never' && plan.reason === 'not_expressible') {
      throw new NotExpressible('the conditions compare all attributes at once, or are too many: check row by row');
    }
    const dialect = dialectOf(em);
    const columns = new Map<string, Column>();
    for (const [attribute, property] of this.attributes) columns.set(attribute, columnOf(properties[property], dialect));
    const translator = new Translator(columns, columnOf(properties[key], dialect, 'id'));
    const rows = plan.kind === 'conditional' ? translator.where(plan.condition satisfies PlanCondition) : plan.kind === 'always';
    if (rows === true) return {} as FilterQuery<Entity>;
    return (rows === false ? { [key]: { $in: [] } } : rows) as FilterQuery<Entity>;
  }
}

/** The value of a property, as an attribute. */
function stated(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Date) return value ?? null;
  const wrapped = '__helper' in value ? (value.__helper as { getPrimaryKey?: () => unknown }) : undefined;
  return wrapped?.getPrimaryKey ? wrapped.getPrimaryKey() : value;
}

/** @throws NotExpressible for databases that may compare text without regard to case */
function dialectOf(em: EntityManager): 'sqlite' | 'postgresql' {
  for (let type: unknown = em.getPlatform(); type !== null && type !== undefined; type = Object.getPrototypeOf(type)) {
    const { name } = (type as object).constructor;
    if (/sqlite|libsql/i.test(name)) return 'sqlite';
    if (/postgresql/i.test(name)) return 'postgresql';
  }
  throw new NotExpressible('this database may compare text without regard to case: check row by row');
}
