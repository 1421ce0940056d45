import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import type { SnapshotDocument } from '@licet/contract';
import { toDocument, type Snapshot } from '@licet/engine';
import { readSnapshot } from './control-plane.ts';
import { SnapshotError, messageOf } from './errors.ts';
import type { Timing } from './timing.ts';

/** So much of its time a process spends on writing the snapshot at most: one hundredth. */
const TIME_SHARE = 100;

/** A snapshot as it was on disk. */
export interface SavedSnapshot {
  document: SnapshotDocument;
  /** ms since it was known to be the newest. */
  ageMs: number;
}

/**
 * Keeps the snapshot on disk, so that an application can start while the control plane is away. A file is replaced as a whole, is
 * readable by its owner only, and is used for the control plane only that it came from.
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
      const saved = JSON.parse(await readFile(this.path, 'utf8')) as { url: string; currentAt: number; document: unknown };
      if (saved.url !== this.url) throw new SnapshotError(`it came from ${saved.url}`);
      const ageMs = Date.now() - saved.currentAt;
      return { document: readSnapshot(saved.document), ageMs: ageMs >= 0 ? ageMs : Infinity };
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
    const began = performance.now();
    const text = JSON.stringify({ url: this.url, currentAt: Math.round(Date.now() - held.ageMs), document: toDocument(held.snapshot) });
    this.waitMs = Math.max(this.timing.saveMs, (performance.now() - began) * TIME_SHARE);
    const next = `${this.path}.${process.pid}.tmp`;
    try {
      await writeFile(next, text, { mode: 0o600, flush: true });
      await rename(next, this.path);
    } catch (error) {
      await rm(next, { force: true });
      this.onError(new SnapshotError(`the snapshot could not be saved: ${messageOf(error)}`, { cause: error }));
    }
  }
}
