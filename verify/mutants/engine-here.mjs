// Makes `@licet/engine` mean the sources beside this file: in the copy in which Stryker plants its mutants, the links of node_modules lead
// to the original.
import { registerHooks } from 'node:module';

const engine = new URL('../../libs/engine/src/index.ts', import.meta.url).href;

registerHooks({
  resolve: (specifier, context, next) => (specifier === '@licet/engine' ? { url: engine, shortCircuit: true } : next(specifier, context)),
});
