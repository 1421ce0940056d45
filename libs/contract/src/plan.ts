import { z } from 'zod';
import { Expr } from './condition.ts';
import { Action, Subject } from './decision.ts';
import { Attributes } from './policy.ts';

/**
 * What every row of a filter must fulfil: conditions as engines store them, over `resource.id` and `resource.properties.*` alone, and one
 * operator more.
 * - `isTrue`: true where its operand is true; false where the operand is false or errs. It never errs, and stands around whatever may.
 * - `and`, `or`, `not` of such parts. What stands in them without `isTrue` cannot err.
 *
 * In SQL, where an error is NULL, `isTrue` is `(...) IS TRUE`, and each `var` a column: a filter must make NULL of what errs, such as a
 * missing attribute or a comparison of different types. A column has one type, so that where an attribute is of another type than the
 * literal beside it, `eq` is false and `ne` true of every row that has it. What a translator does not know, it must refuse.
 */
export type PlanCondition =
  Expr | { op: 'and' | 'or'; args: PlanCondition[] } | { op: 'not'; args: [PlanCondition] } | { op: 'isTrue'; args: [Expr] };

/** Schema of {@link PlanCondition}. */
export const PlanCondition: z.ZodType<PlanCondition> = z
  .lazy(() =>
    z.union([
      Expr,
      z.object({ op: z.literal('isTrue'), args: z.tuple([Expr]) }),
      z.object({ op: z.enum(['and', 'or']), args: z.array(PlanCondition).min(2) }),
      z.object({ op: z.literal('not'), args: z.tuple([PlanCondition]) }),
    ]),
  )
  .meta({ id: 'PlanCondition', description: 'A condition over `resource.id` and `resource.properties`, which may have `isTrue`.' });

/** Why no row is allowed: as decisions say it; or `not_expressible`: it cannot be said as a filter, so that rows must be asked one by one. */
export const FilterReason = z.enum([
  'denied_by_grant',
  'no_matching_grant',
  'unknown_subject',
  'disabled_subject',
  'unknown_resource_type',
  'unknown_action',
  'unknown_tenant',
  'invalid_request',
  'not_expressible',
  'not_ready', // a replica holds no snapshot yet
  'stale', // a replica is older than its max_staleness, or than the revision asked for
  'unreachable', // remote mode: the decision point gave no valid answer
]);
export type FilterReason = z.infer<typeof FilterReason>;

const revision = z.int().nonnegative();

/** Which rows of a type a subject may do something with: all, none, or those that fulfil a condition. */
export const FilterPlan = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('always'), revision }),
    z.object({ kind: z.literal('never'), reason: FilterReason, revision }),
    z.object({ kind: z.literal('conditional'), condition: PlanCondition, revision }),
  ])
  .meta({ id: 'FilterPlan' });
export type FilterPlan = z.infer<typeof FilterPlan>;

/** `POST /licet/v1/plan`: the question that a filter plan answers. `resource.properties` are attributes that every row is known to have. */
export const FilterRequest = z
  .object({
    subject: Subject,
    action: Action,
    resource: z.object({ type: z.string().min(1), properties: Attributes.optional() }),
    context: Attributes.optional(),
  })
  .meta({ id: 'FilterRequest' });
export type FilterRequest = z.infer<typeof FilterRequest>;
