// `npm run pdp`: installs and builds if need be, then runs a standalone decision point.
import { build, PDP } from './build.mjs';
import { isMain, main } from './run.mjs';
import { setup } from './setup.mjs';
import { serve } from './start.mjs';

/** @returns the exit code of the decision point, once it has stopped */
export async function pdp(args = []) {
  const node = await setup();
  await build(node, PDP);
  return serve(node, 'apps/pdp/dist/main.js', args);
}

if (isMain(import.meta.url)) await main(() => pdp(process.argv.slice(2)));
