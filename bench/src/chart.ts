/** Charts as SVG text, without a library: bars and lines on logarithmic scales, readable on light and on dark pages. */

const WIDTH = 800;
const LABELS = 330;
const BAR = 22;
const TOP = 40;
const PANEL = { width: 370, height: 230, left: 56, bottom: 36, top: 34 } as const;
const STYLE =
  '<style>text{font:12px system-ui,sans-serif;fill:#1f2328}.t{font-weight:600}.b{fill:#8c959f}.l{fill:#0969da}.a{stroke:#d0d7de}' +
  '.p{fill:none;stroke:#0969da;stroke-width:2}@media(prefers-color-scheme:dark){text{fill:#e6edf3}.a{stroke:#30363d}.l{fill:#4493f8}.p{stroke:#4493f8}}</style>';

export interface Bar {
  label: string;
  value: number;
  ours: boolean;
}

/** Horizontal bars on a logarithmic scale; a shorter bar is less. */
export function barChart(title: string, bars: readonly Bar[]): string {
  const values = bars.map(({ value }) => value);
  const scale = logScale(Math.min(...values) / 2, Math.max(...values), 0, WIDTH - LABELS - 90);
  const rows = bars.map(({ label, value, ours }, index) => {
    const y = TOP + index * BAR;
    const length = Math.max(1, scale(value)).toFixed(1);
    return (
      `<text x="${LABELS - 8}" y="${y + 15}" text-anchor="end">${escape(label)}</text>` +
      `<rect class="${ours ? 'l' : 'b'}" x="${LABELS}" y="${y + 3}" width="${length}" height="${BAR - 6}"/>` +
      `<text x="${LABELS + Number(length) + 6}" y="${y + 15}">${short(value)}</text>`
    );
  });
  return svg(WIDTH, TOP + bars.length * BAR + 10, `<text class="t" x="8" y="22">${escape(title)}</text>${rows.join('')}`);
}

export interface Line {
  title: string;
  points: readonly { x: number; y: number }[];
}

/** Lines on logarithmic scales, two beside each other, all with the same vertical axis. */
export function lineCharts(unit: string, lines: readonly Line[]): string {
  const all = lines.flatMap(({ points }) => points.map(({ y }) => y));
  const [least, most] = [10 ** Math.floor(Math.log10(Math.min(...all))), 10 ** Math.ceil(Math.log10(Math.max(...all)))];
  const panels = lines.map(({ title, points }, index) => {
    const [x, y] = [(index % 2) * PANEL.width, Math.floor(index / 2) * PANEL.height];
    return `<g transform="translate(${x} ${y})">${panel(`${unit}, ${title}`, points, least, most)}</g>`;
  });
  return svg(PANEL.width * 2, PANEL.height * Math.ceil(lines.length / 2), panels.join(''));
}

function panel(title: string, points: Line['points'], least: number, most: number): string {
  const xs = points.map(({ x }) => x);
  const right = PANEL.width - 40;
  const bottom = PANEL.height - PANEL.bottom;
  const toX = logScale(Math.min(...xs), Math.max(...xs), PANEL.left, right);
  const toY = logScale(least, most, bottom, PANEL.top);
  const marks: string[] = [];
  for (let value = least; value <= most * 1.01; value *= 10) {
    const y = toY(value).toFixed(1);
    marks.push(
      `<line class="a" x1="${PANEL.left}" x2="${right}" y1="${y}" y2="${y}"/><text x="${PANEL.left - 6}" y="${Number(y) + 4}" text-anchor="end">${short(value)}</text>`,
    );
  }
  const place = ({ x, y }: { x: number; y: number }) => `${toX(x).toFixed(1)} ${toY(y).toFixed(1)}`;
  const dots = points.map((point) => {
    const [x, y] = place(point).split(' ');
    return `<circle class="l" cx="${x}" cy="${y}" r="3"/><text x="${x}" y="${bottom + 18}" text-anchor="middle">${short(point.x)}</text>`;
  });
  return `<text class="t" x="8" y="20">${escape(title)}</text>${marks.join('')}<path class="p" d="M${points.map(place).join('L')}"/>${dots.join('')}`;
}

function svg(width: number, height: number, content: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img">${STYLE}${content}</svg>\n`;
}

function logScale(from: number, to: number, start: number, end: number): (value: number) => number {
  const span = Math.log(to) - Math.log(from) || 1;
  return (value) => start + ((Math.log(value) - Math.log(from)) / span) * (end - start);
}

function short(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString('en', { maximumFractionDigits: 3 });
}

function escape(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
