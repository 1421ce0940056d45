import { inChild } from './child.ts';
import { machine } from './measure.ts';
import type { Report, Row, Section } from './report.ts';
import type { PointJob } from './scale-point.ts';
import { USUAL, type Size } from './workload.ts';

const HEAP = '--max-old-space-size=12288';
const QUESTIONS = 20_000;
const MOST_QUESTIONS = 200_000;

interface Line {
  what: string;
  theory: string;
  values: number[];
  size: (value: number) => Size;
  conditions?: (value: number) => number;
}

const LINES: Line[] = [
  {
    ...{ what: 'users', values: [1_000, 10_000, 100_000, 1_000_000] },
    theory: 'one look-up; grows only as memory gets farther away than the caches of the processor',
    size: (users) => ({ ...USUAL, users }),
  },
  {
    ...{ what: 'roles', values: [10, 100, 1_000, 10_000] },
    theory: 'flat: only the roles of the user are looked at',
    size: (roles) => ({ ...USUAL, roles }),
  },
  {
    ...{ what: 'depth', values: [1, 3, 5, 10] },
    theory: 'nearly flat: what a role inherits is worked out beforehand; the path that is named gets longer',
    size: (depth) => ({ ...USUAL, depth }),
  },
  {
    ...{ what: 'conditions', values: [1, 3, 10, 30, 100] },
    theory: 'linear: each condition on the same permission is evaluated until one allows',
    size: () => USUAL,
    conditions: (count) => count,
  },
];

/** What a check costs as the policy grows in one direction. */
export async function benchScale({ runs, seconds }: { runs: number; seconds: number }): Promise<Report> {
  const before = machine();
  const sections: Section[] = [];
  const summary: Row[] = [];
  for (const { what, theory, values, size, conditions } of LINES) {
    const rows: Row[] = [];
    for (const value of values) {
      const questions = what === 'users' ? Math.min(MOST_QUESTIONS, Math.max(QUESTIONS, value)) : QUESTIONS;
      const job: PointJob = { size: size(value), conditions: conditions?.(value) ?? 0, questions, runs, seconds };
      const { nanoseconds } = await inChild<{ nanoseconds: number }>('scale-point.js', job, [HEAP]);
      rows.push({ [what]: value, 'µs/check': nanoseconds / 1000, 'checks/s': 1e9 / nanoseconds });
    }
    sections.push({ title: `As ${what} grow`.replace('depth grow', 'the hierarchy gets deeper'), rows, line: what });
    const costs = rows.map((row) => Number(row['µs/check']));
    const [first = NaN, last = NaN] = [costs[0], costs.at(-1)];
    summary.push({ what, from: values[0] ?? 0, to: values.at(-1) ?? 0, 'µs/check': first, 'then µs': last, times: last / first, theory });
  }
  const { roles, types, actions, users } = USUAL;
  return {
    bench: 'scale',
    machine: before,
    method: `decide(), otherwise ${roles} roles of depth 3, ${types * actions} permissions, ${users} users with 3 roles; medians of ${runs} runs`,
    rows: summary,
    sections,
    notes: ['each size runs in a process of its own; questions come in random order, half of them allowed'],
  };
}
