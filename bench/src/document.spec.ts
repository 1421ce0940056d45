import { describe, expect, it } from '@jest/globals';
import { barChart, lineCharts } from './chart.ts';
import { documentWith } from './document.ts';
import { goalRows } from './goals.ts';
import type { Report } from './report.ts';

const report = (bench: string, value: number): Report => ({
  bench,
  machine: { cpu: 'some', cores: 2, node: 'v24', kernel: '6', loadBefore: 0 },
  method: 'somehow',
  rows: [{ what: 'x', value }],
  notes: ['a note'],
});

describe('the page of benchmarks', () => {
  it('has one part for each command, in one order, and a new one in place of what the command wrote before', () => {
    let page = '';
    for (const [bench, value] of [
      ['scale', 1],
      ['decisions', 2],
      ['scale', 3],
    ] as const)
      page = documentWith(page, report(bench, value), []);
    expect(page.match(/^## .+$/gm)).toEqual(['## decisions', '## scale']);
    expect(page.match(/^\| x \| .+ \|$/gm)).toEqual(['| x | 2 |', '| x | 3 |']);
  });
});

describe('the goals', () => {
  it('are not reached where nothing was measured', () => {
    const rows = goalRows({ inProcess: [], million: [], againstCerbos: [], againstBare: [], notes: [] });
    expect(new Set(rows.map(({ reached }) => reached))).toEqual(new Set(['no']));
  });

  it('are reached by figures on the right side of what was wanted', () => {
    const check = 'Licet engine decide(), roles only';
    const inProcess = (perSecond: number, times: number) => [{ check, 'checks/s': perSecond, 'times bare': times }];
    const reached = (perSecond: number, times: number) =>
      goalRows({ inProcess: inProcess(perSecond, times), million: [], againstCerbos: [], againstBare: [], notes: [] })
        .slice(0, 2)
        .map((row) => row['reached']);
    expect([reached(4_000_000, 1.5), reached(3_999_999, 1.6), reached(Infinity, 0)]).toEqual([
      ['yes', 'yes'],
      ['no', 'no'],
      ['no', 'yes'],
    ]);
  });
});

describe('a chart', () => {
  it('names what it shows, and lets no text be markup', () => {
    expect(
      barChart('t', [
        { label: 'a<b>&', value: 0.19, ours: true },
        { label: 'c', value: 1640, ours: false },
      ]),
    ).toMatch(/a&lt;b&gt;&amp;.*0\.19.*1,640/);
  });

  it('has finite coordinates, also where there is one point only', () => {
    const chart = lineCharts('µs', [
      { title: 'one', points: [{ x: 1, y: 1 }] },
      {
        title: 'two',
        points: [
          { x: 1, y: 0.2 },
          { x: 1e6, y: 3 },
        ],
      },
    ]);
    expect(chart).not.toMatch(/NaN|Infinity/);
  });
});
