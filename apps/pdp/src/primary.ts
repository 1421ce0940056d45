/**
 * Keeps the workers of a decision point alive: node:cluster hands connections to them in turn. A worker that died is started again, after a
 * pause that grows while they die young; the others go on answering meanwhile.
 */
import cluster, { type Worker } from 'node:cluster';
import type { ToPrimary, ToWorker } from './messages.ts';
import type { WorkerStats } from './operations.ts';
import type { Listening } from './worker.ts';

const FIRST_PAUSE_MS = 250;
const MOST_PAUSE_MS = 30_000;
/** A worker that lived so long did not die of how it was started. */
const LONG_LIFE_MS = 60_000;
const STOP_MS = 15_000;
const GATHER_MS = 500;

export interface PrimaryEvents {
  /** All workers listen, for the first time. */
  onListening: (listening: Listening) => void;
  /** A worker could not start, before any of them ever did. */
  onFailed: (message: string) => void;
  onDied: (worker: number, how: string) => void;
}

export class Primary {
  readonly #count: number;
  readonly #events: PrimaryEvents;
  readonly #workers = new Map<number, Worker>();
  readonly #listening = new Set<number>();
  readonly #gathering = new Map<number, (stats: WorkerStats) => void>();
  readonly #deaths = new Map<number, number>();
  #everListened = false;
  #stopping = false;
  #lastId = 0;

  constructor(count: number, events: PrimaryEvents) {
    this.#count = count;
    this.#events = events;
  }

  start(): void {
    for (let number = 1; number <= this.#count; number += 1) this.#fork(number);
  }

  /** Tells all workers to stop, and waits until they have; what does not stop is ended. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const workers = [...this.#workers.values()];
    const gone = Promise.all(workers.map((worker) => new Promise<void>((resolve) => void worker.once('exit', () => resolve()))));
    for (const worker of workers) worker.process.kill('SIGTERM');
    const late = setTimeout(() => workers.forEach((worker) => worker.process.kill('SIGKILL')), STOP_MS);
    await gone;
    clearTimeout(late);
  }

  #fork(number: number): void {
    const began = performance.now();
    const worker = cluster.fork({ LICET_WORKER: String(number) });
    this.#workers.set(number, worker);
    worker.on('error', () => undefined); // what could not be told to a worker that has just ended; its end is heard of below
    worker.on('message', (message: ToPrimary) => this.#hear(number, worker, message));
    worker.once('exit', (code, signal) => {
      this.#workers.delete(number);
      this.#listening.delete(number);
      if (this.#stopping) return;
      this.#events.onDied(number, signal ? `by ${signal}` : `with ${code}`);
      const deaths = performance.now() - began > LONG_LIFE_MS ? 1 : (this.#deaths.get(number) ?? 0) + 1;
      this.#deaths.set(number, deaths);
      const pause = Math.min(MOST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(deaths - 1, 10));
      setTimeout(() => this.#stopping || this.#fork(number), pause);
    });
  }

  #hear(number: number, worker: Worker, message: ToPrimary): void {
    switch (message.kind) {
      case 'listening':
        this.#listening.add(number);
        if (this.#everListened || this.#listening.size < this.#count) return;
        this.#everListened = true;
        return this.#events.onListening(message.listening);
      case 'failed':
        if (!this.#everListened) this.#events.onFailed(message.message);
        return;
      case 'ask-stats':
        return void this.#gather().then((all) => send(worker, { kind: 'all-stats', id: message.id, all }));
      case 'stats':
        return this.#gathering.get(message.id)?.(message.stats);
      default:
    }
  }

  /** What all workers say of themselves, as far as they answer in time. */
  #gather(): Promise<WorkerStats[]> {
    const id = (this.#lastId += 1);
    const asked = [...this.#listening].flatMap((number) => this.#workers.get(number) ?? []);
    const found: WorkerStats[] = [];
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(late);
        this.#gathering.delete(id);
        resolve(found.sort((a, b) => a.worker - b.worker));
      };
      const late = setTimeout(end, GATHER_MS);
      this.#gathering.set(id, (stats) => found.push(stats) === asked.length && end());
      for (const worker of asked) send(worker, { kind: 'tell-stats', id });
    });
  }
}

function send(worker: Worker, message: ToWorker): void {
  if (worker.isConnected()) worker.send(message);
}
