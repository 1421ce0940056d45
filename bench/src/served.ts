import type { EvaluationRequest } from '@licet/contract';
import { startApi } from './api.ts';
import { inTurn, median, timesOf } from './measure.ts';
import { cerbosDecisions, cerbosPolicies, cerbosRequest } from './peers/cerbos.ts';
import { toPolicyFile } from './policy-file.ts';
import type { Row } from './report.ts';
import { load, startBare, startCerbos, startPdp, type Server } from './servers.ts';
import { makeWorkload, type Workload } from './workload.ts';

/** As large as a policy file of one request may be. */
const SIZE = { roles: 100, types: 50, actions: 20, users: 1_000 };
export const ITEMS = 50;
const CORES = 2;
const CONNECTIONS = 64;
const VERIFIED = 100;
const CERBOS_PATH = '/api/check/resources';

interface Plan {
  runs: number;
  seconds: number;
}
interface Work {
  name: string;
  /** How many decisions one request asks for. */
  items: number;
  path: string;
  body: string;
  cerbos: string;
}
type Load = Awaited<ReturnType<typeof load>>;

export interface Served {
  againstCerbos: Row[];
  againstBare: Row[];
  notes: string[];
}

/** A standalone decision point against the Cerbos PDP on the same two cores, and, with one worker, against a bare node:http server. */
export async function benchServed(plan: Plan): Promise<Served> {
  const served: Served = { againstCerbos: [], againstBare: [], notes: [] };
  for (const condition of [false, true]) {
    const workload = makeWorkload(SIZE, condition, 2_000);
    const api = await startApi();
    try {
      await api.apply(toPolicyFile(workload));
      const own = await api.key('pdp', 'licet.decision-point');
      const headers = { authorization: `Bearer ${await api.key('bench')}` };
      const works = worksOf(workload, condition);
      const cerbos = await startCerbos(cerbosPolicies(workload, condition), CORES);
      if (cerbos === undefined) served.notes.push('Cerbos was not measured: there is no binary of it for this machine');
      else
        await withBoth(cerbos, await startPdp(api.url, own, CORES), async (pdp) => {
          await verify(workload, pdp, headers, cerbos);
          for (const work of works) served.againstCerbos.push(await againstCerbos(work, pdp, headers, cerbos, plan));
        });
      const alone = await startPdp(api.url, own, 1);
      for (const work of works) served.againstBare.push(await againstBare(work, alone, headers, plan));
      await alone.stop();
    } finally {
      await api.stop();
    }
  }
  return served;
}

async function withBoth(cerbos: Server, pdp: Server, work: (pdp: Server) => Promise<void>): Promise<void> {
  try {
    await work(pdp);
  } finally {
    await Promise.all([cerbos.stop(), pdp.stop()]);
  }
}

function worksOf(workload: Workload, condition: boolean): Work[] {
  const allowed = workload.questions.filter((question) => question.allowed).map(({ request }) => request);
  const work = (name: string, requests: EvaluationRequest[], path: string, body: unknown): Work => {
    return { name, items: requests.length, path, body: JSON.stringify(body), cerbos: cerbosRequest(workload, requests) };
  };
  const first = allowed[0]!;
  const one = work(condition ? '1 question, owner condition' : '1 question, roles only', [first], '/access/v1/evaluation', first);
  if (condition) return [one];
  const batch = Array.from({ length: ITEMS }, (_, number) => ({ ...first, resource: { ...first.resource, id: `batch${number}` } }));
  const { subject } = first;
  const body = { subject, evaluations: batch.map(({ action, resource }) => ({ action, resource })) };
  return [one, work(`${ITEMS} questions about one subject, roles only`, batch, '/access/v1/evaluations', body)];
}

/** Both answer as the workload says, before either is measured. */
async function verify(workload: Workload, pdp: Server, headers: Record<string, string>, cerbos: Server): Promise<void> {
  for (const { request, allowed } of workload.questions.slice(0, VERIFIED)) {
    const { decision } = JSON.parse(await post(pdp, '/access/v1/evaluation', JSON.stringify(request), headers)) as { decision: boolean };
    const [theirs] = cerbosDecisions(await post(cerbos, CERBOS_PATH, cerbosRequest(workload, [request])));
    if (decision !== allowed || theirs !== allowed)
      throw new Error(`${JSON.stringify(request)}: ${decision} and ${theirs}, not ${allowed}`);
  }
}

async function post({ port }: Server, path: string, body: string, headers: Record<string, string> = {}): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
    ...{ method: 'POST', body, headers: { ...headers, 'content-type': 'application/json' } },
  });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${text}`);
  return text;
}

async function againstCerbos(
  work: Work,
  pdp: Server,
  headers: Record<string, string>,
  cerbos: Server,
  { runs, seconds }: Plan,
): Promise<Row> {
  if (!cerbosDecisions(await post(cerbos, CERBOS_PATH, work.cerbos)).every(Boolean)) throw new Error(`Cerbos denies: ${work.name}`);
  const common = { connections: CONNECTIONS, seconds };
  const [theirs = [], ours = []] = await inTurn(runs, [
    () => load({ ...common, path: CERBOS_PATH, headers: {}, body: work.cerbos }, cerbos),
    () => load({ ...common, path: work.path, headers, body: work.body }, pdp),
  ]);
  return {
    work: work.name,
    'cerbos/s': perSecond(theirs),
    'licet/s': perSecond(ours),
    'decisions/s': perSecond(ours) * work.items,
    ratio: timesOf(ours.map(rate), theirs.map(rate)),
    'cerbos p50 ms': median(theirs.map((run) => run.p50)),
    'licet p50 ms': median(ours.map((run) => run.p50)),
    'cerbos p99 ms': median(theirs.map((run) => run.p99)),
    'licet p99 ms': median(ours.map((run) => run.p99)),
  };
}

async function againstBare(work: Work, pdp: Server, headers: Record<string, string>, { runs, seconds }: Plan): Promise<Row> {
  const answer = await fetch(`http://127.0.0.1:${pdp.port}${work.path}`, {
    ...{ method: 'POST', body: work.body, headers: { ...headers, 'content-type': 'application/json' } },
  });
  const bare = await startBare(answer.headers, await answer.text());
  const job = { path: work.path, headers, body: work.body, connections: CONNECTIONS, seconds };
  try {
    const [theirs = [], ours = []] = await inTurn(runs, [() => load(job, bare), () => load(job, pdp)]);
    return {
      work: work.name,
      'bare/s': perSecond(theirs),
      'licet/s': perSecond(ours),
      ratio: timesOf(ours.map(rate), theirs.map(rate)),
      'bare p99 ms': median(theirs.map((run) => run.p99)),
      'licet p99 ms': median(ours.map((run) => run.p99)),
      'bare CPU µs': median(theirs.map((run) => run.cpu)),
      'licet CPU µs': median(ours.map((run) => run.cpu)),
    };
  } finally {
    await bare.stop();
  }
}

function perSecond(runs: readonly Load[]): number {
  return median(runs.map(rate));
}

function rate(run: Load): number {
  return run.perSecond;
}
