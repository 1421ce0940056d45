import { join } from 'node:path';
import type { Databases } from '../database/orm.ts';
import { Thread } from '../database/thread.ts';
import type { ApiSettings } from '../settings.ts';
import { COLUMNS, DELETED_AT_ONCE, FIELD, ROW, type Write } from './decision-row.ts';

/** Where the decision log is written. */
export interface DecisionStore {
  /** Inserts decisions, except those that are there already. Says how many were new. */
  insert(rows: readonly string[]): Promise<number>;
  /** Deletes some decisions from before a time (in milliseconds since the epoch), the oldest first. Says how many: none once all are gone. */
  deleteSome(before: number): Promise<number>;
  close(): Promise<void>;
}

/**
 * Written by hand, since this is the one table that grows with every request: a tenth of what the unit of work costs, on a process
 * that answers requests meanwhile.
 */
export function openDecisionStore({ log, dialect }: Databases, { dataDir }: Pick<ApiSettings, 'dataDir'>): DecisionStore {
  if (dialect === 'sqlite') return new SqliteStore(join(dataDir, 'decisions.db'));
  const values = COLUMNS.map((name, index) => POSTGRES[name]?.(`r->>${index}`) ?? `r->>${index}`);
  // In the order of their ids, so that two who send the same rows never wait for each other.
  const sql = `insert into decisions (${COLUMNS.join(', ')}) select ${values.join(', ')} from jsonb_array_elements(?::jsonb) as r order by r->>${COLUMNS.indexOf('id')} on conflict (id) do nothing`;
  return {
    insert: async (rows) => {
      const fields = JSON.stringify(rows.map((row) => row.split(FIELD)));
      return (await log.em.getConnection().execute<{ affectedRows: number }>(sql, [fields], 'run')).affectedRows;
    },
    deleteSome: async (before) => {
      const old = `select id from decisions where at < ${POSTGRES['at']!('?')} order by at limit ${DELETED_AT_ONCE}`;
      return (await log.em.getConnection().execute<{ affectedRows: number }>(`delete from decisions where id in (${old})`, [before], 'run'))
        .affectedRows;
    },
    close: async () => undefined,
  };
}

/** What PostgreSQL does not take for a text. */
const POSTGRES: Partial<Record<string, (text: string) => string>> = {
  at: (text) => `timestamptz 'epoch' + (${text})::bigint * interval '1 millisecond'`,
  decision: (text) => `${text} = '1'`,
  path: (text) => `nullif(${text}, '')::jsonb`,
  errors: (text) => `(${text})::jsonb`,
  revision: (text) => `(${text})::int`,
  request: (text) => `(${text})::jsonb`,
};

/** SQLite writes in a thread of its own: its calls hold up whoever makes them, and here that would be everybody who asks. */
class SqliteStore implements DecisionStore {
  readonly #writer: Thread<Write, number>;

  constructor(file: string) {
    this.#writer = new Thread(join(import.meta.dirname, 'sqlite-writer'), file);
  }

  insert(rows: readonly string[]): Promise<number> {
    return this.#writer.ask({ rows: rows.join(ROW) });
  }

  deleteSome(before: number): Promise<number> {
    return this.#writer.ask({ before });
  }

  close(): Promise<void> {
    return this.#writer.close();
  }
}
