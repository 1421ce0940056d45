import type { EvaluationRequest } from '@licet/contract';
import { createSnapshot, decide } from '@licet/engine';
import { Licet, type CheckOptions, type Fetcher } from '@licet/sdk-node';
import { MemoryControlPlane } from '@licet/sdk-node/testing';
import { bareLayout } from './bare-layout.ts';
import { inTurn, machine, median, quickest, timesOf } from './measure.ts';
import type { Report, Row } from './report.ts';
import { asReceived, receiveUsual, USUAL, type Question, type Workload } from './workload.ts';

const QUESTIONS = 20_000;
/** So many checks at a stretch; the queue of the decision log holds more. */
const STRETCH = 5_000;

/** So many questions are received at once, where each is asked but once: they are still at hand in the processor then. */
const RECEIVED = 500;

type Check = (question: Question) => boolean;
interface Contestant {
  name: string;
  check: Check;
  /** Each question is asked once, right after it came out of JSON, as a service asks. Otherwise the same ones are asked over and over. */
  once?: boolean;
  /** Called between two stretches of checks, and not timed. */
  rest?: () => Promise<void>;
}

/** In-process checks: Licet's engine and its Node SDK, against a bare layout in the same run. */
export async function benchEngine({ runs, seconds }: { runs: number; seconds: number }): Promise<Report> {
  const before = machine();
  const rows: Row[] = [];
  for (const condition of [false, true]) {
    const workload = receiveUsual(condition, QUESTIONS);
    const { contestants, close } = await contestantsFor(workload, condition);
    for (const contestant of contestants) await verify(contestant, workload);
    const results = await inTurn(
      runs,
      contestants.map((contestant) => () => nanoseconds(contestant, workload, seconds)),
    );
    const bares = { once: results[contestants.findIndex(({ once }) => once)] ?? [], again: results[0] ?? [] };
    contestants.forEach(({ name, once }, index) => {
      const bare = once ? bares.once : bares.again;
      const each = results[index] ?? [];
      const ns = median(each);
      const work = condition ? 'owner condition' : 'roles only';
      rows.push({
        check: `${name}, ${work}${once ? ', each asked once' : ''}`,
        ...{ 'µs/check': ns / 1000, 'quickest µs': quickest(each) / 1000, 'checks/s': 1e9 / ns, 'times bare': timesOf(each, bare) },
      });
    });
    await close();
  }
  const { roles, types, actions, users } = USUAL;
  const size = `${roles} roles of depth 3, ${types * actions} permissions, ${users} users with 3 roles each`;
  return {
    bench: 'engine',
    machine: before,
    method: `${size}; random questions, half allowed; medians of ${runs} alternating runs`,
    rows,
    notes: [
      'bare layout: maps and bitsets that answer a boolean, and nothing else; Licet answers with reason, path, errors and revision, and ' +
        'knows tenants, times, groups and single resources',
      'each asked once: right after it came out of JSON, which is not timed; a text that is looked up for the first time costs both more',
      'SDK check(): from the arguments of the application to the answer; logged: and the entry for the decision log is written down',
    ],
  };
}

async function contestantsFor(workload: Workload, condition: boolean): Promise<{ contestants: Contestant[]; close: () => Promise<void> }> {
  const snapshot = createSnapshot(workload.document);
  const plane = new MemoryControlPlane(workload.document.rows);
  let uploaded = 0;
  const fetcher: Fetcher = (path, request) => {
    if (path !== '/replica/v1/decisions') return plane.fetcher(path, request);
    uploaded += request.body?.split('"tenant":').length ?? 1;
    uploaded -= 1;
    return Promise.resolve(new Response(null, { status: 202 }));
  };
  const licet = new Licet({ fetcher });
  await licet.ready();
  const now = Date.now();
  let logged = 0;
  const ask = ({ subject, resource }: EvaluationRequest, permission: string, options: CheckOptions) =>
    licet.check(subject.id, permission, resource, options).decision;
  const askAndLog: Check = ({ request, permission }) => {
    logged += 1;
    return ask(request, permission, {});
  };
  const drain = async () => {
    while (uploaded < logged) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  const bare = bareLayout(workload, condition);
  const engine: Check = ({ request }) => decide(snapshot, request, now).decision;
  const contestants: Contestant[] = [
    { name: 'bare layout', check: bare },
    { name: 'Licet engine decide()', check: engine },
    { name: 'bare layout', check: bare, once: true },
    { name: 'Licet engine decide()', check: engine, once: true },
    { name: 'Licet SDK check(), not logged', check: ({ request, permission }) => ask(request, permission, { log: false }) },
    { name: 'Licet SDK check(), logged', check: askAndLog, rest: drain },
  ];
  return { contestants, close: () => licet.close() };
}

/** Fast and wrong would be worth nothing. */
async function verify({ check, rest }: Contestant, workload: Workload): Promise<void> {
  const wrong = workload.questions.slice(0, STRETCH).find((question) => check(question) !== question.allowed);
  if (wrong) throw new Error(`the answer to ${JSON.stringify(wrong.request)} should be ${wrong.allowed}`);
  await rest?.();
}

async function nanoseconds({ check, rest, once }: Contestant, { questions }: Workload, seconds: number): Promise<number> {
  const wanted = BigInt(Math.round(seconds * 1e9));
  const stretch = once ? RECEIVED : STRETCH;
  let spent = 0n;
  let checks = 0;
  let allowed = 0;
  while (spent < wanted) {
    for (let start = 0; start < questions.length; start += stretch) {
      const kept = questions.slice(start, start + stretch);
      const part = once ? asReceived(kept) : kept;
      const began = process.hrtime.bigint();
      for (const question of part) if (check(question)) allowed += 1;
      spent += process.hrtime.bigint() - began;
      await rest?.();
    }
    checks += questions.length;
  }
  if (allowed * 2 !== checks) throw new Error('half of the questions should be allowed');
  return Number(spent) / checks;
}
