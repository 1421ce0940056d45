import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inChild } from './child.ts';
import type { ContestantJob, ContestantResult } from './contestant.ts';
import { goalRows } from './goals.ts';
import { installPeers } from './install-peers.ts';
import { inTurn, machine, median, quickest, timesOf } from './measure.ts';
import type { MillionJob, MillionResult } from './million.ts';
import type { Report, Row, Section } from './report.ts';
import { benchServed } from './served.ts';
import { USUAL } from './workload.ts';

const MEGABYTE = 1024 * 1024;
const QUESTIONS = 20_000;
const MILLION = { roles: 1_000, types: 500, actions: 20, users: 1_000_000 };
const MILLION_QUESTIONS = 200_000;
const EDITS = 2_000;
const HEAP = '--max-old-space-size=12288';

interface Contestant {
  contestant: string;
  name: string;
  /** It takes so long that fewer of its answers are looked at before it is timed. */
  slow?: boolean;
  /** It cannot look at the resource. */
  rolesOnly?: boolean;
}

const CONTESTANTS: Contestant[] = [
  { contestant: 'bare', name: 'bare layout' },
  { contestant: 'engine', name: 'Licet engine decide()' },
  { contestant: 'sdk', name: 'Licet SDK check()' },
  { contestant: 'caslByRole', name: '@casl/ability, one for each role', rolesOnly: true },
  { contestant: 'caslByUser', name: '@casl/ability, one for each user' },
  { contestant: 'accesscontrol', name: 'accesscontrol' },
  { contestant: 'cedar', name: 'Cedar, wasm', slow: true },
  { contestant: 'oso', name: 'oso', slow: true },
  { contestant: 'casbin', name: 'casbin', slow: true },
];

export interface DecisionsOptions {
  runs: number;
  /** For each contestant and run; servers are measured for six times as long. */
  seconds: number;
}

/** Decisions: in this process against the libraries that npm provides, at a million users, and over HTTP against the Cerbos PDP. */
export async function benchDecisions({ runs, seconds }: DecisionsOptions): Promise<Report> {
  const before = machine();
  await installPeers();
  const inProcess = [...(await benchInProcess(false, runs, seconds)), ...(await benchInProcess(true, runs, seconds))];
  const million = await benchMillion(runs, seconds);
  const served = await benchServed({ runs: Math.min(runs, 3), seconds: seconds * 6 });
  const { roles, types, actions, users } = USUAL;
  const sections: Section[] = [
    { title: `In process: ${roles} roles of depth 3, ${types * actions} permissions, ${users} users`, rows: inProcess, chart: 'µs/check' },
    { title: 'In process: 1,000,000 users with 3 roles each, 1,000 roles, 10,000 permissions', rows: million },
    { title: 'Over HTTP: a decision point with two workers and the Cerbos PDP, 64 connections', rows: served.againstCerbos },
    { title: 'Over HTTP: a decision point with one worker and a bare node:http server, 64 connections', rows: served.againstBare },
  ];
  return {
    bench: 'decisions',
    machine: before,
    method: `random questions, half allowed; every contestant gives right answers before it is timed; medians of ${runs} alternating runs, ratios of each round; quickest: the least that a run took, which other work on the machine disturbs least`,
    rows: goalRows({ inProcess, million, ...served }),
    sections,
    notes: [
      'bare layout: maps and bitsets that answer a boolean, and nothing else; Licet answers with reason, path, errors and revision, and ' +
        'knows tenants, times, groups and single resources',
      'each contestant runs in a process of its own; memory: what its heap and its buffers hold more after loading than before',
      'CASL, accesscontrol, Cedar, oso and Cerbos are given the roles of a user by the application; casbin and Licet know them',
      'Cerbos is told beforehand which roles inherit from which; it has no hierarchy of its own. Its audit log is off, as is the decision log of Licet',
      'the load generator uses a core of the same machine, which takes from both servers alike where there are only two',
      ...served.notes,
    ],
  };
}

async function benchInProcess(condition: boolean, runs: number, seconds: number): Promise<Row[]> {
  const contestants = CONTESTANTS.filter(({ rolesOnly }) => !(condition && rolesOnly));
  const jobs = contestants.map(({ contestant, slow }): ContestantJob => ({
    ...{ contestant, condition, seconds, questions: QUESTIONS, verified: slow ? 500 : QUESTIONS },
  }));
  const runOne = (job: ContestantJob) => () => inChild<ContestantResult>('contestant.js', job, ['--expose-gc', HEAP]);
  const results = await inTurn(runs, jobs.map(runOne));
  const all = (index: number, value: (result: ContestantResult) => number) => (results[index] ?? []).map(value);
  const of = (index: number, value: (result: ContestantResult) => number) => median(all(index, value));
  const bare = all(0, (result) => result.nanoseconds);
  return contestants.map(({ name }, index) => {
    const each = all(index, (result) => result.nanoseconds);
    const ns = median(each);
    return {
      check: `${name}, ${condition ? 'owner condition' : 'roles only'}`,
      ...{ 'µs/check': ns / 1000, 'quickest µs': quickest(each) / 1000, 'checks/s': 1e9 / ns, 'times bare': timesOf(each, bare) },
      'load ms': of(index, (result) => result.loadMs),
      'memory MB': of(index, (result) => result.memoryBytes) / MEGABYTE,
    };
  });
}

async function benchMillion(runs: number, seconds: number): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'licet-million-'));
  const job = { size: MILLION, questions: MILLION_QUESTIONS, edits: EDITS, seconds: seconds * 2, folder };
  const phase = (name: MillionJob['phase']) => inChild<MillionResult>('million.js', { ...job, phase: name }, ['--expose-gc', HEAP]);
  try {
    const built = await phase('build');
    const rows = [millionRow('from rows', [built])];
    // From rows it takes long and is measured once: what counts is how it is loaded everywhere else.
    if (built.binaryBytes !== null) {
      const [loaded = []] = await inTurn(Math.min(runs, 5), [() => phase('load')]);
      rows.push(millionRow('from the binary form', loaded));
    }
    return rows;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function millionRow(snapshot: string, results: readonly MillionResult[]): Row {
  const of = (value: (result: MillionResult) => number) => median(results.map(value));
  return {
    snapshot,
    'µs/check': of((result) => result.nanoseconds) / 1000,
    'quickest µs': quickest(results.map((result) => result.nanoseconds)) / 1000,
    'checks/s': 1e9 / of((result) => result.nanoseconds),
    'memory MB': of((result) => result.memoryBytes) / MEGABYTE,
    'load ms': of((result) => result.loadMs),
    'quickest load ms': quickest(results.map((result) => result.loadMs)),
    'assignment µs': of((result) => result.assignmentMicroseconds),
    'leaf role µs': of((result) => result.leafRoleMicroseconds),
    'binary MB': results[0]?.binaryBytes ? results[0].binaryBytes / MEGABYTE : null,
  };
}
