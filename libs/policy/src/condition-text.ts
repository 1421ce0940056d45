import type { Expr } from '@licet/contract';
import { WRITTEN } from './condition-check.ts';

const IDENTIFIER = /^[A-Za-z_]\w*$/;
/** What would need brackets as an operand. */
const LOOSE: readonly string[] = ['and', 'or', 'eq', 'ne', 'lt', 'le', 'gt', 'ge', 'in'];

/**
 * A part of a condition as CEL text, so that a message can show it where the text that was written is not at hand.
 * @param tree a condition or a part of one
 * @returns text that compiles to the same tree, for instance `resource.properties.ownerId == subject.id`
 */
export function conditionText(tree: Expr): string {
  switch (tree.op) {
    case 'lit':
      return JSON.stringify(tree.value);
    case 'var':
      return pathText(tree.path);
    case 'has':
      return `has(${pathText(tree.path)})`;
    case 'list':
      return `[${tree.args.map(conditionText).join(', ')}]`;
    case 'not':
      return `!${operand(tree.args[0])}`;
    case 'size':
    case 'timestamp':
      return `${tree.op}(${conditionText(tree.args[0])})`;
    case 'exists':
    case 'all':
      return `${operand(tree.args[0])}.${tree.op}(${tree.each}, ${conditionText(tree.args[1])})`;
    case 'startsWith':
    case 'endsWith':
    case 'contains':
      return `${operand(tree.args[0])}.${tree.op}(${conditionText(tree.args[1])})`;
    default:
      return tree.args.map(tree.op === 'and' || tree.op === 'or' ? conjunct : operand).join(` ${WRITTEN[tree.op]} `);
  }
}

const operand = (tree: Expr): string => (LOOSE.includes(tree.op) ? `(${conditionText(tree)})` : conditionText(tree));
const conjunct = (tree: Expr): string => (tree.op === 'and' || tree.op === 'or' ? `(${conditionText(tree)})` : conditionText(tree));

function pathText([root, ...members]: readonly string[]): string {
  return root + members.map((name) => (IDENTIFIER.test(name) && name !== 'in' ? `.${name}` : `[${JSON.stringify(name)}]`)).join('');
}
