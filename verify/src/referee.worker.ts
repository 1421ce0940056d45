import { parentPort, workerData } from 'node:worker_threads';
import { REFEREES } from './referees.ts';
import type { Share } from './tally.ts';

const { name, count, seed, share } = workerData as { name: string; count: number; seed: number; share: Share };
const referee = REFEREES.find((known) => known.name === name);
if (referee) parentPort?.postMessage(await referee.run(count, seed, share));
