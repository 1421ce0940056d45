/** What a check counted, and what it found: nothing, if all is well. */
export interface Findings {
  count: number;
  found: string[];
  counts: Record<string, number>;
}

const MOST = 20;

export class Finder implements Findings {
  count = 0;
  readonly found: string[] = [];
  readonly counts: Record<string, number> = {};

  /** Counts one probe of a kind; what is wrong with it is kept, up to some. */
  probe(kind: string, wrong: string | false): void {
    this.count += 1;
    this.counts[kind] = (this.counts[kind] ?? 0) + 1;
    if (wrong !== false && this.found.length < MOST) this.found.push(`${kind}: ${wrong}`);
  }
}
