import { randomUUID } from 'node:crypto';
import type { Decision, EvaluationRequest } from '@licet/contract';
import { BATCH, batchLength } from './batch.ts';
import type { ControlPlane } from './control-plane.ts';
import { FetchError } from './errors.ts';
import { backoff, type Timing } from './timing.ts';

/** How many entries wait at most, how many characters they have in all, and how long closing may take in ms. */
export const LOG_LIMITS = { queued: 10_000, characters: 64 * 1024 * 1024, closeMs: 5_000 } as const;

/**
 * Uploads what was decided here. The rules it keeps:
 * - adding an entry costs no I/O and never throws; where the queue is full the entry is dropped, and counted;
 * - an entry is written down at once: what the application later does to the objects it asked with does not change it;
 * - a batch is sent again until it was taken (its ids tell repeated ones apart); one that the control plane calls invalid is halved until the
 *   bad entry is alone, and that one is dropped.
 */
export class DecisionLog {
  private readonly plane: ControlPlane;
  private readonly source: string;
  private readonly timing: Timing;
  private readonly onError: (error: Error) => void;
  private queue: string[] = [];
  private characters = 0;
  private timer: NodeJS.Timeout | undefined;
  private sending: Promise<void> | undefined;
  private failures = 0;
  private closed = false;
  private lost = 0;
  private written = { now: NaN, stem: '', at: '' };

  constructor(plane: ControlPlane, from: { instance: string; name: string }, timing: Timing, onError: (error: Error) => void) {
    this.plane = plane;
    this.source = JSON.stringify(from).slice(0, -1);
    this.timing = timing;
    this.onError = onError;
  }

  /** How many entries were lost: the queue was full, or the control plane refused them. */
  get dropped(): number {
    return this.lost;
  }

  /** @param now ms since the epoch */
  add(request: EvaluationRequest, decision: Decision, tenant: string, now: number): void {
    if (this.queue.length >= LOG_LIMITS.queued || this.characters >= LOG_LIMITS.characters || this.closed) {
      this.lost += 1;
      return;
    }
    // Member by member: one object of all of them, made to be written, took four times as long.
    const asked = `"request":${JSON.stringify(request)},"tenant":${JSON.stringify(tenant)}`;
    const entry = `{${this.identity(now)},${asked},${JSON.stringify(decision).slice(1)}`;
    this.queue.push(entry);
    this.characters += entry.length;
    if (this.queue.length === BATCH.items && this.failures === 0) this.schedule(0);
    else if (this.timer === undefined) this.schedule(this.timing.uploadMs);
  }

  /** Uploads what is left, for a few seconds at most. */
  async close(): Promise<void> {
    this.closed = true;
    this.failures = 0;
    let late: NodeJS.Timeout | undefined;
    const tooLate = new Promise<void>((resolve) => {
      late = setTimeout(resolve, LOG_LIMITS.closeMs);
    });
    await Promise.race([tooLate, this.drain()]);
    clearTimeout(late);
    clearTimeout(this.timer);
    this.lost += this.take(this.queue.length);
  }

  /** A new id and the time. Many entries are of the same ms, and their ids begin alike. */
  private identity(now: number): string {
    if (now !== this.written.now) this.written = { now, stem: stemOf(now), at: new Date(now).toISOString() };
    const { stem, at } = this.written;
    return `"id":"${uuidv7(now, stem)}","at":"${at}"`;
  }

  private async drain(): Promise<void> {
    await this.sending;
    while (this.queue.length > 0 && this.failures === 0) await this.flush();
  }

  private schedule(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.flush(), ms);
    this.timer.unref();
  }

  private flush(): Promise<void> {
    this.sending ??= this.send().finally(() => {
      this.sending = undefined;
      this.timer = undefined;
      if (this.queue.length > 0 && !this.closed) this.schedule(this.failures > 0 ? backoff(this.failures, this.timing) : 0);
    });
    return this.sending;
  }

  private async send(): Promise<void> {
    try {
      await this.upload(batchLength(this.queue));
      this.failures = 0;
    } catch (error) {
      this.failures += 1;
      this.onError(error as Error);
    }
  }

  /** Uploads so many of those that wait longest, and takes them out of the queue. */
  private async upload(count: number): Promise<void> {
    const batch = this.queue.slice(0, count);
    if (batch.length === 0) return; // closed meanwhile
    try {
      const refused = await this.plane.upload(`${this.source},"decisions":[${batch.join(',')}]}`);
      this.take(batch.length);
      this.lost += refused.length;
      const [first] = refused;
      if (first) this.onError(new FetchError(`${refused.length} decisions are not in the log: ${first.path} ${first.message}`));
    } catch (error) {
      if (!isInvalid(error)) throw error;
      if (batch.length > 1) {
        const half = batch.length >> 1;
        await this.upload(half);
        return this.upload(batch.length - half);
      }
      this.lost += this.take(1);
      this.onError(new FetchError(`a decision is not in the log, it was dropped: ${error.message}`, error));
    }
  }

  /** Takes those that wait longest out of the queue. @returns how many they were */
  private take(count: number): number {
    const taken = this.queue.splice(0, count);
    for (const entry of taken) this.characters -= entry.length;
    return taken.length;
  }
}

/** Whether the control plane will never take what was sent. */
function isInvalid(error: unknown): error is FetchError {
  return error instanceof FetchError && (error.status === 400 || error.status === 413 || error.status === 422);
}

/**
 * Makes a UUID of version 7 (RFC 9562, section 5.7), so that entries sort by time.
 * @param now ms since the epoch
 * @param stem how all of this ms begin, where that is at hand
 */
export function uuidv7(now: number, stem = stemOf(now)): string {
  return `${stem}${randomUUID().slice(15)}`;
}

function stemOf(now: number): string {
  const time = now.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7`;
}
