import { CONDITION_LIMITS, hasQuantifier, type Expr } from '@licet/contract';

/**
 * How many steps an evaluation of a condition takes at most, with lists as long as `exists` and `all` take them. A step evaluates one part
 * of the tree, or reads one member of a path. What a step does with a text, a list or a map takes as long as these are.
 * @returns the steps in the worst case: no request makes an engine take more
 */
export function costOf(tree: Expr): number {
  return cost(tree, false);
}

function cost(tree: Expr, inside: boolean): number {
  switch (tree.op) {
    case 'lit':
      return 1;
    case 'var':
    case 'has':
      return tree.path.length;
    case 'exists':
    case 'all':
      return 1 + cost(tree.args[0], inside) + itemsAtMost(tree.args[0], inside || hasQuantifier(tree.args[1])) * cost(tree.args[1], true);
    default:
      return tree.args.reduce((sum, arg) => sum + cost(arg, inside), 1);
  }
}

function itemsAtMost(list: Expr, nested: boolean): number {
  const most = nested ? CONDITION_LIMITS.nestedListItems : CONDITION_LIMITS.listItems;
  return list.op === 'list' ? Math.min(list.args.length, most) : most;
}
