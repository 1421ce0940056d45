import { readdirSync, readFileSync } from 'node:fs';
import { cpus, loadavg, release } from 'node:os';

/** What a figure was measured on: without it a figure says nothing. */
export interface Machine {
  cpu: string;
  cores: number;
  node: string;
  kernel: string;
  /** The load average of the last minute at the start: other work on the machine spoils absolute figures. */
  loadBefore: number;
}

export function machine(): Machine {
  const all = cpus();
  const cpu = all[0]?.model.trim() ?? 'unknown';
  return { cpu, cores: all.length, node: process.version, kernel: release(), loadBefore: loadavg()[0] ?? 0 };
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/**
 * The quickest of several runs: what else the machine does only ever adds to a time, and so this says best what the work itself takes. How
 * far it lies below the median tells how much a run was disturbed.
 */
export function quickest(times: readonly number[]): number {
  return Math.min(...times);
}

/** @param q between 0 and 1 */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? NaN;
}

/** Runs the contestants in turn, so that what else the machine does hits all alike. @returns the results of each, in the order of runs */
export async function inTurn<T>(runs: number, contestants: readonly (() => Promise<T> | T)[]): Promise<T[][]> {
  const results: T[][] = contestants.map(() => []);
  for (let run = 0; run < runs; run += 1) {
    for (const [index, contestant] of contestants.entries()) results[index]?.push(await contestant());
  }
  return results;
}

/**
 * How many times what another contestant measured a contestant measured: the median of the rounds' ratios. Two that ran one after the
 * other ran on the same machine; two medians may come from different minutes of it.
 */
export function timesOf(own: readonly number[], other: readonly number[]): number {
  return median(own.map((value, round) => value / (other[round] ?? NaN)));
}

/** The CPU time that the threads of a process have used so far, in µs; undefined where the system does not say (it is asked in Linux' way). */
export function cpuOf(pid: number): number | undefined {
  try {
    const ofThread = (thread: string) => Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]) / 1000;
    return readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => sum + ofThread(thread), 0);
  } catch {
    return undefined;
  }
}

/** What a process holds in memory, in MB; undefined where the system does not say (it is asked in Linux' way). */
export function memoryOf(pid: number): number | undefined {
  try {
    return Number(/VmRSS:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
  } catch {
    return undefined;
  }
}

/** The same chances in every run of the bench. @returns numbers of 0 up to 1 (mulberry32) */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
