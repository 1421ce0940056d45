import { type Delta, type DeltaOp, emptyRows, LicetError, POLICY_KINDS, type PolicyKind, type PolicyRow, type PolicyRows } from '@licet/contract';
import { applyDelta, createSnapshot, type Snapshot } from '@licet/engine';
import { Injectable } from '@nestjs/common';
import { Change, Head } from '../changes/change.entity.ts';
import { readDeltas, sizesOf } from '../changes/read-deltas.ts';
import type { EntityManager } from '../database/orm.ts';
import { atOneMoment, POLICY_TABLES, readRows, toPolicyRow } from '../database/rows.ts';

/** The kinds that the checks on a whole policy read. They are small; users, groups and assignments are not among them. */
export const CHECKED_KINDS = ['tenants', 'resource-types', 'permissions', 'conditions', 'roles', 'role-inherits', 'grants'] as const;
export type CheckedRows = Pick<PolicyRows, (typeof CHECKED_KINDS)[number]>;

// One change may be as large as a request: what is kept, and what is sent at once, is bounded in characters of JSON as well.
const RECENT = 1_000;
const RECENT_SIZE = 32 * 1024 * 1024;
const PAGE_SIZE = 4 * 1024 * 1024;

/** The policy as it is in force in this process: the snapshot at the head revision, and the deltas that led to it. */
@Injectable()
export class PolicyState {
  #snapshot: Snapshot = createSnapshot({ format: 1, revision: 0, rows: emptyRows() });
  readonly #rows = new Map<PolicyKind, Map<string, PolicyRow>>(CHECKED_KINDS.map((kind) => [kind, new Map()]));
  readonly #recent: { delta: Delta; size: number }[] = [];
  #recentSize = 0;
  readonly #listeners = new Set<(delta: Delta, keys: boolean) => void>();
  readonly #reloadListeners = new Set<() => void>();

  get snapshot(): Snapshot {
    return this.#snapshot;
  }

  get revision(): number {
    return this.#snapshot.revision;
  }

  /** Reads the whole policy from the database. In a transaction, that has to hold the head: else others would commit meanwhile. */
  async load(em: EntityManager): Promise<void> {
    if (!em.isInTransaction()) return atOneMoment(em, () => this.load(em));
    const { revision } = await em.findOneOrFail(Head, 1);
    const rows = emptyRows();
    for (const kind of POLICY_KINDS) {
      for await (const row of readRows(em, POLICY_TABLES[kind])) (rows[kind] as PolicyRow[]).push(toPolicyRow(kind, row));
    }
    this.#snapshot = createSnapshot({ format: 1, revision, at: await committedAt(em, revision), rows });
    for (const kind of CHECKED_KINDS) this.#rows.set(kind, new Map(rows[kind].map((row) => [row.id, row])));
    this.#recent.length = 0;
    this.#recentSize = 0;
  }

  /** The snapshot that `delta` leads to. Nothing is announced yet. */
  preview(delta: Delta): Snapshot {
    return applyDelta(this.#snapshot, delta);
  }

  /** The rows that whole-policy checks read, as they would be after `ops`. */
  checkedRows(ops: readonly DeltaOp[]): CheckedRows {
    const view = {} as Record<PolicyKind, PolicyRow[]>;
    for (const kind of CHECKED_KINDS) {
      const rows = this.#rows.get(kind)!;
      const touched = ops.filter((op) => op.kind === kind);
      view[kind] = touched.length === 0 ? [...rows.values()] : [...overlay(rows, touched).values()];
    }
    return view as unknown as CheckedRows;
  }

  /** A row of a checked kind at the head revision. */
  row<K extends (typeof CHECKED_KINDS)[number]>(kind: K, id: string): PolicyRow<K> | undefined {
    return this.#rows.get(kind)!.get(id) as PolicyRow<K> | undefined;
  }

  /**
   * Puts a committed change in force here and tells everyone who follows. Only after the transaction has committed.
   * @param keys whether API keys may have changed with it: of what another process committed, that is not known
   */
  announce(delta: Delta, next?: Snapshot, keys = true): void {
    // It may have been taken over from the database already.
    if (delta.revision <= this.revision) return;
    this.#snapshot = next ?? this.preview(delta);
    for (const op of delta.ops) {
      const rows = this.#rows.get(op.kind);
      if (rows && op.row) rows.set(op.id, op.row);
      else rows?.delete(op.id);
    }
    const size = JSON.stringify(delta.ops).length;
    this.#recent.push({ delta, size });
    this.#recentSize += size;
    while (this.#recent.length > RECENT || this.#recentSize > RECENT_SIZE) this.#recentSize -= this.#recent.shift()!.size;
    for (const listener of this.#listeners) listener(delta, keys);
  }

  /** Takes over what other processes have committed meanwhile; everything, where what the database holds does not lead on from here. */
  async catchUp(em: EntityManager): Promise<void> {
    const leadsOn = await this.knows(this.revision, this.#snapshot.at, em);
    const { revision: until } = await em.findOneOrFail(Head, 1);
    if (!leadsOn) return this.#reload(em);
    while (this.revision < until) {
      const deltas = await readPage(em, this.revision, until, RECENT).catch(undefinedIfGone);
      if (!deltas) return this.#reload(em);
      for (const delta of deltas) this.announce(delta);
    }
  }

  /** Whether a revision was committed at this time: after a backup was restored, the number alone does not say which policy it is. */
  async knows(revision: number, at: string | undefined, em: EntityManager): Promise<boolean> {
    return at === undefined || at === (await committedAt(em, revision));
  }

  /** Calls `listener` when the policy has been read anew, because it does not lead on from the one before. */
  onReload(listener: () => void): void {
    this.#reloadListeners.add(listener);
  }

  async #reload(em: EntityManager): Promise<void> {
    await this.load(em);
    for (const listener of this.#reloadListeners) listener();
  }

  /**
   * The deltas after `since`, oldest first, at most `limit`, and fewer where they are large; none only where `since` is the head.
   * @throws LicetError `revision_gone` where one of them is missing
   */
  async deltasSince(since: number, limit: number, em: () => EntityManager): Promise<Delta[]> {
    if (since >= this.revision) return [];
    const first = this.#recent[0]?.delta.revision;
    if (first !== undefined && since >= first - 1) {
      const start = since - first + 1;
      const recent = this.#recent.slice(start, start + limit);
      return recent.slice(0, fitting(recent.map(({ size }) => size), limit)).map(({ delta }) => delta);
    }
    return readPage(em(), since, this.revision, limit);
  }

  /** Calls `listener` with every delta from now on, in order. Returns how to stop that. */
  follow(listener: (delta: Delta, keys: boolean) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

async function readPage(em: EntityManager, since: number, until: number, limit: number): Promise<Delta[]> {
  const most = Math.min(limit, until - since);
  // How large the only one is, as after most commits, makes no difference.
  return readDeltas(em, since, until, most === 1 ? 1 : fitting(await sizesOf(em, since, most), most));
}

/** How many changes of these sizes go into a page, at most `limit`: one at least. */
function fitting(sizes: readonly number[], limit: number): number {
  let all = 0;
  const first = sizes.findIndex((size) => (all += size) > PAGE_SIZE);
  return first < 0 ? limit : Math.max(1, first);
}

function overlay(rows: Map<string, PolicyRow>, ops: readonly DeltaOp[]): Map<string, PolicyRow> {
  const after = new Map(rows);
  for (const op of ops) {
    if (op.row) after.set(op.id, op.row);
    else after.delete(op.id);
  }
  return after;
}

async function committedAt(em: EntityManager, revision: number): Promise<string | undefined> {
  const change = await em.findOne(Change, { revision }, { fields: ['at'], disableIdentityMap: true });
  return change?.at.toISOString();
}

function undefinedIfGone(error: unknown): undefined {
  if (!(error instanceof LicetError) || error.code !== 'revision_gone') throw error;
}
