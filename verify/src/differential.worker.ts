import { parentPort, workerData } from 'node:worker_threads';
import { compareAnswers } from './differential.ts';

const { decisions, seed, share } = workerData as { decisions: number; seed: number; share: { of: number; outOf: number } };
parentPort?.postMessage(compareAnswers(decisions, seed, share));
