import { isIPv6 } from 'node:net';
import { LicetError } from '@licet/contract';
import { Inject, Injectable } from '@nestjs/common';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { DATABASES } from '../database/database.module.ts';
import type { Databases } from '../database/orm.ts';
import { Session } from './operator.entity.ts';

/** A try that went ahead, and is counted as a wrong one until it is said to be right. */
export interface Attempt {
  right(): Promise<void>;
}

const WINDOW_S = 300;
const limiter = (points: number, duration = WINDOW_S) => new RateLimiterMemory({ points, duration });

/**
 * How often passwords and codes may be tried. A try is counted before it is checked, so that many at once are no way round it, and given
 * back where it was right. Whoever is signed in at an address is not shut out there by what others try from elsewhere.
 */
@Injectable()
export class Attempts {
  // What one address may get wrong for one account; for an account in all; for all accounts; and all addresses together.
  readonly #own = limiter(10);
  readonly #account = limiter(20);
  readonly #address = limiter(60);
  readonly #overall = limiter(300, 60);

  constructor(@Inject(DATABASES) private readonly databases: Databases) {}

  /** Lets a try go ahead, or says when to come back. The same for accounts that there are and that there are not. */
  async demand(account: string, ip: string): Promise<Attempt> {
    const address = networkOf(ip);
    const own = JSON.stringify([account, address]);
    const known = (await this.databases.policy.em.fork().count(Session, { user: account, address: ip })) > 0;
    // In this order, and no further once one refuses: what is made up, such as names, must not fill the memory or use up what all share.
    const counted: [RateLimiterMemory, string][] = [...(known ? [] : this.#foreign(account, address)), [this.#own, own]];
    for (const [each, key] of counted) {
      const ms = await wait(each, key);
      if (ms > 0) throw tooMany(ms);
    }
    return {
      right: async () => {
        await this.#own.delete(own);
        await Promise.all(counted.slice(0, -1).map(([each, key]) => each.reward(key)));
      },
    };
  }

  #foreign(account: string, address: string): [RateLimiterMemory, string][] {
    return [
      [this.#address, address],
      [this.#overall, ''],
      [this.#account, account],
    ];
  }
}

/** Counts a try. Returns how many milliseconds to wait, or 0. */
async function wait(each: RateLimiterMemory, key: string): Promise<number> {
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

/** Whoever has one IPv6 address has the other 2^64 of its network as well. */
function networkOf(ip: string): string {
  if (!isIPv6(ip) || ip.includes('.')) return ip;
  const [head = '', tail] = ip.split('::');
  const [first, last] = [head.split(':').filter(Boolean), (tail ?? '').split(':').filter(Boolean)];
  const zeros = tail === undefined ? [] : Array<string>(Math.max(0, 8 - first.length - last.length)).fill('0');
  return [...first, ...zeros, ...last].slice(0, 4).join(':');
}
