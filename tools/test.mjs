// `npm test`: runs everything there is, and ends with one clear line. `npm test -- --only lint,types` runs only these steps.
import { add, NONE } from './counts.mjs';
import { pythonEnvironment } from './python.mjs';
import { duration, endAll, isMain, main, say, Stop } from './run.mjs';
import { setup } from './setup.mjs';

async function test(args) {
  const started = Date.now();
  // Both wait for downloads more than for this machine. What goes wrong is said by the first step that needs it.
  if (args.length === 0) pythonEnvironment().catch(() => {});
  const node = await setup();
  // The steps may use what setup installs.
  const { STEPS } = await import('./test-steps.mjs');
  const steps = chosen(STEPS, args);
  let total = NONE;
  const early = new Map();
  for (const step of steps) {
    say(`${step.name}: ${step.title}`);
    for (const other of steps.filter(({ beside }) => beside === step.name)) {
      early.set(other, timed(other, node));
      early.get(other).catch(() => {}); // what went wrong is said in its turn
    }
    try {
      const { note, counts = [], ms } = await (early.get(step) ?? timed(step, node));
      const counted = [counts].flat().reduce(add, NONE);
      total = add(total, counted);
      const time = duration(ms) + (early.has(step) ? `, since \`${step.beside}\` began` : '');
      say(`  ${[note, counted.passed && `${counted.passed} tests`, time].filter(Boolean).join(', ')}`);
    } catch (error) {
      endAll();
      return failed(step, error, total);
    }
  }
  say(`\n${total.passed} passed, ${total.failed} failed`);
  const skipped = total.skipped ? ` ${total.skipped} tests were skipped.` : '';
  say(`Everything ${steps.length === STEPS.length ? '' : 'asked for '}passed in ${duration(Date.now() - started)}.${skipped}`);
  return 0;
}

async function timed(step, node) {
  const begun = Date.now();
  return { ...(await step.run(node)), ms: Date.now() - begun };
}

function failed(step, error, total) {
  say((error instanceof Stop ? error.message : error.stack).trim());
  const { passed, failed: found } = add(total, error.counts ?? NONE);
  // A step may fail without a failing test: a lint error is one failure too.
  say(`\n${passed} passed, ${Math.max(1, found)} failed`);
  say(`The step \`${step.name}\` failed, as said above. Alone: npm test -- --only ${step.name}`);
  return 1;
}

function chosen(all, args) {
  if (args.length === 0) return all;
  const known = all.map((step) => step.name).join(', ');
  const names = (args[0] === '--only' && args.length === 2 ? args[1] : '').split(',');
  const unknown = names.filter((name) => !all.some((step) => step.name === name));
  if (unknown.length > 0) throw new Stop(`Usage: npm test [-- --only STEP,STEP]; the steps are ${known}.`);
  return all.filter((step) => names.includes(step.name));
}

if (isMain(import.meta.url)) await main(() => test(process.argv.slice(2)));
