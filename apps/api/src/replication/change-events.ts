import type { Delta } from '@licet/contract';

// How many are remembered as made. A memory of one costs a few bytes.
const REMEMBERED = 1_000;

/** What streams send of a delta: made once for all of them, and kept for as long as it waits in one of them. */
export class ChangeEvents {
  readonly #made = new Map<string, WeakRef<Buffer>>();

  of(delta: Delta): Buffer {
    const version = `${delta.revision} ${delta.at ?? ''}`; // after a backup was restored, numbers are given out anew
    const made = this.#made.get(version)?.deref();
    if (made) return made;
    const event = Buffer.from(`id: ${delta.revision}\nevent: change\ndata: ${JSON.stringify(delta)}\n\n`);
    this.#made.delete(version); // so that it becomes the newest
    this.#made.set(version, new WeakRef(event));
    if (this.#made.size > REMEMBERED) this.#made.delete(this.#made.keys().next().value!);
    return event;
  }
}
