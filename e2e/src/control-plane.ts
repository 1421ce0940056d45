import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import type { CollectionName, CollectionRow, Page } from '@licet/contract';
import { Child } from './child.ts';
import { ROOT } from './installed.ts';

export const OWNER = { username: 'olga', password: 'a long enough password' };

interface Ask {
  body?: unknown;
  version?: number;
  reason?: string;
}

/** A real api with its console and a data directory of its own. */
export class ControlPlane {
  readonly url: string;
  readonly setupLink: string;
  private readonly child: Child;
  private readonly dataDir: string;
  private readonly settings: Record<string, string>;
  private cookie = '';

  private constructor(child: Child, dataDir: string, settings: Record<string, string>) {
    this.child = child;
    this.dataDir = dataDir;
    this.settings = settings;
    this.url = child.ready;
    this.setupLink = /\S+#\/setup\S+/.exec(child.output)?.[0] ?? '';
  }

  static async start(dataDir: string, port = 0, settings: Record<string, string> = {}): Promise<ControlPlane> {
    const child = await Child.start({
      name: 'the api',
      command: process.execPath,
      args: [join(ROOT, 'apps/api/dist/main.js')],
      env: { LICET_PORT: String(port), LICET_DATA_DIR: dataDir, ...settings },
      ready: /Licet is ready at (http:\S+)/,
    });
    return new ControlPlane(child, dataDir, settings);
  }

  stop(): Promise<void> {
    return this.child.stop();
  }

  /** The same installation, started again at the same address. */
  async startAgain(): Promise<ControlPlane> {
    const again = await ControlPlane.start(this.dataDir, Number(new URL(this.url).port), this.settings);
    await again.signIn();
    return again;
  }

  /** Makes the first operator with the printed link's token. */
  async setUp(loadExample: boolean): Promise<void> {
    const token = /token=(.*)$/.exec(this.setupLink)?.[1];
    await this.open('setup', { token, ...OWNER, loadExample });
  }

  async signIn(): Promise<void> {
    await this.open('session', OWNER);
  }

  /** Asks the admin API as the owner. */
  async ask<T>(method: string, path: string, { body, version, reason }: Ask = {}): Promise<T> {
    const headers: Record<string, string> = { cookie: this.cookie };
    if (body !== undefined) headers['content-type'] = 'application/json';
    if (version !== undefined) headers['if-match'] = `"${version}"`;
    if (reason !== undefined) headers['licet-reason'] = encodeURIComponent(reason);
    const answer = await fetch(`${this.url}/api/v1/${path}`, { method, headers, body: body === undefined ? null : JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
    return (text ? JSON.parse(text) : undefined) as T;
  }

  async rows<N extends CollectionName>(name: N, query: Record<string, string> = {}): Promise<CollectionRow<N>[]> {
    const page = await this.ask<Page<CollectionRow<N>>>('GET', `${name}?${new URLSearchParams({ perPage: '1000', ...query })}`);
    return page.items;
  }

  create<N extends CollectionName>(name: N, body: object, reason?: string): Promise<CollectionRow<N>> {
    return this.ask('POST', name, { body, ...(reason === undefined ? {} : { reason }) });
  }

  /** Makes an API key and gives its secret. */
  async apiKey(name: string, role?: string): Promise<string> {
    const made = await this.ask<{ secret: string }>('POST', 'api-keys', { body: { name, ...(role ? { role } : {}) } });
    return made.secret;
  }

  /** Puts a policy file in force with the command line, as its reader would. */
  async apply(file: string): Promise<void> {
    const env = { ...process.env, LICET_URL: this.url, LICET_API_KEY: await this.apiKey('command-line', 'licet.owner') };
    await promisify(execFile)(process.execPath, [join(ROOT, 'apps/cli/bin/licet.js'), 'apply', join(ROOT, file), '--yes'], { env });
  }

  /** Makes it eleven minutes since an operator last showed who is there: longer than a story takes. */
  forget(user: string): void {
    const database = new DatabaseSync(join(this.dataDir, 'policy.db'));
    database.prepare('update sessions set created_at = created_at - 660000 where user_id = ?').run(user);
    database.close();
  }

  private async open(path: string, body: object): Promise<void> {
    const answer = await fetch(`${this.url}/api/v1/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
    this.cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
  }
}
