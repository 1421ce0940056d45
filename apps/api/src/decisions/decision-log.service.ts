import { setTimeout as sleep } from 'node:timers/promises';
import { type Decision, type DecisionRecord, type ErrorItem, type EvaluationRequest, LicetError, userKey } from '@licet/contract';
import type { Grounds } from '@licet/decision-http';
import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { DATABASES, SETTINGS } from '../database/database.module.ts';
import type { Databases } from '../database/orm.ts';
import { storableJson, storableText } from '../database/storable.ts';
import { v7 } from '../database/uuid.ts';
import { writeRecord } from '../http/output.ts';
import type { ApiSettings } from '../settings.ts';
import { entryOf, FIELD, OWN_SOURCE, ROW } from './decision-row.ts';
import { type DecisionStore, openDecisionStore } from './decision-store.ts';

const BATCH = 2_000;
const WAIT_MS = 100;
const RETRY_MS = 1_000;
const MOST_WAITING = 200_000;
// After that the first batch is given up: it may be the one that the database does not take.
const MOST_TRIES = 30;
const LAST_TRIES = 5;
const DAY_MS = 86_400_000;
const PRUNE_MS = 600_000;
// Between two steps whoever writes has the table for itself.
const PAUSE_MS = 20;
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
  /** Each as text: to write it costs less here than to copy it for the one who stores it. */
  readonly #waiting: string[] = [];
  #lost = 0;
  #tries = 0;
  #writing: Promise<void> | undefined;
  readonly #store: DecisionStore;
  #timer: NodeJS.Timeout | undefined;
  #pruning: Promise<void> | undefined;
  #closing = false;
  readonly #prunes: NodeJS.Timeout;

  constructor(
    @Inject(DATABASES) databases: Databases,
    @Inject(SETTINGS) private readonly settings: ApiSettings,
  ) {
    this.#store = openDecisionStore(databases, settings);
    const failed = (error: unknown) => this.#logger.error(`old decisions could not be deleted yet: ${String(error)}`);
    this.#prunes = setInterval(() => void this.prune().catch(failed), PRUNE_MS).unref();
  }

  /** Takes over a decision made by this process. */
  add(request: EvaluationRequest, decision: Decision, grounds: Grounds, { tenant, at, apiKey }: Asked): void {
    if (!this.settings.decisionLog) return;
    if (this.#waiting.length >= MOST_WAITING) {
      this.#lost++;
      return;
    }
    this.#waiting.push(rowOf({ id: v7(at), at, request, tenant, source: OWN_SOURCE, apiKey }, decision, grounds));
    this.#writeIn(WAIT_MS);
  }

  /** Writes decisions that an application made. Returns how many are new: one that was sent before is ignored. */
  async upload(records: DecisionRecord[], source: string, apiKey: string): Promise<number> {
    if (records.length === 0) return 0;
    const rows = new Map(
      records.map((record) => {
        const grounds = { path: JSON.stringify(record.path), errors: JSON.stringify(record.errors) };
        return [record.id, rowOf({ ...record, at: Date.parse(record.at), source, apiKey }, record, grounds)];
      }),
    );
    try {
      return await this.#insert([...rows.values()]);
    } catch (error) {
      this.#logger.error(`${rows.size} decisions of ${source} could not be written: ${String(error)}`);
      throw new LicetError('unavailable', 'the decision log cannot be written now; send these decisions again later');
    }
  }

  /** Says which entries of an upload are not in the log: an SDK may not look at the answer. */
  sayRefused(refused: readonly ErrorItem[], source: string): void {
    const { path, message } = refused[0]!;
    this.#logger.warn(`${refused.length} decisions of ${source} were refused, for instance for ${path}: ${message}`);
  }

  /** Writes what is waiting, as far as the database takes it. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing ??= this.#write().finally(() => (this.#writing = undefined));
    await this.#writing;
  }

  /** Deletes decisions that are older than is kept, in small steps. Without a setting all are kept. */
  prune(now = Date.now()): Promise<void> {
    return (this.#pruning ??= this.#prune(now).finally(() => (this.#pruning = undefined)));
  }

  async #prune(now: number): Promise<void> {
    const { decisionDays } = this.settings;
    if (decisionDays === undefined) return;
    while (!this.#closing && (await this.#store.deleteSome(now - decisionDays * DAY_MS)) > 0) await sleep(PAUSE_MS);
  }

  /** Nothing is lost on a clean stop, as long as the database takes it. */
  async onApplicationShutdown(): Promise<void> {
    this.#closing = true;
    clearInterval(this.#prunes);
    await this.#pruning?.catch(() => undefined);
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
        await this.#insert(batch);
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

  /** What is stored may go to the output as well: one that was uploaded twice does so twice, under the same id. */
  async #insert(rows: string[]): Promise<number> {
    const count = await this.#store.insert(rows);
    if (this.settings.logRecords?.includes('decisions')) for (const row of rows) writeRecord('decisions', entryOf(row));
    return count;
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

interface Made extends Asked {
  id: string;
  request: EvaluationRequest;
  source: string;
}

type Verdict = Pick<Decision, 'decision' | 'reason' | 'revision'>;

/** A row as the store takes it. What was asked comes from outside: whatever it holds, its row can be stored. */
function rowOf(
  { id, at, request, tenant, source, apiKey }: Made,
  { decision, reason, revision }: Verdict,
  { path, errors }: Grounds,
): string {
  const { subject, action, resource } = request;
  const searched = [
    column(userKey(subject.type, subject.id), KEY),
    column(action.name, KEY),
    column(resource.type, KEY),
    column(`${resource.type}:${resource.id}`, RESOURCE),
    column(tenant, KEY),
  ];
  const grounds = [reason, path === 'null' ? '' : storable(path), storable(errors), revision];
  return [id, at, ...searched, decision ? 1 : 0, ...grounds, storable(JSON.stringify(request)), column(source, SOURCE), apiKey].join(FIELD);
}

/** JSON without what could not be stored, which it writes as an escape. */
function storable(json: string): string {
  return json.includes('\\u') ? JSON.stringify(storableJson(JSON.parse(json))) : json;
}

function column(text: string, length: number): string {
  const stored = storableText(text, length);
  return stored.includes(FIELD) || stored.includes(ROW) ? stored.replaceAll(FIELD, ' ').replaceAll(ROW, ' ') : stored;
}
