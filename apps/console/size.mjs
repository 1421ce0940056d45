// What a browser must load before the console shows anything: the entry and what it imports statically, as gzip -9 sends it.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const DIST = join(import.meta.dirname, 'dist');
const LIMIT_KB = 340;

const kB = (file) => gzipSync(readFileSync(join(DIST, file)), { level: 9 }).length / 1000;
const html = readFileSync(join(DIST, 'index.html'), 'utf8');
const initial = [...html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.js)"/g)].map((match) => match[1]);
const size = initial.reduce((sum, file) => sum + kB(file), 0);
const rest = readdirSync(join(DIST, 'assets'))
  .filter((file) => file.endsWith('.js') && !initial.includes(`assets/${file}`))
  .map((file) => ({ file, size: kB(`assets/${file}`) }))
  .sort((a, b) => b.size - a.size);

process.stdout.write(`initial JavaScript: ${size.toFixed(1)} kB gzip in ${initial.length} files (limit ${LIMIT_KB})\n`);
process.stdout.write(
  `loaded on demand: ${rest.reduce((sum, part) => sum + part.size, 0).toFixed(1)} kB in ${rest.length} files, the largest:\n`,
);
for (const part of rest.slice(0, 5)) process.stdout.write(`  ${part.size.toFixed(1).padStart(6)} kB  ${part.file}\n`);
if (size > LIMIT_KB) {
  process.stderr.write(`The initial JavaScript is over its limit of ${LIMIT_KB} kB.\n`);
  process.exit(1);
}
