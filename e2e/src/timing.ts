import { test } from '@playwright/test';

const GIVE_UP_MS = 10_000;

/**
 * Asks again and again until the answer is the wanted one, and tells how long after `since` it came. How long that may be is measured by
 * `npm run bench -- propagation`: a busy machine is no fault.
 * @param since a time of `performance.now()`
 */
export async function inForce(what: string, since: number, ask: () => Promise<number>, wanted: number): Promise<number> {
  for (;;) {
    const answer = await ask();
    const ms = Math.max(0, performance.now() - since);
    if (answer === wanted) {
      process.stdout.write(`    ${what}: ${ms.toFixed(0)} ms after the save\n`);
      test.info().annotations.push({ type: 'in force', description: `${what}: ${ms.toFixed(0)} ms` });
      return ms;
    }
    if (ms > GIVE_UP_MS) throw new Error(`${what}: still answers ${answer} instead of ${wanted} after ${GIVE_UP_MS} ms`);
  }
}
