import type { DecisionRecord } from '@licet/contract';
import type { Databases } from '../database/orm.ts';

/** What is used here of the SQLite binding that MikroORM opened. */
interface NativeSqlite {
  prepare(sql: string): { run(...values: unknown[]): { changes: number } };
  transaction<T>(work: () => T): () => T;
}

/** A decision as it is stored: what is searched stands in columns of its own. */
export interface StoredDecision extends Omit<DecisionRecord, 'at'> {
  at: Date;
  subject: string;
  action: string;
  resourceType: string;
  resource: string;
  source: string;
  apiKey: string | null;
}

const COLUMNS = [
  ...['id', 'at', 'subject', 'action', 'resource_type', 'resource', 'tenant', 'decision'],
  ...['reason', 'path', 'errors', 'revision', 'request', 'source', 'api_key'],
];

/**
 * Inserts decisions, except those that are there already, and says how many were new. By hand, since this is the one table that
 * grows with every request: a tenth of what the unit of work costs, on a process that answers requests meanwhile.
 */
export function insertDecisions({ log, dialect }: Databases): (rows: StoredDecision[]) => Promise<number> {
  if (dialect === 'postgres') {
    const types = 'id text, at timestamptz, subject text, action text, resource_type text, resource text, tenant text, decision boolean, ' +
      'reason text, path jsonb, errors jsonb, revision int, request jsonb, source text, api_key text';
    const sql = `insert into decisions (${COLUMNS.join(', ')}) select ${COLUMNS.join(', ')} from jsonb_to_recordset(?::jsonb) as t(${types}) on conflict (id) do nothing`;
    return async (rows) => {
      const { affectedRows } = await log.em.getConnection().execute<{ affectedRows: number }>(sql, [JSON.stringify(rows.map(named))], 'run');
      return affectedRows;
    };
  }
  let insert: ReturnType<NativeSqlite['prepare']> | undefined;
  return async (rows) => {
    const connection = log.em.getConnection() as unknown as { getNativeClient(): Promise<NativeSqlite> };
    const database = await connection.getNativeClient();
    insert ??= database.prepare(`insert or ignore into decisions (${COLUMNS.join(', ')}) values (${COLUMNS.map(() => '?').join(', ')})`);
    const statement = insert;
    return database.transaction(() => rows.reduce((count, row) => count + statement.run(...values(row)).changes, 0))();
  };
}

function named({ at, resourceType, apiKey, ...row }: StoredDecision) {
  return { ...row, at: at.toISOString(), resource_type: resourceType, api_key: apiKey };
}

function values(row: StoredDecision): unknown[] {
  return [
    ...[row.id, row.at.getTime(), row.subject, row.action, row.resourceType, row.resource, row.tenant, row.decision ? 1 : 0],
    ...[row.reason, row.path && JSON.stringify(row.path), JSON.stringify(row.errors), row.revision, JSON.stringify(row.request), row.source, row.apiKey],
  ];
}
