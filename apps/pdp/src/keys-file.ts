import { access, constants, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type ApiKeyHash, ApiKeyHashes } from '@licet/contract';
import { messageOf } from '@licet/sdk-node/decision-point';

/**
 * Keeps the hashes of API keys on disk, so that a decision point can start while the control plane is away. The file is replaced as a
 * whole, is readable by its owner only, and is used for the control plane only that it came from.
 */
export class KeysFile {
  readonly #path: string;
  readonly #url: string;
  readonly #writes: boolean;
  #saidToStay = false;

  /**
   * @param url of the control plane
   * @param writes false: it is read only, because another process writes it
   */
  constructor(path: string, url: string, writes: boolean) {
    this.#path = path;
    this.#url = url;
    this.#writes = writes;
  }

  /** @returns what was saved, and how many ms ago it was true; undefined where there is nothing that can be used */
  async load(onError: (error: Error) => void): Promise<{ keys: ApiKeyHash[]; ageMs: number } | undefined> {
    try {
      const saved = JSON.parse(await this.#read()) as { url?: unknown; currentAt?: unknown };
      if (saved.url !== this.#url) throw new Error(`it came from ${String(saved.url)}`);
      const { keys } = ApiKeyHashes.parse(saved);
      const ageMs = Date.now() - Number(saved.currentAt);
      return { keys, ageMs: ageMs >= 0 ? ageMs : Infinity };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      onError(new Error(`the API keys in \`${this.#path}\` are not used: ${messageOf(error)}`, { cause: error }));
      return undefined;
    }
  }

  async save(keys: readonly ApiKeyHash[], ageMs: number, onError: (error: Error) => void): Promise<void> {
    if (!this.#writes) return;
    const next = `${this.#path}.${process.pid}.tmp`;
    try {
      const text = JSON.stringify({ url: this.#url, currentAt: Math.round(Date.now() - ageMs), keys });
      await writeFile(next, text, { mode: 0o600, flush: true });
      await rename(next, this.#path);
    } catch (error) {
      await rm(next, { force: true });
      onError(new Error(`the API keys could not be saved: ${messageOf(error)}`, { cause: error }));
    }
  }

  /** Whichever process finds out first: nothing may start from keys that are no longer to be had. */
  async remove(onError: (error: Error) => void): Promise<void> {
    await truncate(this.#path).catch(() => undefined); // takes no right on the folder
    try {
      await rm(this.#path, { force: true });
    } catch (error) {
      if (this.#saidToStay) return;
      this.#saidToStay = true;
      onError(new Error(`the API keys in \`${this.#path}\` could not be removed: ${messageOf(error)}`, { cause: error }));
    }
  }

  /** Invariant: what this process could not take away again is not used. It would let revoked keys in at each start. */
  async #read(): Promise<string> {
    const text = await readFile(this.#path, 'utf8');
    try {
      await access(this.#path, constants.W_OK);
      await access(dirname(this.#path), constants.W_OK | constants.X_OK);
    } catch (error) {
      const remedy = 'let it write the file and its folder';
      throw new Error(`this process could neither replace nor remove them; ${remedy} (${messageOf(error)})`, { cause: error });
    }
    return text;
  }
}
