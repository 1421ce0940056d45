import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { fromBinary, toBinary, type Snapshot } from '@licet/engine';
import { SnapshotError, messageOf } from './errors.ts';
import type { Timing } from './timing.ts';

/** So much of its time a process spends on writing the snapshot at most: one hundredth. */
const TIME_SHARE = 100;
/** The snapshot begins at a multiple of it: then it is used where it was read to. */
const ALIGNMENT = 8;
const LINE_END = 0x0a;

/** A snapshot as it was on disk. */
export interface SavedSnapshot {
  snapshot: Snapshot;
  /** ms since it was known to be the newest. */
  ageMs: number;
}

/** What stands in the file before the snapshot, as JSON in a line. */
interface Head {
  url: string;
  /** When the snapshot was known to be the newest, in ms since the epoch. */
  currentAt: number;
}

/**
 * Keeps the snapshot on disk, so that an application can start while the control plane is away. A file is replaced as a whole, is
 * readable by its owner only, and is used for the control plane only that it came from. The snapshot is in its binary form: as JSON, a
 * million users are more than one text can hold.
 */
export class SnapshotFile {
  private readonly path: string;
  private readonly url: string;
  private readonly timing: Timing;
  private readonly onError: (error: Error) => void;
  private pending: (() => { snapshot: Snapshot | null; ageMs: number }) | undefined;
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();
  private waitMs = 0;

  /** @param url of the control plane */
  constructor(path: string, url: string, timing: Timing, onError: (error: Error) => void) {
    this.path = path;
    this.url = url;
    this.timing = timing;
    this.onError = onError;
  }

  /** @returns what was saved; undefined where there is nothing that can be used */
  async load(): Promise<SavedSnapshot | undefined> {
    try {
      const bytes = await readFile(this.path);
      const headEnd = bytes.indexOf(LINE_END) + 1;
      if (headEnd === 0) throw new SnapshotError('it does not begin with a line that says where it came from');
      const head = JSON.parse(bytes.toString('utf8', 0, headEnd)) as Head;
      if (head.url !== this.url) throw new SnapshotError(`it came from ${head.url}`);
      const ageMs = Date.now() - head.currentAt;
      return { snapshot: fromBinary(bytes.subarray(headEnd)), ageMs: ageMs >= 0 ? ageMs : Infinity };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      this.onError(new SnapshotError(`the snapshot in \`${this.path}\` is not used: ${messageOf(error)}`, { cause: error }));
      return undefined;
    }
  }

  /** Saves soon. `held` is asked when it is time. */
  save(held: () => { snapshot: Snapshot | null; ageMs: number }): void {
    this.pending = held;
    if (this.timer !== undefined) return;
    this.timer = setTimeout(() => void this.flush(), this.waitMs);
    this.timer.unref();
  }

  /** Saves what is to be saved, now. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.writing = this.writing.then(() => this.write());
    return this.writing;
  }

  private async write(): Promise<void> {
    const held = this.pending?.();
    this.pending = undefined;
    if (!held?.snapshot) return;
    const next = `${this.path}.${process.pid}.tmp`;
    try {
      const began = performance.now();
      const pieces = [headOf({ url: this.url, currentAt: Math.round(Date.now() - held.ageMs) }), toBinary(held.snapshot)];
      this.waitMs = Math.max(this.timing.saveMs, (performance.now() - began) * TIME_SHARE);
      await writeFile(next, pieces, { mode: 0o600, flush: true });
      await rename(next, this.path);
    } catch (error) {
      await rm(next, { force: true });
      this.onError(new SnapshotError(`the snapshot could not be saved: ${messageOf(error)}`, { cause: error }));
    }
  }
}

function headOf(head: Head): Uint8Array {
  const json = Buffer.from(JSON.stringify(head));
  const length = Math.ceil((json.length + 1) / ALIGNMENT) * ALIGNMENT;
  return Buffer.concat([json, Buffer.alloc(length - 1 - json.length, ' '), Buffer.of(LINE_END)]);
}
