/** `npm run verify:security`: random walks of delegated administrators against the naive model of the ceiling. Ends with 1 where one got further. */
import { parseArgs } from 'node:util';
import { walk } from './walks.ts';

const { values } = parseArgs({ options: { walks: { type: 'string', default: '5000' }, seed: { type: 'string' } } });
const [count, seed] = [Number(values.walks.replaceAll(/[_,]/g, '')), Number(values.seed ?? Date.now() % 0x7fff_ffff)];
if (!Number.isSafeInteger(count) || count < 1 || !Number.isSafeInteger(seed))
  throw new Error('usage: npm run verify:security -- [--walks N] [--seed S]');
const began = performance.now();
const { beyond, ...counted } = await walk(count, seed);
const seconds = Math.round((performance.now() - began) / 1000);
process.stdout.write(`${JSON.stringify({ seed, seconds, ...counted, beyond: beyond.length })}\n`);
for (const line of beyond.slice(0, 20)) process.stderr.write(`${line}\n`);
process.exitCode = beyond.length > 0 ? 1 : 0;
