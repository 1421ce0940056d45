import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = join(dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url))))), 'apps/api/dist/main.js');
/** Where a write need not wait for a disk: no check looks at what a loss of power leaves. */
const PLACE = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

export interface Ask {
  body?: unknown;
  headers?: Record<string, string>;
  key?: string | undefined;
}
export interface Answer {
  status: number;
  type: string;
  text: string;
  ms: number;
}

/** What an installation leaves to others: its files, and its owner's key. */
export interface Prepared {
  folder: string;
  owner: string;
}

/** A real api process on an empty database, with an owner whose key asks unless said otherwise. */
export class Installation {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 8 });
  readonly #port: number;
  readonly #child: ChildProcess;
  readonly #folder: string;
  owner = '';
  /** What the process wrote. */
  readonly output: () => string;

  private constructor(child: ChildProcess, folder: string, output: () => string) {
    this.#child = child;
    this.#folder = folder;
    this.#port = Number(/ready at http:\S+:(\d+)/.exec(output())?.[1]);
    this.output = output;
  }

  /** @param from begins with a copy of what this holds, instead of with nothing */
  static async start(from?: Prepared): Promise<Installation> {
    if (!existsSync(MAIN)) throw new Error('build the api first: npm run build');
    const folder = mkdtempSync(join(PLACE, 'licet-verify-'));
    if (from) cpSync(from.folder, folder, { recursive: true });
    const env = { LICET_PORT: '0', LICET_DATA_DIR: folder, LICET_REQUESTS_PER_MINUTE: '10000000' };
    const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const written: Buffer[] = [];
    const output = () => Buffer.concat(written).toString();
    await new Promise<void>((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (chunk: Buffer) => {
          written.push(chunk);
          if (chunk.includes('ready at ')) resolve();
        });
      }
      child.once('exit', () => reject(new Error(`the api ended: ${output()}`)));
    });
    const installation = new Installation(child, folder, output);
    if (from) installation.owner = from.owner;
    else await installation.#setUp(/token=(\S+)/.exec(output())?.[1] ?? '');
    return installation;
  }

  async close(): Promise<void> {
    rmSync((await this.leave()).folder, { recursive: true, force: true });
  }

  /** Ends the process, and leaves what it holds for others to start from. */
  async leave(): Promise<Prepared> {
    this.#agent.destroy();
    const gone = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGTERM');
    await gone;
    return { folder: this.#folder, owner: this.owner };
  }

  /** Asks exactly what is given: no path is tidied up. */
  ask(method: string, path: string, { body, headers = {}, key = this.owner }: Ask = {}): Promise<Answer> {
    const begun = performance.now();
    const payload = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const sent = request({
        ...{ host: '127.0.0.1', port: this.#port, method, path, agent: this.#agent },
        headers: {
          ...(key ? { authorization: `Bearer ${key}` } : {}),
          ...(payload === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(payload)) }),
          ...headers,
        },
      });
      sent.setTimeout(10_000, () => sent.destroy(new Error(`no answer within 10 s: ${method} ${path}`)));
      sent.on('error', reject);
      sent.on('response', (answer) => {
        const chunks: Buffer[] = [];
        const finish = () =>
          resolve({
            ...{ status: answer.statusCode ?? 0, type: String(answer.headers['content-type'] ?? '') },
            ...{ text: Buffer.concat(chunks).toString(), ms: performance.now() - begun },
          });
        answer.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          // An event stream does not end by itself: its first events are enough.
          if (answer.headers['content-type']?.startsWith('text/event-stream') && chunks.length > 1) answer.destroy();
        });
        answer.on('close', finish);
      });
      sent.end(payload);
    });
  }

  /** Asks as the owner, and demands that it worked. */
  async do<T = Record<string, string>>(method: string, path: string, body?: unknown): Promise<T> {
    const { status, text } = await this.ask(method, path, { body });
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text}`);
    return JSON.parse(text || '{}') as T;
  }

  /** Makes an API key. */
  async key(name: string, role: string, tenant = '*'): Promise<string> {
    return (await this.do('POST', '/api/v1/api-keys', { name, role, tenant }))['secret'] ?? '';
  }

  async #setUp(token: string): Promise<void> {
    const password = `a pass phrase of ${process.pid} and ${Date.now()}`;
    const body = JSON.stringify({ token, username: 'ana', password });
    const url = `http://127.0.0.1:${this.#port}/api/v1`;
    const json = { 'content-type': 'application/json' };
    const signedIn = await fetch(`${url}/setup`, { method: 'POST', headers: json, body });
    const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
    const made = await fetch(`${url}/api-keys`, {
      method: 'POST',
      headers: { ...json, cookie },
      body: JSON.stringify({ name: 'verifier', role: 'licet.owner' }),
    });
    this.owner = ((await made.json()) as { secret: string }).secret;
  }
}
