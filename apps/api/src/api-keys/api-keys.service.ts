import { hash as digest, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { ApiKeyHash } from '@licet/contract';
import { apiKeyHash } from '@licet/decision-http';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { DATABASES } from '../database/database.module.ts';
import type { Databases } from '../database/orm.ts';
import { ApiKey, ApiKeyUse } from './api-key.entity.ts';

const SAVE_USES_MS = 30_000;

export interface LiveKey {
  id: string;
  user: string;
  expiresAt: number;
}

/** The live API keys, held by the SHA-256 of the key, so that a check costs a hash and a look-up. */
@Injectable()
export class ApiKeys implements OnApplicationShutdown {
  #live = new Map<string, LiveKey>();
  #byId = new Map<string, LiveKey>();
  #asked = 0;
  #read = 0;
  readonly #listeners = new Set<() => void>();
  /** When each key was last used, in milliseconds since the epoch. */
  readonly #uses = new Map<string, number>();
  readonly #saving: NodeJS.Timeout;

  constructor(@Inject(DATABASES) private readonly databases: Databases) {
    this.#saving = setInterval(() => void this.#saveUses().catch(() => undefined), SAVE_USES_MS).unref();
  }

  /** Reads the keys anew; after every change that touches them. */
  async reload(): Promise<void> {
    const turn = ++this.#asked;
    const read = { fields: ['hash', 'user', 'expiresAt'], disableIdentityMap: true } as const;
    const keys = await this.databases.policy.em.fork().find(ApiKey, { revokedAt: null }, read);
    // Of two that run at once, the one that asked first may hold a key that was revoked meanwhile.
    if (turn < this.#read) return;
    this.#read = turn;
    const live = keys.map(({ hash, id, user, expiresAt }) => ({ hash, id, user, expiresAt: expiresAt?.getTime() ?? Infinity }));
    this.#live = new Map(live.map(({ hash, ...key }) => [hash, key]));
    this.#byId = new Map(live.map(({ hash: _, ...key }) => [key.id, key]));
    for (const listener of this.#listeners) listener();
  }

  /** Calls `listener` each time that the keys have been read anew. */
  follow(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** The live key of an `Authorization` header. */
  find(authorization: string | undefined): LiveKey | undefined {
    const hash = apiKeyHash(authorization);
    const key = hash === undefined ? undefined : this.#live.get(hash);
    const now = Date.now();
    if (!key || key.expiresAt <= now) return undefined;
    this.#uses.set(key.id, now);
    return key;
  }

  /** The live keys as the database has them now: whoever asks after a change sees that change, before the keys at hand do. */
  async hashes(): Promise<ApiKeyHash[]> {
    const keys = await this.databases.policy.em.fork().find(ApiKey, { revokedAt: null }, { orderBy: { id: 'asc' } });
    const now = Date.now();
    const live = keys.filter(({ expiresAt }) => expiresAt === null || expiresAt.getTime() > now);
    return live.map(({ id, hash, user, expiresAt }) => ({ id, hash, user, expiresAt: expiresAt?.toISOString() ?? null }));
  }

  isLive(id: string): boolean {
    const key = this.#byId.get(id);
    return key !== undefined && key.expiresAt > Date.now();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#saving);
    await this.#saveUses();
  }

  async #saveUses(): Promise<void> {
    if (this.#uses.size === 0) return;
    const uses = [...this.#uses];
    const rows = uses.map(([apiKey, at]) => ({ apiKey, lastUsedAt: new Date(at) }));
    await this.databases.policy.em.fork().upsertMany(ApiKeyUse, rows);
    // What was used again meanwhile is saved the next time.
    for (const [apiKey, at] of uses) if (this.#uses.get(apiKey) === at) this.#uses.delete(apiKey);
  }
}

/** A new key, `lct_<id>_<256 bit>_<checksum>`: the checksum lets scanners tell a real key from a look-alike. */
export function newApiKey(): { id: string; secret: string; hash: string } {
  const id = BigInt(`0x${randomBytes(10).toString('hex')}`)
    .toString(36)
    .padStart(12, '0')
    .slice(-12);
  const body = `lct_${id}_${randomBytes(32).toString('hex')}`;
  const secret = `${body}_${crc32(body).toString(16).padStart(8, '0')}`;
  return { id, secret, hash: digest('sha256', secret) };
}
