import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip } from 'node:zlib';
import {
  type ApiKeyHashes,
  type ChangesPage,
  type DecisionUploadAnswer,
  HEARTBEAT_MS,
  LicetError,
  ReplicaStatus,
  type ReservedPermission,
} from '@licet/contract';
import { readJson } from '@licet/decision-http';
import { BINARY_TYPE, type Snapshot, toBinary, toDocument } from '@licet/engine';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { lacks, mayUse } from '../access/access.ts';
import type { ApiKeys, LiveKey } from '../api-keys/api-keys.service.ts';
import type { EntityManager } from '../database/orm.ts';
import type { DecisionLog } from '../decisions/decision-log.service.ts';
import { readUpload } from '../decisions/upload.ts';
import { parse } from '../http/input.ts';
import { ChangeEvents } from './change-events.ts';
import type { DecisionPoints } from './decision-points.service.ts';
import type { PolicyState } from './policy-state.ts';
import { ReplicaStream } from './replica-stream.ts';

export interface ReplicaRoutes {
  state: PolicyState;
  keys: ApiKeys;
  points: DecisionPoints;
  log: DecisionLog;
  em: () => EntityManager;
  /** The processes of an application share a key. What waits in streams that nobody reads is memory: one key must not open them without end. */
  streamsPerKey: number;
}

const PAGE = 500;
const COME_BACK_S = 60;
/** Rows that are written as JSON at once. */
const PIECE = 500;

/** What SDKs and decision points pull: raw Fastify routes, since many replicas hold a stream open for a long time. */
export function replicaRoutes(app: FastifyInstance, parts: ReplicaRoutes): void {
  const { state, keys, points, log } = parts;
  const packed = new PackedSnapshot();
  const streams = new Set<ReplicaStream>();
  const events = new ChangeEvents();
  /** A revoked key, or one that may no longer replicate, loses its stream before the next byte. */
  const toEach = (send: (stream: ReplicaStream) => void) =>
    streams.forEach((stream) =>
      keys.isLive(stream.key.id) && mayUse(state.snapshot, stream.key.user, 'licet.policy:replicate') ? send(stream) : stream.end(),
    );
  state.follow((delta) => toEach((stream) => stream.send(delta)));
  keys.follow(() => toEach(() => undefined));
  state.onReload(() => streams.forEach((stream) => stream.end()));
  const beat = setInterval(() => toEach((stream) => stream.heartbeat(state.revision)), HEARTBEAT_MS).unref();
  app.addHook('preClose', (done) => {
    clearInterval(beat);
    streams.forEach((stream) => stream.end());
    done();
  });
  const { needs, callers } = keyFirst(parts);
  // Whatever may be asked about may be uploaded.
  readJson(app);

  app.get('/replica/v1/snapshot', needs('licet.policy:replicate'), async (request, reply) => {
    const { snapshot } = state;
    // JSON of a million users is more than one text can hold.
    const form: Form = typesOf(request).includes(BINARY_TYPE) ? 'binary' : 'json';
    const etag = etagOf(snapshot, form);
    void reply.header('etag', etag).header('cache-control', 'no-cache').header('vary', 'accept, accept-encoding');
    if (request.headers['if-none-match'] === etag) return reply.code(304).send();
    void reply.header('content-type', form === 'binary' ? BINARY_TYPE : 'application/json; charset=utf-8');
    if (!/\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) return reply.send(Readable.from(written(snapshot, form)));
    return reply.header('content-encoding', 'gzip').send(await packed.of(snapshot, form));
  });

  app.get('/replica/v1/changes', needs('licet.policy:replicate'), async (request, reply) => {
    const key = callers.get(request)!;
    const since = await heldBy(request, parts);
    // Also before a stream begins: there is no way in it to say that a change is gone.
    const deltas = await state.deltasSince(since, PAGE, parts.em);
    if (!(request.headers.accept ?? '').includes('text/event-stream')) {
      const last = deltas.at(-1)?.revision ?? since;
      return { revision: state.revision, deltas, more: last < state.revision } satisfies ChangesPage;
    }
    // Whoever left meanwhile would not be heard leaving.
    if (reply.raw.destroyed) return reply.hijack();
    const stream = openStream(streams, key, parts.streamsPerKey, () => new ReplicaStream(reply.hijack(), key, since, events));
    await stream.resume(state, parts.em, deltas);
    return reply;
  });

  app.get('/replica/v1/api-keys', needs('licet.api-key:verify'), async (request, reply) => {
    return sendKeys(request, reply, { keys: await keys.hashes() });
  });

  app.post('/replica/v1/status', needs('licet.decision-point:report'), (request, reply) => {
    points.report(parse(ReplicaStatus, request.body), callers.get(request)!.user);
    void reply.code(204).send();
  });

  app.post('/replica/v1/decisions', { ...needs('licet.decision:create'), bodyLimit: 8 * 1024 * 1024 }, async (request, reply) => {
    const { name, decisions, refused } = readUpload(request.body);
    const accepted = await log.upload(decisions, name, callers.get(request)!.id);
    if (refused.length > 0) log.sayRefused(refused, name);
    return reply.code(202).send({ accepted, refused } satisfies DecisionUploadAnswer);
  });
}

/** Routes for a key with a permission, which is looked at before anything is read. */
function keyFirst(parts: ReplicaRoutes) {
  const callers = new WeakMap<FastifyRequest, LiveKey>();
  const needs = (need: ReservedPermission) => ({
    config: { access: 'api-key', needs: need },
    onRequest: (request: FastifyRequest, _reply: FastifyReply, done: (error?: Error) => void) => {
      try {
        callers.set(request, callerOf(request, parts, need));
        done();
      } catch (error) {
        done(error as Error);
      }
    },
  });
  return { needs, callers };
}

/** The key of a request, if its service account holds the permission. */
function callerOf(request: FastifyRequest, { keys, state }: Pick<ReplicaRoutes, 'keys' | 'state'>, need: ReservedPermission): LiveKey {
  const key = keys.find(request.headers.authorization);
  if (!key) throw new LicetError('unauthenticated', 'send a live API key as `Authorization: Bearer lct_...`');
  if (!mayUse(state.snapshot, key.user, need))
    throw lacks(need, key.user);
  return key;
}

function sendKeys(request: FastifyRequest, reply: FastifyReply, hashes: ApiKeyHashes): FastifyReply {
  const body = JSON.stringify(hashes);
  const etag = `"${createHash('sha256').update(body).digest('hex')}"`;
  void reply.header('etag', etag).header('cache-control', 'no-cache');
  if (request.headers['if-none-match'] === etag) return reply.code(304).send();
  return reply.header('content-type', 'application/json; charset=utf-8').send(body);
}

/** Opens one more stream of a key, unless there are as many as it may have. */
function openStream(streams: Set<ReplicaStream>, key: LiveKey, most: number, open: () => ReplicaStream): ReplicaStream {
  let others = 0;
  for (const stream of streams) if (stream.key.id === key.id) others += 1;
  if (others >= most) {
    throw new LicetError(
      'too_many_requests',
      `${others} streams of changes are open with this key; close one, ask without \`Accept: text/event-stream\`, give other processes a key of their own, or have LICET_STREAMS_PER_KEY raised`,
      { retryAfter: COME_BACK_S },
    );
  }
  const stream = open();
  streams.add(stream);
  stream.onClose(() => streams.delete(stream));
  return stream;
}

/** The revision that a replica holds, once it is sure that it is one of this policy. */
async function heldBy(request: FastifyRequest, { state, em }: ReplicaRoutes): Promise<number> {
  const query = request.query as Record<string, unknown>;
  const text = request.headers['last-event-id'] ?? query['since'];
  if (typeof text !== 'string' || !/^\d{1,15}$/.test(text))
    throw new LicetError('invalid_request', 'since: give the revision that you hold');
  const { at } = query;
  if (at !== undefined && (typeof at !== 'string' || at === ''))
    throw new LicetError('invalid_request', 'at: give the time of the revision that you hold, as its snapshot or its change said it, or leave it out');
  const since = Number(text);
  // Another process may have committed it a moment ago.
  if (since > state.revision) await state.catchUp(em());
  if (since > state.revision)
    throw new LicetError('revision_ahead', `since: revision ${since} is later than the newest, ${state.revision}`);
  if (!(await state.knows(since, at, em())))
    throw new LicetError('revision_gone', `at: revision ${since} was not committed then; take a snapshot, a backup was restored here`);
  return since;
}

type Form = 'json' | 'binary';

function etagOf({ revision, at = '' }: Snapshot, form: Form): string {
  return `"${revision}-${at}${form === 'json' ? '' : `-${form}`}"`;
}

/** The media types that a request accepts, as they are written. */
function typesOf({ headers: { accept = '' } }: FastifyRequest): string[] {
  return accept.split(',').map((type) => type.replaceAll(' ', ''));
}

/** A snapshot piece by piece: its JSON may be longer than one text can be, and all others would wait for it. */
function* written(snapshot: Snapshot, form: Form): Generator<string | Uint8Array> {
  if (form === 'binary') {
    yield toBinary(snapshot);
    return;
  }
  const { rows, ...head } = toDocument(snapshot);
  yield `${JSON.stringify(head).slice(0, -1)},"rows":`;
  for (const [index, [kind, all]] of Object.entries(rows).entries()) {
    yield `${index === 0 ? '{' : ','}"${kind}":[`;
    for (let at = 0; at < all.length; at += PIECE) yield (at === 0 ? '' : ',') + JSON.stringify(all.slice(at, at + PIECE)).slice(1, -1);
    yield ']';
  }
  yield '}}';
}

/** The newest snapshot, compressed once for all replicas that take it: after a deployment many begin at the same time. */
class PackedSnapshot {
  private version = '';
  private readonly bodies = new Map<Form, Promise<Buffer>>();

  of(snapshot: Snapshot, form: Form): Promise<Buffer> {
    const version = etagOf(snapshot, 'json');
    if (version !== this.version) this.bodies.clear();
    this.version = version;
    let body = this.bodies.get(form);
    // What is binary may be a hundred megabytes: there, time counts for more than the last percent.
    const level = form === 'binary' ? constants.Z_BEST_SPEED : constants.Z_DEFAULT_COMPRESSION;
    if (!body) this.bodies.set(form, (body = pipeline(written(snapshot, form), createGzip({ level }), buffer)));
    return body;
  }
}
