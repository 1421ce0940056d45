/**
 * The thread that writes the decision log into its SQLite file. It takes `{ turn, rows }`, where `rows` is the JSON text of an array of
 * decisions, and answers with a {@link Written}; `close` closes the file and ends the thread.
 */
import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import type { StoredDecision } from './decision-store.ts';

export interface Written {
  turn: number;
  /** How many of the decisions were new. */
  count: number;
  error?: string;
}

const COLUMNS = [
  ...['id', 'at', 'subject', 'action', 'resource_type', 'resource', 'tenant', 'decision'],
  ...['reason', 'path', 'errors', 'revision', 'request', 'source', 'api_key'],
];
const BUSY_MS = 1_000;

const port = parentPort!;
const database = new Database(workerData as string, { fileMustExist: true, timeout: BUSY_MS });
database.pragma('synchronous = normal');
let insert: Database.Statement | undefined;
const insertAll = database.transaction((rows: StoredDecision[]) =>
  rows.reduce((count, row) => count + insert!.run(...values(row)).changes, 0),
);

port.on('message', (message: 'close' | { turn: number; rows: string }) => {
  if (message === 'close') {
    database.close();
    port.close();
    return;
  }
  const { turn, rows } = message;
  try {
    insert ??= database.prepare(`insert or ignore into decisions (${COLUMNS.join(', ')}) values (${COLUMNS.map(() => '?').join(', ')})`);
    port.postMessage({ turn, count: insertAll(JSON.parse(rows) as StoredDecision[]) } satisfies Written);
  } catch (error) {
    port.postMessage({ turn, count: 0, error: String(error) } satisfies Written);
  }
});

function values(row: StoredDecision): unknown[] {
  return [
    ...[row.id, Date.parse(row.at), row.subject, row.action, row.resource_type, row.resource, row.tenant, row.decision ? 1 : 0],
    ...[
      row.reason,
      row.path && JSON.stringify(row.path),
      JSON.stringify(row.errors),
      row.revision,
      JSON.stringify(row.request),
      row.source,
      row.api_key,
    ],
  ];
}
