import { ITEMS, type Served } from './served.ts';
import type { Row } from './report.ts';

export interface Measurements extends Served {
  inProcess: Row[];
  million: Row[];
}

/** What was set out to be reached, and what was measured. A goal that could not be measured is not reached. */
export function goalRows({ inProcess, million, againstCerbos, againstBare }: Measurements): Row[] {
  const rolesOnly = numberIn(find(inProcess, 'check', 'decide(), roles only'));
  const owner = numberIn(find(inProcess, 'check', 'decide(), owner condition'));
  const atMillion = numberIn(million.at(-1));
  const cerbos = numberIn(find(againstCerbos, 'work', '1 question, roles only'));
  const batch = numberIn(find(againstCerbos, 'work', `${ITEMS} questions`));
  const bare = numberIn(find(againstBare, 'work', '1 question, roles only'));
  return [
    atLeast('in process, roles only: checks a second', 4_000_000, rolesOnly('checks/s'), 1e6 / rolesOnly('quickest µs')),
    atMost('the same, as times of the bare layout', 1.5, rolesOnly('times bare')),
    atLeast('in process, owner condition: checks a second', 2_000_000, owner('checks/s'), 1e6 / owner('quickest µs')),
    atLeast('1,000,000 users: checks a second', 1_000_000, atMillion('checks/s'), 1e6 / atMillion('quickest µs')),
    atMost('1,000,000 users: MB', 120, atMillion('memory MB')),
    atMost('1,000,000 users: ms to load', 100, atMillion('load ms'), atMillion('quickest load ms')),
    atMost('1,000,000 users: µs to apply an assignment', 20, atMillion('assignment µs')),
    atMost('1,000,000 users: µs to apply an edit of a leaf role', 50, atMillion('leaf role µs')),
    atLeast('HTTP: requests a second, as times of Cerbos', 6, cerbos('ratio')),
    atMost('HTTP: p99, as a part of that of Cerbos', 0.2, cerbos('licet p99 ms') / cerbos('cerbos p99 ms')),
    atLeast('HTTP: requests a second, as a part of bare node:http', 0.6, bare('ratio')),
    atLeast('HTTP, 50 questions at once: decisions a second, as times of Cerbos', 20, batch('ratio')),
  ];
}

function find(rows: readonly Row[], column: string, text: string): Row | undefined {
  return rows.find((row) => String(row[column]).includes(text));
}

function numberIn(row: Row | undefined): (column: string) => number {
  return (column) => (typeof row?.[column] === 'number' ? row[column] : NaN);
}

/** @param quickest what the quickest run came to, where one is told; it is not what the goal is held against */
function atLeast(what: string, wanted: number, measured: number, quickest?: number): Row {
  return goal(what, `at least ${wanted.toLocaleString('en')}`, measured, quickest, measured >= wanted);
}

function atMost(what: string, wanted: number, measured: number, quickest?: number): Row {
  return goal(what, `at most ${wanted.toLocaleString('en')}`, measured, quickest, measured <= wanted);
}

function goal(what: string, wanted: string, value: number, quickest: number | undefined, reached: boolean): Row {
  const measured = Number.isFinite(value) ? value : NaN;
  return { goal: what, wanted, measured, 'quickest run': quickest ?? null, reached: reached && Number.isFinite(value) ? 'yes' : 'no' };
}
