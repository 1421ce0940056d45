/** `npm run verify:engine`: every referee in turn, with what it counted. Ends with 1 where any of them found a difference. */
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { REFEREES, type Referee } from './referees.ts';
import { addTallies, type Share, type Tally } from './tally.ts';

const USAGE = `Usage: npm run verify:engine [-- --seed S] [--json FILE] [--only NAME] [--<option> N]
  --seed   a whole number; the same seed asks the same questions (otherwise the time of the start)
  --json   where to write what was counted
  --only   one of: ${REFEREES.map(({ option }) => option).join(', ')}
${REFEREES.map(({ option, name, unit, usual }) => `  --${option}  how many ${unit}, by the ${name} (${usual.toLocaleString('en')})`).join('\n')}`;

interface Result extends Tally {
  referee: string;
  unit: string;
  seed: number;
  seconds: number;
}

interface Options {
  seed: number;
  json: string | undefined;
  asked: { referee: Referee; count: number }[];
}

function readOptions(): Options {
  const names = ['seed', 'json', 'only', ...REFEREES.map(({ option }) => option)];
  const { values } = parseArgs({ options: Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])) });
  const whole = (name: string, otherwise: number): number => {
    const text = values[name];
    const value = text === undefined ? otherwise : Number(text.replaceAll(/[_,]/g, ''));
    if (!Number.isSafeInteger(value) || value < 1) throw new Error(`\`--${name}\` must be a whole number from 1, but is \`${text}\``);
    return value;
  };
  const { only } = values;
  const referees = REFEREES.filter(({ option }) => only === undefined || only === option);
  if (referees.length === 0) throw new Error(`there is no referee \`${only}\``);
  const asked = referees.map((referee) => ({ referee, count: whole(referee.option, referee.usual) }));
  return { seed: whole('seed', (Date.now() % 0x7fff_ffff) + 1), json: values['json'], asked };
}

async function judge(referee: Referee, count: number, seed: number): Promise<Result> {
  const begun = performance.now();
  const outOf = availableParallelism();
  const shares = Array.from({ length: outOf }, (_, of) => inWorker(referee.name, count, seed, { of, outOf }));
  const tally = (await Promise.all(shares)).reduce(addTallies);
  return { referee: referee.name, unit: referee.unit, seed, seconds: Math.round(performance.now() - begun) / 1000, ...tally };
}

function inWorker(name: string, count: number, seed: number, share: Share): Promise<Tally> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./referee.worker.js', import.meta.url), { workerData: { name, count, seed, share } });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error(`the ${name} ended without an answer`)));
  });
}

function say({ explain }: Referee, { referee, unit, seed, count, seconds, differences, examples, counts }: Result): void {
  const number = (value: number) => Math.round(value).toLocaleString('en');
  console.log(
    `${referee}: ${number(count)} ${unit}, ${number(differences)} differences; seed ${seed}, ${seconds} s (${number(count / seconds)} a second)`,
  );
  console.log(
    `  ${Object.entries(counts)
      .map(([name, times]) => `${name} ${number(times)}`)
      .join(', ')}`,
  );
  for (const example of examples) console.log(`  differs: ${JSON.stringify(example)}`);
  if (explain && examples.length > 0) console.log(`  the first with few rows: ${explain(examples[0], seed)}`);
}

async function main({ seed, json, asked }: Options): Promise<number> {
  const results: Result[] = [];
  for (const { referee, count } of asked) {
    const result = await judge(referee, count, seed);
    say(referee, result);
    results.push(result);
  }
  if (json !== undefined)
    writeFileSync(json, `${JSON.stringify({ node: process.version, workers: availableParallelism(), results }, null, 2)}\n`);
  return results.some(({ differences }) => differences > 0) ? 1 : 0;
}

let options: Options | undefined;
try {
  options = readOptions();
} catch (error) {
  console.error(`${(error as Error).message}\n${USAGE}`);
}
process.exitCode = options === undefined ? 2 : await main(options);
