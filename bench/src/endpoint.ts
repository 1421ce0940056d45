import { startApi, type Api } from './api.ts';
import { inTurn, machine, median, timesOf } from './measure.ts';
import { toPolicyFile } from './policy-file.ts';
import type { Report, Row } from './report.ts';
import { load, startBare } from './servers.ts';
import { makeWorkload, type Workload } from './workload.ts';

/** As large as a policy file of one request may be. */
const SIZE = { roles: 100, types: 50, actions: 20, users: 1_000 };
const ITEMS = 50;
const CONNECTIONS = [1, 64];

interface Work {
  name: string;
  path: string;
  body: string;
}

/** The decision endpoint of a real api process, against a bare node:http server that answers the same bytes. */
export async function benchEndpoint({ runs, seconds }: { runs: number; seconds: number }): Promise<Report> {
  const before = machine();
  const rows: Row[] = [];
  for (const log of ['on', 'off'] as const) {
    for (const condition of [false, true]) {
      const workload = makeWorkload(SIZE, condition, 1000);
      const api = await startApi({ LICET_DECISION_LOG: log });
      try {
        await api.apply(toPolicyFile(workload));
        const authorization = `Bearer ${await api.key('bench')}`;
        for (const work of worksOf(workload, condition, log)) {
          for (const connections of CONNECTIONS) rows.push(await compare(api, work, { authorization, connections, runs, seconds }));
        }
      } finally {
        await api.stop();
      }
    }
  }
  return {
    bench: 'endpoint',
    machine: before,
    method: `a real api process on SQLite and a bare node:http server; medians of ${runs} alternating runs of ${seconds} s`,
    rows,
    notes: [
      'ratio: requests/s of Licet to those of the bare server, median of the runs; the load generator shares the machine with both',
      'bare: reads and parses the body, answers with headers and a body of the same bytes; no routes, no key, no decision, no log',
      'CPU: of the whole server process for each request; it says more than requests/s where other work shares the machine',
      'log on: each decision is written to the decision log by the same process; where they come faster than that, entries are dropped',
    ],
  };
}

function worksOf({ questions }: Workload, condition: boolean, log: string): Work[] {
  const allowed = questions.filter((question) => question.allowed).map(({ request }) => request);
  const name = `${condition ? 'owner condition' : 'roles only'}, log ${log}`;
  const one = { name: `1 question, ${name}`, path: '/access/v1/evaluation', body: JSON.stringify(allowed[0]) };
  const batch = JSON.stringify({ evaluations: allowed.slice(0, ITEMS) });
  return condition ? [one] : [one, { name: `${ITEMS} questions, ${name}`, path: '/access/v1/evaluations', body: batch }];
}

interface Plan {
  authorization: string;
  connections: number;
  runs: number;
  seconds: number;
}

async function compare(api: Api, work: Work, { authorization, connections, runs, seconds }: Plan): Promise<Row> {
  const answer = await fetch(api.url + work.path, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: work.body,
  });
  const body = await answer.text();
  if (answer.status !== 200 || !body.includes('"decision":true')) throw new Error(`${work.name}: ${answer.status} ${body}`);
  const bare = await startBare(answer.headers, body);
  const job = { path: work.path, headers: { authorization }, body: work.body, connections, seconds };
  try {
    const [bares = [], licets = []] = await inTurn(runs, [() => load(job, bare), () => load(job, api)]);
    const bareRates = bares.map((run) => run.perSecond);
    const licetRates = licets.map((run) => run.perSecond);
    return {
      work: work.name,
      connections,
      'bare/s': median(bareRates),
      'licet/s': median(licetRates),
      ratio: timesOf(licetRates, bareRates),
      'bare p50 ms': median(bares.map((run) => run.p50)),
      'licet p50 ms': median(licets.map((run) => run.p50)),
      'licet p99 ms': median(licets.map((run) => run.p99)),
      'bare CPU µs': median(bares.map((run) => run.cpu)),
      'licet CPU µs': median(licets.map((run) => run.cpu)),
    };
  } finally {
    await bare.stop();
  }
}
