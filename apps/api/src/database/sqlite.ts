import type SqliteFile from 'better-sqlite3';
import type { Part } from './orm.ts';

/** A function that knows the case of all letters, and not of ASCII alone as SQLite's `lower` does. */
export const LOWER_OF_ALL = 'lower_of_all';

/** Makes a connection to one of the two files what is wanted of it. */
export function setUp(database: SqliteFile.Database, part: Part): void {
  // FULL: an acknowledged edit survives a loss of power. The decision log may lose its last moments then, the policy may not.
  // Whoever waits for a lock holds up whoever waits for this connection: the decision log tries again later instead.
  const [sync, wait] = part === 'policy' ? ['full', 5000] : ['normal', 20];
  for (const pragma of ['journal_mode = wal', `synchronous = ${sync}`, 'foreign_keys = on', `busy_timeout = ${wait}`]) database.pragma(pragma);
  const lower = (text: unknown) => (typeof text === 'string' ? text.toLowerCase() : text);
  database.function(LOWER_OF_ALL, { deterministic: true }, lower);
}
