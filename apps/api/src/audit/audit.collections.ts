import { Change } from '../changes/change.entity.ts';
import type { EntityManager } from '../database/orm.ts';
import { type Row, type TableMeta, toRow } from '../database/rows.ts';
import { Collection, type Where } from '../http/collection.ts';
import { since } from '../http/since.ts';
import { AuditEntry } from './audit-entry.entity.ts';

/** An entry as the API gives it: what it is searched by is for the database only. */
export function presentEntry(meta: TableMeta, entry: AuditEntry): Row {
  const { content: _, ...row } = toRow(meta, { ...entry, before: readable(entry.before), after: readable(entry.after) });
  return row;
}

/** What is damaged is shown as it stands: it must not hide the entries beside it. */
function readable(held: unknown): Row | null {
  let value = held;
  try {
    if (typeof held === 'string') value = JSON.parse(held);
  } catch {
    return { unreadable: held };
  }
  return typeof value === 'object' && !Array.isArray(value) ? (value as Row | null) : { unreadable: value };
}

export class AuditEntriesCollection extends Collection<AuditEntry> {
  constructor() {
    super('audit-entries', AuditEntry);
  }

  override filter(name: string, value: string): Where | undefined {
    return since(name, value);
  }

  override async present(_em: EntityManager, entries: AuditEntry[], meta: TableMeta): Promise<Row[]> {
    return entries.map((entry) => presentEntry(meta, entry));
  }
}

export class ChangesCollection extends Collection<Change> {
  constructor() {
    super('changes', Change);
  }

  override async present(_em: EntityManager, changes: Change[]): Promise<Row[]> {
    return changes.map(({ revision, at, actor, via, reason, entries }) => ({ id: revision, revision, at: at.toISOString(), actor, via, reason, entries }));
  }
}
