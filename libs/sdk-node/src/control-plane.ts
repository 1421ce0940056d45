import { randomUUID } from 'node:crypto';
import {
  AT_LEAST_HEADER,
  ApiKeyHash,
  ErrorCode,
  POLICY_KINDS,
  type ChangesPage,
  type Delta,
  type ErrorItem,
  type ReplicaStatus,
  type SnapshotDocument,
  type UserSyncResponse,
} from '@licet/contract';
import { BINARY_TYPE, fromBinary, type Snapshot } from '@licet/engine';
import { FetchError, SnapshotError, messageOf } from './errors.ts';
import type { Fetcher } from './fetcher.ts';

const JSON_TYPE = 'application/json';
const EVENT_STREAM = 'text/event-stream';
const SNAPSHOT_TIMEOUT_MS = 120_000;

/** A user as `users.sync` takes it: what is not given stays as it is. */
export interface UserInput {
  /** The user's key: `alice`, or `service:bob` for another type than `user`. */
  id: string;
  name?: string | null | undefined;
  /** False disables the user for all applications; true enables whom the same account disabled, and nobody else. */
  enabled?: boolean | undefined;
  attributes?: object | undefined;
}

/** The policy that a replica holds. */
export interface Held {
  revision: number;
  /** When that was committed, where that is known. */
  at?: string | undefined;
}

/** Either an open stream of changes, or, where the other side does not stream, a page of them. */
export type Changes = { stream: ReadableStream<Uint8Array> } | { page: ChangesPage };

/**
 * The routes of the control plane that an application uses (see `replication.ts` in the contract). Two families of errors come out:
 * FetchError (no answer, or one that refuses) and SnapshotError (an answer that is not valid).
 */
export class ControlPlane {
  private readonly fetcher: Fetcher;
  private readonly timeoutMs: number;

  /** @param timeoutMs how long an answer may take, in ms; a snapshot may take longer, as long as it keeps coming */
  constructor(fetcher: Fetcher, timeoutMs: number) {
    this.fetcher = fetcher;
    this.timeoutMs = timeoutMs;
  }

  /** @returns the whole policy; compiled already, where the control plane writes the binary form that this engine reads */
  async snapshot(signal: AbortSignal): Promise<SnapshotDocument | Snapshot> {
    const silent = new AbortController();
    const silence = setTimeout(() => silent.abort(new FetchError('the snapshot does not come')), this.timeoutMs);
    const within = AbortSignal.any([signal, silent.signal, AbortSignal.timeout(SNAPSHOT_TIMEOUT_MS)]);
    try {
      const headers = { accept: `${BINARY_TYPE}, ${JSON_TYPE};q=0.9` };
      const answer = await this.fetcher('/replica/v1/snapshot', { method: 'GET', headers, signal: within });
      const refresh = () => void silence.refresh();
      return isBinary(answer) ? await readBinary(answer, refresh) : readSnapshot(await read(answer, undefined, refresh));
    } finally {
      clearTimeout(silence);
    }
  }

  /** Opens the stream of changes after what is held. */
  async changes(held: Held, signal: AbortSignal): Promise<Changes> {
    const resumed = { 'last-event-id': String(held.revision) };
    const headers = { accept: EVENT_STREAM, 'accept-encoding': 'identity', 'cache-control': 'no-store', ...resumed };
    const answer = await this.fetcher(changesAfter(held), { method: 'GET', headers, signal });
    const streams = answer.status === 200 && answer.headers.get('content-type')?.startsWith(EVENT_STREAM) === true;
    return streams && answer.body ? { stream: answer.body } : { page: readPage(await read(answer)) };
  }

  /** Asks once for the changes after what is held. */
  async changesPage(held: Held, signal: AbortSignal): Promise<ChangesPage> {
    const within = AbortSignal.any([signal, AbortSignal.timeout(this.timeoutMs)]);
    const request = { method: 'GET', headers: { accept: JSON_TYPE, 'cache-control': 'no-store' }, signal: within } as const;
    return readPage(await read(await this.fetcher(changesAfter(held), request)));
  }

  /**
   * The live API keys by their hashes, for a standalone decision point.
   * @param held the ETag of those that are held
   * @returns undefined where these are still the ones
   */
  async apiKeys(held: string | undefined, signal: AbortSignal): Promise<{ etag: string | undefined; keys: ApiKeyHash[] } | undefined> {
    const headers: Record<string, string> = { accept: JSON_TYPE };
    if (held !== undefined) headers['if-none-match'] = held;
    const within = AbortSignal.any([signal, AbortSignal.timeout(this.timeoutMs)]);
    const answer = await this.fetcher('/replica/v1/api-keys', { method: 'GET', headers, signal: within });
    if (answer.status === 304 && held !== undefined) return undefined;
    const list = await read(answer);
    if (!isObject(list) || !Array.isArray(list['keys'])) throw new SnapshotError('the list of API keys is not one');
    // A key that cannot be read is nobody's; the others must not go on as they were, or one that is revoked would be taken.
    const keys = list['keys'].map((key) => ApiKeyHash.safeParse(key)).filter(({ success }) => success);
    return { etag: answer.headers.get('etag') ?? undefined, keys: keys.map(({ data }) => data!) };
  }

  /** Says what this replica holds. */
  async report(status: ReplicaStatus): Promise<void> {
    await this.post('/replica/v1/status', JSON.stringify(status));
  }

  /**
   * Uploads a part of the decision log.
   * @param body the JSON text of a DecisionUpload
   * @returns what is wrong with each entry that was not taken
   */
  async upload(body: string): Promise<ErrorItem[]> {
    const answer = await this.post('/replica/v1/decisions', body);
    const refused = isObject(answer) ? answer['refused'] : undefined;
    return Array.isArray(refused) ? (refused as ErrorItem[]) : [];
  }

  /** Registers users or brings them up to date. */
  async syncUsers(users: readonly UserInput[]): Promise<UserSyncResponse> {
    return this.write<UserSyncResponse>('/api/v1/users/sync', { users });
  }

  /**
   * Writes.
   * @returns the answer, which has the revision that knows what was written
   */
  async write<T extends { revision: number }>(path: string, body: object): Promise<T> {
    const answer = await this.post(path, JSON.stringify(body));
    if (isObject(answer) && isRevision(answer['revision'])) return answer as T;
    throw new SnapshotError('the control plane answered a write without its revision');
  }

  /**
   * Asks the decision point (AuthZEN 1.0, section 10.1).
   * @param path such as `/access/v1/evaluation`
   * @param body JSON text
   * @returns the JSON value of the answer
   */
  async ask(path: string, body: string, atLeast: number | undefined): Promise<unknown> {
    const id = randomUUID();
    const headers: Record<string, string> = { 'x-request-id': id };
    if (atLeast !== undefined) headers[AT_LEAST_HEADER] = String(atLeast);
    const answer = await this.send(path, body, headers);
    if ((answer.headers.get('x-request-id') ?? id) !== id) throw new FetchError('the answer belongs to another request');
    return read(answer, 200);
  }

  private async post(path: string, body: string): Promise<unknown> {
    return read(await this.send(path, body, {}));
  }

  private send(path: string, body: string, headers: Record<string, string>): Promise<Response> {
    const signal = AbortSignal.timeout(this.timeoutMs);
    return this.fetcher(path, { method: 'POST', headers: { accept: JSON_TYPE, 'content-type': JSON_TYPE, ...headers }, body, signal });
  }
}

/** The time goes along, so that a control plane that gave the number out anew, after a backup was restored, knows it. */
function changesAfter({ revision, at }: Held): string {
  return `/replica/v1/changes?since=${revision}${at === undefined ? '' : `&at=${encodeURIComponent(at)}`}`;
}

/** The JSON value of a good answer; undefined where it has no body. */
async function read(answer: Response, wanted?: number, onBytes?: () => void): Promise<unknown> {
  let text: string;
  try {
    text = await (onBytes ? textOf(answer, onBytes) : answer.text());
  } catch (error) {
    throw brokeOff(answer, error);
  }
  if (wanted === undefined ? !answer.ok : answer.status !== wanted) throw refusal(answer.status, text);
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SnapshotError(`the control plane answered with something that is no JSON: ${messageOf(error)}`);
  }
}

function isBinary({ ok, headers }: Response): boolean {
  return ok && headers.get('content-type')?.replaceAll(' ', '') === BINARY_TYPE;
}

/** @throws SnapshotError where what came is damaged */
async function readBinary(answer: Response, onBytes: () => void): Promise<Snapshot> {
  const pieces: Uint8Array[] = [];
  try {
    for await (const bytes of answer.body ?? []) {
      onBytes();
      pieces.push(bytes as Uint8Array);
    }
  } catch (error) {
    throw brokeOff(answer, error);
  }
  try {
    return fromBinary(Buffer.concat(pieces));
  } catch (error) {
    throw new SnapshotError(`the snapshot is not one: ${messageOf(error)}`, { cause: error });
  }
}

function brokeOff({ status }: Response, error: unknown): FetchError {
  return new FetchError(`the answer of the control plane broke off: ${messageOf(error)}`, { status, cause: error });
}

async function textOf(answer: Response, onBytes: () => void): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of answer.body ?? []) {
    onBytes();
    text += decoder.decode(bytes as Uint8Array, { stream: true });
  }
  return text + decoder.decode();
}

function refusal(status: number, text: string): FetchError {
  let problem: unknown;
  try {
    problem = JSON.parse(text);
  } catch {
    // Something in between answered, and not with a problem document.
  }
  const { detail, code } = (isObject(problem) ? problem : {}) as { detail?: unknown; code?: unknown };
  const said = typeof detail === 'string' ? `: ${detail.slice(0, 500)}` : '';
  return new FetchError(`the control plane answered ${status}${said}`, { status, code: ErrorCode.safeParse(code).data });
}

// A replica reads what a newer control plane writes, so these look at what matters here and let the rest pass.
/** @throws SnapshotError where the value is no snapshot, or lacks a kind of rows: such a policy may allow what the whole one denies */
function readSnapshot(value: unknown): SnapshotDocument {
  if (!isObject(value) || !isRevision(value['revision']) || !isObject(value['rows'])) throw new SnapshotError('the snapshot is not one');
  const { format, rows } = value;
  const missing = format === 1 ? POLICY_KINDS.filter((kind) => !Array.isArray(rows[kind])) : []; // of another format the engine says so
  if (missing.length > 0) throw new SnapshotError(`the snapshot has no ${missing.join(', ')}`);
  return value as unknown as SnapshotDocument;
}

function readPage(value: unknown): ChangesPage {
  const is = isObject(value) && isRevision(value['revision']) && Array.isArray(value['deltas']);
  if (!is) throw new SnapshotError('the page of changes is not one');
  const page = value as unknown as ChangesPage;
  page.deltas.forEach(readDelta);
  return page;
}

/** @throws SnapshotError where the value is no delta */
export function readDelta(value: unknown): Delta {
  if (!isObject(value) || !isRevision(value['revision']) || !Array.isArray(value['ops'])) throw new SnapshotError('the change is not one');
  return value as unknown as Delta;
}

/** @throws SnapshotError where the text is no JSON object with a revision */
export function readHead(text: string): number {
  const value = parse(text);
  if (!isObject(value) || !isRevision(value['revision'])) throw new SnapshotError('the heartbeat is not one');
  return value['revision'];
}

/** @throws SnapshotError where the text is no JSON */
export function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new SnapshotError('the control plane sent something that is no JSON');
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isRevision(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
