import { type Decision as Answer, type DecisionRecord, type EvaluationRequest, userKey } from '@licet/contract';
import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { DATABASES, SETTINGS } from '../database/database.module.ts';
import type { Databases } from '../database/orm.ts';
import { v7 } from '../database/uuid.ts';
import type { ApiSettings } from '../settings.ts';
import { Decision } from './decision.entity.ts';

const BATCH = 250;
const WAIT_MS = 100;
const MOST_WAITING = 200_000;

interface Waiting {
  request: EvaluationRequest;
  answer: Answer;
  tenant: string;
  at: number;
  apiKey: string;
}

/**
 * The decision log: handed over without waiting, written in batches. Where decisions come faster than they can be written, the
 * log loses entries and says how many; a decision never waits for it.
 */
@Injectable()
export class DecisionLog implements OnApplicationShutdown {
  readonly #logger = new Logger('decision log');
  #waiting: Waiting[] = [];
  #lost = 0;
  #writing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(DATABASES) private readonly databases: Databases,
    @Inject(SETTINGS) private readonly settings: ApiSettings,
  ) {}

  /** Takes over a decision made by this process. */
  add(request: EvaluationRequest, answer: Answer, tenant: string, at: number, apiKey: string): void {
    if (!this.settings.decisionLog) return;
    if (this.#waiting.length >= MOST_WAITING) {
      this.#lost++;
      return;
    }
    this.#waiting.push({ request, answer, tenant, at, apiKey });
    this.#timer ??= setTimeout(() => void this.flush(), WAIT_MS).unref();
  }

  /** Writes decisions that an application made. Returns how many are new: one that was sent before is ignored. */
  async upload(records: DecisionRecord[], source: string, apiKey: string): Promise<number> {
    if (records.length === 0) return 0;
    const rows = records.map((record) => rowOf(record, source, apiKey));
    const em = this.databases.log.em.fork();
    const known = new Set((await em.find(Decision, { id: { $in: rows.map(({ id }) => id) } }, { fields: ['id'] })).map(({ id }) => id));
    const fresh = [...new Map(rows.filter(({ id }) => !known.has(id)).map((row) => [row.id, row])).values()];
    if (fresh.length > 0) await em.insertMany(Decision, fresh);
    return fresh.length;
  }

  /** Writes what is waiting. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing ??= this.#write().finally(() => (this.#writing = undefined));
    await this.#writing;
  }

  /** Nothing is lost on a clean stop. */
  async onApplicationShutdown(): Promise<void> {
    while (this.#waiting.length > 0 || this.#writing) await this.flush();
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, BATCH);
      try {
        await this.databases.log.em.fork().insertMany(Decision, batch.map(toRow));
      } catch (error) {
        this.#lost += batch.length;
        this.#logger.error(`${batch.length} decisions could not be written: ${String(error)}`);
      }
      // Let requests through between two batches.
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (this.#lost > 0) this.#logger.warn(`${this.#lost} decisions were not logged, since more came than could be written`);
    this.#lost = 0;
  }
}

function toRow({ request, answer, tenant, at, apiKey }: Waiting) {
  const { decision, reason, path, errors, revision } = answer;
  const record = { id: v7(at), at: new Date(at).toISOString(), request, tenant, decision, reason, path, errors, revision };
  return rowOf(record, 'licet', apiKey);
}

function rowOf({ request, at, ...record }: DecisionRecord, source: string, apiKey: string) {
  const { subject, action, resource } = request;
  return {
    ...record,
    at: new Date(at),
    subject: userKey(subject.type, subject.id),
    action: action.name,
    resourceType: resource.type,
    resource: `${resource.type}:${resource.id}`,
    request,
    source,
    apiKey,
  };
}
