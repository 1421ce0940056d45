import { z } from 'zod';
import { DecisionRecord } from './decision.ts';
import { ErrorItem } from './errors.ts';
import { Delta } from './policy.ts';

/**
 * Replication, as SDKs and decision points use it. All routes take `Authorization: Bearer <API key>`.
 *
 * - `GET /replica/v1/snapshot`: a SnapshotDocument; `ETag`; 304 to `If-None-Match`. Who accepts `application/vnd.licet.snapshot;version=N`
 *   gets the engine's binary form of it, where that is the version which the control plane writes.
 * - `GET /replica/v1/changes?since=N` with `Accept: text/event-stream`: an event for each revision after N, at once and then as
 *   they are committed: `id: <revision>`, `event: change`, `data: <Delta>`. After those that were missed, and then every
 *   HEARTBEAT_MS, an `event: heartbeat` with `data: {"revision": <head>}`. `Last-Event-ID` is taken in place of `since` where it is sent.
 * - The same with any other Accept: the answer is a ChangesPage at once (polling). It is for those, too, whom a stream is refused with 429
 *   `too_many_requests`, because their key has as many as it may.
 * - `&at=TIME` says when the revision N that the replica holds was committed. Where it was committed at another time here, the answer is
 *   410 `revision_gone`: a backup was restored, and the number was given out anew.
 * - `GET /replica/v1/api-keys`: ApiKeyHashes; `ETag`; 304 to `If-None-Match`. For standalone decision points.
 * - A replica that finds a gap, or gets 410 `revision_gone`, takes a new snapshot. It never goes back in revision.
 */
export const HEARTBEAT_MS = 5_000;

/** The polling form of changes: the deltas after `since`, oldest first, and the head revision. `more` if the page was cut. */
export const ChangesPage = z
  .object({ revision: z.int().nonnegative(), deltas: z.array(Delta), more: z.boolean() })
  .meta({ id: 'ChangesPage' });
export type ChangesPage = z.infer<typeof ChangesPage>;

export const Heartbeat = z.object({ revision: z.int().nonnegative() });
export type Heartbeat = z.infer<typeof Heartbeat>;

/** `POST /replica/v1/status`: what a replica holds. Sent after it applied a change, and at least every STATUS_MS. */
export const STATUS_MS = 15_000;
export const ReplicaStatus = z
  .object({
    instance: z.uuid(), // made anew by each process
    name: z.string().min(1).max(128), // the application, for people
    sdk: z.string().max(64), // for instance `python 0.1.0`
    revision: z.int().nonnegative(), // 0: no snapshot yet
    ageMs: z.number().nonnegative(), // since its policy was last known to be the newest
  })
  .meta({ id: 'ReplicaStatus' });
export type ReplicaStatus = z.infer<typeof ReplicaStatus>;

/**
 * `POST /replica/v1/decisions`: decisions that were made locally. Answers 202 with a DecisionUploadAnswer; a repeated id is ignored. An entry
 * that is not valid is refused by itself, and not to be sent again; only where no entry is valid, the answer is 400.
 */
export const DecisionUpload = z
  .object({ instance: z.uuid(), name: z.string().min(1).max(128), decisions: z.array(DecisionRecord).max(1000) })
  .meta({ id: 'DecisionUpload' });
export type DecisionUpload = z.infer<typeof DecisionUpload>;

/** How many decisions are new, and for each that was refused the first thing wrong with it, such as `decisions[3].request.subject.id`. */
export const DecisionUploadAnswer = z
  .object({ accepted: z.int().nonnegative(), refused: z.array(ErrorItem) })
  .meta({ id: 'DecisionUploadAnswer' });
export type DecisionUploadAnswer = z.infer<typeof DecisionUploadAnswer>;

/**
 * `GET /replica/v1/api-keys`: by what a standalone decision point knows its callers: for each live API key its id, the SHA-256 of the
 * whole key, and the service account that it speaks for. A key has 256 random bits, so that its hash gives nothing away. Every change
 * of a key takes a revision: whoever follows the changes knows when to ask again.
 */
export const ApiKeyHash = z
  .object({
    id: z.string().min(1),
    hash: z.string().regex(/^[0-9a-f]{64}$/),
    user: z.string().min(1),
    expiresAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'ApiKeyHash' });
export type ApiKeyHash = z.infer<typeof ApiKeyHash>;

export const ApiKeyHashes = z.object({ keys: z.array(ApiKeyHash) }).meta({ id: 'ApiKeyHashes' });
export type ApiKeyHashes = z.infer<typeof ApiKeyHashes>;
