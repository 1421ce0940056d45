// The Python side has a virtual environment of its own, so that nothing of the machine's Python is touched.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMain, main, ROOT, run, say, Stop } from './run.mjs';

const SDK = join(ROOT, 'libs', 'sdk-python');
const VENV = join(SDK, '.venv');
const STAMP = join(VENV, 'licet-installed');
const LIST = join(SDK, 'requirements-test.txt');
const OLDEST = [3, 10];

let made;

/**
 * Makes the virtual environment for the Python tests and the Flask example, if it is not there or its requirements changed; once in a process.
 * @returns the path of its Python
 */
export function pythonEnvironment() {
  return (made ??= make());
}

async function make() {
  const base = await findPython();
  const wanted = fingerprint(base);
  const python = inVenv('python');
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted && existsSync(python)) return python;
  say('  installing the Python packages into libs/sdk-python/.venv');
  rmSync(VENV, { recursive: true, force: true });
  await must(base.path, ['-m', 'venv', VENV], 'Python cannot make a virtual environment (on Debian: `apt-get install python3-venv`)');
  await must(python, ['-m', 'pip', 'install', '--quiet', '-r', LIST], 'pip could not install the Python packages');
  writeFileSync(STAMP, wanted);
  return python;
}

async function must(command, args, sentence) {
  const { code, output } = await run(command, args, { env: process.env, waiting: 'still installing' });
  if (code !== 0) throw new Stop(`${output.trim()}\n${sentence}.`);
}

async function findPython() {
  for (const path of ['python3', 'python']) {
    const { code, output } = await run(path, ['-c', 'import sys; print(*sys.version_info[:3])'], { env: process.env });
    const version = output.trim().split(' ').map(Number);
    const enough = version[0] > OLDEST[0] || (version[0] === OLDEST[0] && version[1] >= OLDEST[1]);
    if (code === 0 && enough) return { path, version };
  }
  throw new Stop(`The tests of the Python SDK need Python ${OLDEST.join('.')} or later, as \`python3\` on the PATH: install it and run this again.`);
}

function fingerprint(base) {
  return createHash('sha256').update(base.version.join('.')).update(readFileSync(LIST)).digest('hex');
}

function inVenv(name) {
  return process.platform === 'win32' ? join(VENV, 'Scripts', `${name}.exe`) : join(VENV, 'bin', name);
}

if (isMain(import.meta.url)) await main(async () => say(await pythonEnvironment()));
