// The test command of Stryker: ends with 0 where a mutant of the engine survives everything. The cheap check comes first; what gets past
// it meets the engine's own specs, without those that the check repeats.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const LONGEST_MS = 600_000;
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const CHECK = ['--conditions=@licet/source', '--import', here('engine-here.mjs'), here('../src/mutant-check.ts')];
const SPECS = [
  '--experimental-vm-modules',
  '../../node_modules/jest/bin/jest.js',
  '--bail',
  '--testPathIgnorePatterns',
  'properties.spec',
  'conformance.spec',
];

function passes(args, cwd) {
  return (
    spawnSync(process.execPath, ['--no-warnings', ...args], {
      cwd: here(cwd),
      timeout: LONGEST_MS,
      killSignal: 'SIGKILL',
      stdio: 'inherit',
    }).status === 0
  );
}

const survived = passes(CHECK, '..') && passes(SPECS, '../../libs/engine');
process.exitCode = survived ? 0 : 1;
