import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiSettings } from '../src/settings.ts';

const MAIN = join(import.meta.dirname, '../dist/main.js');

export interface Server {
  url: string;
  /** The one-time link, on the first start. */
  setupToken: string | undefined;
  kill(signal: NodeJS.Signals): Promise<{ code: number | null; output: string }>;
}

/** Starts the built api as a process of its own, as an operator would. */
export async function startServer(settings: Pick<ApiSettings, 'dataDir' | 'databaseUrl'>): Promise<Server> {
  if (!existsSync(MAIN)) throw new Error('build the api first: npm run build');
  const env: NodeJS.ProcessEnv = { PATH: process.env['PATH'], LICET_PORT: '0', LICET_DATA_DIR: settings.dataDir };
  if (settings.databaseUrl) env['LICET_DATABASE_URL'] = settings.databaseUrl;
  const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  process.once('exit', () => child.kill('SIGKILL'));
  let output = '';
  const exited = new Promise<number | null>((resolve) => child.on('exit', (code) => resolve(code)));
  const ready = new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      const url = /ready at (\S+)/.exec(output)?.[1];
      if (url) resolve(url);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    void exited.then(() => reject(new Error(`the api ended: ${output}`)));
  });
  const url = (await ready).replace('localhost', '127.0.0.1');
  return {
    url,
    setupToken: /token=(\S+)/.exec(output)?.[1],
    kill: async (signal) => {
      child.kill(signal);
      return { code: await exited, output };
    },
  };
}
