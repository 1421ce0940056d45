/** `npm run verify:security`: probes real api processes. Each check prints its seed, what it counted and what it found; ends with 1 for a finding. */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Finder, type Findings } from './findings.ts';
import { Installation } from './installation.ts';
import { matrix } from './matrix.ts';
import { requests } from './requests.ts';
import { spellings } from './spellings.ts';
import { tenants } from './tenants.ts';
import { walk } from './walks.ts';

const text = { type: 'string' } as const;
const { values } = parseArgs({
  options: { seed: text, only: text, walks: text, tenants: text, requests: text, first: text, workers: text },
});
const whole = (name: 'seed' | 'walks' | 'tenants' | 'requests' | 'workers', otherwise: number): number => {
  const value = Number(values[name]?.replaceAll(/[_,]/g, '') ?? otherwise);
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`\`--${name}\` must be a whole number from 1`);
  return value;
};
const seed = whole('seed', (Date.now() % 0x7fff_ffff) + 1);

const CHECKS: Record<string, () => Promise<Findings>> = {
  matrix: () => onItsOwn(matrix),
  spellings: () => onItsOwn((licet) => spellings(licet, Infinity)),
  tenants: () => onItsOwn((licet) => tenants(licet, whole('tenants', 100_000), seed)),
  requests: () => onItsOwn((licet) => requests(licet, whole('requests', 1_000_000), seed)),
  walks: async () => {
    const workers = whole('workers', availableParallelism());
    const { beyond, ...counts } = await walk({ first: Number(values.first ?? 0), count: whole('walks', 50_000), seed, workers });
    const finder = new Finder();
    for (const line of beyond) finder.probe('walk', line, /act \d+/.exec(line)?.[0]);
    return { count: counts.walks, found: finder.found, counts: { ...counts, beyond: beyond.length } };
  },
};

/** What one check leaves behind is no excuse for another. */
async function onItsOwn(check: (licet: Installation) => Promise<Findings>): Promise<Findings> {
  const licet = await Installation.start();
  return check(licet).finally(() => licet.close());
}

if (values.only !== undefined && !(values.only in CHECKS)) throw new Error(`--only: use one of ${Object.keys(CHECKS).join(', ')}`);
let bad = 0;
for (const [name, check] of Object.entries(CHECKS)) {
  if (values.only !== undefined && values.only !== name) continue;
  const begun = performance.now();
  const { count, found, counts } = await check();
  bad += found.length;
  console.log(`${name}: ${count} probes, ${found.length} findings; seed ${seed}, ${((performance.now() - begun) / 1000).toFixed(1)} s`);
  console.log(`  ${JSON.stringify(counts)}`);
  for (const finding of found) console.log(`  found: ${finding}`);
}
process.exitCode = bad > 0 ? 1 : 0;
