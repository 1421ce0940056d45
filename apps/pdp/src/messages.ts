import type { WorkerStats } from './operations.ts';
import type { Listening } from './worker.ts';

/** What a worker tells the primary. */
export type ToPrimary =
  | { kind: 'listening'; listening: Listening }
  | { kind: 'failed'; message: string }
  | { kind: 'ask-stats'; id: number }
  | { kind: 'stats'; id: number; stats: WorkerStats };

/** What the primary tells a worker. */
export type ToWorker = { kind: 'tell-stats'; id: number } | { kind: 'all-stats'; id: number; all: WorkerStats[] };
