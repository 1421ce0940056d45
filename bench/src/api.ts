import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const STOP_MS = 3_000;
const MAIN = fileURLToPath(new URL('../../apps/api/dist/main.js', import.meta.url));

/** A real control plane in a process of its own, on an empty data directory, with its first operator signed in. */
export interface Api {
  url: string;
  port: number;
  pid: number;
  /** Calls the admin API as the operator. @throws Error on anything but 2xx */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<{ body: unknown; headers: Headers }>;
  /** Makes the policy what a policy file says. */
  apply(file: object): Promise<void>;
  /** @returns the secret of a new API key, of an application unless another role is named */
  key(name: string, role?: string): Promise<string>;
  /** Ends the process and starts another on the same data. @returns how long that took until it was ready, in ms */
  restart(): Promise<number>;
  stop(): Promise<void>;
}

export async function startApi(env: Record<string, string> = {}): Promise<Api> {
  if (!existsSync(MAIN)) throw new Error('there is no built api: run `npm run build` first');
  const dataDir = await mkdtemp(join(tmpdir(), 'licet-bench-'));
  const settings = { PATH: process.env['PATH'], LICET_PORT: '0', LICET_DATA_DIR: dataDir, NODE_ENV: 'production', ...env };
  const begin = () => spawn(process.execPath, [MAIN], { env: settings, stdio: ['ignore', 'pipe', 'inherit'] });
  let child = begin();
  const end = async () => {
    const gone = new Promise((resolve) => (child.exitCode === null ? child.once('exit', resolve) : resolve(undefined)));
    child.kill('SIGTERM');
    const patience = setTimeout(() => child.kill('SIGKILL'), STOP_MS); // its data are thrown away
    await gone;
    clearTimeout(patience);
  };
  const stop = async () => {
    await end();
    await rm(dataDir, { recursive: true, force: true });
  };
  let url: string;
  let cookie: string;
  try {
    const output = await untilReady(child);
    url = output.url;
    if (output.token === undefined) throw new Error('the api gave no link that makes the first operator');
    cookie = await setUp(url, output.token);
  } catch (error) {
    await stop();
    throw error;
  }
  const call: Api['call'] = async (method, path, body, headers = {}) => {
    const sent = { cookie, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers };
    const answer = await fetch(url + path, { method, headers: sent, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return { body: text === '' ? undefined : JSON.parse(text), headers: answer.headers };
  };
  return {
    get url() {
      return url;
    },
    get port() {
      return Number(new URL(url).port);
    },
    get pid() {
      return child.pid ?? 0;
    },
    call,
    apply: async (file) => void (await call('POST', '/api/v1/policy/apply', { file, reason: 'bench' })),
    key: async (name, role) =>
      ((await call('POST', '/api/v1/api-keys', { name, ...(role ? { role } : {}) })).body as { secret: string }).secret,
    restart: async () => {
      await end();
      const began = performance.now();
      child = begin();
      ({ url } = await untilReady(child));
      return performance.now() - began;
    },
    stop,
  };
}

/** Reads from the output where the api listens, and the token of the link that makes the first operator, where there is none yet. */
function untilReady(child: ChildProcess): Promise<{ url: string; token: string | undefined }> {
  return new Promise((resolve, reject) => {
    let output = '';
    child.once('exit', (code) => reject(new Error(`the api ended with ${code}:\n${output}`)));
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const url = /ready at (\S+)\s/.exec(output)?.[1];
      const token = /token=(\S+)\s/.exec(output)?.[1];
      if (url !== undefined) resolve({ url: url.replace('localhost', '127.0.0.1'), token });
    });
  });
}

async function setUp(url: string, token: string): Promise<string> {
  const body = JSON.stringify({ token, username: 'bench', password: crypto.randomUUID() });
  const answer = await fetch(`${url}/api/v1/setup`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  const cookie = answer.headers.getSetCookie()[0]?.split(';')[0];
  if (!answer.ok || cookie === undefined) throw new Error(`setup: ${answer.status} ${await answer.text()}`);
  return cookie;
}
