/** Numbers that look random and come again with the seed: SplitMix32, which passes the usual tests and needs one word of state. */
export class Random {
  #state: number;

  /** @param seeds whole numbers; each combination is a sequence of its own */
  constructor(...seeds: number[]) {
    this.#state = 0x9e3779b9;
    for (const seed of seeds) this.#state = (this.#next() ^ seed) | 0;
  }

  /** A whole number from 0 up to, and without, `limit`. */
  below(limit: number): number {
    return Math.floor((this.#next() / 0x1_0000_0000) * limit);
  }

  /** A whole number, both ends included. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  /** True once in so many times. */
  once(times: number): boolean {
    return this.below(times) === 0;
  }

  /** @throws Error where there is nothing to pick from */
  pick<T>(from: readonly T[]): T {
    if (from.length === 0) throw new Error('there is nothing to pick from');
    return from[this.below(from.length)] as T;
  }

  /** All of them, in another order. */
  shuffled<T>(all: readonly T[]): T[] {
    const left = [...all];
    for (let i = left.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [left[i], left[j]] = [left[j] as T, left[i] as T];
    }
    return left;
  }

  #next(): number {
    this.#state = (this.#state + 0x9e3779b9) | 0;
    let mixed = this.#state ^ (this.#state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  }
}
