// The mutants of the engine, file by file, on all cores: with one file at a time under change, the rest of the engine is as quick as ever.
//
//   npm run verify:mutants                   all files
//   npm run verify:mutants -- role decide    these
import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';

/** In percent. */
const AT_LEAST = 90;
const root = new URL('../../', import.meta.url);
const engine = new URL('libs/engine/src/', root);
const reports = new URL('verify/reports/mutants/', root);

const isCode = (name) => name.endsWith('.ts') && !/\.(spec|fixture)\.ts$|^index\.ts$/.test(name);
const all = readdirSync(engine).filter(isCode).map((name) => name.slice(0, -'.ts'.length)); // prettier-ignore
const asked = process.argv.slice(2);
const strange = asked.filter((name) => !all.includes(name));
if (strange.length > 0) {
  console.error(`libs/engine/src has no ${strange.join(', ')}. It has: ${all.join(', ')}.`);
  process.exit(2);
}

rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });
const sizeOf = (name) => statSync(new URL(`${name}.ts`, engine)).size;
const waiting = (asked.length > 0 ? asked : all).sort((one, other) => sizeOf(one) - sizeOf(other));
console.log(
  `Mutants of ${waiting.length} files of libs/engine, ${availableParallelism()} at a time. What lives goes to verify/reports/mutants.txt.`,
);
const results = [];
await Promise.all(Array.from({ length: availableParallelism() }, worker));

const alive = results.flatMap(({ alive }) => alive);
writeFileSync(new URL('../mutants.txt', reports), alive.map((line) => `${line}\n`).join(''));
const known = results.filter(({ of }) => of !== undefined);
const [found, of] = ['found', 'of'].map((field) => known.reduce((sum, result) => sum + result[field], 0));
const unknown = results.filter((result) => !known.includes(result)).map(({ name }) => name);
console.log(`${found} of ${of} mutants are found: ${percent(found, of)}. At least ${AT_LEAST} % are asked for.`);
if (unknown.length > 0) console.error(`No result for ${unknown.join(', ')}: see verify/reports/mutants/NAME.log.`);
process.exitCode = unknown.length > 0 || found < (of * AT_LEAST) / 100 ? 1 : 0;

async function worker() {
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const began = performance.now();
    await stryker(name);
    const result = resultOf(name);
    results.push(result);
    const seconds = Math.round((performance.now() - began) / 1000);
    console.log(
      `${name.padEnd(14)} ${result.of === undefined ? 'no result' : `${result.found} of ${result.of}, ${percent(result.found, result.of)}`}, ${seconds} s`,
    );
  }
}

function stryker(name) {
  const log = createWriteStream(new URL(`${name}.log`, reports));
  const command = fileURLToPath(new URL('bin/stryker.js', import.meta.resolve('@stryker-mutator/core/package.json')));
  const child = spawn(process.execPath, [command, 'run', 'verify/mutants/stryker.config.mjs'], {
    cwd: root,
    env: { ...process.env, LICET_MUTATED: name },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  return new Promise((done) => child.on('close', () => log.end(done)));
}

/** How many mutants of a file there are, how many a test or an end that does not come tells of, and the others. */
function resultOf(name) {
  let report;
  try {
    report = JSON.parse(readFileSync(new URL(`${name}.json`, reports), 'utf8'));
  } catch {
    return { name, found: 0, of: undefined, alive: [] };
  }
  const { source, mutants } = Object.values(report.files)[0] ?? { source: '', mutants: [] };
  const lines = source.split('\n');
  const isAlive = ({ status }) => status === 'Survived' || status === 'NoCoverage';
  const isFound = ({ status }) => status === 'Killed' || status === 'Timeout';
  const alive = mutants.filter(isAlive).map(({ mutatorName, replacement = '', location: { start, end } }) => {
    const line = lines[start.line - 1];
    const text = start.line === end.line ? line.slice(start.column - 1, end.column - 1) : `${line.slice(start.column - 1)} ...`;
    return `libs/engine/src/${name}.ts:${start.line}:${start.column} ${mutatorName}: ${text} -> ${replacement.replaceAll(/\s+/g, ' ')}`;
  });
  const found = mutants.filter(isFound).length;
  return { name, found, of: found + alive.length, alive };
}

function percent(part, whole) {
  return whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)} %`;
}
