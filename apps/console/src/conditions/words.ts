import type { Expr } from '@licet/contract';

const CONDITION_ROOTS = ['subject', 'action', 'resource', 'context'];

const COMPARE: Record<string, string> = {
  eq: 'is',
  ne: 'is not',
  lt: 'is less than',
  le: 'is at most',
  gt: 'is more than',
  ge: 'is at least',
  in: 'is one of',
  startsWith: 'starts with',
  endsWith: 'ends with',
  contains: 'contains',
};

/**
 * A condition in plain words, made from the tree that engines evaluate, so that it says what is in force.
 * @returns for instance `the resource’s ownerId is the subject’s id, and not (the resource’s archived is true)`
 */
export function conditionWords(tree: Expr, inner = false): string {
  switch (tree.op) {
    case 'and':
    case 'or': {
      const words = tree.args.map((arg) => conditionWords(arg, true)).join(tree.op === 'and' ? ', and ' : ', or ');
      return inner ? `(${words})` : words;
    }
    case 'not': {
      const [arg] = tree.args;
      return `not (${conditionWords(arg)})`;
    }
    case 'has':
      return `${pathWords(tree.path)} is given`;
    case 'exists':
    case 'all':
      return `${tree.op === 'exists' ? 'some' : 'every'} ${tree.each} of ${value(tree.args[0])} has (${conditionWords(tree.args[1])})`;
    case 'var':
      return `${value(tree)} is true`;
    case 'lit':
      return tree.value === true ? 'always' : tree.value === false ? 'never' : value(tree);
    case 'list':
    case 'size':
    case 'timestamp':
      return value(tree);
    default:
      return `${value(tree.args[0])} ${COMPARE[tree.op] ?? tree.op} ${value(tree.args[1])}`;
  }
}

function value(tree: Expr): string {
  switch (tree.op) {
    case 'lit':
      return typeof tree.value === 'string' ? `“${tree.value}”` : tree.value === null ? 'nothing' : String(tree.value);
    case 'var':
      return pathWords(tree.path);
    case 'list':
      return tree.args.map(value).join(', ') || 'an empty list';
    case 'size':
      return `the size of ${value(tree.args[0])}`;
    case 'timestamp':
      return `the time ${value(tree.args[0])}`;
    default:
      return `(${conditionWords(tree)})`;
  }
}

function pathWords(path: readonly string[]): string {
  if (path.length === 1 && path[0] === 'now') return 'the time of the request';
  const [root = '', ...rest] = path.filter((part, index) => !(index === 1 && part === 'properties'));
  const owner = CONDITION_ROOTS.includes(root) ? `the ${root}` : root;
  return rest.length ? `${owner}’s ${rest.join('.')}` : owner;
}
