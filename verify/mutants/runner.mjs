// Runs mutants of the engine in one process, one after the other: Stryker's own runners start a process or a whole Jest for each of some
// thousand, and none that keeps its process takes native ES modules. The tests are the checks of ../src/mutant-check.ts and the specs
// of the engine as they are, each asked only about mutants that it reaches.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { Script } from 'node:vm';
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';

const LOADING = 'loading';
/** What is known of each test without a mutant, for the processes that follow: the milliseconds that it took, and how often it met each mutant. */
const KNOWN = 'known.json';

class EngineRunner {
  /** By name. */
  tests = new Map();
  /** How many mutants ran in this process. */
  mutants = 0;
  spoilt = false;

  capabilities() {
    return { reloadEnvironment: false };
  }

  async dryRun() {
    await this.load();
    const stryker = (globalThis.__stryker__ ??= {});
    const tests = [];
    for (const [id, test] of this.tests) {
      stryker.currentTestId = id;
      const began = performance.now();
      const failureMessage = await failureOf(test);
      const timeSpentMs = performance.now() - began;
      tests.push({ id, name: id, timeSpentMs, ...(failureMessage === undefined ? { status: 0 } : { status: 1, failureMessage }) });
    }
    stryker.currentTestId = undefined;
    delete stryker.mutantCoverage.perTest[LOADING];
    const times = Object.fromEntries(tests.map(({ id, timeSpentMs }) => [id, timeSpentMs]));
    writeFileSync(KNOWN, JSON.stringify({ times, hits: stryker.mutantCoverage.perTest }));
    return { status: 'complete', tests, mutantCoverage: stryker.mutantCoverage };
  }

  async mutantRun({ activeMutant: { id: mutant }, testFilter, mutantActivation }) {
    if (this.spoilt) process.exit(1); // Another process is started, and asked again.
    this.mutants += 1;
    const stryker = (globalThis.__stryker__ ??= {});
    const always = mutantActivation === 'static'; // It changes what happens as the engine is loaded.
    if (always) stryker.activeMutant = mutant;
    await this.load();
    let nrOfTests = 0;
    this.known ??= JSON.parse(readFileSync(KNOWN, 'utf8'));
    const { times, hits } = this.known;
    const quickFirst = [...(testFilter ?? this.tests.keys())].sort((one, other) => times[one] - times[other]);
    for (const id of quickFirst) {
      const test = this.tests.get(id);
      const hitLimit = 10_000 + 10 * (hits[id]?.[mutant] ?? 0);
      Object.assign(stryker, { activeMutant: mutant, hitCount: 0, hitLimit });
      const failureMessage = await failureOf(test, Math.ceil(2_000 + 10 * times[id]));
      const endless = failureMessage === ENDLESS || stryker.hitCount > hitLimit;
      Object.assign(stryker, { activeMutant: always ? mutant : undefined, hitCount: undefined });
      nrOfTests += 1;
      if (endless) return { status: 'timeout', reason: 'a loop that does not end' };
      if (failureMessage === undefined) continue;
      // Invariant: a test that fails without the mutant as well was spoilt by what this or an earlier mutant left behind. Only where there
      // was no earlier one is it known by which.
      this.spoilt = !always && (await failureOf(test)) !== undefined;
      if (this.spoilt && this.mutants > 1) process.exit(1);
      return { status: 'killed', killedBy: [id], failureMessage, nrOfTests };
    }
    return { status: 'survived', nrOfTests };
  }

  /** Reads the engine and its tests in the copy in which Stryker plants, and asks from: this file, and where the links of node_modules lead, is the original. */
  async load() {
    if (this.tests.size > 0) return;
    const copy = pathToFileURL(`${process.cwd()}/`);
    const engine = new URL('libs/engine/src/', copy);
    const ours = new Map([
      ['@licet/engine', new URL('index.ts', engine).href],
      ['@jest/globals', new URL('jest-globals.mjs', import.meta.url).href],
      ['fast-check', new URL('fast-check.mjs', import.meta.url).href],
    ]);
    registerHooks({
      resolve: (specifier, context, next) => {
        const url = ours.get(specifier);
        return url === undefined || url === context.parentURL ? next(specifier, context) : { url, shortCircuit: true };
      },
    });
    await import(ours.get('@licet/engine'));
    // What specs do with the engine as they are loaded is not what the engine does as it is loaded: only that needs a process for each mutant.
    const stryker = (globalThis.__stryker__ ??= {});
    stryker.currentTestId = LOADING;
    const { CHECKS } = await import(new URL('verify/src/mutant-check.ts', copy).href);
    const { collected } = await import('./jest-globals.mjs');
    for (const file of readdirSync(engine)) if (file.endsWith('.spec.ts')) await import(new URL(file, engine).href);
    stryker.currentTestId = undefined;
    this.tests = new Map([...Object.entries(CHECKS), ...collected()]);
  }
}

const ENDLESS = 'endless';
/** Code that a script runs can be stopped, and the process goes on. */
const running = new Script('globalThis.__test__()');

async function failureOf(test, timeout = 60_000) {
  globalThis.__test__ = test;
  try {
    await running.runInThisContext({ timeout });
    return undefined;
  } catch (error) {
    if (error?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return ENDLESS;
    return String(error?.message ?? error);
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'engine', EngineRunner)];
