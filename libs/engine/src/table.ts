const PAGE_BITS = 9;
const PAGE_SIZE = 1 << PAGE_BITS;

type Page<V> = readonly (V | undefined)[];

/**
 * A persistent map from strings: an edit makes a new table and leaves the old one as it was, without copying it. A table is an index from
 * key to slot, and pages of values; an edit copies the pages that it touches, and the list of pages.
 *
 * Invariant: the index is shared by all tables that come from one another, and is only ever added to. A slot that a table knows nothing
 * of is empty there, so what others add is not seen.
 */
export class Table<V> {
  readonly size: number;
  readonly #slots: Map<string, number>;
  readonly #pages: readonly Page<V>[];

  private constructor(size: number, slots: Map<string, number>, pages: readonly Page<V>[]) {
    this.size = size;
    this.#slots = slots;
    this.#pages = pages;
  }

  static empty<V>(): Table<V> {
    return new Table<V>(0, new Map(), []);
  }

  /** A table of these rows by id; of one id, the last. */
  static of<R extends { readonly id: string }>(rows: readonly R[]): Table<R> {
    const slots = new Map<string, number>();
    const pages: R[][] = [];
    for (const row of rows) {
      let slot = slots.get(row.id);
      if (slot === undefined) slots.set(row.id, (slot = slots.size));
      (pages[slot >> PAGE_BITS] ??= [])[slot & (PAGE_SIZE - 1)] = row;
    }
    return new Table(slots.size, slots, pages);
  }

  /** How many slots the index has; it is kept within a multiple of `size`. */
  get slots(): number {
    return this.#slots.size;
  }

  /** @returns the value of the key; undefined where there is none */
  get(key: string): V | undefined {
    const slot = this.#slots.get(key);
    return slot === undefined ? undefined : this.#at(slot);
  }

  /** All keys and values, in no particular order. */
  *entries(): Generator<[string, V]> {
    for (const [key, slot] of this.#slots) {
      const value = this.#at(slot);
      if (value !== undefined) yield [key, value];
    }
  }

  /** All values, in no particular order. */
  values(): V[] {
    return this.#pages.flatMap((page) => page.filter((value) => value !== undefined));
  }

  /**
   * @param edits keys with their new values; undefined deletes
   * @returns this table with the edits made; the table itself stays as it is
   */
  with(edits: Iterable<readonly [string, V | undefined]>): Table<V> {
    // Slots of deleted keys are not used again; a table that holds mostly such slots is built anew.
    const stale = this.#slots.size > 2 * this.size + PAGE_SIZE;
    return stale ? Table.empty<V>().#edit(this.entries()).#edit(edits) : this.#edit(edits);
  }

  #at(slot: number): V | undefined {
    return this.#pages[slot >> PAGE_BITS]?.[slot & (PAGE_SIZE - 1)];
  }

  #edit(edits: Iterable<readonly [string, V | undefined]>): Table<V> {
    const slots = this.#slots;
    const before = this.#pages;
    const pages = before.slice() as (V | undefined)[][];
    let size = this.size;
    let edited = false;
    for (const [key, value] of edits) {
      let slot = slots.get(key);
      if (slot === undefined) {
        if (value === undefined) continue;
        slot = slots.size;
        slots.set(key, slot);
      }
      const number = slot >> PAGE_BITS;
      let page = pages[number];
      if (!page || page === before[number]) pages[number] = page = page?.slice() ?? [];
      const at = slot & (PAGE_SIZE - 1);
      size += Number(value !== undefined) - Number(page[at] !== undefined);
      page[at] = value;
      edited = true;
    }
    return edited ? new Table(size, slots, pages) : this;
  }
}
