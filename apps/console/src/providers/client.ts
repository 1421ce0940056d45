import type { CollectionName, CollectionRow, Page, Problem } from '@licet/contract';
import { failureText, fieldErrors, type FieldErrors, type Method } from './failure.ts';
import { listQuery } from './query.ts';

/** A request that failed; `status` is 0 when no answer came. `body.errors` has the form's shape, as react-admin expects it. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly problem: Problem | null;
  readonly body: { errors?: FieldErrors };

  constructor(method: Method, status: number, problem: Problem | null) {
    super(failureText(method, status, problem));
    this.status = status;
    this.problem = problem;
    this.body = problem?.errors ? { errors: fieldErrors(problem.errors) } : {};
  }
}

export interface Answer<T> {
  body: T;
  /** The revision that a write made, or the present one where it changed nothing; null for a reading. */
  revision: number | null;
}

/** The revision that an update made; null where it changed nothing, by which a row keeps its version. */
export function revisionMade({ body, revision }: Answer<{ version?: number }>, seen: number): number | null {
  return body.version === seen ? null : revision;
}

export interface Ask {
  body?: unknown;
  /** The version that the caller has seen: sent as If-Match. */
  version?: number | undefined;
  /** For the audit trail. */
  reason?: string | undefined;
  /** Nothing is written, whatever the method: a failure says nothing about changes. */
  reads?: boolean;
  signal?: AbortSignal | undefined;
  /** Is itself part of showing who is there: never waits for that. */
  proves?: boolean;
}

// Who asks the operator to show who is there; the asking that is under way, for which every request waits; and how often it was done.
let asker: (() => Promise<boolean>) | null = null;
let asking: Promise<boolean> | null = null;
let proofs = 0;

/** Sets who asks the operator to show who is there, and says whether that was done. */
export function onStepUp(ask: (() => Promise<boolean>) | null): void {
  asker = ask;
}

function stepUp(): Promise<boolean> {
  const ask = async () => {
    const proven = (await asker?.()) ?? false;
    if (proven) proofs += 1;
    return proven;
  };
  return (asking ??= ask().finally(() => (asking = null)));
}

/**
 * Asks the admin API. Where it wants a recent proof of who is there, the operator is asked for it, and the request is made again.
 * @param path below `/api/v1/`
 * @throws ApiError when no answer came, or the answer is not a success
 */
export async function api<T>(method: Method, path: string, ask: Ask = {}): Promise<Answer<T>> {
  const before = proofs;
  return once<T>(method, path, ask).catch(async (error: unknown) => {
    if (!(error instanceof ApiError) || ask.proves) throw error;
    const needed = error.problem?.code === 'step_up_needed';
    if (!needed && error.status !== 401) throw error;
    // A proof replaces the session: what was sent with the old one meanwhile is sent again.
    const proven = proofs > before || (await (needed ? stepUp() : asking));
    if (!proven) throw error;
    return once<T>(method, path, ask);
  });
}

async function once<T>(method: Method, path: string, { body, version, reason, reads = false, signal }: Ask): Promise<Answer<T>> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (version !== undefined) headers['if-match'] = `"${version}"`;
  if (reason?.trim()) headers['licet-reason'] = encodeURIComponent(reason.trim());
  const failed = (status: number, problem: Problem | null) => new ApiError(reads ? 'GET' : method, status, problem);
  let response: Response;
  try {
    response = await fetch(`api/v1/${path}`, {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
      signal: signal ?? null,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw failed(0, null);
  }
  const text = await response.text().catch(() => '');
  const json = parse(text);
  if (!response.ok) throw failed(response.status, isProblem(json) ? json : null);
  const revision = response.headers.get('licet-revision');
  return { body: json as T, revision: revision ? Number(revision) : null };
}

export const rowPath = (name: CollectionName, id: string | number) => `${name}/${encodeURIComponent(id)}`;

const ALL_PER_PAGE = 1000;

/** Reads every row of a collection that matches, page by page. Only for collections of a size that people write by hand. */
export async function readAll<N extends CollectionName>(
  name: N,
  filter: Record<string, unknown> = {},
  signal?: AbortSignal,
): Promise<CollectionRow<N>[]> {
  const rows: CollectionRow<N>[] = [];
  for (let page = 1; ; page++) {
    const query = listQuery(name, { page, perPage: ALL_PER_PAGE, filter });
    const { body } = await api<Page<CollectionRow<N>>>('GET', `${name}?${query}`, { signal });
    rows.push(...body.items);
    if (!body.items.length || rows.length >= body.total) return rows;
  }
}

function parse(text: string): unknown {
  try {
    return text ? (JSON.parse(text) as unknown) : undefined;
  } catch {
    return undefined;
  }
}

function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'code' in value && 'status' in value;
}
