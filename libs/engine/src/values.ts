import type { Attributes } from '@licet/contract';
import { isMap } from './value.ts';

type Value = string | Attributes;

/** Values as they lie in a binary snapshot: `bytes[starts[n] .. starts[n + 1]]` is a text, or attributes as JSON text. */
export interface PackedValues {
  readonly starts: Int32Array;
  readonly bytes: Uint8Array;
}

const NONE: PackedValues = { starts: new Int32Array(1), bytes: new Uint8Array(0) };
/** The first byte of a packed text says how wide its code units are. */
const NARROW = 0;
const WIDE = 1;
const CHUNK = 4096;

/**
 * Texts and attributes that users and assignments refer to by number. Those of a binary snapshot are read when they are first needed.
 *
 * Invariant: shared by all snapshots that come from one another, and only ever added to.
 */
export class Values {
  readonly #packed: PackedValues;
  readonly #packedCount: number;
  /** What was read of the packed values. */
  readonly #read = new Map<number, Value>();
  readonly #added: Value[] = [];

  constructor(packed: PackedValues = NONE) {
    this.#packed = packed;
    this.#packedCount = packed.starts.length - 1;
  }

  get size(): number {
    return this.#packedCount + this.#added.length;
  }

  add(value: Value): number {
    this.#added.push(value);
    return this.size - 1;
  }

  text(number: number): string {
    return (number >= this.#packedCount ? this.#added[number - this.#packedCount] : this.#unpack(number, unpackText)) as string;
  }

  attributes(number: number): Attributes {
    return (number >= this.#packedCount ? this.#added[number - this.#packedCount] : this.#unpack(number, unpackAttributes)) as Attributes;
  }

  /** @returns the first `count` values for a binary snapshot */
  pack(count: number): PackedValues {
    const packed = Array.from({ length: count }, (_, number) => this.#packOne(number));
    const starts = new Int32Array(count + 1);
    packed.forEach((bytes, number) => (starts[number + 1] = starts[number]! + bytes.length));
    const bytes = new Uint8Array(starts[count]!);
    packed.forEach((each, number) => bytes.set(each, starts[number]));
    return { starts, bytes };
  }

  #packOne(number: number): Uint8Array {
    if (number < this.#packedCount) return this.#packed.bytes.subarray(this.#packed.starts[number], this.#packed.starts[number + 1]);
    const value = this.#added[number - this.#packedCount]!;
    return packText(typeof value === 'string' ? value : JSON.stringify(value));
  }

  #unpack(number: number, unpack: (bytes: Uint8Array) => Value): Value {
    let value = this.#read.get(number);
    if (value === undefined) {
      value = unpack(this.#packed.bytes.subarray(this.#packed.starts[number], this.#packed.starts[number + 1]));
      this.#read.set(number, value);
    }
    return value;
  }
}

/** A text as bytes: one for each code unit where that is enough for all of them, else two, the lower first. */
export function packText(text: string): Uint8Array {
  const wide = isWide(text);
  const bytes = new Uint8Array(1 + text.length * (wide ? 2 : 1));
  bytes[0] = wide ? WIDE : NARROW;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (wide) {
      bytes[1 + 2 * i] = unit & 0xff;
      bytes[2 + 2 * i] = unit >>> 8;
    } else bytes[1 + i] = unit;
  }
  return bytes;
}

/** The inverse of {@link packText}. */
export function unpackText(bytes: Uint8Array): string {
  if (bytes[0] !== WIDE) return textOf(bytes.subarray(1));
  return textOf(Uint16Array.from({ length: (bytes.length - 1) >>> 1 }, (_, i) => bytes[1 + 2 * i]! | (bytes[2 + 2 * i]! << 8)));
}

/** The text with these UTF-16 code units. */
export function textOf(units: Uint8Array | Uint16Array): string {
  let text = '';
  for (let at = 0; at < units.length; at += CHUNK) {
    text += String.fromCharCode.apply(null, units.subarray(at, at + CHUNK) as unknown as number[]);
  }
  return text;
}

/** Whether a text has a code unit that needs more than a byte. */
export function isWide(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0xff) return true;
  return false;
}

function unpackAttributes(bytes: Uint8Array): Attributes {
  const value: unknown = JSON.parse(unpackText(bytes));
  return isMap(value) ? (value as Attributes) : {};
}
