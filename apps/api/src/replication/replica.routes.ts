import { gzip } from 'node:zlib';
import { promisify } from 'node:util';
import { type ChangesPage, type Delta, DecisionUpload, HEARTBEAT_MS, LicetError, ReplicaStatus, type ReservedPermission } from '@licet/contract';
import { type Snapshot, toDocument } from '@licet/engine';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { mayUse } from '../access/access.ts';
import type { ApiKeys, LiveKey } from '../api-keys/api-keys.service.ts';
import type { EntityManager } from '../database/orm.ts';
import type { DecisionLog } from '../decisions/decision-log.service.ts';
import { parse } from '../http/input.ts';
import type { DecisionPoints } from './decision-points.service.ts';
import type { PolicyState } from './policy-state.ts';

export interface ReplicaRoutes {
  state: PolicyState;
  keys: ApiKeys;
  points: DecisionPoints;
  log: DecisionLog;
  em: () => EntityManager;
}

const PAGE = 500;
const compress = promisify(gzip);

/** What SDKs and decision points pull: raw Fastify routes, since many replicas hold a stream open for a long time. */
export function replicaRoutes(app: FastifyInstance, parts: ReplicaRoutes): void {
  const { state, points, log } = parts;
  const packed = new Map<number, Promise<Buffer>>();
  const streams = new Set<Stream>();
  state.follow((delta) => streams.forEach((stream) => stream.send(delta)));
  const beat = setInterval(() => streams.forEach((stream) => stream.heartbeat(state.revision, parts)), HEARTBEAT_MS).unref();
  app.addHook('preClose', (done) => {
    clearInterval(beat);
    streams.forEach((stream) => stream.end());
    done();
  });
  const config = { access: 'api-key' };

  app.get('/replica/v1/snapshot', { config }, async (request, reply) => {
    callerOf(request, parts, 'licet.policy:replicate');
    const { snapshot } = state;
    const etag = `"${snapshot.revision}"`;
    void reply.header('etag', etag).header('cache-control', 'no-cache').header('vary', 'accept-encoding');
    if (request.headers['if-none-match'] === etag) return reply.code(304).send();
    void reply.header('content-type', 'application/json; charset=utf-8');
    if (!/\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) return reply.send(JSON.stringify(toDocument(snapshot)));
    return reply.header('content-encoding', 'gzip').send(await gzipped(snapshot, packed));
  });

  app.get('/replica/v1/changes', { config }, async (request, reply) => {
    const key = callerOf(request, parts, 'licet.policy:replicate');
    const since = sinceOf(request, state.revision);
    if (!(request.headers.accept ?? '').includes('text/event-stream')) {
      const deltas = await state.deltasSince(since, PAGE, parts.em);
      const last = deltas.at(-1)?.revision ?? since;
      return { revision: state.revision, deltas, more: last < state.revision } satisfies ChangesPage;
    }
    reply.hijack();
    const stream = new Stream(reply, key, since);
    streams.add(stream);
    request.raw.on('close', () => streams.delete(stream));
    await stream.resume(parts);
    return reply;
  });

  app.post('/replica/v1/status', { config }, (request, reply) => {
    const key = callerOf(request, parts, 'licet.decision-point:report');
    points.report(parse(ReplicaStatus, request.body), key.user);
    void reply.code(204).send();
  });

  app.post('/replica/v1/decisions', { config, bodyLimit: 8 * 1024 * 1024 }, async (request, reply) => {
    const key = callerOf(request, parts, 'licet.decision:create');
    const { name, decisions } = parse(DecisionUpload, request.body);
    return reply.code(202).send({ accepted: await log.upload(decisions, name, key.id) });
  });
}

/** The key of a request, if its service account holds the permission. */
export function callerOf(request: FastifyRequest, { keys, state }: Pick<ReplicaRoutes, 'keys' | 'state'>, need: ReservedPermission): LiveKey {
  const key = keys.find(request.headers.authorization);
  if (!key) throw new LicetError('unauthenticated', 'send a live API key as `Authorization: Bearer lct_...`');
  if (!mayUse(state.snapshot, key.user, need)) throw new LicetError('forbidden', `this needs the permission ${need}, which \`${key.user}\` does not hold`);
  return key;
}

function sinceOf(request: FastifyRequest, head: number): number {
  const text = request.headers['last-event-id'] ?? (request.query as Record<string, unknown>)['since'];
  if (typeof text !== 'string' || !/^\d{1,15}$/.test(text)) throw new LicetError('invalid_request', 'since: give the revision that you hold');
  const since = Number(text);
  if (since > head) throw new LicetError('revision_ahead', `since: revision ${since} is later than the newest, ${head}`);
  return since;
}

function gzipped(snapshot: Snapshot, packed: Map<number, Promise<Buffer>>): Promise<Buffer> {
  let body = packed.get(snapshot.revision);
  if (!body) {
    packed.clear();
    body = compress(JSON.stringify(toDocument(snapshot)));
    packed.set(snapshot.revision, body);
  }
  return body;
}

/** One replica's event stream. Deltas leave in order, each once: first those it missed, then those that are committed meanwhile. */
class Stream {
  #sent: number;
  #waiting: Delta[] | undefined = [];

  constructor(
    readonly reply: FastifyReply,
    readonly key: LiveKey,
    since: number,
  ) {
    this.#sent = since;
    const requestId = reply.getHeader('x-request-id');
    reply.raw.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      ...(requestId ? { 'x-request-id': String(requestId) } : {}),
    });
    reply.raw.write(':\n\n');
  }

  async resume({ state, em }: ReplicaRoutes): Promise<void> {
    try {
      for (;;) {
        const deltas = await state.deltasSince(this.#sent, PAGE, em);
        if (deltas.length === 0) break;
        deltas.forEach((delta) => this.#write(delta));
      }
    } catch {
      return this.end();
    }
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    waiting.forEach((delta) => this.#write(delta));
  }

  send(delta: Delta): void {
    if (this.#waiting) this.#waiting.push(delta);
    else this.#write(delta);
  }

  /** A revoked key, or one that may no longer replicate, loses its stream here at the latest. */
  heartbeat(revision: number, { keys, state }: ReplicaRoutes): void {
    if (!keys.isLive(this.key.id) || !mayUse(state.snapshot, this.key.user, 'licet.policy:replicate')) return this.end();
    this.reply.raw.write(`event: heartbeat\ndata: {"revision":${revision}}\n\n`);
  }

  end(): void {
    this.reply.raw.end();
  }

  #write(delta: Delta): void {
    if (delta.revision <= this.#sent) return;
    this.#sent = delta.revision;
    this.reply.raw.write(`id: ${delta.revision}\nevent: change\ndata: ${JSON.stringify(delta)}\n\n`);
  }
}
