/** `npm run verify:engine`: every referee in turn, with what it counted. Ends with 1 where any of them found a difference. */
import { availableParallelism } from 'node:os';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { addOutcomes, compareAnswers, randomModel, type Outcome } from './differential.ts';
import { shrink } from './shrink.ts';

const USAGE = `Usage: npm run verify:engine [-- --decisions N] [--seed S] [--json FILE]
  --decisions  how many decisions to compare with the reference (100,000,000)
  --seed       a whole number; the same seed asks the same questions (the time of the start)
  --json       where to write what was counted`;

interface Result {
  name: string;
  seed: number;
  count: number;
  differences: number;
  seconds: number;
  more?: unknown;
}

function options() {
  const { values } = parseArgs({ options: { decisions: { type: 'string' }, seed: { type: 'string' }, json: { type: 'string' } } });
  const whole = (text: string | undefined, otherwise: number): number => {
    const value = text === undefined ? otherwise : Number(text.replaceAll(/[_,]/g, ''));
    if (!Number.isSafeInteger(value) || value < 1) throw new Error(`\`${text}\` is not a whole number from 1`);
    return value;
  };
  return { decisions: whole(values.decisions, 100_000_000), seed: whole(values.seed, (Date.now() % 0x7fff_ffff) + 1), json: values.json };
}

async function againstReference(decisions: number, seed: number): Promise<Result> {
  const workers = Math.max(1, availableParallelism());
  const { outcome, seconds } = await timed(async () => {
    const shares = Array.from({ length: workers }, (_, of) => inWorker(decisions, seed, { of, outOf: workers }));
    return (await Promise.all(shares)).reduce(addOutcomes);
  });
  for (const { model, question, request, now, ...answers } of outcome.examples) {
    console.log(`  model ${model}, question ${question}, at ${now}: ${JSON.stringify(request)}\n  ${JSON.stringify(answers)}`);
  }
  const [first] = outcome.examples;
  if (first) {
    const least = shrink(randomModel(seed, first.model).document, first.request, first.now);
    console.log(`  the first with few rows: ${least ? JSON.stringify(least) : 'only after deltas, not when compiled anew'}`);
  }
  const { reasons, errors, models } = outcome;
  return {
    name: 'the naive reference',
    seed,
    count: outcome.decisions,
    differences: outcome.differences,
    seconds,
    more: { models, reasons, errors, workers },
  };
}

function inWorker(decisions: number, seed: number, share: { of: number; outOf: number }): Promise<Outcome> {
  if (share.outOf === 1) return Promise.resolve(compareAnswers(decisions, seed));
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./differential.worker.js', import.meta.url), { workerData: { decisions, seed, share } });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

async function timed<T>(run: () => Promise<T>): Promise<{ outcome: T; seconds: number }> {
  const begun = performance.now();
  const outcome = await run();
  return { outcome, seconds: (performance.now() - begun) / 1000 };
}

function say({ name, seed, count, differences, seconds, more }: Result): void {
  const number = (value: number) => value.toLocaleString('en');
  console.log(`${name}: ${number(count)} decisions, ${number(differences)} differences, seed ${seed}, ${seconds.toFixed(1)} s`);
  if (more !== undefined) console.log(`  ${JSON.stringify(more)}`);
}

async function main(): Promise<number> {
  const { decisions, seed, json } = options();
  const results: Result[] = [];
  for (const referee of [againstReference]) {
    const result = await referee(decisions, seed);
    say(result);
    results.push(result);
  }
  if (json !== undefined) writeFileSync(json, `${JSON.stringify({ node: process.version, results }, null, 2)}\n`);
  return results.some(({ differences }) => differences > 0) ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`${(error as Error).message}\n${USAGE}`);
  process.exitCode = 2;
}
