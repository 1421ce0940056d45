// The test command of Stryker: ends with 0 where a mutant of the engine survives everything. The cheap check comes first; what gets past
// it meets the engine's own specs, without those that the check repeats.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const LONGEST_MS = 20_000;
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const CHECK = ['--conditions=@licet/source', '--import', here('engine-here.mjs'), here('../src/mutant-check.ts')];
const SPECS = [
  '--experimental-vm-modules',
  '../../node_modules/jest/bin/jest.js',
  '--testPathIgnorePatterns',
  'properties.spec',
  'conformance.spec',
  '--bail',
];

function passes(args, cwd, timeout) {
  return (
    spawnSync(process.execPath, ['--no-warnings', ...args], { cwd: here(cwd), timeout, killSignal: 'SIGKILL', stdio: 'inherit' }).status ===
    0
  );
}

const survived = passes(CHECK, '..', LONGEST_MS) && passes(SPECS, '../../libs/engine', 4 * LONGEST_MS);
process.exitCode = survived ? 0 : 1;
