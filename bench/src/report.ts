import { writeFile } from 'node:fs/promises';
import type { Machine } from './measure.ts';

export type Row = Record<string, string | number | null>;

/** What a command measured. */
export interface Report {
  bench: string;
  machine: Machine;
  /** What was measured and how, in a sentence or two. */
  method: string;
  rows: Row[];
  /** Where one table is not enough: what `rows` sums up. */
  sections?: Section[];
  /** What has to be known to read the rows. */
  notes: string[];
}

export interface Section {
  title: string;
  rows: Row[];
  /** The column that a chart of bars shows. */
  chart?: string;
  /** The column that a chart of lines has along its bottom. */
  line?: string;
}

/** Prints a report for people and, if `file` is given, writes it as JSON. */
export async function publish(report: Report, file: string | undefined): Promise<void> {
  const { cpu, cores, node, loadBefore } = report.machine;
  console.log(`\n${report.bench}: ${report.method}`);
  console.log(`machine: ${cpu}, ${cores} cores, Node ${node}, load before ${loadBefore.toFixed(2)}\n`);
  console.log(table(report.rows));
  for (const { title, rows } of report.sections ?? []) console.log(`${title}\n\n${table(rows)}`);
  for (const note of report.notes) console.log(`- ${note}`);
  if (file !== undefined) await writeFile(file, `${JSON.stringify({ ...report, at: new Date().toISOString() }, null, 2)}\n`);
}

function table(rows: readonly Row[]): string {
  const columns = columnsOf(rows);
  const cells = [columns, ...rows.map((row) => columns.map((column) => cellText(row[column])))];
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => line[index]?.length ?? 0)));
  const pad = (cell: string, index: number) => (index === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[index] ?? 0));
  const [head, ...lines] = cells.map((line) => line.map(pad).join('  '));
  return `${[head, widths.map((width) => '-'.repeat(width)).join('  '), ...lines].join('\n')}\n`;
}

/** @returns the columns of a table: all that any row has */
export function columnsOf(rows: readonly Row[]): string[] {
  return [...new Set(rows.flatMap((row) => Object.keys(row)))];
}

/** A value for people: three significant digits, or whole from a thousand on. */
export function cellText(value: Row[string] | undefined): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  if (Number.isNaN(value)) return 'not measured';
  return Math.abs(value) >= 1000 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)));
}
