import { parseArgs } from 'node:util';

// node --conditions=@licet/source src/conditions/main.ts random-expressions --count 1000000 --seed 1
const PROGRAMS = ['random-expressions', 'official-tests', 'fuzz'];
const { positionals, values } = parseArgs({ allowPositionals: true, options: { count: { type: 'string' }, seed: { type: 'string' } } });
const [program = ''] = positionals;
if (!PROGRAMS.includes(program)) throw new Error(`name one of ${PROGRAMS.join(', ')}`);

const { run } = (await import(`./${program}.ts`)) as {
  run: (options: { count: number; seed: number }) => Promise<{ differences: string[] }>;
};
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 32));
const start = performance.now();
const { differences, ...outcome } = await run({ count: Number(values.count ?? 100_000), seed });
for (const difference of differences) console.log(difference);
console.log(
  `${program}, seed ${seed}: ${JSON.stringify(outcome)}, ${differences.length} differences, ${((performance.now() - start) / 1000).toFixed(1)} s`,
);
process.exitCode = differences.length > 0 ? 1 : 0;
