import { join } from 'node:path';
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type QueryResult,
  SqliteAdapter,
  SqliteDriver,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { Thread } from './thread.ts';

export type Question = Pick<CompiledQuery, 'sql' | 'parameters'>;
export type Answer = QueryResult<unknown>;

/**
 * A SQLite file that is asked in a thread of its own. The calls of SQLite hold up their thread, and among millions of decisions a search
 * takes seconds.
 */
export function sqliteInThread(file: string): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new ThreadDriver(new ThreadConnection(file)),
    createIntrospector: (database) => new SqliteIntrospector(database),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

class ThreadConnection implements DatabaseConnection {
  readonly #thread: Thread<Question, Answer>;

  constructor(file: string) {
    this.#thread = new Thread(join(import.meta.dirname, 'sqlite-reader'), file);
  }

  async executeQuery<R>({ sql, parameters }: Question): Promise<QueryResult<R>> {
    return (await this.#thread.ask({ sql, parameters })) as QueryResult<R>;
  }

  async *streamQuery<R>(query: CompiledQuery): AsyncGenerator<QueryResult<R>> {
    yield await this.executeQuery(query);
  }

  close(): Promise<void> {
    return this.#thread.close();
  }
}

/** The one connection; the adapter has everybody wait for it while somebody has it. Transactions are those of the driver for files. */
class ThreadDriver extends SqliteDriver {
  readonly #connection: ThreadConnection;

  constructor(connection: ThreadConnection) {
    super({ database: () => Promise.reject(new Error('the file is open in a thread')) });
    this.#connection = connection;
  }

  override async init(): Promise<void> {}

  override async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection;
  }

  override destroy(): Promise<void> {
    return this.#connection.close();
  }
}
