import { NAMES, type Name, NO_TIMES, NUMBERS, TEXTS, TIMES } from './values.ts';
import type { Random } from './random.ts';

type What = (typeof NAMES)[Name];

/** Writes random conditions: CEL text of the profile, well-typed mostly. */
export class Writer {
  readonly #random: Random;
  /** The names that the enclosing `exists` and `all` bind. */
  readonly #bound: string[] = [];
  /** How many parts are left; the limits of a condition are tested elsewhere. */
  #budget = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  condition(): string {
    this.#budget = 3 + this.#random.below(40);
    this.#bound.length = 0;
    return this.#truth(5);
  }

  #truth(depth: number): string {
    const r = this.#random;
    if (depth <= 0 || this.#budget-- <= 0) return r.chance(0.7) ? this.#path('boolean') : this.#comparison(0);
    const kind = r.below(20);
    if (kind < 5) return this.#logic(depth);
    if (kind < 6) return `!${this.#operand(() => this.#truth(depth - 1))}`;
    if (kind < 12) return this.#comparison(depth);
    if (kind < 14) return this.#quantifier(depth);
    if (kind < 15) return this.#has();
    if (kind < 17) return this.#textTest(depth);
    if (kind < 18) return this.#membership(depth);
    if (kind < 19) return this.#path('boolean');
    return r.chance(0.3) ? r.pick(['true', 'false']) : this.#value(r.pick(['text', 'number', 'list', 'anything']), depth - 1);
  }

  /** Chains of `&&` and `||` with and without brackets, so that the two parsers must agree on what binds closer. */
  #logic(depth: number): string {
    const r = this.#random;
    if (r.chance(0.2)) return this.#testsOfOne();
    const parts = r.many(2, 4, () => (r.chance(0.5) ? this.#operand(() => this.#truth(depth - 1)) : this.#truth(depth - 1)));
    return parts.reduce((left, right) => `${left}${this.#space()}${r.pick(['&&', '||'])}${this.#space()}${right}`);
  }

  /** Several tests of one value, which may exclude each other or leave nothing out: then they are refused as constant. */
  #testsOfOne(): string {
    const r = this.#random;
    const what = r.pick(['text', 'number', 'number', 'boolean'] as const);
    const place = r.chance(0.15) ? `size(${this.#path('list')})` : this.#path(what);
    const values = r.many(1, 3, () => this.#literal(r.chance(0.95) ? what : 'anything'));
    const test = () => {
      const [op, value] = [r.pick(['==', '!=', ...(what === 'boolean' ? [] : ['<', '<=', '>', '>='])]), r.pick(values)];
      const written = r.chance(0.15)
        ? `${place} in [${values.join(', ')}]`
        : r.chance(0.8)
          ? `${place} ${op} ${value}`
          : `${value} ${op} ${place}`;
      return r.chance(0.15) ? `!(${written})` : written;
    };
    return this.#operand(() => r.many(2, 3, test).join(r.pick([' && ', ' || '])));
  }

  #operand(write: () => string): string {
    return `(${this.#space()}${write()})`;
  }

  #comparison(depth: number): string {
    const r = this.#random;
    if (r.chance(0.2)) return this.#timeComparison();
    const what = r.pick(['text', 'text', 'number', 'number', 'boolean', 'list', 'map', 'anything'] as const);
    const ordered = what === 'text' || what === 'number' || what === 'anything' || r.chance(0.1);
    const op = r.pick(ordered && r.chance(0.6) ? ['<', '<=', '>', '>='] : ['==', '!=']);
    const right = r.chance(0.85) ? what : r.pick(['text', 'number', 'boolean', 'null', 'anything'] as const);
    return `${this.#value(what, depth - 1)}${this.#space()}${op}${this.#space()}${this.#value(right, depth - 1)}`;
  }

  #timeComparison(): string {
    return `${this.#time()} ${this.#random.pick(['<', '<=', '>', '>=', '==', '!='])} ${this.#time()}`;
  }

  #time(): string {
    const r = this.#random;
    if (r.chance(0.35)) return 'now';
    // A literal that is no timestamp is refused at save.
    return `timestamp(${r.chance(0.4) ? this.#quoted(r.pick(r.chance(0.98) ? TIMES : NO_TIMES)) : this.#path(r.chance(0.9) ? 'time' : 'anything')})`;
  }

  #textTest(depth: number): string {
    const r = this.#random;
    const [left, right] = [this.#receiver('text', depth), this.#value(r.chance(0.9) ? 'text' : 'anything', depth - 1)];
    return `${left}.${r.pick(['startsWith', 'endsWith', 'contains'])}(${right})`;
  }

  #membership(depth: number): string {
    const r = this.#random;
    const item = r.chance(0.9) ? this.#value(r.pick(['text', 'text', 'number', 'anything']), depth - 1) : this.#time();
    const container = r.chance(0.4) ? this.#list(depth) : this.#path(r.pick(['list', 'list', 'map', 'anything']));
    return `${item} in ${container}`;
  }

  #has(): string {
    const path = this.#path(this.#random.pick(['text', 'number', 'map', 'anything'] as const), true);
    return `has(${path})`;
  }

  #quantifier(depth: number): string {
    const r = this.#random;
    if (this.#bound.length >= 2) return this.#comparison(depth);
    const over = r.chance(0.85) ? this.#path(r.chance(0.8) ? 'list' : 'anything') : this.#list(depth);
    const name = r.pick(['i', 'item', 'e', 'int', 'string', 'size', 'type'].filter((free) => !this.#bound.includes(free)));
    this.#bound.push(name);
    const body = this.#truth(depth - 1);
    this.#bound.pop();
    return `${over}.${r.pick(['exists', 'all'])}(${name},${this.#space()}${body})`;
  }

  #value(what: What | 'null', depth: number): string {
    const r = this.#random;
    if (what === 'null') return 'null';
    if (this.#budget-- > 0 && depth > 0 && r.chance(0.08)) {
      return r.chance(0.5) ? this.#operand(() => this.#truth(depth - 1)) : this.#size(depth);
    }
    if (what === 'number' && r.chance(0.2)) return this.#size(depth);
    if (what === 'list' && r.chance(0.2)) return this.#list(depth);
    return r.chance(0.6) ? this.#path(what) : this.#literal(what);
  }

  #size(depth: number): string {
    const r = this.#random;
    const what = r.pick(['text', 'list', 'map', 'anything'] as const);
    return r.chance(0.5) ? `size(${this.#value(what, depth - 1)})` : `${this.#receiver(what, depth)}.size()`;
  }

  /** What stands before `.name(...)`: a path, or anything in brackets. */
  #receiver(what: What, depth: number): string {
    return this.#random.chance(0.8) ? this.#path(what) : `(${this.#value(what, depth - 1)})`;
  }

  #list(depth: number): string {
    const r = this.#random;
    const what = r.pick(['text', 'text', 'number', 'boolean', 'anything'] as const);
    return `[${r.many(0, 4, () => this.#value(r.chance(0.9) ? what : 'null', Math.min(depth, 1) - 1)).join(', ')}]`;
  }

  /** A path into the request, or from a bound name. */
  #path(what: What, asked = false): string {
    const r = this.#random;
    if (this.#bound.length > 0 && r.chance(0.5)) {
      const name = r.pick(this.#bound);
      return asked || r.chance(0.25) ? name + this.#member(what) : name;
    }
    if (!asked && r.chance(0.1)) return r.pick(['subject.id', 'subject.type', 'action.name', 'resource.id', 'resource.type']);
    if (!asked && what === 'map' && r.chance(0.3))
      return r.pick(['context', 'subject.properties', 'resource.properties', 'action.properties']);
    const root = r.pick(['context', 'context', 'subject.properties', 'resource.properties', 'resource.properties', 'action.properties']);
    return root + (r.chance(0.12) ? this.#member('map') : '') + this.#member(what, asked);
  }

  #member(what: What, asked = false): string {
    const r = this.#random;
    const names = (Object.keys(NAMES) as Name[]).filter((name) => NAMES[name] === what);
    const name = r.chance(0.92) ? r.pick(names) : r.pick(['absent', 'constructor', '__proto__', ...Object.keys(NAMES)]);
    if (asked || r.chance(0.85)) return `.${name}`;
    return `[${this.#quoted(r.chance(0.9) ? name : r.pick(TEXTS))}]`;
  }

  #literal(what: What): string {
    const r = this.#random;
    switch (what) {
      case 'text':
        return this.#quoted(r.pick(TEXTS));
      case 'time':
        return this.#quoted(r.pick(TIMES));
      case 'number':
        return this.#number(r.pick(NUMBERS));
      case 'boolean':
        return r.pick(['true', 'false']);
      case 'list':
        return '[]';
      case 'map':
        return 'context';
      case 'anything':
        return this.#literal(r.pick(['text', 'number', 'boolean', 'time']));
    }
  }

  /** The same number in one of its spellings. Whole numbers beyond those that are exact are written as doubles. */
  #number(value: number): string {
    const r = this.#random;
    const [sign, size] = [value < 0 || Object.is(value, -0) ? '-' : '', Math.abs(value)];
    if (!Number.isInteger(size)) return `${sign}${String(size)}`;
    if (!Number.isSafeInteger(size)) return sign + size.toExponential();
    return sign + r.pick([String(size), String(size), `0x${size.toString(16)}`, `${size}.0`, size.toExponential()]);
  }

  /** The same text in one of the spellings of CEL. */
  #quoted(text: string): string {
    const r = this.#random;
    const quote = r.pick(['"', "'", '"""', "'''"]);
    const plain = !/[\\\n]/.test(text) && !text.includes(quote[0]!);
    if (plain && r.chance(0.1)) return `r${quote}${text}${quote}`;
    const escape = (character: string) => {
      const code = character.codePointAt(0)!;
      if (character === '\\' || character === quote[0]) return `\\${character}`;
      if (character === '\n') return '\\n';
      if (r.chance(0.95)) return character;
      if (code < 0x80) return `\\x${code.toString(16).padStart(2, '0')}`;
      return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`;
    };
    return quote + [...text].map(escape).join('') + quote;
  }

  #space(): string {
    return this.#random.chance(0.97) ? ' ' : this.#random.pick(['', '\n', '  ', '\t', ' // why\n']);
  }
}
