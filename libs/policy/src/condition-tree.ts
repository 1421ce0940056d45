import type { ASTNode } from '@marcbachmann/cel-js';
import { CONDITION_LIMITS, CONDITION_ROOTS, type Expr } from '@licet/contract';
import { constructMessage, functionMessage } from './condition-subset.ts';
import { type Fault, TOO_DEEP } from './condition-syntax.ts';

/** `exists` within `exists` costs the product of both lists; one more would be cubic. */
const QUANTIFIER_DEPTH = 2;
const LOGIC = { '&&': 'and', '||': 'or' } as const;
type Comparison = 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge' | 'in';
const COMPARISONS: Partial<Record<ASTNode['op'], Comparison>> = {
  '==': 'eq',
  '!=': 'ne',
  '<': 'lt',
  '<=': 'le',
  '>': 'gt',
  '>=': 'ge',
  in: 'in',
};

/**
 * Makes the tree that engines evaluate from a syntax tree, and checks that only the subset is used, within its bounds. Types are checked
 * on the tree: `places` and `unknown` say where its parts stand in the text, and which of them stand for a mistake.
 */
export class TreeMaker {
  readonly faults: Fault[] = [];
  /** Where a part begins; for a path, where each of its members begins. */
  readonly places = new Map<Expr, readonly number[]>();
  /** Parts that stand where a fault was found, so that one mistake is reported once. */
  readonly unknown = new Set<Expr>();
  readonly #bound: string[] = [];
  #nodes = 0;

  /** @returns the tree; worth something only if `faults` stays empty */
  make(node: ASTNode): Expr {
    const tree = this.#part(node, 1);
    if (this.#nodes > CONDITION_LIMITS.nodes) {
      this.#fault(
        0,
        `the condition has ${this.#nodes} parts, and at most ${CONDITION_LIMITS.nodes} are taken; split it into several conditions`,
      );
    }
    return tree;
  }

  #fault(at: number, message: string): Expr {
    if (!this.faults.some((known) => known.at === at && known.message === message)) this.faults.push({ at, message });
    const tree: Expr = { op: 'lit', value: null };
    this.unknown.add(tree);
    return tree;
  }

  #part(node: ASTNode, depth: number): Expr {
    this.#nodes++;
    if (depth > CONDITION_LIMITS.depth) return this.#fault(0, TOO_DEEP);
    const tree = this.#made(node, depth);
    if (!this.places.has(tree)) this.places.set(tree, [node.start]);
    return tree;
  }

  #made(node: ASTNode, depth: number): Expr {
    switch (node.op) {
      case 'value':
        return this.#literal(node.args, node.start, 1);
      case '-_':
        return node.args.op === 'value' ? this.#literal(node.args.args, node.start, -1) : this.#outside(node);
      case 'id':
      case '.':
      case '[]':
        return this.#path(node, 'var');
      case 'list':
        return { op: 'list', args: node.args.map((item) => this.#part(item, depth + 1)) };
      case '!_':
        return { op: 'not', args: [this.#part(node.args, depth + 1)] };
      case '&&':
      case '||':
        return { op: LOGIC[node.op], args: operands(node).map((operand) => this.#part(operand, depth + 1)) };
      case 'call':
        return this.#call(node.args[0], node.args[1], node, depth);
      case 'rcall':
        return this.#method(node.args[0], node.args[1], node.args[2], node, depth);
      default: {
        const op = COMPARISONS[node.op];
        return op ? this.#binary(op, (node as Extract<ASTNode, { op: '==' }>).args, depth) : this.#outside(node);
      }
    }
  }

  #outside(node: ASTNode): Expr {
    return this.#fault(node.start, constructMessage(node.op));
  }

  #literal(value: Extract<ASTNode, { op: 'value' }>['args'], at: number, sign: 1 | -1): Expr {
    if (typeof value === 'bigint' || typeof value === 'number') {
      const number = Number(value) * sign || 0; // JSON has no -0
      if (typeof value === 'bigint' && !Number.isSafeInteger(number))
        return this.#fault(at, 'the number is too large to be exact; compare it as a string');
      return { op: 'lit', value: number };
    }
    if (sign < 0) return this.#fault(at, constructMessage('-_'));
    if (value === null || typeof value === 'boolean') return { op: 'lit', value };
    if (typeof value === 'string') {
      return value.includes('\0') ? this.#fault(at, 'a text cannot hold the character NUL') : { op: 'lit', value };
    }
    return this.#fault(at, constructMessage(value instanceof Uint8Array ? 'bytes' : 'uint'));
  }

  /** Reads `a.b["c"]`. */
  #path(node: ASTNode, op: 'var' | 'has'): Expr {
    const path: string[] = [];
    const at: number[] = [];
    let rest = node;
    while (rest.op === '.' || rest.op === '[]') {
      const name = rest.op === '.' ? rest.args[1] : rest.args[1].op === 'value' ? rest.args[1].args : undefined;
      if (typeof name !== 'string' || name.includes('\0')) {
        return this.#fault(rest.op === '[]' ? rest.args[1].start : rest.pos, constructMessage('[]'));
      }
      path.push(name);
      at.push(rest.op === '.' ? rest.pos : rest.args[1].start);
      rest = rest.args[0];
    }
    if (rest.op !== 'id') return this.#fault(rest.start, constructMessage('.'));
    path.push(rest.args);
    at.push(rest.start);
    const tree: Expr = { op, path: path.reverse() };
    this.places.set(tree, at.reverse());
    return tree;
  }

  #binary(op: Comparison | 'startsWith' | 'endsWith' | 'contains', [left, right]: readonly [ASTNode, ASTNode], depth: number): Expr {
    return { op, args: [this.#part(left, depth + 1), this.#part(right, depth + 1)] };
  }

  #call(name: string, args: ASTNode[], node: ASTNode, depth: number): Expr {
    const [only] = args;
    if (!only || args.length > 1) return this.#fault(node.start, functionMessage(name, args.length));
    if (name === 'has') return this.#has(only);
    if (name === 'size' || name === 'timestamp') return { op: name, args: [this.#part(only, depth + 1)] };
    return this.#fault(node.start, functionMessage(name, args.length));
  }

  #method(name: string, receiver: ASTNode, args: ASTNode[], node: ASTNode, depth: number): Expr {
    if (name === 'size' && args.length === 0) return { op: 'size', args: [this.#part(receiver, depth + 1)] };
    if ((name === 'startsWith' || name === 'endsWith' || name === 'contains') && args.length === 1) {
      return this.#binary(name, [receiver, args[0]!], depth);
    }
    if ((name === 'exists' || name === 'all') && args.length === 2) return this.#quantifier(name, receiver, args[0]!, args[1]!, depth);
    return this.#fault(node.start, functionMessage(name, args.length));
  }

  #has(node: ASTNode): Expr {
    if (node.op === '.') return this.#path(node, 'has');
    const remedy = node.op === '[]' ? '; write `"name" in ...` for a member with another name' : '';
    return this.#fault(node.start, `\`has\` asks whether a member is there: \`has(resource.properties.ownerId)\`${remedy}`);
  }

  #quantifier(op: 'exists' | 'all', receiver: ASTNode, name: ASTNode, body: ASTNode, depth: number): Expr {
    const list = this.#part(receiver, depth + 1);
    if (name.op !== 'id') return this.#fault(name.start, `\`${op}\` needs a name for the item first: \`list.${op}(item, item == "a")\``);
    const each = name.args;
    if ((CONDITION_ROOTS as readonly string[]).includes(each) || this.#bound.includes(each)) {
      return this.#fault(name.start, `\`${each}\` has a meaning here already; choose another name for the item`);
    }
    if (this.#bound.length >= QUANTIFIER_DEPTH) {
      return this.#fault(
        name.start,
        '`exists` and `all` can be nested once, not deeper: the work would grow with the third power of the lists',
      );
    }
    this.#bound.push(each);
    const inner = this.#part(body, depth + 1);
    this.#bound.pop();
    return { op, each, args: [list, inner] };
  }
}

/** The operands of a chain `a && b && c`, from left to right, however it is bracketed. */
function operands(chain: Extract<ASTNode, { op: '&&' | '||' }>): ASTNode[] {
  const found: ASTNode[] = [];
  const waiting: ASTNode[] = [chain];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if (node.op === chain.op) waiting.push(node.args[1] as ASTNode, node.args[0] as ASTNode);
    else found.push(node);
  }
  return found;
}
