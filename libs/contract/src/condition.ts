import { z } from 'zod';

/** The five names that a condition may start from. `now` is the time of the request. */
export const CONDITION_ROOTS = ['subject', 'action', 'resource', 'context', 'now'] as const;

/**
 * Bounds that the control plane checks when a condition is saved, so that evaluation is total and cheap everywhere.
 * - `textBytes`, `depth`, `nodes`: of the condition as written.
 * - `listItems`: how long a list may be for `exists` and `all`; engines check it. `nestedListItems`: the same where one of them stands
 *   inside the other, for both lists.
 * - `cost`: how many steps an evaluation may take at most, with lists as long as they may be.
 */
export const CONDITION_LIMITS = { textBytes: 2048, depth: 32, nodes: 200, listItems: 1000, nestedListItems: 100, cost: 200_000 } as const;

/**
 * A condition as engines evaluate it: a small JSON tree, made from CEL text by the control plane (cel-spec, "Language definition").
 * - `lit`: a literal. All numbers are doubles.
 * - `var`: a path such as `["resource", "properties", "ownerId"]`; a missing member is an error. `["now"]` is a timestamp.
 *   Inside `exists`/`all` the path may begin with the bound name.
 * - `has`: whether the last member of the path is there; a missing member before it is an error.
 * - `list`: a list literal.
 * - `not`, `and`, `or`: boolean logic; `and`/`or` absorb an error of one side if the other side decides (CEL's commutative rule).
 * - `eq ne lt le gt ge`: comparisons. `eq`/`ne` of different types is false/true, not an error; ordering different types is an error.
 * - `in`: membership in a list (by `eq`) or of a string key in a map.
 * - `startsWith endsWith contains`: on two strings. `size`: code points of a string, items of a list, members of a map.
 * - `timestamp`: an RFC 3339 string as a timestamp, which compares with `now`.
 * - `exists`/`all`: over a list, `each` is the bound name.
 */
export type Expr =
  | { op: 'lit'; value: string | number | boolean | null }
  | { op: 'var'; path: string[] }
  | { op: 'has'; path: string[] }
  | { op: 'list'; args: Expr[] }
  | { op: 'not' | 'size' | 'timestamp'; args: [Expr] }
  | { op: 'and' | 'or'; args: Expr[] }
  | { op: 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge' | 'in' | 'startsWith' | 'endsWith' | 'contains'; args: [Expr, Expr] }
  | { op: 'exists' | 'all'; each: string; args: [Expr, Expr] };

const path = z.array(z.string()).min(1);

/** Whether a condition goes over a list, itself or within: a list around it may be less long (`CONDITION_LIMITS.nestedListItems`). */
export function hasQuantifier(tree: Expr): boolean {
  return tree.op === 'exists' || tree.op === 'all' || ('args' in tree && tree.args.some(hasQuantifier));
}

/** Schema of {@link Expr}. */
export const Expr: z.ZodType<Expr> = z
  .lazy(() =>
    z.discriminatedUnion('op', [
      z.object({ op: z.literal('lit'), value: z.union([z.string(), z.number(), z.boolean(), z.null()]) }),
      z.object({ op: z.literal('var'), path }),
      z.object({ op: z.literal('has'), path }),
      z.object({ op: z.literal('list'), args: z.array(Expr) }),
      z.object({ op: z.enum(['not', 'size', 'timestamp']), args: z.tuple([Expr]) }),
      z.object({ op: z.enum(['and', 'or']), args: z.array(Expr).min(2) }),
      z.object({
        op: z.enum(['eq', 'ne', 'lt', 'le', 'gt', 'ge', 'in', 'startsWith', 'endsWith', 'contains']),
        args: z.tuple([Expr, Expr]),
      }),
      z.object({ op: z.enum(['exists', 'all']), each: z.string(), args: z.tuple([Expr, Expr]) }),
    ]),
  )
  .meta({ id: 'ConditionTree', description: 'A condition as engines evaluate it.' });

/** Why a condition could not be evaluated. Equal in every implementation. */
export const ConditionErrorCode = z.enum([
  'missing_attribute', // a path leads to nothing
  'type_mismatch', // an operator met a type it is not defined for
  'not_boolean', // the condition, or an operand of boolean logic, is not a boolean
  'invalid_timestamp', // a text is not an RFC 3339 timestamp
  'too_long', // a list is longer than CONDITION_LIMITS.listItems, or nestedListItems
]);
export type ConditionErrorCode = z.infer<typeof ConditionErrorCode>;
