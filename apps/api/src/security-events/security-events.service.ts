import { isIP } from 'node:net';
import { LicetError, type SecurityEventName, type SecurityMethod, type SecurityOutcome } from '@licet/contract';
import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ApiKey } from '../api-keys/api-key.entity.ts';
import { DATABASES, SETTINGS } from '../database/database.module.ts';
import type { Databases } from '../database/orm.ts';
import { isStorable } from '../database/storable.ts';
import { v7 } from '../database/uuid.ts';
import { writeLine } from '../http/output.ts';
import { Operator } from '../operators/operator.entity.ts';
import type { ApiSettings } from '../settings.ts';
import { presentRequest } from './present-request.ts';
import { SecurityEvent } from './security-event.entity.ts';

const WAIT_MS = 100;
const RETRY_MS = 1_000;
const WINDOW_MS = 60_000;
const DAY_MS = 86_400_000;
const PRUNE_MS = 3_600_000;
export const LIMITS = {
  /** Of one event, how many groups that are not `done` a window tells apart by address and route. Beyond that these two are left out. */
  groups: 200,
  /** How many groups wait for the database before the oldest are given up. */
  waiting: 5_000,
  /** How many that are not `done` are kept in all. What succeeded is bounded by time alone: nobody crowds it out. */
  refusals: 250_000,
  /** How many are written, or deleted, at once. */
  step: 500,
};

/** What happened, as far as whoever tells it knows. */
export interface Told {
  event: SecurityEventName;
  /** `done` unless said. */
  outcome?: SecurityOutcome;
  actor?: string | undefined;
  /** The name that somebody gave. It may be a password in the wrong field: it is kept only where an operator has it. */
  attempted?: string | undefined;
  /** SHA-256 of the API key that was shown. Only what is known about such a key is kept. */
  keyHash?: string | undefined;
  target?: string | undefined;
  method?: SecurityMethod[];
  detail?: string | undefined;
}

export const SECOND_FACTOR_NEEDED = { outcome: 'partial', detail: 'second-factor-needed' } as const satisfies Partial<Told>;

type What = Pick<SecurityEvent, 'event' | 'outcome' | 'actor' | 'target' | 'method' | 'detail'>;
type Row = SecurityEvent & { said: number };
interface Waiting {
  told: Told;
  at: number;
  until: number;
  count: number;
  address: string | null;
  route: string | null;
}

/**
 * The log of security events. To tell one costs the caller a look-up in memory and nothing else, whoever it is about: names and keys
 * are looked up, and all of it written, a moment later. The same event is one row with a count for a minute, so that a flood fills no disk.
 */
@Injectable()
export class SecurityEvents implements OnApplicationShutdown {
  readonly #logger = new Logger('security events');
  readonly #told = new WeakSet<FastifyRequest>();
  #waiting = new Map<string, Waiting>();
  #groups = new Map<string, Row>();
  readonly #perEvent = new Map<SecurityEventName, number>();
  #opened = 0;
  readonly #unwritten = new Set<Row>();
  #failing = false;
  #writing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closing: NodeJS.Timeout | undefined;
  readonly #pruning: NodeJS.Timeout;

  constructor(
    @Inject(DATABASES) private readonly databases: Databases,
    @Inject(SETTINGS) private readonly settings: ApiSettings,
  ) {
    this.#pruning = setInterval(() => void this.prune().catch(() => undefined), PRUNE_MS).unref();
  }

  /** Takes an event over. Never throws. */
  record(told: Told, request = presentRequest()): void {
    const now = Date.now();
    const address = request && isIP(request.ip) ? request.ip.slice(0, 64) : null;
    const route = request ? `${request.method} ${request.routeOptions.url ?? '(none)'}`.slice(0, 200) : null;
    const full = this.#waiting.size >= LIMITS.waiting;
    const kept = full ? { ...told, attempted: undefined, keyHash: undefined } : told;
    const where = full ? { address: null, route: null } : { address, route };
    const key = JSON.stringify([kept, where]);
    const known = this.#waiting.get(key);
    if (known) Object.assign(known, { until: now, count: known.count + 1 });
    else this.#waiting.set(key, { told: kept, at: now, until: now, count: 1, ...where });
    this.#writeIn(WAIT_MS);
  }

  /** Runs what lets somebody in, and tells how it went. `run` fills in what it learns. */
  async attempt<T>(told: Told, run: (told: Told) => Promise<T>): Promise<T> {
    try {
      const result = await run(told);
      this.record(told);
      return result;
    } catch (error) {
      if (error instanceof LicetError && error.code !== 'internal') this.refuse({ ...told, ...whyOf(error, told.detail) });
      throw error;
    }
  }

  /** Takes over that somebody was not let in, or not yet, in place of what the answer alone would tell. */
  refuse(told: Told): void {
    const request = presentRequest();
    if (request) this.#told.add(request);
    this.record({ ...told, outcome: told.outcome ?? 'refused' });
  }

  /** Whether it has been told already why a request was refused. */
  knows(request: FastifyRequest): boolean {
    return this.#told.has(request);
  }

  /** Writes what is waiting, as far as the database takes it. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    while (this.#writing) await this.#writing;
    this.#writing = this.#write().finally(() => (this.#writing = undefined));
    await this.#writing;
  }

  /** Deletes what is older than is kept, in small steps. */
  async prune(now = Date.now()): Promise<void> {
    const before = new Date(now - (this.settings.securityEventDays ?? 90) * DAY_MS);
    while (await this.#deleteSome({ at: { $lt: before } }, LIMITS.step));
    const refused = { outcome: { $ne: 'done' as const } };
    let beyond = (await this.databases.log.em.fork().count(SecurityEvent, refused)) - LIMITS.refusals;
    for (; beyond > 0; beyond -= LIMITS.step) await this.#deleteSome(refused, Math.min(beyond, LIMITS.step));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.flush();
    this.#closeWindow();
    for (const timer of [this.#timer, this.#closing]) clearTimeout(timer);
    clearInterval(this.#pruning);
  }

  #writeIn(ms: number): void {
    this.#timer ??= setTimeout(() => void this.flush(), ms).unref();
  }

  async #write(): Promise<void> {
    const waiting = [...this.#waiting.values()];
    this.#waiting = new Map();
    const [names, keys] = await this.#lookUp(waiting).catch(() => [new Set<string>(), new Map<string, ApiKey>()] as const);
    for (const each of waiting) this.#add(resolved(each, names, keys), each);
    if (this.#unwritten.size === 0) return;
    const batch = [...this.#unwritten].slice(0, LIMITS.step);
    const rows = batch.map(({ said: _, ...row }) => row);
    try {
      await this.databases.log.em.fork().upsertMany(SecurityEvent, rows);
    } catch (error) {
      if (!this.#failing) this.#logger.error(`security events could not be written yet: ${String(error)}`);
      this.#failing = true;
      this.#giveUpBeyond(LIMITS.waiting);
      return this.#writeIn(RETRY_MS);
    }
    this.#failing = false;
    // What came meanwhile has raised a count; it is written the next time.
    batch.forEach((row, index) => row.count === rows[index]!.count && this.#unwritten.delete(row));
    if (this.#unwritten.size > 0) await this.#write();
  }

  /** Which of the names are those of operators, and what is known of the keys. */
  async #lookUp(waiting: Waiting[]): Promise<readonly [Set<string>, Map<string, ApiKey>]> {
    const of = (value: (told: Told) => string | undefined) => [
      ...new Set(waiting.map(({ told }) => value(told)).filter((text) => text !== undefined)),
    ];
    const [attempted, hashes] = [of(({ attempted }) => attempted).filter(isStorable), of(({ keyHash }) => keyHash)];
    const em = this.databases.policy.em.fork();
    const operators = attempted.length > 0 ? await em.find(Operator, { user: { $in: attempted } }) : [];
    const keys = hashes.length > 0 ? await em.find(ApiKey, { hash: { $in: hashes } }) : [];
    return [new Set(operators.map(({ user }) => user)), new Map(keys.map((key) => [key.hash, key]))];
  }

  /** Adds to the group that is open for it, or opens one and says so. */
  #add(what: What, { at, until, count, address, route }: Waiting): void {
    if (at >= this.#opened + WINDOW_MS) this.#closeWindow(at);
    const where = { address, route };
    const many = what.outcome !== 'done' && (this.#perEvent.get(what.event) ?? 0) >= LIMITS.groups;
    const own = JSON.stringify([what, where]);
    const [key, shown] = many && !this.#groups.has(own) ? [JSON.stringify([what]), { address: null, route: null }] : [own, where];
    const known = this.#groups.get(key);
    if (known) Object.assign(known, { until: new Date(until), count: known.count + count });
    const row = known ?? { id: v7(at), at: new Date(at), until: new Date(until), ...what, ...shown, count, said: count };
    this.#unwritten.add(row);
    if (known) return;
    this.#groups.set(key, row);
    if (what.outcome !== 'done') this.#perEvent.set(what.event, (this.#perEvent.get(what.event) ?? 0) + 1);
    say(row);
    this.#closing ??= setTimeout(() => this.#closeWindow(), WINDOW_MS).unref();
  }

  /** Says how often each event came in all, where it came again, and begins anew. */
  #closeWindow(opened = 0): void {
    clearTimeout(this.#closing);
    this.#closing = undefined;
    for (const row of this.#groups.values()) if (row.count > row.said) say(row);
    this.#groups = new Map();
    this.#perEvent.clear();
    this.#opened = opened;
  }

  #giveUpBeyond(most: number): void {
    const beyond = [...this.#unwritten].slice(0, Math.max(0, this.#unwritten.size - most));
    for (const row of beyond) this.#unwritten.delete(row);
    if (beyond.length > 0) this.#logger.error(`${beyond.length} security events are given up: the database does not take them`);
  }

  async #deleteSome(where: object, limit: number): Promise<number> {
    const em = this.databases.log.em.fork();
    const rows = await em.find(SecurityEvent, where, { fields: ['id'], orderBy: { at: 'asc' }, limit });
    return rows.length === 0 ? 0 : em.nativeDelete(SecurityEvent, { id: { $in: rows.map(({ id }) => id) } });
  }
}

function resolved({ told }: Waiting, names: Set<string>, keys: Map<string, ApiKey>): What {
  const { event, outcome = 'done', attempted, keyHash, method = [] } = told;
  const key = keyHash === undefined ? undefined : keys.get(keyHash);
  const actor = told.actor ?? key?.user ?? (attempted !== undefined && names.has(attempted) ? attempted : null);
  const detail = (key && stateOf(key)) ?? told.detail ?? null;
  const target = told.target ?? key?.id ?? null;
  return { event, outcome, actor, target: target === actor ? null : target, method, detail };
}

const stateOf = ({ revokedAt }: ApiKey) => (revokedAt ? 'revoked' : 'expired');

/** A second factor that is asked for says that what was shown is right: whoever signs in is no false alarm. */
const whyOf = (error: LicetError, detail = wordOf(error)): Pick<Told, 'outcome' | 'detail'> =>
  error.code === 'second_factor_needed' ? SECOND_FACTOR_NEEDED : { outcome: 'refused', detail };

function wordOf(error: LicetError): string {
  if (error.code === 'too_many_requests') return 'throttled';
  if (error.errors?.[0]?.path === 'code') return 'wrong-code';
  if (error.code === 'invalid_request') return 'wrong-password';
  return error.code === 'unauthenticated' ? 'not-accepted' : error.code.replaceAll('_', '-');
}

function say({ said: _, at, until, id, ...row }: Row): void {
  writeLine(row.outcome === 'refused' ? 'warn' : 'info', 'security', { id, ...row, until: until.toISOString() }, at);
}
