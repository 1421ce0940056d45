const PAGE_BITS = 6;
const PAGE_ROWS = 1 << PAGE_BITS;

/**
 * A persistent matrix of bits: an edit makes a new one and leaves the old one as it was. Rows lie in pages; an edit copies the pages that
 * it touches, and the list of pages. A page of zeros is not there.
 */
export class Matrix {
  /** Words in a row. */
  readonly width: number;
  readonly #pages: readonly (Uint32Array | undefined)[];

  constructor(columns: number, pages: readonly (Uint32Array | undefined)[] = []) {
    this.width = Math.ceil(columns / 32);
    this.#pages = pages;
  }

  get columns(): number {
    return this.width * 32;
  }

  /** The page that a row lies in; undefined where all bits of the row are 0. The row begins at its {@link offset}. */
  page(row: number): Uint32Array | undefined {
    return this.#pages[row >>> PAGE_BITS];
  }

  offset(row: number): number {
    return (row & (PAGE_ROWS - 1)) * this.width;
  }

  /** The number of a bit among all bits of the matrix. */
  place(row: number, column: number): number {
    return row * this.columns + column;
  }

  has(row: number, column: number): boolean {
    const page = this.page(row);
    return page !== undefined && hasBit(page, this.offset(row), column);
  }

  /** Begins an edit. */
  edit(): MatrixEdit {
    const before = this.#pages;
    let pages = before as (Uint32Array | undefined)[];
    const set = (row: number, column: number, bit: boolean): void => {
      const number = row >>> PAGE_BITS;
      if (pages === before) pages = before.slice();
      let page = pages[number];
      if (!page || page === before[number]) pages[number] = page = page?.slice() ?? new Uint32Array(PAGE_ROWS * this.width);
      const word = this.offset(row) + (column >>> 5);
      const mask = 1 << (column & 31);
      page[word] = bit ? page[word]! | mask : page[word]! & ~mask;
    };
    return { set, done: () => (pages === before ? this : new Matrix(this.columns, pages)) };
  }
}

export interface MatrixEdit {
  set(row: number, column: number, bit: boolean): void;
  /** @returns the edited matrix; the one that was edited where nothing was set */
  done(): Matrix;
}

/** Whether a bit of the row that begins at `offset` of a page is set. */
export function hasBit(page: Uint32Array, offset: number, column: number): boolean {
  return (page[offset + (column >>> 5)]! & (1 << (column & 31))) !== 0;
}
