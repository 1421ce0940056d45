import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MAIN = join(import.meta.dirname, '../../api/dist/main.js');
const PASSWORD = 'a long pass phrase for tests';

/** A real control plane in a process of its own, which can be stopped and started again on the same data and port. */
export class ControlPlaneProcess {
  readonly url: string;
  readonly folder: string;
  readonly #port: number;
  #child: ChildProcess | undefined;
  #cookie = '';

  private constructor(folder: string, port: number) {
    this.folder = folder;
    this.#port = port;
    this.url = `http://127.0.0.1:${port}`;
  }

  static async start(): Promise<ControlPlaneProcess> {
    if (!existsSync(MAIN)) throw new Error('there is no built api: run `npm run build` first');
    const plane = new ControlPlaneProcess(await mkdtemp(join(tmpdir(), 'licet-pdp-')), await freePort());
    const token = /token=(\S+)/.exec(await plane.run())?.[1];
    const answer = await plane.send('POST', '/api/v1/setup', { token, username: 'ana', password: PASSWORD });
    plane.#cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    return plane;
  }

  /** @returns what it printed until it was ready */
  run(): Promise<string> {
    const env = { PATH: process.env['PATH'], LICET_PORT: String(this.#port), LICET_DATA_DIR: join(this.folder, 'data') };
    const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    this.#child = child;
    return textUntil(child, /ready at[^\n]*\n/);
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }

  async remove(): Promise<void> {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
    const json = body === undefined ? {} : { 'content-type': 'application/json' };
    const content = body === undefined ? {} : { body: JSON.stringify(body) };
    return fetch(this.url + path, { method, headers: { cookie: this.#cookie, ...json, ...headers }, ...content });
  }

  /** Calls the admin API as the owner, and demands that it works. */
  async call<T = Record<string, unknown>>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> {
    const answer = await this.send(method, path, body, headers);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  key(name: string, role?: string): Promise<{ id: string; secret: string }> {
    return this.call('POST', '/api/v1/api-keys', { name, ...(role === undefined ? {} : { role }) });
  }

  /** Revokes a key that has not been touched since it was made. */
  revoke({ id }: { id: string }): Promise<unknown> {
    return this.call('DELETE', `/api/v1/api-keys/${id}`, undefined, { 'if-match': '"1"' });
  }
}

/** Waits for a text in the output of a program. @returns all that it printed so far */
export function textUntil(child: ChildProcess, wanted: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    const hear = (chunk: Buffer) => {
      output += chunk.toString();
      if (wanted.test(output)) resolve(output);
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.once('exit', (code) => reject(new Error(`it ended with ${code}:\n${output}`)));
  });
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** Waits for something that is on its way. @returns how many ms that took @throws Error after `ms` */
export async function within(ms: number, condition: () => boolean | Promise<boolean>): Promise<number> {
  const began = performance.now();
  while (!(await condition())) {
    if (performance.now() - began > ms) throw new Error(`it did not happen within ${ms} ms`);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return performance.now() - began;
}

/** Alice may read tasks, and delete her own. */
export const TASKS = {
  licet: 1,
  resourceTypes: { task: { actions: ['read', 'delete'], attributes: { ownerId: 'string' } } },
  conditions: { own: 'resource.properties.ownerId == subject.id' },
  roles: { member: { grants: ['task:read', { permission: 'task:delete', when: 'own' }] } },
  users: { alice: {}, bob: {} },
  assignments: [{ user: 'alice', role: 'member' }],
};
