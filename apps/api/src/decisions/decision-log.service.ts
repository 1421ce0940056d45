import { setTimeout as sleep } from 'node:timers/promises';
import { type Decision as Answer, type DecisionRecord, type EvaluationRequest, LicetError, userKey } from '@licet/contract';
import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { DATABASES, SETTINGS } from '../database/database.module.ts';
import type { Databases } from '../database/orm.ts';
import { storableJson, storableText } from '../database/storable.ts';
import { v7 } from '../database/uuid.ts';
import type { ApiSettings } from '../settings.ts';
import { insertDecisions, type StoredDecision } from './decision-store.ts';

const BATCH = 250;
const WAIT_MS = 100;
const RETRY_MS = 1_000;
const MOST_WAITING = 200_000;
// After that the first batch is given up: it may be the one that the database does not take.
const MOST_TRIES = 30;
const LAST_TRIES = 5;
// What fits into the columns that are searched; the request itself is kept whole.
const [KEY, RESOURCE, SOURCE] = [400, 600, 128];

interface Waiting {
  id?: string;
  request: EvaluationRequest;
  answer: Answer;
  tenant: string;
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
  #waiting: Waiting[] = [];
  #lost = 0;
  #tries = 0;
  #writing: Promise<void> | undefined;
  readonly #insert: (rows: StoredDecision[]) => Promise<number>;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(DATABASES) databases: Databases,
    @Inject(SETTINGS) private readonly settings: ApiSettings,
  ) {
    this.#insert = insertDecisions(databases);
  }

  /** Takes over a decision made by this process. */
  add(request: EvaluationRequest, answer: Answer, tenant: string, at: number, apiKey: string): void {
    if (!this.settings.decisionLog) return;
    if (this.#waiting.length >= MOST_WAITING) {
      this.#lost++;
      return;
    }
    this.#waiting.push({ request, answer, tenant, at, apiKey });
    this.#writeIn(WAIT_MS);
  }

  /** Writes decisions that an application made. Returns how many are new: one that was sent before is ignored. */
  async upload(records: DecisionRecord[], source: string, apiKey: string): Promise<number> {
    if (records.length === 0) return 0;
    const rows = new Map(records.map((record) => [record.id, rowOf(record, source, apiKey)]));
    try {
      return await this.#insert([...rows.values()]);
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
  }

  #writeIn(ms: number): void {
    this.#timer ??= setTimeout(() => void this.flush(), ms).unref();
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.slice(0, BATCH);
      try {
        await this.#insert(batch.map(toRow));
      } catch (error) {
        if (this.#tries++ === 0) this.#logger.error(`${this.#waiting.length} decisions could not be written yet: ${String(error)}`);
        if (this.#tries >= MOST_TRIES) this.#giveUp(batch.length);
        this.#writeIn(RETRY_MS);
        break;
      }
      this.#waiting.splice(0, batch.length);
      this.#tries = 0;
      // Let requests through between two batches.
      await new Promise((resolve) => setImmediate(resolve));
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

function toRow(waiting: Waiting): StoredDecision {
  const { request, answer, tenant, at, apiKey } = waiting;
  const { decision, reason, path, errors, revision } = answer;
  // Tried again, it is the same entry.
  const id = (waiting.id ??= v7(at));
  return rowOf({ id, at: new Date(at).toISOString(), request, tenant, decision, reason, path, errors, revision }, 'licet', apiKey);
}

/** What was asked comes from outside: whatever it holds, its entry can be stored. */
function rowOf({ request, at, tenant, ...record }: DecisionRecord, source: string, apiKey: string): StoredDecision {
  const { subject, action, resource } = request;
  return {
    ...(storableJson(record) as typeof record),
    at: new Date(at),
    tenant: storableText(tenant, KEY),
    subject: storableText(userKey(subject.type, subject.id), KEY),
    action: storableText(action.name, KEY),
    resourceType: storableText(resource.type, KEY),
    resource: storableText(`${resource.type}:${resource.id}`, RESOURCE),
    request: storableJson(request) as EvaluationRequest,
    source: storableText(source, SOURCE),
    apiKey,
  };
}
