import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ANSWER_BYTES = 64 * 1024 * 1024;

/** Runs a script of this folder with a job, in a process of its own. @returns what it printed, as JSON */
export async function inChild<T>(script: string, job: object, options: readonly string[] = []): Promise<T> {
  const file = fileURLToPath(new URL(script, import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [...options, file, JSON.stringify(job)], { maxBuffer: ANSWER_BYTES });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as T;
}
