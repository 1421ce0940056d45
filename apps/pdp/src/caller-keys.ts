/**
 * Tells the callers of a standalone decision point apart, without asking anybody for each request. The rules it keeps:
 * - a change that was announced is followed by a look at the keys, and the keys that are held are replaced as a whole;
 * - a look that began before the change was announced is no answer to it: another one follows;
 * - while the control plane is away, the keys that are held stay; how old they are is known;
 * - once the control plane refuses to give them, none is held: whoever was shut out can no longer hear of revoked keys.
 */
import type { ApiKeyHash } from '@licet/contract';
import { apiKeyHash } from '@licet/decision-http';
import { type ControlPlane, FetchError } from '@licet/sdk-node/decision-point';
import type { KeysFile } from './keys-file.ts';

/** How often to look without a reason, how long to rest after a look, and how long after failed ones, in ms. */
export const KEY_TIMING = { everyMs: 5_000, restMs: 100, retryMs: 250, mostRetryMs: 5_000, timeoutMs: 5_000 } as const;

export interface CallerKey {
  id: string;
  user: string;
}

export class CallerKeys {
  #live: Map<string, ApiKeyHash> | null = null;
  #etag: string | undefined;
  #currentAt = -Infinity;
  #wanted = false;
  #failures = 0;
  #wake: () => void = () => undefined;
  readonly #end = new AbortController();
  readonly #plane: Pick<ControlPlane, 'apiKeys'>;
  readonly #file: KeysFile | undefined;
  readonly #onError: (error: Error) => void;
  readonly #running: Promise<void>;

  constructor(plane: Pick<ControlPlane, 'apiKeys'>, file: KeysFile | undefined, onError: (error: Error) => void) {
    this.#plane = plane;
    this.#file = file;
    this.#onError = onError;
    this.#running = this.#run();
  }

  /** Whether keys are held at all: without them nobody can be told from anybody. */
  get held(): boolean {
    return this.#live !== null;
  }

  get count(): number {
    return this.#live?.size ?? 0;
  }

  /** ms since these were known to be the live ones; Infinity as long as they never were. */
  get ageMs(): number {
    return performance.now() - this.#currentAt;
  }

  /** @returns the live key of an Authorization header */
  find(authorization: string | undefined): CallerKey | undefined {
    const hash = apiKeyHash(authorization);
    const key = hash === undefined ? undefined : this.#live?.get(hash);
    if (key === undefined || (key.expiresAt !== null && Date.parse(key.expiresAt) <= Date.now())) return undefined;
    return key;
  }

  /** Looks at the keys soon: something has changed. */
  refresh(): void {
    this.#wanted = true;
    this.#wake();
  }

  async close(): Promise<void> {
    this.#end.abort();
    this.#wake();
    await this.#running;
    if (this.#live !== null) await this.#save(this.#live);
  }

  async #run(): Promise<void> {
    const saved = await this.#file?.load(this.#onError);
    if (saved) this.#hold(saved.keys, undefined, performance.now() - saved.ageMs);
    while (!this.#end.signal.aborted) {
      this.#wanted = false;
      const next = await this.#look();
      await this.#pause(KEY_TIMING.restMs, false);
      await this.#pause(next, true);
    }
  }

  /** @returns in how many ms to look again, if nothing is heard before */
  async #look(): Promise<number> {
    const asked = performance.now();
    try {
      const within = AbortSignal.any([this.#end.signal, AbortSignal.timeout(KEY_TIMING.timeoutMs)]);
      const answer = await this.#plane.apiKeys(this.#etag, within);
      this.#failures = 0;
      if (answer === undefined) this.#currentAt = asked;
      else await this.#save(this.#hold(answer.keys, answer.etag, asked));
      return KEY_TIMING.everyMs;
    } catch (error) {
      if (this.#end.signal.aborted) return 0;
      if (isRefusal(error)) await this.#forget();
      this.#onError(error as Error);
      this.#failures += 1;
      return Math.min(KEY_TIMING.mostRetryMs, KEY_TIMING.retryMs * 2 ** Math.min(this.#failures - 1, 10));
    }
  }

  #hold(keys: readonly ApiKeyHash[], etag: string | undefined, at: number): Map<string, ApiKeyHash> {
    this.#live = new Map(keys.map((key) => [key.hash, key]));
    this.#etag = etag;
    this.#currentAt = at;
    return this.#live;
  }

  async #forget(): Promise<void> {
    this.#live = null;
    this.#etag = undefined;
    await this.#file?.remove(this.#onError);
  }

  async #save(live: Map<string, ApiKeyHash>): Promise<void> {
    await this.#file?.save([...live.values()], this.ageMs, this.#onError);
  }

  /** @param early whether a wish to look ends it */
  #pause(ms: number, early: boolean): Promise<void> {
    if (this.#end.signal.aborted || (early && this.#wanted)) return Promise.resolve();
    return new Promise((resolve) => {
      const end = () => {
        if (!this.#end.signal.aborted && !early) return; // the rest is had whole
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(resolve, ms);
      timer.unref();
      this.#wake = end;
    });
  }
}

/** Licet itself says no; a proxy that answers in its place does not count. */
function isRefusal(error: unknown): boolean {
  return error instanceof FetchError && (error.code === 'unauthenticated' || error.code === 'forbidden');
}
