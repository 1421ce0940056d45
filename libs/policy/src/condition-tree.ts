import type { ASTNode } from '@marcbachmann/cel-js';
import { CONDITION_LIMITS, CONDITION_ROOTS, type Expr } from '@licet/contract';
import { isTimestamp } from './condition-constant.ts';
import { type DeclaredAttributes, type Kind, KIND_NAMES, kindOfPath } from './condition-names.ts';
import { type Fault, TOO_DEEP } from './condition-syntax.ts';
import { constructMessage, functionMessage } from './condition-subset.ts';
import { comparisonFault, type Comparison, LOGIC, notBoolean } from './condition-types.ts';

/** A part of a condition, and what is known of its value before any request; `item` for the items of a list. */
export interface Part {
  tree: Expr;
  kind: Kind;
  item?: Kind | undefined;
}

/** Stands where a fault was found, so that one mistake is reported once. */
const UNKNOWN: Part = { tree: { op: 'lit', value: null }, kind: 'any' };
/** `exists` within `exists` costs the product of both lists; one more would be cubic. */
const QUANTIFIER_DEPTH = 2;
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
 * Makes the tree that engines evaluate from a syntax tree, and checks what can be checked without a request: that only the subset is
 * used, that names exist, that operators get what they are defined for.
 */
export class TreeMaker {
  readonly faults: Fault[] = [];
  readonly #attributes: DeclaredAttributes;
  readonly #bound: { name: string; kind: Kind }[] = [];
  #nodes = 0;

  constructor(attributes: DeclaredAttributes) {
    this.#attributes = attributes;
  }

  /** @returns the tree; worth something only if `faults` stays empty */
  make(node: ASTNode): Expr {
    const { tree, kind } = this.#part(node, 1);
    if (kind !== 'boolean' && kind !== 'any')
      this.#fault(node.start, `a condition is true or false, and this is ${KIND_NAMES[kind]}; compare it with something`);
    if (this.#nodes > CONDITION_LIMITS.nodes) {
      this.#fault(
        0,
        `the condition has ${this.#nodes} parts, and at most ${CONDITION_LIMITS.nodes} are taken; split it into several conditions`,
      );
    }
    return tree;
  }

  #fault(at: number, message: string): Part {
    if (!this.faults.some((known) => known.at === at && known.message === message)) this.faults.push({ at, message });
    return UNKNOWN;
  }

  #part(node: ASTNode, depth: number): Part {
    this.#nodes++;
    if (depth > CONDITION_LIMITS.depth) return this.#fault(0, TOO_DEEP);
    switch (node.op) {
      case 'value':
        return this.#literal(node.args, node.start, 1);
      case '-_':
        return node.args.op === 'value' ? this.#literal(node.args.args, node.start, -1) : this.#outside(node);
      case 'id':
      case '.':
      case '[]':
        return this.#variable(node);
      case 'list':
        return this.#list(node.args, depth);
      case '!_':
        return this.#not(node.args, depth);
      case '&&':
      case '||':
        return this.#logic(node, depth);
      case 'call':
        return this.#call(node.args[0], node.args[1], node, depth);
      case 'rcall':
        return this.#method(node.args[0], node.args[1], node.args[2], node, depth);
      default: {
        const op = COMPARISONS[node.op];
        return op ? this.#comparison(op, node as Extract<ASTNode, { op: '==' }>, depth) : this.#outside(node);
      }
    }
  }

  #outside(node: ASTNode): Part {
    return this.#fault(node.start, constructMessage(node.op));
  }

  #literal(value: Extract<ASTNode, { op: 'value' }>['args'], at: number, sign: 1 | -1): Part {
    if (typeof value === 'bigint' || typeof value === 'number') {
      const number = Number(value) * sign || 0; // JSON has no -0
      if (typeof value === 'bigint' && !Number.isSafeInteger(number))
        return this.#fault(at, 'the number is too large to be exact; compare it as a string');
      return { tree: { op: 'lit', value: number }, kind: 'number' };
    }
    if (sign < 0) return this.#fault(at, constructMessage('-_'));
    if (value === null) return { tree: { op: 'lit', value }, kind: 'null' };
    if (typeof value === 'boolean') return { tree: { op: 'lit', value }, kind: 'boolean' };
    if (typeof value === 'string') {
      return value.includes('\0')
        ? this.#fault(at, 'a text cannot hold the character NUL')
        : { tree: { op: 'lit', value }, kind: 'string' };
    }
    return this.#fault(at, constructMessage(value instanceof Uint8Array ? 'bytes' : 'uint'));
  }

  /** Reads `a.b["c"]`; undefined where a fault was found. `at` are the places of its members. */
  #path(node: ASTNode): { path: string[]; at: number[] } | undefined {
    const path: string[] = [];
    const at: number[] = [];
    let rest = node;
    while (rest.op === '.' || rest.op === '[]') {
      const name = rest.op === '.' ? rest.args[1] : rest.args[1].op === 'value' ? rest.args[1].args : undefined;
      if (typeof name !== 'string' || name.includes('\0')) {
        this.#fault(rest.op === '[]' ? rest.args[1].start : rest.pos, constructMessage('[]'));
        return undefined;
      }
      path.push(name);
      at.push(rest.op === '.' ? rest.pos : rest.args[1].start);
      rest = rest.args[0];
    }
    if (rest.op !== 'id') {
      this.#fault(rest.start, constructMessage('.'));
      return undefined;
    }
    path.push(rest.args);
    at.push(rest.start);
    return { path: path.reverse(), at: at.reverse() };
  }

  #variable(node: ASTNode): Part {
    const found = this.#path(node);
    if (!found) return UNKNOWN;
    const bound = this.#bound.find(({ name }) => name === found.path[0]);
    if (bound) return this.#member(bound, found.path, found.at);
    const known = kindOfPath(found.path, this.#attributes);
    if ('wrong' in known) return this.#fault(found.at[known.member] ?? node.start, known.wrong);
    return { tree: { op: 'var', path: found.path }, ...known };
  }

  #member(bound: { name: string; kind: Kind }, path: string[], at: number[]): Part {
    if (path.length === 1) return { tree: { op: 'var', path }, kind: bound.kind };
    if (bound.kind !== 'any' && bound.kind !== 'map')
      return this.#fault(at[1]!, `\`${bound.name}\` is ${KIND_NAMES[bound.kind]} and has no members`);
    return { tree: { op: 'var', path }, kind: 'any' };
  }

  #list(items: ASTNode[], depth: number): Part {
    const parts = items.map((item) => this.#part(item, depth + 1));
    const kinds = new Set(parts.map(({ kind }) => kind));
    return { tree: { op: 'list', args: parts.map(({ tree }) => tree) }, kind: 'list', item: kinds.size === 1 ? parts[0]!.kind : undefined };
  }

  #not(node: ASTNode, depth: number): Part {
    const { tree, kind } = this.#part(node, depth + 1);
    const wrong = notBoolean('!', kind);
    return wrong ? this.#fault(node.start, wrong) : { tree: { op: 'not', args: [tree] }, kind: 'boolean' };
  }

  #logic(node: Extract<ASTNode, { op: '&&' | '||' }>, depth: number): Part {
    const args = operands(node).map((operand) => {
      const { tree, kind } = this.#part(operand, depth + 1);
      const wrong = notBoolean(node.op, kind);
      if (wrong) this.#fault(operand.start, wrong);
      return tree;
    });
    return { tree: { op: LOGIC[node.op], args }, kind: 'boolean' };
  }

  #comparison(op: Comparison, node: Extract<ASTNode, { op: '==' }>, depth: number): Part {
    const left = this.#part(node.args[0], depth + 1);
    const right = this.#part(node.args[1], depth + 1);
    const wrong = comparisonFault(op, node.op, left, right);
    return wrong ? this.#fault(node.start, wrong) : { tree: { op, args: [left.tree, right.tree] }, kind: 'boolean' };
  }

  #call(name: string, args: ASTNode[], node: ASTNode, depth: number): Part {
    const [only] = args;
    if (!only || args.length > 1) return this.#fault(node.start, functionMessage(name, args.length));
    if (name === 'has') return this.#has(only);
    if (name === 'size') return this.#size(only, depth);
    if (name === 'timestamp') return this.#timestamp(only, depth);
    return this.#fault(node.start, functionMessage(name, args.length));
  }

  #method(name: string, receiver: ASTNode, args: ASTNode[], node: ASTNode, depth: number): Part {
    if (name === 'size' && args.length === 0) return this.#size(receiver, depth);
    if ((name === 'startsWith' || name === 'endsWith' || name === 'contains') && args.length === 1) {
      return this.#text(name, receiver, args[0]!, depth);
    }
    if ((name === 'exists' || name === 'all') && args.length === 2) return this.#quantifier(name, receiver, args[0]!, args[1]!, depth);
    return this.#fault(node.start, functionMessage(name, args.length));
  }

  #has(node: ASTNode): Part {
    if (node.op !== '.') {
      const remedy = node.op === '[]' ? '; write `"name" in ...` for a member with another name' : '';
      return this.#fault(node.start, `\`has\` asks whether a member is there: \`has(resource.properties.ownerId)\`${remedy}`);
    }
    const { tree } = this.#variable(node);
    if (tree.op !== 'var') return UNKNOWN;
    const { path } = tree;
    const fixed = path.length === 2 && !this.#bound.some(({ name }) => name === path[0]) && path[0] !== 'context';
    if (fixed) return this.#fault(node.start, `\`${path.join('.')}\` is always there; \`has\` is for attributes`);
    return { tree: { op: 'has', path }, kind: 'boolean' };
  }

  #size(node: ASTNode, depth: number): Part {
    const { tree, kind } = this.#part(node, depth + 1);
    if (!['string', 'list', 'map', 'any'].includes(kind))
      return this.#fault(node.start, `\`size\` is for a string, a list or a map, and this is ${KIND_NAMES[kind]}`);
    return { tree: { op: 'size', args: [tree] }, kind: 'number' };
  }

  #timestamp(node: ASTNode, depth: number): Part {
    const { tree, kind } = this.#part(node, depth + 1);
    if (kind !== 'string' && kind !== 'any')
      return this.#fault(node.start, `\`timestamp\` reads a string, and this is ${KIND_NAMES[kind]}`);
    if (tree.op === 'lit' && typeof tree.value === 'string' && !isTimestamp(tree.value)) {
      return this.#fault(node.start, `\`${tree.value}\` is no timestamp; write it as \`2026-01-31T12:00:00Z\``);
    }
    return { tree: { op: 'timestamp', args: [tree] }, kind: 'timestamp' };
  }

  #text(op: 'startsWith' | 'endsWith' | 'contains', receiver: ASTNode, arg: ASTNode, depth: number): Part {
    const parts = [receiver, arg].map((node) => {
      const { tree, kind } = this.#part(node, depth + 1);
      const hint = op === 'contains' && (kind === 'list' || kind === 'map') ? '; write `item in list`' : '';
      if (kind !== 'string' && kind !== 'any') this.#fault(node.start, `\`${op}\` is for strings, and this is ${KIND_NAMES[kind]}${hint}`);
      return tree;
    });
    return { tree: { op, args: [parts[0]!, parts[1]!] }, kind: 'boolean' };
  }

  #quantifier(op: 'exists' | 'all', receiver: ASTNode, name: ASTNode, body: ASTNode, depth: number): Part {
    const list = this.#part(receiver, depth + 1);
    if (list.kind !== 'list' && list.kind !== 'any')
      this.#fault(receiver.start, `\`${op}\` goes over a list, and this is ${KIND_NAMES[list.kind]}`);
    if (name.op !== 'id') return this.#fault(name.start, `\`${op}\` needs a name for the item first: \`list.${op}(item, item == "a")\``);
    const each = name.args;
    if ((CONDITION_ROOTS as readonly string[]).includes(each) || this.#bound.some((outer) => outer.name === each)) {
      return this.#fault(name.start, `\`${each}\` has a meaning here already; choose another name for the item`);
    }
    if (this.#bound.length >= QUANTIFIER_DEPTH) {
      return this.#fault(
        name.start,
        `\`exists\` and \`all\` can be nested once, not deeper: the work would grow with the third power of the lists`,
      );
    }
    this.#bound.push({ name: each, kind: list.item ?? 'any' });
    const inner = this.#part(body, depth + 1);
    this.#bound.pop();
    const wrong = notBoolean(op, inner.kind);
    return wrong ? this.#fault(body.start, wrong) : { tree: { op, each, args: [list.tree, inner.tree] }, kind: 'boolean' };
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
