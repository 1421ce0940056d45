import { CONDITION_LIMITS, type ErrorItem, type Expr } from '@licet/contract';
import { checkTypes, type TypeFault } from './condition-check.ts';
import { costOf } from './condition-cost.ts';
import { constantResult, readsVariable } from './condition-constant.ts';
import type { DeclaredAttributes } from './condition-names.ts';
import { type Fault, placeIn, readSyntax, TOO_DEEP } from './condition-syntax.ts';
import { TreeMaker } from './condition-tree.ts';

export interface ConditionOptions {
  /**
   * Declared attributes by resource type. An attribute whose declarations agree is checked against its type; all others, and those of
   * type `any`, are left to the request.
   */
  attributes?: DeclaredAttributes;
  /** Whether a condition may have the same result for every request; by default that is an error. */
  mayBeConstant?: boolean;
  /** The member that error items name; `expression` unless said otherwise. */
  path?: string;
}

/** A condition's tree, or everything that is wrong with its text. */
export type ParsedCondition = { tree: Expr; errors?: undefined } | { tree?: undefined; errors: ErrorItem[] };

/**
 * Compiles a condition from CEL text (cel-spec, "Language definition") to the tree that engines evaluate, and judges it: only the
 * total subset may be used, within CONDITION_LIMITS; names must exist; operators must be able to work on what they get; and the result
 * must depend on the request. The same text always gives the same tree.
 * @param expression CEL text, for instance `resource.properties.ownerId == subject.id`
 * @returns the tree, or all errors by place; their messages begin with `line:column`. Never throws.
 */
export function parseCondition(expression: string, options: ConditionOptions = {}): ParsedCondition {
  const { tree, faults } = judge(expression, options);
  if (tree && faults.length === 0) return { tree };
  const sorted = faults.toSorted((a, b) => a.at - b.at || (a.message < b.message ? -1 : 1));
  return {
    errors: sorted.map(({ at, message }) => ({ path: options.path ?? 'expression', message: `${placeIn(expression, at)}: ${message}` })),
  };
}

function judge(expression: string, { attributes = {}, mayBeConstant = false }: ConditionOptions): { tree?: Expr; faults: Fault[] } {
  const { node, fault } = readSyntax(expression);
  if (fault) return { faults: [fault] };
  try {
    const maker = new TreeMaker();
    const tree = maker.make(node);
    const faults = [...maker.faults, ...placed(checkTypes(tree, attributes, maker.unknown), maker)];
    if (faults.length > 0) return { faults };
    const steps = costOf(tree);
    if (steps > CONDITION_LIMITS.cost) return { faults: [{ at: 0, message: tooCostly(steps) }] };
    const constant = mayBeConstant ? undefined : constantFault(tree);
    return { tree, faults: constant ? [constant] : [] };
  } catch (error) {
    if (error instanceof RangeError) return { faults: [{ at: 0, message: TOO_DEEP }] };
    throw error;
  }
}

const tooCostly = (steps: number): string =>
  `the condition may take ${steps.toLocaleString('en')} steps, and at most ${CONDITION_LIMITS.cost.toLocaleString('en')} are taken; move what does not need the inner item out of the inner \`exists\` or \`all\`, or split it into several conditions`;

/** Faults of parts, where these stand in the text. */
function placed(faults: readonly TypeFault[], { places }: TreeMaker): Fault[] {
  return faults.map(({ part, member = 0, message }) => {
    const at = places.get(part) ?? [0];
    return { at: at[member] ?? at[0]!, message };
  });
}

function constantFault(tree: Expr): Fault | undefined {
  const result = constantResult(tree);
  if (result === true) return { at: 0, message: 'the condition is always true; leave it away, or compare with something of the request' };
  if (result === false)
    return {
      at: 0,
      message: 'the condition is always false, so its grant would never apply; remove the grant, or compare with something of the request',
    };
  if (readsVariable(tree, [])) return undefined;
  return {
    at: 0,
    message:
      'the condition reads nothing of the request, so it is always the same; begin with `subject`, `action`, `resource`, `context` or `now`',
  };
}
