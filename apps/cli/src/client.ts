import { Problem } from '@licet/contract';
import { Failure, USAGE } from './failure.ts';

const DEFAULT_URL = 'http://localhost:4000';
const TIMEOUT_MS = 60_000;

interface Schema<T> {
  safeParse(value: unknown): { success: true; data: T } | { success: false };
}

/** Speaks to the admin API of one Licet. */
export class Client {
  readonly url: URL;
  readonly #key: string;

  /** @param url as given on the command line, else the environment says */
  constructor(url: string | undefined, env: NodeJS.ProcessEnv) {
    this.url = readUrl(url ?? (env['LICET_URL'] || DEFAULT_URL));
    this.#key = env['LICET_API_KEY']?.trim() ?? '';
    if (!this.#key) throw new Failure('set LICET_API_KEY to an API key; the console makes one under Apps & keys', { exitCode: USAGE });
    if (!/^[\u0021-\u007e]+$/.test(this.#key))
      throw new Failure('LICET_API_KEY is not an API key: it holds characters that no key has', { exitCode: USAGE });
  }

  get<T>(path: string, schema: Schema<T>): Promise<T> {
    return this.#send('GET', path, undefined, schema);
  }

  post<T>(path: string, body: unknown, schema: Schema<T>): Promise<T> {
    return this.#send('POST', path, body, schema);
  }

  async #send<T>(method: string, path: string, body: unknown, schema: Schema<T>): Promise<T> {
    const response = await this.#fetch(method, path, body);
    const location = response.headers.get('location');
    if (location && response.status >= 300 && response.status < 400)
      throw new Failure(`${this.url.href} sends us on to ${new URL(location, this.url).origin}; give that address as LICET_URL`);
    const answer = (await response.json().catch(() => undefined)) as unknown;
    if (!response.ok) throw this.#refusal(response.status, answer);
    const parsed = schema.safeParse(answer);
    if (!parsed.success)
      throw new Failure(`${this.url.href} does not answer as Licet does; is LICET_URL right, and is this licet of the same version?`);
    return parsed.data;
  }

  async #fetch(method: string, path: string, body: unknown): Promise<Response> {
    const headers: Record<string, string> = { accept: 'application/json', authorization: `Bearer ${this.#key}` };
    if (body !== undefined) headers['content-type'] = 'application/json';
    const base = this.url.href.replace(/\/$/, '');
    try {
      return await fetch(`${base}${path}`, {
        ...{ method, headers, redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) },
        body: body === undefined ? null : JSON.stringify(body),
      });
    } catch (error) {
      if (error instanceof DOMException && error.name === 'TimeoutError')
        throw new Failure(`${this.url.href} gave no answer within ${TIMEOUT_MS / 1000} s`);
      const { code, message } = (error as { cause?: NodeJS.ErrnoException }).cause ?? (error as NodeJS.ErrnoException);
      throw new Failure(`cannot reach ${this.url.href} (${code ?? message}); is Licet running there? LICET_URL or --url says where it is`);
    }
  }

  #refusal(status: number, answer: unknown): Failure {
    const problem = Problem.safeParse(answer);
    if (!problem.success) return new Failure(`${this.url.href} answered with status ${status} and no explanation; is LICET_URL right?`);
    const { code, detail, errors, requestId } = problem.data;
    const remedy = code === 'unauthenticated' ? '; check LICET_API_KEY' : code === 'internal' && requestId ? ` (request ${requestId})` : '';
    return new Failure(`${detail}${remedy}`, { items: errors, code });
  }
}

function readUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.username || url.password || url.search || url.hash) {
    throw new Failure(`\`${text}\` is not the address of a Licet; write one such as ${DEFAULT_URL}`, { exitCode: USAGE });
  }
  return url;
}
