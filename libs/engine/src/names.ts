/**
 * Names, such as those of roles, with a number each, so that decisions compare numbers.
 *
 * Invariant: shared by all snapshots that come from one another, and only ever added to. That a name has a number says nothing about
 * whether something of that name exists.
 */
export class Names {
  readonly #numbers = new Map<string, number>();
  readonly #names: string[] = [];

  constructor(names: Iterable<string> = []) {
    for (const name of names) this.add(name);
  }

  get size(): number {
    return this.#names.length;
  }

  /** @returns the number of a name, which is a new one where the name is new */
  add(name: string): number {
    let number = this.#numbers.get(name);
    if (number === undefined) {
      number = this.#names.length;
      this.#names.push(name);
      this.#numbers.set(name, number);
    }
    return number;
  }

  find(name: string): number | undefined {
    return this.#numbers.get(name);
  }

  nameOf(number: number): string {
    return this.#names[number]!;
  }

  /** All names, by number. */
  all(): readonly string[] {
    return this.#names;
  }
}
