import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Licet } from '@licet/sdk-node';
import { startApi } from './api.ts';
import { installPeers, installPythonPeer } from './install-peers.ts';
import { inTurn, machine, median } from './measure.ts';
import { cerbosPolicies } from './peers/cerbos.ts';
import { importPeer, rolesOf, type Check } from './peers/peer.ts';
import { toPolicyFile } from './policy-file.ts';
import type { Report, Row } from './report.ts';
import { startCerbos, startPdp } from './servers.ts';
import { time, verify } from './timing.ts';
import { makeWorkload, type Workload } from './workload.ts';

/** As large as a policy file of one request may be. */
const SIZE = { roles: 100, types: 50, actions: 20, users: 1_000 };
const QUESTIONS = 1_000;
const CORES = 2;
const PYTHON_PEER = 'cerbos==0.16.1';
const PROGRAM = fileURLToPath(new URL('../src/sdks.py', import.meta.url));
const SDK = fileURLToPath(new URL('../../libs/sdk-python/', import.meta.url));

interface Place {
  cerbos: number;
  api: string;
  pdp: string;
  key: string;
}
interface CerbosHttp {
  HTTP: new (url: string) => { isAllowed(question: object): Promise<boolean> };
}

/** One caller that waits for each answer: the SDKs of Licet, in the process and over loopback, and those of Cerbos beside its PDP. */
export async function benchSdks({ runs, seconds }: { runs: number; seconds: number }): Promise<Report> {
  const before = machine();
  await installPeers();
  const rows: Row[] = [];
  for (const condition of [false, true]) {
    const workload = makeWorkload(SIZE, condition, QUESTIONS);
    const name = condition ? 'owner condition' : 'roles only';
    const measured = await withServers(workload, condition, async (place) => ({
      ...(await inNode(workload, place, runs, seconds)),
      ...(await inPython(workload, place, runs)),
    }));
    const cerbos: Record<string, number | undefined> = { Node: measured['Node: @cerbos/http'], Python: measured['Python: cerbos'] };
    for (const [sdk, micros] of Object.entries(measured)) {
      const theirs = cerbos[sdk.split(':')[0] ?? ''] ?? NaN;
      rows.push({ check: `${sdk}, ${name}`, 'µs/check': micros, 'checks/s': 1e6 / micros, 'times Cerbos': theirs / micros });
    }
  }
  return {
    bench: 'sdks',
    machine: before,
    method: `random questions, half allowed; one caller that waits for each answer; medians of ${runs} alternating runs`,
    rows,
    notes: [
      'local: from a copy of the policy in the process; remote: over HTTP from a standalone decision point with two workers. No decision log',
      'Cerbos: its PDP on the same two cores, without an audit log, asked by its own SDKs over HTTP; the application gives it the roles of the user',
    ],
  };
}

async function withServers<T>(workload: Workload, condition: boolean, work: (place: Place) => Promise<T>): Promise<T> {
  const api = await startApi({ LICET_DECISION_LOG: 'off' });
  try {
    await api.apply(toPolicyFile(workload));
    const pdp = await startPdp(api.url, await api.key('pdp', 'licet.decision-point'), CORES);
    const cerbos = await startCerbos(cerbosPolicies(workload, condition), CORES);
    if (cerbos === undefined) throw new Error('there is no binary of Cerbos for this machine');
    try {
      return await work({ cerbos: cerbos.port, api: api.url, pdp: `http://127.0.0.1:${pdp.port}`, key: await api.key('bench') });
    } finally {
      await Promise.all([cerbos.stop(), pdp.stop()]);
    }
  } finally {
    await api.stop();
  }
}

async function inNode(
  workload: Workload,
  { cerbos, api, pdp, key }: Place,
  runs: number,
  seconds: number,
): Promise<Record<string, number>> {
  const { HTTP } = await importPeer<CerbosHttp>('@cerbos/http');
  const theirs = new HTTP(`http://127.0.0.1:${cerbos}`);
  const roles = rolesOf(workload);
  const local = new Licet({ url: api, apiKey: key, decisionLog: false });
  const remote = new Licet({ url: pdp, apiKey: key, mode: 'remote' });
  await local.ready();
  const checks: Record<string, Check> = {
    'Node: Licet, local': ({ request: { subject, resource }, permission }) => local.check(subject.id, permission, resource).decision,
    'Node: Licet, remote': async ({ request: { subject, resource }, permission }) =>
      (await remote.check(subject.id, permission, resource)).decision,
    'Node: @cerbos/http': ({ request: { subject, action, resource } }) =>
      theirs.isAllowed({
        principal: { id: subject.id, roles: roles.get(subject.id) ?? [] },
        resource: { kind: resource.type, id: resource.id, attr: resource.properties ?? {} },
        action: action.name,
      }),
  };
  try {
    for (const check of Object.values(checks)) await verify(check, workload.questions.slice(0, 200));
    const timed = await inTurn(
      runs,
      Object.values(checks).map((check) => () => time(check, workload.questions, seconds)),
    );
    return Object.fromEntries(Object.keys(checks).map((name, index) => [name, median(timed[index] ?? []) / 1000]));
  } finally {
    await Promise.all([local.close(), remote.close()]);
  }
}

async function inPython({ questions, ...workload }: Workload, place: Place, runs: number): Promise<Record<string, number>> {
  const python = process.env['LICET_PYTHON'] ?? join(SDK, '.venv', 'bin', 'python');
  if (!existsSync(python)) throw new Error(`there is no ${python}: run \`node tools/python.mjs\`, which makes it`);
  const peer = await installPythonPeer(python, PYTHON_PEER);
  const folder = await mkdtemp(join(tmpdir(), 'licet-bench-'));
  try {
    const file = join(folder, 'job.json');
    const roles = Object.fromEntries(rolesOf({ ...workload, questions }));
    await writeFile(file, JSON.stringify({ ...place, questions, roles, runs }));
    const env = { ...process.env, PYTHONPATH: [join(SDK, 'src'), peer].join(delimiter) };
    const { stdout } = await promisify(execFile)(python, [PROGRAM, file], { env });
    const timed = JSON.parse(stdout) as Record<string, number[]>;
    return Object.fromEntries(Object.entries(timed).map(([name, micros]) => [`Python: ${name}`, median(micros)]));
  } finally {
    await rm(folder, { recursive: true });
  }
}
