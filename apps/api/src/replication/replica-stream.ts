import { once } from 'node:events';
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Delta } from '@licet/contract';
import type { FastifyReply } from 'fastify';
import type { LiveKey } from '../api-keys/api-keys.service.ts';
import type { EntityManager } from '../database/orm.ts';
import type { ChangeEvents } from './change-events.ts';
import type { PolicyState } from './policy-state.ts';

const PAGE = 500;
// A replica that does not read is cut off when this much waits for it; it resumes when it reads again.
const MOST_WAITING = 4 * 1024 * 1024;
const GRACE_MS = 1_000;

/** One replica's event stream. Deltas leave in order, each once: first those it missed, then those that are committed meanwhile. */
export class ReplicaStream {
  readonly key: LiveKey;
  readonly #raw: ServerResponse;
  readonly #events: ChangeEvents;
  readonly #gone = new AbortController();
  #sent: number;
  #live = false;
  #ended = false;

  constructor(reply: FastifyReply, key: LiveKey, since: number, events: ChangeEvents) {
    this.key = key;
    this.#events = events;
    this.#sent = since;
    this.#raw = reply.raw;
    this.#raw.on('error', () => undefined); // what is written to a connection that has just been cut
    this.#raw.on('close', () => this.#gone.abort());
    this.#raw.writeHead(200, {
      ...(reply.getHeaders() as OutgoingHttpHeaders),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    this.#raw.write(':\n\n');
  }

  onClose(listener: () => void): void {
    this.#raw.on('close', listener);
  }

  /** Sends what the replica missed, no faster than it reads, and then that this was all. `missed` is what was read of that already. */
  async resume(state: PolicyState, em: () => EntityManager, missed: readonly Delta[] = []): Promise<void> {
    try {
      for (let deltas = missed; ; deltas = await state.deltasSince(this.#sent, PAGE, em)) {
        // What is not there now will not be there a moment later: the replica asks anew, and is told.
        if (deltas.length === 0 && deltas !== missed) return this.end();
        for (const delta of deltas) if (!this.#write(delta)) await once(this.#raw, 'drain', { signal: this.#gone.signal });
        if (this.#ended || this.#sent >= state.revision) break;
      }
      // Invariant: nothing is awaited between the last comparison and this, so that no delta falls between.
      this.#live = true;
      this.heartbeat(state.revision);
    } catch {
      this.end();
    }
  }

  send(delta: Delta): void {
    if (this.#live) this.#write(delta);
  }

  /** Not behind much that waits: whoever still reads a large event hears from us by that, and is not cut off for it. */
  heartbeat(revision: number): void {
    if (!this.#ended && this.#raw.writableLength <= MOST_WAITING) this.#raw.write(`event: heartbeat\ndata: {"revision":${revision}}\n\n`);
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#raw.end();
    setTimeout(() => this.#raw.destroy(), GRACE_MS).unref();
  }

  #write(delta: Delta): boolean {
    if (this.#ended || delta.revision <= this.#sent) return true;
    this.#sent = delta.revision;
    const event = this.#events.of(delta);
    const waiting = this.#raw.writableLength;
    // What is larger by itself still reaches a replica that keeps up: else it would never get past it.
    if (waiting === 0 || waiting + event.length <= MOST_WAITING) return this.#raw.write(event);
    this.#ended = true;
    this.#raw.destroy();
    return true;
  }
}
