import cluster from 'node:cluster';
import type { ToPrimary, ToWorker } from './messages.ts';
import type { WorkerStats } from './operations.ts';
import type { PdpSettings } from './settings.ts';
import { startWorker } from './worker.ts';

const STATS_MS = 1_000;

/** One of several workers: the primary hands connections to it, and hears from it. */
export async function runClusterWorker(settings: PdpSettings): Promise<void> {
  const worker = Number(process.env['LICET_WORKER'] ?? cluster.worker?.id);
  const tell = (message: ToPrimary) => void (process.connected && process.send?.(message));
  const asked = new Map<number, (all: WorkerStats[]) => void>();
  let lastId = 0;
  let own: (() => WorkerStats) | undefined;
  const allStats = () =>
    new Promise<WorkerStats[]>((resolve) => {
      const id = (lastId += 1);
      const give = (all: WorkerStats[]) => {
        clearTimeout(late);
        asked.delete(id);
        resolve(all);
      };
      const late = setTimeout(() => give(own ? [own()] : []), STATS_MS);
      asked.set(id, give);
      tell({ kind: 'ask-stats', id });
    });
  process.on('message', (message: ToWorker) => {
    if (message.kind === 'all-stats') asked.get(message.id)?.(message.all);
    else if (own) tell({ kind: 'stats', id: message.id, stats: own() });
  });
  let stop: (() => Promise<void>) | undefined;
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => void (stop ? stop().then(() => process.exit(0)) : process.exit(0)));
  try {
    const started = await startWorker(settings, worker, allStats);
    own = () => started.pdp.stats();
    stop = started.stop;
    tell({ kind: 'listening', listening: started.listening });
  } catch (error) {
    process.send?.({ kind: 'failed', message: (error as Error).message } satisfies ToPrimary, () => process.exit(1));
  }
}
