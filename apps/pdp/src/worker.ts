import { createPdp, type Pdp } from './pdp.ts';
import type { WorkerStats } from './operations.ts';
import type { PdpSettings } from './settings.ts';

/** A worker listens when it is ready, and when not, after this long: then it says so where it is asked. */
const PATIENCE_MS = 3_000;

export interface Listening {
  port: number;
  notReady: string | undefined;
}

/** Starts one worker. `stop` may be called at any time, and more than once. */
export async function startWorker(
  settings: PdpSettings,
  worker: number,
  allStats?: () => Promise<WorkerStats[]>,
): Promise<{ pdp: Pdp; listening: Listening; stop: () => Promise<void> }> {
  const pdp = createPdp(settings, { worker, onError: errorWriter(worker), ...(allStats ? { allStats } : {}) });
  let stopping: Promise<void> | undefined;
  const stop = () => (stopping ??= pdp.close());
  await pdp.readyWithin(PATIENCE_MS);
  await pdp.fastify.listen({ port: settings.port, host: settings.host });
  const address = pdp.fastify.server.address();
  const port = typeof address === 'object' && address ? address.port : settings.port;
  return { pdp, listening: { port, notReady: pdp.notReady() }, stop };
}

/** Writes what fails in the background to the terminal; the same failure again is not news. */
function errorWriter(worker: number): (error: Error) => void {
  let last = '';
  return ({ message }) => {
    if (message !== last) process.stderr.write(`worker ${worker}: ${message}\n`);
    last = message;
  };
}
