import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { MikroORM, type Options } from '@mikro-orm/core';
import { Migrator } from '@mikro-orm/migrations';
import { PostgreSqlDriver } from '@mikro-orm/postgresql';
import type { AbstractSqlDriver, SqlEntityManager } from '@mikro-orm/sql';
import { type SqliteConnection, SqliteDriver } from '@mikro-orm/sqlite';
import SqliteFile from 'better-sqlite3';
import { LOG_ENTITIES, POLICY_ENTITIES } from './entities.ts';
import { setUp } from './sqlite.ts';
import { sqliteInThread } from './sqlite-thread.ts';

export type Dialect = 'sqlite' | 'postgres';
export type EntityManager = SqlEntityManager;
export type Orm = MikroORM<AbstractSqlDriver, SqlEntityManager>;

/** The policy database, and the decision log with the security events: two files with SQLite, one database with PostgreSQL. */
export interface Databases {
  dialect: Dialect;
  policy: Orm;
  log: Orm;
  close(): Promise<void>;
}

export interface DatabaseSettings {
  /** A folder, or `:memory:`. */
  dataDir: string;
  databaseUrl: string | undefined;
}

/** On PostgreSQL only, and no entity: the library that counts tries writes it, and makes it. */
export const TRIES_TABLE = 'sign_in_tries';
const NO_POLICY = new RegExp(`^(?:.*\\.)?(?:decisions|security_events|migrations_log|${TRIES_TABLE})$`);

export type Part = 'policy' | 'log';
const isOnDisk = ({ databaseUrl, dataDir }: DatabaseSettings) => !databaseUrl && dataDir !== ':memory:';
const FILES = { policy: 'policy.db', log: 'decisions.db' } as const;
const ENTITIES = { policy: POLICY_ENTITIES, log: LOG_ENTITIES };

/**
 * Opens both databases and brings their tables up to date. Fails where another process uses the same folder of SQLite files: each would
 * answer by a policy of its own.
 */
export async function openDatabases(settings: DatabaseSettings): Promise<Databases> {
  const dialect: Dialect = settings.databaseUrl ? 'postgres' : 'sqlite';
  const letGo = isOnDisk(settings) ? holdFolder(settings.dataDir) : undefined;
  const opened: Orm[] = [];
  const open = async (part: Part) => {
    const orm = await openPart(part, dialect, settings);
    opened.unshift(orm);
    await migrate(orm, dialect);
    // Only now: what a statement answers is kept with it, and migrations change that.
    if (dialect === 'sqlite' && part === 'policy') keepStatements(await nativeOf(orm));
    return orm;
  };
  const close = async () => {
    for (const orm of opened) await orm.close(true);
    letGo?.();
  };
  try {
    return { dialect, policy: await open('policy'), log: await open('log'), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The settings of one part, also for the script that writes migrations. */
export function ormOptions(part: Part, dialect: Dialect, settings: DatabaseSettings, migrations = migrationsFolder(part, dialect)) {
  const common = {
    entities: [...ENTITIES[part]],
    extensions: [Migrator],
    // Invariant: nobody uses a global identity map; every request and every commit forks its own.
    allowGlobalContext: false,
    // With PostgreSQL both parts live in one database; neither touches the other's tables.
    schemaGenerator: {
      skipTables: part === 'policy' ? [NO_POLICY] : [/^(?!(?:.*\.)?(?:decisions|security_events)$)/],
    },
    migrations: {
      path: migrations,
      glob: '!(*.d).{js,ts}',
      tableName: part === 'policy' ? 'migrations' : 'migrations_log',
      snapshot: false,
      silent: true,
      transactional: true,
      allOrNothing: true,
    },
  };
  const file = settings.dataDir === ':memory:' ? ':memory:' : join(settings.dataDir, FILES[part]);
  const place = settings.databaseUrl
    ? { driver: PostgreSqlDriver, clientUrl: settings.databaseUrl, pool: { min: 0, max: part === 'policy' ? 8 : 3 } }
    : { driver: SqliteDriver, dbName: file, ...(part === 'log' ? { driverOptions: sqliteInThread(file) } : {}) };
  return { ...common, ...place } as unknown as Options<AbstractSqlDriver, SqlEntityManager>;
}

/** Connects to one part, without migrating it. */
export async function openPart(part: Part, dialect: Dialect, settings: DatabaseSettings, migrations?: string): Promise<Orm> {
  if (isOnDisk(settings)) ownFile(join(settings.dataDir, FILES[part]));
  const orm = (await MikroORM.init(ormOptions(part, dialect, settings, migrations))) as Orm;
  if (dialect === 'postgres') return orm;
  if (part === 'policy') setUp(await nativeOf(orm), part);
  return orm;
}

/** Folders that this process holds, each with how often it is open. */
const held = new Map<string, { lock: SqliteFile.Database; times: number }>();

/** Makes the folder, and keeps other processes from it until the returned function is called. No crash leaves the lock of the operating system behind. */
function holdFolder(folder: string): () => void {
  const own = held.get(folder) ?? { lock: lockFolder(folder), times: 0 };
  own.times += 1;
  held.set(folder, own);
  return () => {
    own.times -= 1;
    if (own.times > 0) return;
    own.lock.close();
    held.delete(folder);
  };
}

function lockFolder(folder: string): SqliteFile.Database {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, 'lock.db');
  ownFile(path);
  const lock = new SqliteFile(path, { timeout: 0 });
  try {
    lock.exec('begin exclusive');
    return lock;
  } catch (error) {
    lock.close();
    if ((error as { code?: string }).code !== 'SQLITE_BUSY') throw error;
    throw new Error(`another Licet uses the folder ${folder}: stop it, or set LICET_DATA_DIR to a folder of its own`);
  }
}

/** Lets only the owner of the process read a file, whatever the umask and the folder say. SQLite gives what it puts beside it the same mode. */
function ownFile(path: string): void {
  closeSync(openSync(path, 'a', 0o600));
  chmodSync(path, 0o600);
}

const nativeOf = async (orm: Orm) => (await (orm.em.getConnection() as SqliteConnection).getNativeClient()) as SqliteFile.Database;

const KEPT_STATEMENTS = 500;

/** Prepares a statement once for all times that it is asked: else that costs a tenth of every commit. */
function keepStatements(database: SqliteFile.Database): void {
  const kept = new Map<string, SqliteFile.Statement>();
  const prepare = database.prepare.bind(database) as (sql: string) => SqliteFile.Statement;
  database.prepare = ((sql: string) => {
    const statement = kept.get(sql) ?? prepare(sql);
    kept.delete(sql); // so that it becomes the newest
    kept.set(sql, statement);
    if (kept.size > KEPT_STATEMENTS) kept.delete(kept.keys().next().value!);
    return statement;
  }) as typeof database.prepare;
}

async function migrate(orm: Orm, dialect: Dialect): Promise<void> {
  const run = () => orm.migrator.up();
  if (dialect === 'sqlite') return void (await run());
  // Several processes may start at once on one PostgreSQL: one migrates, the others wait for it.
  const em = orm.em.fork();
  await em.begin();
  await em.execute('select pg_advisory_xact_lock(4000, 1)');
  await run();
  await em.commit();
}

function migrationsFolder(part: Part, dialect: Dialect): string {
  return join(import.meta.dirname, '..', 'migrations', part === 'policy' ? dialect : `${dialect}-log`);
}
