import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { barChart, lineCharts } from './chart.ts';
import { cellText, columnsOf, type Report, type Row, type Section } from './report.ts';

const DOCS = fileURLToPath(new URL('../../docs/', import.meta.url));
const PAGE = 'benchmarks.md';
/** In this order they stand on the page. */
const BENCHES = ['decisions', 'scale', 'installation'];
const HEAD = `# Benchmarks

This page is written by \`npm run bench:decisions\`, \`bench:scale\` and \`bench -- installation\`, each with \`--write-docs\`. Read the ratios: what Licet
is held against runs in the same command, in turn with it, on the same machine. Absolute figures belong to that machine.
`;

/** Writes what was measured into docs/benchmarks.md, in place of what the same command wrote before, with its charts. */
export async function writeDocument(report: Report): Promise<void> {
  const images = charts(report);
  await mkdir(`${DOCS}images`, { recursive: true });
  for (const { file, text } of images) await writeFile(`${DOCS}images/${file}`, text);
  const page = await readFile(DOCS + PAGE, 'utf8').catch(() => '');
  await writeFile(DOCS + PAGE, documentWith(page, report, images));
}

/** @returns the page with what this report says in place of what the same command said before */
export function documentWith(page: string, report: Report, images: readonly Image[]): string {
  const parts = BENCHES.map((bench) => (bench === report.bench ? part(report, images) : partOf(page, bench)));
  return [HEAD, ...parts].filter(Boolean).join('\n');
}

interface Image {
  file: string;
  text: string;
  alt: string;
}

function charts({ bench, sections = [] }: Report): Image[] {
  const bars = sections.find(({ chart }) => chart !== undefined);
  const lines = sections.filter(({ line }) => line !== undefined);
  const images: Image[] = [];
  if (bars?.chart !== undefined) {
    const { chart, rows } = bars;
    const text = barChart(
      `${chart} (logarithmic; less is better)`,
      rows.map((row) => ({ label: first(row), value: Number(row[chart]), ours: first(row).startsWith('Licet') })),
    );
    images.push({ file: `benchmarks-${bench}.svg`, text, alt: `${chart} of each contestant` });
  }
  if (lines.length > 0) {
    const text = lineCharts(
      'µs a check',
      lines.map(({ title, line = '', rows }) => ({
        title: title.toLowerCase(),
        points: rows.map((row) => ({ x: Number(row[line]), y: Number(row['µs/check']) })),
      })),
    );
    images.push({ file: `benchmarks-${bench}.svg`, text, alt: 'the cost of a check as the policy grows' });
  }
  return images;
}

function part({ bench, machine, method, rows, sections = [], notes }: Report, images: readonly Image[]): string {
  const { cpu, cores, node, loadBefore } = machine;
  const where = `${cpu}, ${cores} cores, Node ${node}, load average before ${loadBefore.toFixed(2)}, ${new Date().toISOString().slice(0, 10)}`;
  const tables = sections.map(({ title, rows: own }: Section) => `### ${title}\n\n${markdown(own)}\n`);
  const pictures = images.map(({ file, alt }) => `![${alt}](images/${file})\n`);
  const content = [
    `## ${bench}\n`,
    `${method}.\n`,
    `${where}.\n`,
    markdown(rows),
    '',
    ...pictures,
    ...tables,
    ...notes.map((note) => `- ${note}`),
  ];
  return `${open(bench)}\n${content.join('\n')}\n${close(bench)}\n`;
}

function partOf(page: string, bench: string): string {
  const [start, end] = [page.indexOf(open(bench)), page.indexOf(close(bench))];
  return start < 0 || end < start ? '' : `${page.slice(start, end + close(bench).length)}\n`;
}

function markdown(rows: readonly Row[]): string {
  const columns = columnsOf(rows);
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = columns.map((column) => (rows.every((row) => typeof row[column] === 'string') ? '---' : '---:'));
  return [line(columns), line(rule), ...rows.map((row) => line(columns.map((column) => cellText(row[column]))))].join('\n');
}

function first(row: Row): string {
  return String(Object.values(row)[0]);
}

function open(bench: string): string {
  return `<!-- ${bench} -->`;
}

function close(bench: string): string {
  return `<!-- /${bench} -->`;
}
