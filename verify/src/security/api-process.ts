import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MAIN = join(import.meta.dirname, '../../../apps/api/dist/main.js');
const PASSWORD = 'a long pass phrase for walks';

export interface Answer {
  status: number;
  /** What the api said; whoever asks knows the shape. */
  body: Record<string, unknown> | undefined;
}

/** Who asks: the headers that prove it. */
export type Caller = Record<string, string>;

/** A real control plane in a process of its own, with an owner. */
export class ApiProcess {
  owner: Caller = {};

  private constructor(
    readonly url: string,
    private readonly child: ChildProcess,
    private readonly folder: string,
  ) {}

  static async start(): Promise<ApiProcess> {
    if (!existsSync(MAIN)) throw new Error('there is no built api: run `npm run build` first');
    const folder = await mkdtemp(join(tmpdir(), 'licet-walks-'));
    const env = { PATH: process.env['PATH'], LICET_PORT: '0', LICET_DATA_DIR: join(folder, 'data'), LICET_REQUESTS_PER_MINUTE: '10000000' };
    const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    const said = await textUntil(child, /token=\S+\s/);
    const api = new ApiProcess(/ready at (\S+)/.exec(said)![1]!, child, folder);
    const answer = await fetch(`${api.url}/api/v1/setup`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token: /token=(\S+)/.exec(said)![1], username: 'ana', password: PASSWORD, loadExample: false }),
    });
    api.owner = { cookie: answer.headers.getSetCookie()[0]!.split(';')[0]! };
    const { secret } = await api.own<{ secret: string }>('POST', '/api/v1/api-keys', { name: 'walks', role: 'licet.owner' });
    api.owner = { authorization: `Bearer ${secret}` };
    return api;
  }

  async ask(caller: Caller, method: string, path: string, body?: unknown, version?: number): Promise<Answer> {
    const headers: Record<string, string> = { ...caller };
    if (body !== undefined) headers['content-type'] = 'application/json';
    if (version !== undefined) headers['if-match'] = `"${version}"`;
    const answer = await fetch(`${this.url}${path}`, { method, headers, body: body === undefined ? null : JSON.stringify(body) });
    const text = await answer.text();
    return { status: answer.status, body: text ? (JSON.parse(text) as Record<string, unknown>) : undefined };
  }

  /** The same as the owner, who is never refused. */
  async own<T = unknown>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.ask(this.owner, method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body as T;
  }

  async stop(): Promise<void> {
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGKILL');
    await gone;
    await rm(this.folder, { recursive: true, force: true });
  }
}

function textUntil(child: ChildProcess, wanted: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout!.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (wanted.test(text)) resolve(text);
    });
    child.once('exit', (code) => reject(new Error(`the api ended with ${code}: ${text}`)));
  });
}
