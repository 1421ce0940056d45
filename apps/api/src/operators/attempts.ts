import { createHash } from 'node:crypto';
import { LicetError } from '@licet/contract';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Pool } from 'pg';
import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { DATABASES } from '../database/database.module.ts';
import { type Databases, TRIES_TABLE } from '../database/orm.ts';
import { networkOf } from '../http/network.ts';
import { type Caller, KnownBrowsers } from './known-browsers.ts';

/** A try that went ahead, and is counted as a wrong one until it is said to be right. */
export interface Attempt {
  /** All that was asked for was right: what was wrong before counts no more. */
  right(): Promise<void>;
  /** Nothing was wrong, but more is asked for: this try counts no more, and those before it do. */
  giveBack(): Promise<void>;
}

const WINDOW_S = 300;
const CONNECTIONS = 4;

/**
 * How often passwords and codes may be tried. A try is counted before it is checked, so that many at once are no way round it, and given
 * back where it was right. Only what lets somebody in takes wrong tries back: half of it, repeated, would be a way round the count. A browser
 * that has let an operator in counts for itself: nobody is shut out there by what others try elsewhere. Api processes on one PostgreSQL
 * count together, or each of them would allow as much again.
 */
@Injectable()
export class Attempts implements OnModuleInit, OnApplicationShutdown {
  readonly #pool: Pool | undefined;
  readonly #own: RateLimiterAbstract;
  readonly #account: RateLimiterAbstract;
  readonly #address: RateLimiterAbstract;
  readonly #overall: RateLimiterAbstract;

  constructor(
    @Inject(DATABASES) databases: Databases,
    private readonly browsers: KnownBrowsers,
  ) {
    if (databases.dialect === 'postgres') this.#pool = openPool(databases.policy.config.get('clientUrl')!);
    // What one address may get wrong for one account; for an account in all; for all accounts; and all addresses together.
    this.#own = this.#limiter('own', 10);
    this.#account = this.#limiter('account', 20);
    this.#address = this.#limiter('address', 60);
    this.#overall = this.#limiter('overall', 300, 60);
  }

  /** Makes the table, and deletes from it now and then what no longer counts. */
  async onModuleInit(): Promise<void> {
    if (!this.#pool) return;
    const store = { ...this.#store(this.#pool), points: 1, duration: 1 };
    await new Promise<void>((resolve, reject) => void new RateLimiterPostgres(store, (error) => (error ? reject(error) : resolve())));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#pool?.end();
  }

  #limiter(name: string, points: number, duration = WINDOW_S): RateLimiterAbstract {
    if (!this.#pool) return new RateLimiterMemory({ points, duration });
    const made = { tableCreated: true, clearExpiredByTimeout: false };
    return new RateLimiterPostgres({ ...this.#store(this.#pool), ...made, keyPrefix: name, points, duration });
  }

  #store(pool: Pool) {
    // Statements without a name: a pool in between may hand each to another connection.
    const storeClient = { query: ({ text, values }: { text: string; values?: unknown[] }) => pool.query(text, values) };
    return { storeClient, storeType: 'client', tableName: TRIES_TABLE };
  }

  /** Lets a try go ahead, or says when to come back. The same for accounts that there are and that there are not. */
  async demand(account: string, caller: Caller): Promise<Attempt> {
    const address = networkOf(caller.ip);
    const known = this.browsers.networkOf(account, caller);
    const own = known === undefined ? keyOf(account, address) : keyOf(account, 'known', known);
    // In this order, and no further once one refuses: what is made up, such as names, must not fill the memory or use up what all share.
    const counted: [RateLimiterAbstract, string][] = [...(known === undefined ? this.#foreign(account, address) : []), [this.#own, own]];
    for (const [each, key] of counted) {
      const ms = await wait(each, key);
      if (ms > 0) throw tooMany(ms);
    }
    const giveBack = async (limits = counted) => void (await Promise.all(limits.map(([each, key]) => each.reward(key))));
    return {
      giveBack: () => giveBack(),
      right: async () => {
        await this.#own.delete(own);
        await giveBack(counted.slice(0, -1));
      },
    };
  }

  #foreign(account: string, address: string): [RateLimiterAbstract, string][] {
    return [
      [this.#address, keyOf(address)],
      [this.#overall, ''],
      [this.#account, keyOf(account)],
    ];
  }
}

function openPool(connectionString: string): Pool {
  const pool = new Pool({ connectionString, max: CONNECTIONS, application_name: 'licet, tries' });
  return pool.on('error', () => undefined); // Of connections that are not in use: the next try opens another.
}

/** What is counted under: names that strangers make up, or a password in the wrong field, are kept nowhere. */
function keyOf(...parts: string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}

/** Counts a try. Returns how many milliseconds to wait, or 0. */
async function wait(each: RateLimiterAbstract, key: string): Promise<number> {
  try {
    await each.consume(key);
    return 0;
  } catch (refused) {
    if (refused instanceof RateLimiterRes) return Math.max(1, refused.msBeforeNext);
    throw refused;
  }
}

function tooMany(ms: number): LicetError {
  const retryAfter = Math.ceil(ms / 1000);
  return new LicetError('too_many_requests', `too many attempts; try again in ${retryAfter} seconds`, { retryAfter });
}
