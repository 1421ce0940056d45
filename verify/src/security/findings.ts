/** What a check counted, and what it found: nothing, if all is well. */
export interface Findings {
  count: number;
  found: string[];
  counts: Record<string, number>;
}

/** So many of one sort are shown: one fault that answers often must not hide others. */
const SHOWN = 3;

const HALF_A_MINUTE_MS = 30_000;

/** @returns a function that says how far a long check has come, now and then: what it found must not wait for its end */
export function progress(): (far: () => string) => void {
  let said = performance.now();
  return (far) => {
    if (performance.now() - said < HALF_A_MINUTE_MS) return;
    said = performance.now();
    console.error(`  ${far()} so far`);
  };
}

export class Finder implements Findings {
  count = 0;
  readonly counts: Record<string, number> = {};
  readonly #say = progress();
  readonly #found = new Map<string, { shown: string[]; all: number }>();

  /** A few of each sort, and how many there were of it. */
  get found(): string[] {
    return [...this.#found].flatMap(([sort, { shown, all }]) => [
      ...shown.map((wrong) => `${sort}: ${wrong}`),
      ...(all > shown.length ? [`${sort}: ${all} in all`] : []),
    ]);
  }

  /**
   * Counts one probe of a kind, and keeps what is wrong with it.
   * @param sort what findings are told apart by, where the kind is too coarse
   */
  probe(kind: string, wrong: string | false, sort = kind): void {
    this.count += 1;
    this.counts[kind] = (this.counts[kind] ?? 0) + 1;
    this.#say(() => [`${this.count} probes, ${this.#found.size} kinds of findings`, ...this.found].join('\n  '));
    if (wrong === false) return;
    const same = this.#found.get(sort) ?? { shown: [], all: 0 };
    same.all += 1;
    if (same.shown.length < SHOWN) same.shown.push(wrong);
    this.#found.set(sort, same);
  }
}
