import { type Delta, type DeltaOp, LicetError, type Via } from '@licet/contract';
import { FlushMode, ForeignKeyConstraintViolationException, LockMode, UniqueConstraintViolationException } from '@mikro-orm/core';
import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../access/access.ts';
import { ApiKeys } from '../api-keys/api-keys.service.ts';
import { presentEntry } from '../audit/audit.collections.ts';
import { AuditEntry } from '../audit/audit-entry.entity.ts';
import { DATABASES, SETTINGS } from '../database/database.module.ts';
import type { Databases, EntityManager } from '../database/orm.ts';
import { isPolicyKind, metaOf, toPolicyRow } from '../database/rows.ts';
import { writeRecord } from '../http/output.ts';
import { endSessionsOf } from '../operators/ended-sessions.ts';
import { accountEvents } from '../security-events/account-events.ts';
import { SecurityEvents } from '../security-events/security-events.service.ts';
import { tellOtherProcesses } from '../replication/other-processes.ts';
import { PolicyState } from '../replication/policy-state.ts';
import type { ApiSettings } from '../settings.ts';
import { Change, Head } from './change.entity.ts';
import { actionOf, Collector, type Touched } from './collector.ts';
import { checkProposal } from './rules.ts';

export interface CommitOptions {
  reason: string;
  /** Say what would change, and roll back. */
  dryRun?: boolean;
}

export interface Committed<T> {
  result: T;
  /** The new revision, or the present one where nothing changed. */
  revision: number;
  touched: Touched[];
}

/** The one door: every change of policy data goes through `commit`. */
@Injectable()
export class Changes {
  readonly #databases: Databases;
  readonly #state: PolicyState;
  readonly #keys: ApiKeys;
  readonly #events: SecurityEvents;
  readonly #settings: ApiSettings;
  readonly #collector = new Collector();
  #queue: Promise<unknown> = Promise.resolve();

  constructor(
    @Inject(DATABASES) databases: Databases,
    @Inject(SETTINGS) settings: ApiSettings,
    state: PolicyState,
    keys: ApiKeys,
    events: SecurityEvents,
  ) {
    this.#databases = databases;
    this.#state = state;
    this.#keys = keys;
    this.#events = events;
    this.#settings = settings;
    databases.policy.em.getEventManager().registerSubscriber(this.#collector);
  }

  /**
   * Runs `mutate` on the entities in a transaction, judges the result as a whole, writes change and audit entries with the next
   * revision, commits, and only then announces the delta. If anything fails, nothing has happened.
   */
  commit<T>(actor: Actor, options: CommitOptions, mutate: (em: EntityManager) => Promise<T>): Promise<Committed<T>> {
    const turn = this.#queue.then(() => this.#commit(actor, options, mutate));
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  /** Resolves when the commits that are under way have ended. */
  async idle(): Promise<void> {
    await this.#queue;
  }

  async #commit<T>(actor: Actor, options: CommitOptions, mutate: (em: EntityManager) => Promise<T>): Promise<Committed<T>> {
    // No flush before `mutate` is through: the unit of work is read once, whole.
    const em = this.#databases.policy.em.fork({ flushMode: FlushMode.COMMIT });
    await em.begin();
    try {
      const head = await em.findOneOrFail(Head, 1, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (head.revision !== this.#state.revision) await this.#state.catchUp(em);
      this.#collector.open(em);
      const result = await mutate(em);
      await em.flush();
      const touched = this.#collector.close(em);
      const at = timeAfter(this.#state.snapshot.at);
      const delta = { revision: head.revision + 1, at: at.toISOString(), ops: deltaOps(touched) };
      const next = this.#state.preview(delta);
      const rows = this.#state.checkedRows(delta.ops);
      await checkProposal({ actor, touched, before: this.#state.snapshot, after: next, rows, rowsBefore: this.#state.checkedRows([]), em });
      if (options.dryRun || touched.length === 0) {
        await em.rollback();
        return { result, revision: head.revision, touched };
      }
      const entries = this.#record(em, { at, actor: actor.id, via: actor.via, reason: options.reason }, delta, touched);
      head.revision = delta.revision;
      await endSessionsOf(em, touched, actor);
      if (this.#databases.dialect === 'postgres') await tellOtherProcesses(em, delta.revision);
      await em.commit();
      for (const told of accountEvents(touched)) this.#events.record({ ...told, actor: actor.id });
      const keys = touched.some(({ kind }) => kind === 'api-keys');
      this.#state.announce(delta, next, keys);
      if (keys) await this.#keys.reload();
      this.#writeOut(em, entries);
      return { result, revision: delta.revision, touched };
    } catch (error) {
      if (em.isInTransaction()) await em.rollback();
      throw explained(error);
    }
  }

  #record(em: EntityManager, common: { at: Date; actor: string; via: Via; reason: string }, delta: Delta, touched: Touched[]): AuditEntry[] {
    em.create(Change, { ...common, revision: delta.revision, entries: touched.length, ops: delta.ops });
    return touched.map((row) => {
      const { kind, id, before, after } = row;
      const content = [before, after].map((row) => (row ? JSON.stringify(row) : '')).join(' ');
      return em.create(AuditEntry, { ...common, revision: delta.revision, kind, target: id, action: actionOf(row), before, after, content });
    });
  }

  #writeOut(em: EntityManager, entries: AuditEntry[]): void {
    if (!this.#settings.logRecords?.includes('audit')) return;
    const meta = metaOf(em, AuditEntry);
    for (const entry of entries) writeRecord('audit', presentEntry(meta, entry));
  }
}

/** The time now, or of the change before where that is later: a clock that was set back hides no entry among older ones. */
function timeAfter(last: string | undefined): Date {
  return new Date(Math.max(Date.now(), last === undefined ? 0 : Date.parse(last)));
}

function deltaOps(touched: Touched[]): DeltaOp[] {
  return touched.flatMap(({ kind, id, after }) => (isPolicyKind(kind) ? [{ kind, id, row: after && toPolicyRow(kind, after) }] : []));
}

/** Driver errors become codes here, the same for both databases. */
function explained(error: unknown): unknown {
  if (error instanceof UniqueConstraintViolationException) {
    return new LicetError('already_exists', 'a row with the same key exists already; choose another key or edit that row');
  }
  if (error instanceof ForeignKeyConstraintViolationException) {
    return new LicetError('still_in_use', 'a row that this refers to does not exist, or the row is still referred to by others');
  }
  return error;
}
