import { execFile } from 'node:child_process';
import { cpSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from '@playwright/test';
import { Child } from './child.ts';
import { python, ROOT } from './installed.ts';

export interface Application {
  url: string;
  child: Child;
}

interface Connection {
  url: string;
  apiKey: string;
}

const NOT_PROGRAM = new Set(['.venv', 'instance', 'tests', '__pycache__']);

export type FlaskExample = 'flask-task-manager' | 'flask-inventory' | 'flask-projects';

/** A Flask application, and its commands. */
export interface FlaskApplication extends Application {
  /** Runs `flask --app app ...` beside the running application. Gives what it printed, or fails with it. */
  flask(...args: string[]): Promise<string>;
}

/** Starts an application from a copy of its folder, so that its data are its own. */
export async function startFlask(example: FlaskExample, { url, apiKey }: Connection, folder: string): Promise<FlaskApplication> {
  const home = join(folder, example);
  cpSync(join(ROOT, 'examples', example), home, { recursive: true, filter: (path) => !NOT_PROGRAM.has(basename(path)) });
  const env = {
    LICET_URL: url,
    LICET_API_KEY: apiKey,
    PORT: String(await freePort()),
    PYTHONUNBUFFERED: '1',
    PYTHONPATH: join(ROOT, 'libs/sdk-python/src'),
  };
  const child = await Child.start({ name: example, command: python(), args: ['app.py'], cwd: home, env, ready: / on (http:\S+)/ });
  // It says so a moment before it listens.
  await expect(async () => void (await fetch(`${child.ready}/login`))).toPass({ timeout: 10_000, intervals: [20] });
  const flask = async (...args: string[]) => {
    const { stdout } = await promisify(execFile)(python(), ['-m', 'flask', '--app', 'app', ...args], { cwd: home, env });
    return stdout;
  };
  return { url: child.ready, child, flask };
}

/** Starts the Express application, which keeps its tasks in memory. */
export async function startExpress({ url, apiKey }: Connection): Promise<Application> {
  const child = await Child.start({
    name: 'the Express application',
    command: process.execPath,
    args: [join(ROOT, 'examples/express-tasks/dist/main.js')],
    env: { LICET_URL: url, LICET_API_KEY: apiKey, PORT: '0' },
    ready: /Tasks are at (http:\S+)/,
  });
  return { url: child.ready, child };
}

/** Starts the invoices, with a database of their own. */
export async function startInvoices({ url, apiKey }: Connection, folder: string): Promise<Application> {
  const child = await Child.start({
    name: 'the invoices',
    command: process.execPath,
    args: [join(ROOT, 'examples/nest-invoices/dist/main.js')],
    env: { LICET_URL: url, LICET_API_KEY: apiKey, PORT: '0', DATABASE: join(folder, 'invoices.db') },
    ready: /Invoices are at (http:\S+)/,
  });
  return { url: child.ready, child };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
