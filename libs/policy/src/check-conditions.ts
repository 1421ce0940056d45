import { type AttributeType, type ErrorItem, type Expr, isReserved, type PolicyRow, splitKey } from '@licet/contract';
import { checkTypes, type TypeFault } from './condition-check.ts';
import { conditionText } from './condition-text.ts';

/** What the checks on conditions read. Conditions without a tree, and types without attributes, are not looked into. */
export interface ConditionRows {
  'resource-types': Iterable<{ id: string; attributes?: Readonly<Record<string, AttributeType>> }>;
  permissions: Iterable<Pick<PolicyRow<'permissions'>, 'id'>>;
  conditions: Iterable<{ id: string; tree?: Expr }>;
  grants: Iterable<Pick<PolicyRow<'grants'>, 'role' | 'permission' | 'effect' | 'condition'>>;
}

/** A grant whose condition contradicts what a resource type declares. */
export interface Misfit {
  role: string;
  permission: string;
  condition: string;
  /** The types that it does not fit, of those that the grant reaches; and how many it reaches. */
  types: readonly string[];
  reached: number;
  fault: TypeFault;
}

/**
 * Looks for grants whose condition cannot be evaluated for a resource type they reach, by the attributes which that type declares.
 * @param rows the policy
 * @returns one entry for each such grant, in the order of the rows
 */
export function findMisfits(rows: ConditionRows): Misfit[] {
  const reach = new Reach(rows);
  const trees = new Map([...rows.conditions].map(({ id, tree }) => [id, tree]));
  const faults = new Map<string, TypeFault | undefined>();
  const faultOf = (id: string, tree: Expr, type: string): TypeFault | undefined => {
    const key = `${id} ${type}`;
    if (!faults.has(key)) faults.set(key, checkTypes(tree, { [type]: reach.attributes(type) })[0]);
    return faults.get(key);
  };
  return [...rows.grants].flatMap(({ role, permission, condition }) => {
    const tree = condition === null ? undefined : trees.get(condition);
    if (!tree) return [];
    const reached = reach.types(permission);
    const types = reached.filter((type) => faultOf(condition!, tree, type));
    const [first] = types;
    return first === undefined
      ? []
      : [{ role, permission, condition: condition!, types, reached: reached.length, fault: faultOf(condition!, tree, first)! }];
  });
}

/**
 * The grants whose condition fits none of the resource types they reach: they can never apply as they are meant.
 * @returns errors; the paths are such as `grants.member.task:update`
 */
export function checkConditions(rows: ConditionRows): ErrorItem[] {
  return findMisfits(rows)
    .filter(({ types, reached }) => types.length === reached)
    .map((misfit) => ({ path: `grants.${misfit.role}.${misfit.permission}`, message: misfitText(misfit) }));
}

/** Says what does not fit, and what to do. */
export function misfitText({ condition, types, fault }: Misfit): string {
  const named = types.map((type) => `\`${type}\``).join(', ');
  return `the condition \`${condition}\` does not fit ${named}: in \`${conditionText(fault.part)}\`, ${fault.message}; correct the condition, or the attributes that ${named} declares`;
}

/** Which resource types a grant on a permission or a pattern reaches. */
export class Reach {
  readonly #attributes = new Map<string, Readonly<Record<string, AttributeType>>>();
  readonly #types = new Map<string, Set<string>>();

  constructor(rows: Pick<ConditionRows, 'resource-types' | 'permissions'>) {
    for (const { id, attributes = {} } of rows['resource-types']) this.#attributes.set(id, attributes);
    for (const { id } of rows.permissions) {
      if (isReserved(id)) continue;
      const { type, rest } = splitKey(id);
      for (const pattern of [id, `${type}:*`, `*:${rest}`, '*:*']) this.#add(pattern, type);
    }
  }

  #add(pattern: string, type: string): void {
    const types = this.#types.get(pattern);
    if (types) types.add(type);
    else this.#types.set(pattern, new Set([type]));
  }

  attributes(type: string): Readonly<Record<string, AttributeType>> {
    return this.#attributes.get(type) ?? {};
  }

  types(pattern: string): string[] {
    return [...(this.#types.get(pattern) ?? [])];
  }
}
