import { hkdfSync } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { LicetError } from '@licet/contract';
import { answerError, decisionHttp, mayAsk, type Asks } from '@licet/decision-http';
import type { Snapshot } from '@licet/engine';
import { openDecisionPoint } from '@licet/sdk-node/decision-point';
import Fastify, { type FastifyInstance } from 'fastify';
import { CallerKeys } from './caller-keys.ts';
import { KeysFile } from './keys-file.ts';
import { operationRoutes, type WorkerStats } from './operations.ts';
import type { PdpSettings } from './settings.ts';

const LOOK_MS = 10;
const CLOSE_QUIET_MS = 50;
const CLOSE_ALL_MS = 5_000;

export interface Pdp {
  fastify: FastifyInstance;
  /** Why it does not answer yet, or any more; undefined where it does. */
  notReady(): string | undefined;
  stats(): WorkerStats;
  /** Resolves once it is ready, or after `ms`. */
  readyWithin(ms: number): Promise<void>;
  /** Lets answers that are under way go out, uploads what is left of the decision log, saves what is to be saved. */
  close(): Promise<void>;
}

export interface PdpContext {
  /** The number of this worker; the first one writes the files that all read. */
  worker: number;
  /** What all workers say of themselves; left out: this one is all. */
  allStats?: () => Promise<WorkerStats[]>;
  onError: (error: Error) => void;
}

/** One worker: a replica, the keys of its callers, and the AuthZEN routes over both. Fit to listen at once; until it is ready it denies. */
export function createPdp(settings: PdpSettings, { worker, allStats, onError }: PdpContext): Pdp {
  const { url, apiKey, name, snapshotPath, maxStalenessMs, decisionLog } = settings;
  const writes = worker === 1;
  const told = { allowed: 0, denied: 0 };
  const { plane, point } = openDecisionPoint(
    { url, apiKey, name, decisionLog, savesSnapshot: writes, ...(snapshotPath === undefined ? {} : { snapshotPath }) },
    { onChange: () => keys.refresh(), onOnline: () => keys.refresh(), onError },
  );
  const file = snapshotPath === undefined ? undefined : new KeysFile(`${snapshotPath}.keys`, url, writes);
  const keys = new CallerKeys(plane, file, onError);
  const { replica, log } = point;

  const stale = () => maxStalenessMs !== undefined && Math.max(replica.ageMs, keys.ageMs) > maxStalenessMs;
  const notReady = () => {
    if (replica.snapshot === null) return 'No policy has been received from the control plane yet: every answer is a denial.';
    if (!keys.held) return 'The API keys of callers have not been received from the control plane: nobody can be told from anybody.';
    return stale()
      ? 'The policy has not been known to be the newest for longer than LICET_MAX_STALENESS: every answer is a denial.'
      : undefined;
  };
  const stats = (): WorkerStats => ({
    ...{ worker, ready: notReady() === undefined, revision: replica.revision, keys: keys.count, ...told },
    ...{
      snapshotAge: seconds(replica.ageMs),
      keysAge: seconds(keys.ageMs),
      dropped: log?.dropped ?? 0,
      memoryBytes: process.memoryUsage.rss(),
    },
  });

  const fastify = Fastify({
    ...{ return503OnClosing: false, forceCloseConnections: 'idle', routerOptions: { maxParamLength: 1000 } },
    frameworkErrors: answerError,
  });
  closeQuietConnections(fastify);
  operationRoutes(fastify, notReady, () => replica.revision, allStats ?? (async () => [stats()]));
  void fastify.register(decisionHttp, {
    publicUrl: settings.publicUrl,
    // All workers, and all decision points with this key, take each other's tokens.
    pageKey: Buffer.from(hkdfSync('sha256', apiKey, '', 'pages of searches', 32)),
    snapshot: () => replica.snapshot,
    stale,
    authenticate: (authorization, asks, tenant) => authenticate(keys, replica.snapshot, authorization, asks, tenant),
    onDecision: (request, decision, tenant, now) => {
      told[decision.decision ? 'allowed' : 'denied'] += 1;
      log?.add(request, decision, tenant, now);
    },
  });

  return {
    fastify,
    notReady,
    stats,
    readyWithin: async (ms) => {
      const until = performance.now() + ms;
      while (notReady() !== undefined && performance.now() < until) await sleep(LOOK_MS);
    },
    close: async () => {
      await fastify.close();
      await Promise.all([point.close(), keys.close()]);
    },
  };
}

function authenticate(keys: CallerKeys, snapshot: Snapshot | null, authorization: string | undefined, asks: Asks, tenant?: string) {
  if (!keys.held) {
    throw new LicetError('unavailable', 'This decision point does not hold the API keys of its callers yet. Treat this as a denial.');
  }
  const key = keys.find(authorization);
  if (key === undefined) return 'unauthenticated';
  // Without a policy nothing says what a key may do, and every answer is the same denial.
  return snapshot === null || mayAsk(snapshot, key.user, Date.now(), asks, tenant) ? key : 'forbidden';
}

function seconds(ms: number): number | null {
  return Number.isFinite(ms) ? Math.round(ms) / 1000 : null;
}

/**
 * A stop waits for answers, and for nothing else: a connection that is kept for later is closed as soon as it is quiet, and what still
 * sends its request after some seconds is cut.
 */
function closeQuietConnections(fastify: FastifyInstance): void {
  const timers: NodeJS.Timeout[] = [];
  fastify.addHook('preClose', (done) => {
    timers.push(setInterval(() => fastify.server.closeIdleConnections(), CLOSE_QUIET_MS));
    timers.push(setTimeout(() => fastify.server.closeAllConnections(), CLOSE_ALL_MS));
    done();
  });
  fastify.addHook('onClose', (_instance, done) => {
    timers.forEach((timer) => clearTimeout(timer));
    done();
  });
}
