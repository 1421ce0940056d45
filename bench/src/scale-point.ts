/**
 * One size of a policy, in a process of its own. It reads its job as JSON from its first argument and prints nanoseconds a check, the median
 * of its runs, as JSON.
 */
import { createSnapshot, decide } from '@licet/engine';
import { median } from './measure.ts';
import { time, verify } from './timing.ts';
import { asReceived, makeConditions, makeWorkload, type Question, type Size, type Workload } from './workload.ts';

export interface PointJob {
  size: Size;
  /** How many grants with a condition answer the same question; 0: none has one. */
  conditions: number;
  questions: number;
  runs: number;
  seconds: number;
}

const VERIFIED = 2_000;

async function run({ size, conditions, questions: count, runs, seconds }: PointJob): Promise<{ nanoseconds: number }> {
  const { document, questions }: Pick<Workload, 'document' | 'questions'> =
    conditions > 0 ? makeConditions(conditions, count) : makeWorkload(size, false, count);
  const asked = asReceived(questions);
  const snapshot = createSnapshot(document);
  const now = Date.now();
  const check = ({ request }: Question) => decide(snapshot, request, now).decision;
  await verify(check, asked.slice(0, VERIFIED));
  const results: number[] = [];
  for (let turn = 0; turn < runs; turn += 1) results.push(await time(check, asked, seconds));
  return { nanoseconds: median(results) };
}

process.stdout.write(`${JSON.stringify(await run(JSON.parse(process.argv[2] ?? '{}') as PointJob))}\n`);
