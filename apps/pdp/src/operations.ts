import { only, sendProblem } from '@licet/decision-http';
import type { FastifyInstance, FastifyReply, RouteHandlerMethod } from 'fastify';

/** What one worker says of itself. */
export interface WorkerStats {
  worker: number;
  ready: boolean;
  revision: number;
  /** Seconds since the policy, and the keys, were known to be the newest; null: they never were. */
  snapshotAge: number | null;
  keysAge: number | null;
  keys: number;
  allowed: number;
  denied: number;
  dropped: number;
  memoryBytes: number;
}

/** Which stand in the way of an answer, as a sentence; undefined where nothing does. */
export type NotReady = () => string | undefined;

const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** `/healthz`, `/readyz` and `/metrics`, for everybody; whatever else is asked for is not there. */
export function operationRoutes(
  app: FastifyInstance,
  notReady: NotReady,
  revision: () => number,
  stats: () => Promise<WorkerStats[]>,
): void {
  const get = (url: string, handler: RouteHandlerMethod) => only(app, url, ['GET', 'HEAD'], { handler });
  get('/healthz', (_request, reply) => {
    void fresh(reply).send({ status: 'ok' });
  });
  get('/readyz', (request, reply) => {
    const why = notReady();
    if (why === undefined) void fresh(reply).send({ status: 'ready', revision: revision() });
    else sendProblem(request, reply, 'unavailable', why);
  });
  get('/metrics', async (_request, reply) =>
    fresh(reply)
      .type(METRICS_TYPE)
      .send(metricsText(await stats())),
  );
  app.setNotFoundHandler((request, reply) => {
    sendProblem(request, reply, 'not_found', `There is nothing at ${request.url.split('?')[0]}.`);
  });
}

function fresh(reply: FastifyReply): FastifyReply {
  return reply.header('cache-control', 'no-store');
}

type Sample = [labels: string, value: number];
interface Metric {
  name: string;
  kind: 'gauge' | 'counter';
  help: string;
  samples: (stats: WorkerStats) => Sample[];
}

const METRICS: Metric[] = [
  metric('licet_ready', 'gauge', 'Whether the worker answers from a policy that is new enough.', ({ ready }) => Number(ready)),
  metric('licet_revision', 'gauge', 'The revision that answers come from; 0: none.', ({ revision }) => revision),
  metric(
    'licet_snapshot_age_seconds',
    'gauge',
    'Since the policy was known to be the newest.',
    ({ snapshotAge }) => snapshotAge ?? Infinity,
  ),
  metric('licet_api_keys', 'gauge', 'Live API keys that are held.', ({ keys }) => keys),
  metric('licet_api_keys_age_seconds', 'gauge', 'Since these were known to be the live ones.', ({ keysAge }) => keysAge ?? Infinity),
  {
    name: 'licet_decisions_total',
    kind: 'counter',
    help: 'Decisions made, by what they were.',
    samples: ({ allowed, denied }) => [
      [',decision="allow"', allowed],
      [',decision="deny"', denied],
    ],
  },
  metric('licet_decision_log_dropped_total', 'counter', 'Decisions that did not get into the decision log.', ({ dropped }) => dropped),
  metric('process_resident_memory_bytes', 'gauge', 'Memory of the worker.', ({ memoryBytes }) => memoryBytes),
];

function metric(name: string, kind: Metric['kind'], help: string, value: (stats: WorkerStats) => number): Metric {
  return { name, kind, help, samples: (stats) => [['', value(stats)]] };
}

/** The text format of Prometheus, version 0.0.4. */
export function metricsText(all: readonly WorkerStats[]): string {
  return METRICS.map(({ name, kind, help, samples }) => {
    const lines = all.flatMap((stats) =>
      samples(stats).map(([labels, value]) => `${name}{worker="${stats.worker}"${labels}} ${numberText(value)}`),
    );
    return `# HELP ${name} ${help}\n# TYPE ${name} ${kind}\n${lines.join('\n')}\n`;
  }).join('');
}

function numberText(value: number): string {
  return value === Infinity ? '+Inf' : String(value);
}
