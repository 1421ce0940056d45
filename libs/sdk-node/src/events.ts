import { messageOf } from './errors.ts';

export interface LicetEvents {
  change: { revision: number };
  online: { revision: number };
  error: Error;
}
export type Listener<E extends keyof LicetEvents> = (event: LicetEvents[E]) => void;

/** Tells listeners. Unlike the one of Node, it can throw nothing into the application: not an unheard error, and not a listener's own. */
export class Emitter {
  private readonly listeners: { [E in keyof LicetEvents]: Set<Listener<E>> } = { change: new Set(), online: new Set(), error: new Set() };
  private readonly warned = new Set<string>();

  on<E extends keyof LicetEvents>(event: E, listener: Listener<E>): () => void {
    this.listeners[event].add(listener);
    return () => this.listeners[event].delete(listener);
  }

  emit<E extends keyof LicetEvents>(event: E, value: LicetEvents[E]): void {
    if (event === 'error' && this.listeners.error.size === 0) this.warn(value);
    for (const listener of [...this.listeners[event]]) {
      try {
        listener(value);
      } catch (error) {
        this.warn(error);
      }
    }
  }

  private warn(error: unknown): void {
    const message = messageOf(error);
    if (this.warned.has(message) || this.warned.size > 100) return;
    this.warned.add(message);
    process.emitWarning(message, 'LicetWarning');
  }
}
