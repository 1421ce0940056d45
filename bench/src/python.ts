import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { installPythonPeer } from './install-peers.ts';
import { machine, median, quickest } from './measure.ts';
import type { Report, Row } from './report.ts';
import { makeWorkload, USUAL, type Workload } from './workload.ts';

const PROGRAM = fileURLToPath(new URL('../src/checks.py', import.meta.url));
const SDK = fileURLToPath(new URL('../../libs/sdk-python/', import.meta.url));
const QUESTIONS = 10_000;
/** What Licet is held against, from PyPI. */
const PEER = 'casbin==1.43.0';
const exec = promisify(execFile);

/** In-process checks of the Python SDK, against casbin for Python in the same process. */
export async function benchPython({ runs }: { runs: number }): Promise<Report> {
  const before = machine();
  const python = process.env['LICET_PYTHON'] ?? join(SDK, '.venv', 'bin', 'python');
  if (!existsSync(python)) throw new Error(`there is no ${python}: run \`node tools/python.mjs\`, which makes it`);
  const peers = await installPythonPeer(python, PEER);
  const rows: Row[] = [];
  for (const condition of [false, true]) {
    const workload = makeWorkload(USUAL, condition, QUESTIONS);
    const timed = await time(python, peers, { ...workload, condition, runs });
    const first = median(Object.values(timed)[0] ?? []);
    for (const [name, each] of Object.entries(timed)) {
      const micros = median(each);
      const check = `${name}, ${condition ? 'owner condition' : 'roles only'}`;
      rows.push({ check, 'µs/check': micros, 'quickest µs': quickest(each), 'checks/s': 1e6 / micros, 'times the first': micros / first });
    }
  }
  const { roles, types, actions, users } = USUAL;
  const { stdout } = await exec(python, ['--version']);
  return {
    bench: 'python',
    machine: before,
    method:
      `${stdout.trim()}, one core: ${roles} roles of depth 3, ${types * actions} permissions, ${users} users with 3 roles each; ` +
      `random questions, half allowed; medians of ${runs} alternating runs`,
    rows,
    notes: [
      'processor time, from the arguments of the application to the answer, which is checked; uploaded: and what it takes to write and send ' +
        'the entry of the decision log, in a thread beside',
      'what could decide about a user and a permission is gathered for the first question about them after an edit',
      'casbin answers a boolean, 40 questions a run',
    ],
  };
}

async function time(
  python: string,
  peers: string,
  workload: Workload & { condition: boolean; runs: number },
): Promise<Record<string, number[]>> {
  const folder = await mkdtemp(join(tmpdir(), 'licet-bench-'));
  try {
    const file = join(folder, 'workload.json');
    await writeFile(file, JSON.stringify(workload));
    const env = { ...process.env, PYTHONPATH: [join(SDK, 'src'), peers].join(delimiter) };
    const { stdout } = await exec(python, [PROGRAM, file], { env });
    return JSON.parse(stdout) as Record<string, number[]>;
  } finally {
    await rm(folder, { recursive: true });
  }
}
