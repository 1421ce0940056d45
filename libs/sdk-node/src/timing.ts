import { HEARTBEAT_MS, STATUS_MS } from '@licet/contract';

/** How long things take and wait, in ms. */
export interface Timing {
  /** An answer that takes longer is none. */
  timeoutMs: number;
  /** A stream without a byte for this long is cut: three heartbeats are missing. */
  silenceMs: number;
  /** The pause after a first failure; it doubles with each further one, up to `maxBackoffMs`. */
  backoffMs: number;
  maxBackoffMs: number;
  /** The pause after the control plane refused the API key. */
  refusedMs: number;
  /** How often to ask where streaming does not work, and for how long before it is tried again. */
  pollMs: number;
  streamAgainMs: number;
  /** How often to report at least. */
  statusMs: number;
  /** How long a decision waits at most before it is uploaded. */
  uploadMs: number;
  /** How long to wait at least between two writes of the snapshot to disk. */
  saveMs: number;
}

export const TIMING: Timing = {
  timeoutMs: 10_000,
  silenceMs: 3 * HEARTBEAT_MS,
  backoffMs: 500,
  maxBackoffMs: 30_000,
  refusedMs: 60_000,
  pollMs: 2_000,
  streamAgainMs: 60_000,
  statusMs: STATUS_MS,
  uploadMs: 1_000,
  saveMs: 5_000,
};

/**
 * The pause after a number of failures in a row: exponential, with jitter, so that a thousand replicas do not come back at once.
 * @returns ms, between half of the full pause and all of it
 */
export function backoff(failures: number, timing: Timing): number {
  const full = Math.min(timing.maxBackoffMs, timing.backoffMs * 2 ** Math.min(failures - 1, 30));
  return jitter(full);
}

/** @returns between half of `ms` and all of it, at random */
export function jitter(ms: number): number {
  return ms * (0.5 + Math.random() / 2);
}

/** Waits without keeping the process alive; ends early when the signal aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    timer.unref();
    signal.addEventListener('abort', end);
  });
}
