/**
 * One contestant, in a process of its own: loads the policy, answers, is timed. It reads its job as JSON from its first argument and prints
 * what it measured as JSON. Run it with --expose-gc.
 */
import { accesscontrol } from './peers/accesscontrol.ts';
import { casbin } from './peers/casbin.ts';
import { caslByRole, caslByUser } from './peers/casl.ts';
import { cedar } from './peers/cedar.ts';
import { bare, engine, sdk } from './peers/licet.ts';
import { oso } from './peers/oso.ts';
import type { Check, Load } from './peers/peer.ts';
import { heldBytes, time, verify } from './timing.ts';
import { receiveUsual } from './workload.ts';

const LOADERS: Record<string, Load> = { bare, engine, sdk, caslByRole, caslByUser, accesscontrol, cedar, oso, casbin };

export interface ContestantJob {
  contestant: string;
  condition: boolean;
  seconds: number;
  questions: number;
  /** How many answers are looked at before the first is timed. */
  verified: number;
}

export interface ContestantResult {
  loadMs: number;
  memoryBytes: number;
  nanoseconds: number;
}

async function run({ contestant, condition, seconds, questions, verified }: ContestantJob): Promise<ContestantResult> {
  const load = LOADERS[contestant];
  if (load === undefined) throw new Error(`there is no contestant ${contestant}`);
  const workload = receiveUsual(condition, questions);
  const before = heldBytes();
  const began = performance.now();
  const check: Check = await load(workload, condition);
  const loadMs = performance.now() - began;
  const memoryBytes = heldBytes() - before;
  await verify(check, workload.questions.slice(0, verified));
  return { loadMs, memoryBytes, nanoseconds: await time(check, workload.questions, seconds) };
}

process.stdout.write(`${JSON.stringify(await run(JSON.parse(process.argv[2] ?? '{}') as ContestantJob))}\n`);
