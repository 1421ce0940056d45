#!/usr/bin/env node
process.stdout.on('error', (error) => {
  if (error.code !== 'EPIPE') throw error; // whoever read us has read enough, as in `licet export | head`
});

const main = await load();
process.exitCode = main ? await main(process.argv.slice(2)) : 1;

async function load() {
  try {
    return (await import('../dist/main.js')).main;
  } catch (error) {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    process.stderr.write('licet: the command line is not built yet; run `npm run build` in the repository first\n');
    return undefined;
  }
}
