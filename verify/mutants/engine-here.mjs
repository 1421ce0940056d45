// Makes `@licet/engine` mean the sources beside this file: in the copy in which Stryker plants its mutants, the links of node_modules lead
// to the original. And ends the process when it has used more processor time than any mutant needs that ends by itself: a limit in time of
// the clock would count mutants as found whenever the machine is busy with something else.
import { registerHooks } from 'node:module';
import { Worker } from 'node:worker_threads';

const engine = new URL('../../libs/engine/src/index.ts', import.meta.url).href;
const MOST_CPU_MS = 6_000;

registerHooks({
  resolve: (specifier, context, next) => (specifier === '@licet/engine' ? { url: engine, shortCircuit: true } : next(specifier, context)),
});

const watch = `setInterval(() => process.cpuUsage().user > ${MOST_CPU_MS * 1000} && process.kill(process.pid, 'SIGKILL'), 250)`;
new Worker(watch, { eval: true, execArgv: [] }).unref();
