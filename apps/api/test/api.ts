import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InjectOptions } from 'fastify';
import { type Api, createApi } from '../src/app.ts';
import { openPart } from '../src/database/orm.ts';
import { isDecision } from '../src/decisions/decision-endpoint.ts';
import { Setup } from '../src/operators/setup.service.ts';
import type { ApiSettings } from '../src/settings.ts';

export const DIALECTS = ['sqlite', 'postgres'] as const;
export type TestDialect = (typeof DIALECTS)[number];
export const PASSWORD = 'a long pass phrase for tests';

/** A new, empty database of the dialect, and how to get rid of it. */
export async function newDatabase(dialect: TestDialect): Promise<{ settings: ApiSettings; remove: () => void }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'licet-test-'));
  const settings: ApiSettings = {
    ...{ port: 0, host: '127.0.0.1', dataDir, databaseUrl: undefined, publicUrl: 'http://localhost:4000', decisionLog: true },
    ...{ trustProxy: false, tls: undefined, requestsPerMinute: 10_000_000, streamsPerKey: 200 },
  };
  if (dialect === 'postgres') {
    const admin = process.env['LICET_TEST_POSTGRES']!;
    const name = `t_${randomUUID().replaceAll('-', '')}`;
    const orm = await openPart('log', 'postgres', { dataDir, databaseUrl: admin });
    await orm.em.getConnection().execute(`create database ${name}`);
    await orm.close(true);
    settings.databaseUrl = admin.replace(/\/[^/]*$/, `/${name}`);
  }
  return { settings, remove: () => rmSync(dataDir, { recursive: true, force: true }) };
}

/** Asks without a socket, of whoever the server would give the request to. */
export function inject(api: Api, request: InjectOptions) {
  return (typeof request.url === 'string' && isDecision(request.url) ? api.decisions : api.fastify).inject(request);
}

export interface Answer {
  status: number;
  // What came back is whatever the api says; each test states what it expects of it.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- see above
  body: any;
  headers: Record<string, string | undefined>;
  revision: number;
  etag: string;
}

export interface TestApi extends Api {
  settings: ApiSettings;
  /** Calls as the owner, unless the headers hold an `authorization` or `cookie: ''`. */
  call(method: InjectOptions['method'], url: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Creates a row and demands that it worked. */
  create(collection: string, body: unknown): Promise<Answer>;
  /** Makes an API key; returns the header that carries it. */
  key(name: string, role?: string): Promise<{ authorization: string }>;
  stop(): Promise<void>;
}

/** A whole control plane on a new database, set up, with the owner `ana` signed in. */
export async function startApi(dialect: TestDialect): Promise<TestApi> {
  const { settings, remove } = await newDatabase(dialect);
  return openApi(settings, remove);
}

/** The same on a database that may exist already. */
export async function openApi(settings: ApiSettings, remove: () => void = () => undefined): Promise<TestApi> {
  const api = await createApi(settings);
  const cookie = await signIn(api);
  let stopped: Promise<void> | undefined;
  const call: TestApi['call'] = async (method, url, body, headers = {}) => {
    const sent = { ...('authorization' in headers || 'cookie' in headers ? {} : { cookie }), ...headers };
    const answer = await inject(api, { method: method!, url, headers: sent, ...(body === undefined ? {} : { payload: body as object }) });
    return {
      status: answer.statusCode,
      body: answer.body && /[/+]json\b/.test(String(answer.headers['content-type'])) ? JSON.parse(answer.body) : answer.body,
      headers: answer.headers as Record<string, string | undefined>,
      revision: Number(answer.headers['licet-revision']),
      etag: String(answer.headers['etag'] ?? ''),
    };
  };
  const create: TestApi['create'] = async (collection, body) => {
    const answer = await call('POST', `/api/v1/${collection}`, body);
    if (answer.status !== 201) throw new Error(`${collection} ${JSON.stringify(body)}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer;
  };
  return {
    ...api,
    settings,
    call,
    create,
    key: async (name, role) => ({ authorization: `Bearer ${(await create('api-keys', { name, ...(role ? { role } : {}) })).body.secret}` }),
    stop: () => (stopped ??= api.close().then(remove)),
  };
}

async function signIn(api: Api): Promise<string> {
  const setup = api.app.get(Setup);
  const first = await setup.required();
  const payload = first
    ? { token: setup.newLink().split('token=')[1], username: 'ana', password: PASSWORD }
    : { username: 'ana', password: PASSWORD };
  const answer = await api.fastify.inject({ method: 'POST', url: first ? '/api/v1/setup' : '/api/v1/session', payload });
  return String(answer.headers['set-cookie']).split(';')[0]!;
}
