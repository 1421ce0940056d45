import { setTimeout as sleep } from 'node:timers/promises';
import { type DecisionRecord, type EvaluationRequest, LicetError, userKey } from '@licet/contract';
import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { DATABASES, SETTINGS } from '../database/database.module.ts';
import type { Databases } from '../database/orm.ts';
import { storableJson } from '../database/storable.ts';
import { v7 } from '../database/uuid.ts';
import type { ApiSettings } from '../settings.ts';
import { type DecisionStore, openDecisionStore, type StoredDecision } from './decision-store.ts';

const BATCH = 1_000;
const WAIT_MS = 100;
const RETRY_MS = 1_000;
const MOST_WAITING = 200_000;
// After that the first batch is given up: it may be the one that the database does not take.
const MOST_TRIES = 30;
const LAST_TRIES = 5;
// What fits into the columns that are searched; the request itself is kept whole.
const [KEY, RESOURCE, SOURCE] = [400, 600, 128];

interface Asked {
  tenant: string;
  /** In milliseconds since the epoch. */
  at: number;
  apiKey: string;
}

/**
 * The decision log: handed over without waiting, written in batches, tried again where the database does not answer. Where decisions
 * come faster than they can be written, the log loses entries and says how many; a decision never waits for it.
 */
@Injectable()
export class DecisionLog implements OnApplicationShutdown {
  readonly #logger = new Logger('decision log');
  /** Each as JSON text: to write it costs less here than to copy it for the one who stores it. */
  readonly #waiting: string[] = [];
  #lost = 0;
  #tries = 0;
  #writing: Promise<void> | undefined;
  readonly #store: DecisionStore;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(DATABASES) databases: Databases,
    @Inject(SETTINGS) private readonly settings: ApiSettings,
  ) {
    this.#store = openDecisionStore(databases, settings);
  }

  /** Takes over a decision made by this process. `grounds` is what it was answered with: JSON, which need not be written again. */
  add(request: EvaluationRequest, decision: boolean, grounds: string, { tenant, at, apiKey }: Asked): void {
    if (!this.settings.decisionLog) return;
    if (this.#waiting.length >= MOST_WAITING) {
      this.#lost++;
      return;
    }
    const columns = JSON.stringify(columnsOf({ id: v7(at), at: isoOf(at), request, tenant }, 'licet', apiKey));
    this.#waiting.push(storable(`${columns.slice(0, -1)},"decision":${decision},${grounds}}`));
    this.#writeIn(WAIT_MS);
  }

  /** Writes decisions that an application made. Returns how many are new: one that was sent before is ignored. */
  async upload(records: DecisionRecord[], source: string, apiKey: string): Promise<number> {
    if (records.length === 0) return 0;
    const rows = new Map(
      records.map((record) => [
        record.id,
        storable(JSON.stringify({ ...record, ...columnsOf(record, source, apiKey) } satisfies StoredDecision)),
      ]),
    );
    try {
      return await this.#store.insert(listOf([...rows.values()]));
    } catch (error) {
      this.#logger.error(`${rows.size} decisions of ${source} could not be written: ${String(error)}`);
      throw new LicetError('unavailable', 'the decision log cannot be written now; send these decisions again later');
    }
  }

  /** Writes what is waiting, as far as the database takes it. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing ??= this.#write().finally(() => (this.#writing = undefined));
    await this.#writing;
  }

  /** Nothing is lost on a clean stop, as long as the database takes it. */
  async onApplicationShutdown(): Promise<void> {
    for (let turn = 0; turn < LAST_TRIES && (this.#waiting.length > 0 || this.#writing); turn++) {
      if (turn > 0) await sleep(WAIT_MS);
      await this.flush();
    }
    clearTimeout(this.#timer);
    this.#giveUp(this.#waiting.length);
    this.#sayLoss();
    await this.#store.close();
  }

  #writeIn(ms: number): void {
    this.#timer ??= setTimeout(() => void this.flush(), ms).unref();
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.slice(0, BATCH);
      try {
        await this.#store.insert(listOf(batch));
      } catch (error) {
        if (this.#tries++ === 0) this.#logger.error(`${this.#waiting.length} decisions could not be written yet: ${String(error)}`);
        if (this.#tries >= MOST_TRIES) this.#giveUp(batch.length);
        this.#writeIn(RETRY_MS);
        break;
      }
      this.#waiting.splice(0, batch.length);
      this.#tries = 0;
    }
    this.#sayLoss();
  }

  #giveUp(count: number): void {
    this.#waiting.splice(0, count);
    this.#lost += count;
    this.#tries = 0;
  }

  #sayLoss(): void {
    if (this.#lost > 0) this.#logger.warn(`${this.#lost} decisions were not logged: they could not be written, or more came than could be`);
    this.#lost = 0;
  }
}

/** What of a row is not the answer. */
function columnsOf({ id, at, request, tenant }: Pick<DecisionRecord, 'id' | 'at' | 'request' | 'tenant'>, source: string, apiKey: string) {
  const { subject, action, resource } = request;
  return {
    id,
    at,
    subject: cut(userKey(subject.type, subject.id), KEY),
    action: cut(action.name, KEY),
    resource_type: cut(resource.type, KEY),
    resource: cut(`${resource.type}:${resource.id}`, RESOURCE),
    tenant: cut(tenant, KEY),
    request,
    source: cut(source, SOURCE),
    api_key: apiKey,
  };
}

/** What was asked comes from outside: whatever it holds, its entry can be stored. What could not be, JSON writes as an escape. */
function storable(row: string): string {
  return row.includes('\\u') ? JSON.stringify(storableJson(JSON.parse(row))) : row;
}

function listOf(rows: readonly string[]): string {
  return `[${rows.join(',')}]`;
}

function cut(text: string, length: number): string {
  return text.length > length ? text.slice(0, length) : text;
}

let lastTime = NaN;
let lastIso = '';

/** Many decisions are made in one millisecond. */
function isoOf(time: number): string {
  if (time !== lastTime) [lastTime, lastIso] = [time, new Date(time).toISOString()];
  return lastIso;
}
