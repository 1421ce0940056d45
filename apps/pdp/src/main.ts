import cluster from 'node:cluster';
import { runClusterWorker } from './cluster-worker.ts';
import { Primary } from './primary.ts';
import { type PdpSettings, readSettings } from './settings.ts';
import { type Listening, startWorker } from './worker.ts';

try {
  const settings = readSettings(process.env);
  if (cluster.isWorker) await runClusterWorker(settings);
  else if (settings.workers === 1) await runAlone(settings);
  else runPrimary(settings);
} catch (error) {
  couldNotStart((error as Error).message);
}

/** With one worker there is nobody to hand connections over: this process answers. */
async function runAlone(settings: PdpSettings): Promise<void> {
  const { listening, stop } = await startWorker(settings, 1);
  stopOnSignals(stop);
  sayWhere(settings, listening);
}

function runPrimary(settings: PdpSettings): void {
  const primary = new Primary(settings.workers, {
    onListening: (listening) => sayWhere(settings, listening),
    onFailed: (message) => void primary.stop().then(() => couldNotStart(message)),
    onDied: (worker, how) => process.stderr.write(`worker ${worker} ended ${how}; it is started again\n`),
  });
  stopOnSignals(() => primary.stop());
  primary.start();
}

function stopOnSignals(stop: () => Promise<void>): void {
  let stopping = false;
  const once = async () => {
    if (stopping) return;
    stopping = true;
    await stop();
    process.stdout.write('Stopped.\n');
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void once());
}

function sayWhere({ workers, publicUrl }: PdpSettings, { port, notReady }: Listening): void {
  const url = process.env['LICET_PUBLIC_URL'] ? publicUrl : `http://localhost:${port}`;
  const state = notReady === undefined ? 'is ready' : 'is not ready yet';
  const many = workers === 1 ? '1 worker' : `${workers} workers`;
  process.stdout.write(`Licet's decision point ${state} at ${url} (${many})\n${notReady === undefined ? '' : `${notReady}\n`}`);
}

function couldNotStart(message: string): void {
  const busy = message.includes('EADDRINUSE') ? '. Set LICET_PDP_PORT to a free one.' : '';
  process.stderr.write(`Licet's decision point could not start: ${message}${busy}\n`);
  process.exit(1);
}
