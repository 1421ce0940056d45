import type { Expr } from '@licet/contract';
import { isTimestamp } from './condition-time.ts';
import { type DeclaredAttributes, type Kind, KIND_NAMES, kindOfPath } from './condition-names.ts';
import { comparisonFault, notBoolean } from './condition-types.ts';

/** What is known of a part's value before any request; `item` for the items of a list. */
interface Known {
  kind: Kind;
  item?: Kind | undefined;
}

/** What can never be right about a part of a condition. `member` is the place in its path, where the fault lies in the path. */
export interface TypeFault {
  part: Expr;
  member?: number;
  message: string;
}

const ANY: Known = { kind: 'any' };
const BOOLEAN: Known = { kind: 'boolean' };
/** The operators as they are written. */
export const WRITTEN = {
  ...{ eq: '==', ne: '!=', lt: '<', le: '<=', gt: '>', ge: '>=', in: 'in', and: '&&', or: '||', not: '!' },
} as const;

/**
 * Checks the types of a condition: that names exist, and that operators get what they are defined for.
 * @param attributes declared attributes by resource type; those whose declarations agree are taken into account
 * @param unknown parts that stand for a mistake which was reported already
 * @returns what can never be right, whatever the request
 */
export function checkTypes(tree: Expr, attributes: DeclaredAttributes, unknown: ReadonlySet<Expr> = new Set()): TypeFault[] {
  return new TypeChecker(attributes, unknown).check(tree);
}

class TypeChecker {
  readonly #faults: TypeFault[] = [];
  readonly #attributes: DeclaredAttributes;
  readonly #unknown: ReadonlySet<Expr>;
  readonly #bound: ({ name: string } & Known)[] = [];

  constructor(attributes: DeclaredAttributes, unknown: ReadonlySet<Expr>) {
    this.#attributes = attributes;
    this.#unknown = unknown;
  }

  check(tree: Expr): TypeFault[] {
    const { kind } = this.#part(tree);
    if (kind !== 'boolean' && kind !== 'any')
      this.#fault(tree, `a condition is true or false, and this is ${KIND_NAMES[kind]}; compare it with something`);
    return this.#faults;
  }

  #fault(part: Expr, message: string, member?: number): Known {
    this.#faults.push({ part, message, ...(member === undefined ? {} : { member }) });
    return ANY;
  }

  #part(tree: Expr): Known {
    if (this.#unknown.has(tree)) return ANY;
    switch (tree.op) {
      case 'lit':
        return { kind: tree.value === null ? 'null' : (typeof tree.value as 'string' | 'number' | 'boolean') };
      case 'var':
        return this.#variable(tree, tree.path);
      case 'has':
        return this.#has(tree, tree.path);
      case 'list':
        return this.#list(tree.args);
      case 'not':
      case 'and':
      case 'or':
        for (const arg of tree.args) this.#truth(WRITTEN[tree.op], arg);
        return BOOLEAN;
      case 'size':
        return this.#size(tree.args[0]);
      case 'timestamp':
        return this.#timestamp(tree.args[0]);
      case 'startsWith':
      case 'endsWith':
      case 'contains':
        return this.#text(tree.op, tree.args);
      case 'exists':
      case 'all':
        return this.#quantifier(tree.op, tree.each, tree.args);
      default: {
        const [left, right] = [this.#part(tree.args[0]), this.#part(tree.args[1])];
        const wrong = comparisonFault(tree.op, WRITTEN[tree.op], left, right);
        return wrong ? this.#fault(tree, wrong) : BOOLEAN;
      }
    }
  }

  #truth(operator: string, arg: Expr): void {
    const wrong = notBoolean(operator, this.#part(arg).kind);
    if (wrong) this.#fault(arg, wrong);
  }

  #variable(tree: Expr, path: readonly string[]): Known {
    const bound = this.#bound.find(({ name }) => name === path[0]);
    if (!bound) {
      const known = kindOfPath(path, this.#attributes);
      return 'wrong' in known ? this.#fault(tree, known.wrong, known.member) : known;
    }
    if (path.length === 1) return bound;
    if (bound.kind === 'any' || bound.kind === 'map') return ANY;
    return this.#fault(tree, `\`${bound.name}\` is ${KIND_NAMES[bound.kind]} and has no members`, 1);
  }

  #has(tree: Expr, path: readonly string[]): Known {
    this.#variable(tree, path);
    const fixed = path.length === 2 && path[0] !== 'context' && !this.#bound.some(({ name }) => name === path[0]);
    return fixed ? this.#fault(tree, `\`${path.join('.')}\` is always there; \`has\` is for attributes`) : BOOLEAN;
  }

  #list(items: readonly Expr[]): Known {
    const kinds = new Set(items.map((item) => this.#part(item).kind));
    const [only] = kinds;
    return { kind: 'list', item: kinds.size === 1 ? only : undefined };
  }

  #size(arg: Expr): Known {
    const { kind } = this.#part(arg);
    if (['string', 'list', 'map', 'any'].includes(kind)) return { kind: 'number' };
    return this.#fault(arg, `\`size\` is for a string, a list or a map, and this is ${KIND_NAMES[kind]}`);
  }

  #timestamp(arg: Expr): Known {
    const { kind } = this.#part(arg);
    if (kind !== 'string' && kind !== 'any') return this.#fault(arg, `\`timestamp\` reads a string, and this is ${KIND_NAMES[kind]}`);
    if (arg.op === 'lit' && typeof arg.value === 'string' && !isTimestamp(arg.value)) {
      return this.#fault(arg, `\`${arg.value}\` is no timestamp; write it as \`2026-01-31T12:00:00Z\``);
    }
    return { kind: 'timestamp' };
  }

  #text(op: 'startsWith' | 'endsWith' | 'contains', args: readonly Expr[]): Known {
    for (const arg of args) {
      const { kind } = this.#part(arg);
      const hint = op === 'contains' && (kind === 'list' || kind === 'map') ? '; write `item in list`' : '';
      if (kind !== 'string' && kind !== 'any') this.#fault(arg, `\`${op}\` is for strings, and this is ${KIND_NAMES[kind]}${hint}`);
    }
    return BOOLEAN;
  }

  #quantifier(op: 'exists' | 'all', each: string, [over, body]: readonly [Expr, Expr]): Known {
    const list = this.#part(over);
    if (list.kind !== 'list' && list.kind !== 'any') this.#fault(over, `\`${op}\` goes over a list, and this is ${KIND_NAMES[list.kind]}`);
    this.#bound.push({ name: each, kind: list.item ?? 'any' });
    this.#truth(op, body);
    this.#bound.pop();
    return BOOLEAN;
  }
}
