import { type DeltaOp, emptyRows, LicetError, type PolicyRow } from '@licet/contract';
import { createSnapshot, type Snapshot } from '@licet/engine';
import { Inject, Injectable } from '@nestjs/common';
import { DATABASES } from '../database/database.module.ts';
import type { Databases, EntityManager } from '../database/orm.ts';
import { PolicyState } from '../replication/policy-state.ts';
import { readDeltas } from './read-deltas.ts';

const PAGE = 500;
const KEPT = 4;

/** The policy at any past revision, rebuilt from the changes alone. */
@Injectable()
export class History {
  /** Those asked for last. What a revision was does not change. */
  readonly #snapshots = new Map<number, Promise<Snapshot>>();

  constructor(
    @Inject(DATABASES) private readonly databases: Databases,
    private readonly state: PolicyState,
  ) {
    state.onReload(() => this.#snapshots.clear());
  }

  /** The snapshot at a revision; the newest where none is named. */
  async snapshotAt(revision: number | undefined): Promise<Snapshot> {
    const head = this.state.snapshot;
    if (revision === undefined || revision === head.revision) return head;
    if (revision > head.revision) {
      throw new LicetError('revision_ahead', `revision: ${revision} is later than the newest, ${head.revision}`);
    }
    const kept = this.#snapshots.get(revision) ?? rebuild(this.databases.policy.em.fork(), revision);
    this.#snapshots.delete(revision); // so that it becomes the newest
    this.#snapshots.set(revision, kept);
    kept.catch(() => this.#snapshots.delete(revision));
    if (this.#snapshots.size > KEPT) this.#snapshots.delete(this.#snapshots.keys().next().value!);
    return kept;
  }
}

async function rebuild(em: EntityManager, revision: number): Promise<Snapshot> {
  const last = new Map<string, DeltaOp>();
  for (let since = 0; since < revision;) {
    const deltas = await readDeltas(em, since, revision, PAGE);
    for (const { ops } of deltas) for (const op of ops) last.set(`${op.kind} ${op.id}`, op);
    since = deltas.at(-1)!.revision;
  }
  const rows = emptyRows();
  for (const { kind, row } of last.values()) if (row) (rows[kind] as PolicyRow[]).push(row);
  return createSnapshot({ format: 1, revision, rows });
}
