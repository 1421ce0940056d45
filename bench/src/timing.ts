import type { Check } from './peers/peer.ts';
import type { Question } from './workload.ts';

/** The clock is looked at so seldom that this costs nothing. */
const STRETCH_NS = 2_000_000n;
const MOST = 5_000;
const WARM_UP_MS = 500;
const WARM_UP_PASSES = 5;

/** Fast and wrong would be worth nothing. @throws Error at the first wrong answer */
export async function verify(check: Check, questions: readonly Question[]): Promise<void> {
  for (const question of questions) {
    if ((await check(question)) === question.allowed) continue;
    throw new Error(`the answer to ${JSON.stringify(question.request)} should be ${question.allowed}`);
  }
}

/** Asks the questions over and over for so long. @returns nanoseconds a check */
export async function time(check: Check, questions: readonly Question[], seconds: number): Promise<number> {
  const wanted = BigInt(Math.round(seconds * 1e9));
  const asynchronous = check(questions[0]!) instanceof Promise;
  await warmUp(check, questions);
  let stretch = 1;
  let next = 0;
  let spent = 0n;
  let checks = 0;
  while (spent < wanted) {
    const part = Array.from({ length: stretch }, (_, index) => questions[(next + index) % questions.length]!);
    next += stretch;
    const took = asynchronous ? await timeAwaited(check, part) : timeAtOnce(check, part);
    spent += took;
    checks += stretch;
    if (took < STRETCH_NS) stretch = Math.min(MOST, stretch * 2);
  }
  return Number(spent) / checks;
}

/** What is slow only because it is not compiled yet is not measured. */
async function warmUp(check: Check, questions: readonly Question[]): Promise<void> {
  const until = performance.now() + WARM_UP_MS;
  for (let pass = 0; pass < WARM_UP_PASSES && performance.now() < until; pass += 1) {
    for (const question of questions) {
      const answer = check(question);
      if (typeof answer !== 'boolean') await answer;
      if (performance.now() >= until) return;
    }
  }
}

function timeAtOnce(check: Check, questions: readonly Question[]): bigint {
  let right = 0;
  const began = process.hrtime.bigint();
  for (let index = 0; index < questions.length; index += 1) if (check(questions[index]!) === questions[index]!.allowed) right += 1;
  const took = process.hrtime.bigint() - began;
  demandAll(right, questions);
  return took;
}

async function timeAwaited(check: Check, questions: readonly Question[]): Promise<bigint> {
  let right = 0;
  const began = process.hrtime.bigint();
  for (const question of questions) if ((await check(question)) === question.allowed) right += 1;
  const took = process.hrtime.bigint() - began;
  demandAll(right, questions);
  return took;
}

function demandAll(right: number, questions: readonly Question[]): void {
  if (right !== questions.length) throw new Error(`${questions.length - right} of ${questions.length} answers are wrong`);
}

/** What this process holds, after everything that can go is gone. */
export function heldBytes(): number {
  const { gc } = globalThis as { gc?: () => void };
  gc?.();
  gc?.();
  // What typed arrays hold is a part of `external`.
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
