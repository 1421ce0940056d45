import { HEARTBEAT_MS, emptyRows, type Delta, type DeltaOp, type PolicyRows, type SnapshotDocument } from '@licet/contract';
import { applyDelta, createSnapshot, toDocument, type Snapshot } from '@licet/engine';
import type { UserInput } from './control-plane.ts';
import { FetchError } from './errors.ts';
import type { Fetcher, FetcherRequest } from './fetcher.ts';
import { Licet } from './licet.ts';
import { answerQuestion, assigned, revoked, synced, type AssignmentTerms } from './memory-answers.ts';

/** Makes a snapshot document of rows by kind; kinds that are left out are empty. */
export function snapshotDocument(rows: Partial<PolicyRows>, revision = 1): SnapshotDocument {
  return { format: 1, revision, rows: { ...emptyRows(), ...rows } };
}

export { assertMatrix, type Matrix, type Send } from './testing-matrix.ts';

/**
 * Makes a Licet that answers from an inline policy, without a server. It is ready; close it after the test.
 * @returns it, and the control plane in memory that it follows
 */
export async function fromPolicy(rows: Partial<PolicyRows>): Promise<{ licet: Licet; plane: MemoryControlPlane }> {
  const plane = new MemoryControlPlane(rows);
  const licet = new Licet({ fetcher: plane.fetcher, name: 'tests' });
  await licet.ready();
  return { licet, plane };
}

/** A request as it reached the control plane. */
export interface MemoryRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: unknown;
}

/**
 * A control plane in memory, for the tests of applications: everything is real but the network.
 *
 *     const plane = new MemoryControlPlane({ tenants: [{ id: 'default' }], ... });
 *     const licet = new Licet({ fetcher: plane.fetcher });
 *     await licet.ready();
 *     await licet.reach(plane.commit({ kind: 'grants', id: 'g1', row: null }));       // the grant is deleted, and that is in force
 */
export class MemoryControlPlane {
  /** True: every request fails as if nobody were there, and open streams break. */
  down = false;
  /** A status that every request is answered with. */
  refuse: number | undefined;
  /** False: a request for a stream is answered with one page, as something in between may do. */
  streaming = true;
  /** What came in. */
  readonly requests: MemoryRequest[] = [];
  private snapshot: Snapshot;
  private deltas = new Map<number, Delta>();
  private readonly times = new Map<number, string>();
  private commits = 0;
  private readonly streams = new Set<ReadableStreamDefaultController<Uint8Array>>();

  constructor(rows: Partial<PolicyRows> = {}, revision = 1) {
    this.snapshot = createSnapshot({ ...snapshotDocument(rows, revision), at: this.committedAt(revision) });
  }

  get revision(): number {
    return this.snapshot.revision;
  }

  /** How many streams are open. */
  get listeners(): number {
    return this.streams.size;
  }

  /** The bodies that were posted to a path, such as `/replica/v1/status`. */
  posted(path: string): unknown[] {
    return this.requests.filter((request) => request.method === 'POST' && request.path === path).map((request) => request.body);
  }

  /** Commits a change. @returns its revision */
  commit(...ops: DeltaOp[]): number {
    const revision = this.revision + 1;
    const delta = { revision, at: this.committedAt(revision), ops };
    this.snapshot = applyDelta(this.snapshot, delta);
    this.deltas.set(delta.revision, delta);
    this.send(changeEvent(delta));
    return delta.revision;
  }

  /** Sends text on all open streams as it is. */
  send(text: string): void {
    for (const stream of this.streams) stream.enqueue(new TextEncoder().encode(text));
  }

  heartbeat(revision = this.revision): void {
    this.send(heartbeatEvent(revision));
  }

  /** Ends all open streams; with an error, they break. */
  cut(error?: Error): void {
    for (const stream of this.streams) {
      if (error) stream.error(error);
      else stream.close();
    }
    this.streams.clear();
  }

  /** Forgets the changes before its present revision: whoever holds an older one has to take a snapshot. */
  forget(): void {
    this.deltas.clear();
  }

  /** Puts another policy in place, as a restored backup does. Open streams stay. */
  restore(rows: Partial<PolicyRows>, revision: number): void {
    for (const later of [...this.times.keys()].filter((known) => known >= revision)) this.times.delete(later);
    this.snapshot = createSnapshot({ ...snapshotDocument(rows, revision), at: this.committedAt(revision) });
    this.deltas.clear();
  }

  /** The network of an application: give it to a Licet as its `fetcher`. */
  readonly fetcher: Fetcher = async (path, request) => {
    await Promise.resolve();
    if (request.signal.aborted) throw request.signal.reason;
    const body: unknown = request.body === undefined ? undefined : JSON.parse(request.body);
    this.requests.push({ method: request.method, path, headers: request.headers, body });
    if (this.down) throw new FetchError('cannot reach the control plane in memory: it is down');
    if (this.refuse !== undefined) return problem(this.refuse, 'refused');
    return this.answer(new URL(path, 'http://memory'), request, body);
  };

  private answer(url: URL, request: FetcherRequest, body: unknown): Response {
    switch (url.pathname) {
      case '/replica/v1/snapshot':
        if (request.headers['if-none-match'] === `"${this.revision}"`) return new Response(null, { status: 304 });
        return Response.json(toDocument(this.snapshot), { headers: { etag: `"${this.revision}"` } });
      case '/replica/v1/changes':
        return this.changes(Number(url.searchParams.get('since')), url.searchParams.get('at'), request);
      case '/replica/v1/status':
        return new Response(null, { status: 204 });
      case '/replica/v1/decisions':
        return Response.json({ accepted: (body as { decisions: unknown[] }).decisions.length, refused: [] }, { status: 202 });
      case '/api/v1/users/sync': {
        const { ops, counts } = synced(this.snapshot, (body as { users: UserInput[] }).users);
        return Response.json({ revision: this.write(ops), ...counts });
      }
      case '/api/v1/assignments/assign':
        return this.writeTerms(assigned(this.snapshot, body as AssignmentTerms));
      case '/api/v1/assignments/revoke':
        return this.writeTerms(revoked(this.snapshot, body as AssignmentTerms));
      default: {
        const answer = answerQuestion(this.snapshot, url.pathname, body);
        return answer ? Response.json(answer) : problem(404, 'not_found');
      }
    }
  }

  private writeTerms(ops: DeltaOp[]): Response {
    return Response.json({ revision: this.write(ops), changed: ops.length });
  }

  /** Commits what there is to be committed. @returns the revision that knows it */
  private write(ops: DeltaOp[]): number {
    return ops.length > 0 ? this.commit(...ops) : this.revision;
  }

  /** A time that no other commit has: it tells revisions of the same number apart, before and after a restored backup. */
  private committedAt(revision: number): string {
    const at = new Date((this.commits += 1)).toISOString();
    this.times.set(revision, at);
    return at;
  }

  private changes(since: number, at: string | null, request: FetcherRequest): Response {
    if (since > this.revision) return problem(409, 'revision_ahead');
    if (at !== null && at !== this.times.get(since)) return problem(410, 'revision_gone');
    const deltas: Delta[] = [];
    for (let revision = since + 1; revision <= this.revision; revision += 1) {
      const delta = this.deltas.get(revision);
      if (delta === undefined) return problem(410, 'revision_gone');
      deltas.push(delta);
    }
    if (!this.streaming || request.headers['accept'] !== 'text/event-stream') {
      return Response.json({ revision: this.revision, deltas, more: false });
    }
    return new Response(this.openStream(deltas, request.signal), { headers: { 'content-type': 'text/event-stream' } });
  }

  private openStream(deltas: readonly Delta[], signal: AbortSignal): ReadableStream<Uint8Array> {
    let stream: ReadableStreamDefaultController<Uint8Array>;
    return new ReadableStream({
      start: (controller) => {
        stream = controller;
        this.streams.add(stream);
        this.beatWhileOpen(stream);
        signal.addEventListener('abort', () => this.streams.delete(stream) && stream.error(signal.reason));
        const missed = deltas.map(changeEvent).join('');
        stream.enqueue(new TextEncoder().encode(missed + heartbeatEvent(this.revision)));
      },
      cancel: () => void this.streams.delete(stream),
    });
  }

  /** Heartbeats as the real one sends them, so that a long test does not see its stream cut for silence. */
  private beatWhileOpen(stream: ReadableStreamDefaultController<Uint8Array>): void {
    const beat = setInterval(() => {
      if (this.streams.has(stream)) stream.enqueue(new TextEncoder().encode(heartbeatEvent(this.revision)));
      else clearInterval(beat);
    }, HEARTBEAT_MS);
    beat.unref();
  }
}

function changeEvent(delta: Delta): string {
  return `id: ${delta.revision}\nevent: change\ndata: ${JSON.stringify(delta)}\n\n`;
}

function heartbeatEvent(revision: number): string {
  return `event: heartbeat\ndata: {"revision":${revision}}\n\n`;
}

function problem(status: number, code: string): Response {
  return Response.json({ status, code, detail: `The control plane in memory answers ${code}.` }, { status });
}
