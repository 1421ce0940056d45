import { isDeepStrictEqual } from 'node:util';
import { ChangeSetType, type EventSubscriber, type FlushEventArgs } from '@mikro-orm/core';
import type { EntityManager } from '../database/orm.ts';
import { type AuditedKind, kindOf, type Row, type TableMeta, toRow } from '../database/rows.ts';

/** One row that a commit touches. `before` is null for a new row, `after` for a deleted one. */
export interface Touched {
  kind: AuditedKind;
  id: string;
  before: Row | null;
  after: Row | null;
}

/** What happened to the row. */
export function actionOf({ before, after }: Touched): 'create' | 'update' | 'delete' {
  if (!before) return 'create';
  return after ? 'update' : 'delete';
}

/**
 * Reads from MikroORM's unit of work what each flush changes. Nobody writes audit code by hand, and nobody can forget it:
 * a flush that touches an audited table outside a commit is refused.
 */
export class Collector implements EventSubscriber {
  readonly #open = new WeakMap<object, Map<string, Touched>>();

  /** From here on the changes of this entity manager are collected. */
  open(em: EntityManager): void {
    this.#open.set(em, new Map());
  }

  /** What was changed since `open`, net: a row created and deleted again is not among it. */
  close(em: EntityManager): Touched[] {
    const touched = [...(this.#open.get(em)?.values() ?? [])];
    this.#open.delete(em);
    return touched.filter(({ before, after }) => !isDeepStrictEqual(before, after));
  }

  onFlush({ em, uow }: FlushEventArgs): void {
    const touched = this.#open.get(em);
    for (const changeSet of uow.getChangeSets()) {
      const meta = changeSet.meta as unknown as TableMeta;
      const kind = kindOf(meta);
      if (!kind) continue;
      // Invariant: there is one door.
      if (!touched) throw new Error(`\`${kind}\` may be changed through changes.commit only`);
      const removed = changeSet.type.startsWith('delete');
      const original = changeSet.type === ChangeSetType.CREATE ? undefined : (changeSet.originalEntity ?? uow.getOriginalEntityData(changeSet.entity));
      const after = removed ? null : toRow(meta, changeSet.entity);
      const before = original ? toRow(meta, original) : null;
      const id = String((after ?? before)?.[meta.primaryKeys[0]!]);
      const known = touched.get(`${kind} ${id}`);
      touched.set(`${kind} ${id}`, { kind, id, before: known ? known.before : before, after });
    }
  }
}
