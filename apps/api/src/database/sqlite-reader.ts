/** The thread in which a SQLite file is asked: it takes a {@link Question} and gives an {@link Answer}. */
import { workerData } from 'node:worker_threads';
import SqliteFile from 'better-sqlite3';
import { setUp } from './sqlite.ts';
import type { Answer, Question } from './sqlite-thread.ts';
import { answerAll } from './thread.ts';

const database = new SqliteFile(workerData as string);
setUp(database, 'log');

answerAll<Question, Answer>(
  ({ sql, parameters }) => {
    const statement = database.prepare(sql);
    if (statement.reader) return { rows: statement.all(parameters) };
    const { changes, lastInsertRowid } = statement.run(parameters);
    return { rows: [], insertId: BigInt(lastInsertRowid), numAffectedRows: BigInt(changes) };
  },
  () => database.close(),
);
