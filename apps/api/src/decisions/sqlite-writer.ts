/** The thread that writes the decision log into its SQLite file: it takes a {@link Write}, and says how many rows it wrote or deleted. */
import { workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { answerAll } from '../database/thread.ts';
import { COLUMNS, DELETED_AT_ONCE, FIELD, ROW, type Write } from './decision-row.ts';

const BUSY_MS = 1_000;
const CACHE_KIB = 16_384; // The indexes are written to all over.
/** One statement for many rows costs half as much for each. */
const AT_ONCE = 16;
const PATH = COLUMNS.indexOf('path');

const database = new Database(workerData as string, { fileMustExist: true, timeout: BUSY_MS });
database.pragma('synchronous = normal');
database.pragma(`cache_size = -${CACHE_KIB}`);
const statements = new Map<number, Database.Statement>();
const insertAll = database.transaction((rows: string[]) => {
  let count = 0;
  for (let begin = 0; begin < rows.length; begin += AT_ONCE) {
    const some = rows.slice(begin, begin + AT_ONCE);
    count += insertOf(some.length).run(some.flatMap(fieldsOf)).changes;
  }
  return count;
});

answerAll<Write, number>(
  (wanted) => ('rows' in wanted ? insertAll(wanted.rows.split(ROW)) : deleteSome(wanted.before)),
  () => database.close(),
);

function deleteSome(before: number): number {
  const sql = 'delete from decisions where id in (select id from decisions where at < ? order by at limit ?)';
  return database.prepare(sql).run(before, DELETED_AT_ONCE).changes;
}

function insertOf(rows: number): Database.Statement {
  let statement = statements.get(rows);
  if (!statement) {
    const values = Array.from({ length: rows }, () => `(${COLUMNS.map(() => '?').join(', ')})`).join(', ');
    statement = database.prepare(`insert or ignore into decisions (${COLUMNS.join(', ')}) values ${values}`);
    statements.set(rows, statement);
  }
  return statement;
}

/** Numbers come as text, and SQLite makes numbers of them by the type of their column. */
function fieldsOf(row: string): (string | null)[] {
  const fields: (string | null)[] = row.split(FIELD);
  fields[PATH] ||= null;
  return fields;
}
