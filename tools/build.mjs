// Builds what `npm start` serves. Nx knows what is stale, but takes a second to say so: a stamp over the sources answers at once.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { duration, ROOT, run, say, Stop, workspaceEnv } from './run.mjs';
import { readJson, workspaces } from './setup.mjs';

/** What a command builds, and the name of the stamp that says it did. */
export const SERVED = { stamp: 'built', projects: ['@licet/api', '@licet/console', '@licet/cli'] };
export const PDP = { stamp: 'built-pdp', projects: ['@licet/pdp'] };
const NOT_SOURCE = new Set(['node_modules', 'dist', 'data', 'test-results']);

/** Builds the api, the console and the cli (or what is asked for), unless nothing changed since the last time. */
export async function build(node, { stamp, projects } = SERVED) {
  const file = join(ROOT, 'node_modules', '.cache', 'licet', stamp);
  const folders = foldersOf(projects);
  const wanted = fingerprint(folders);
  const built = folders.every((folder) => existsSync(join(ROOT, folder, 'dist')));
  if (built && existsSync(file) && readFileSync(file, 'utf8') === wanted) return;
  say(built ? 'Building what changed.' : 'Building.');
  const started = Date.now();
  const { code, output } = await nx(node, ['run-many', '-t', 'build', '-p', projects.join(',')]);
  if (code !== 0) throw new Stop(`${output.trim()}\nThe build failed: the compiler says why above.`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, wanted);
  say(`Built in ${duration(Date.now() - started)}.`);
}

/** Runs Nx under the workspace's Node. */
export function nx(node, args, env = {}) {
  const program = join('node_modules', 'nx', readJson('node_modules/nx/package.json').bin.nx);
  return run(node, [program, ...args, '--output-style=static'], { env: workspaceEnv({ npm_config_loglevel: 'silent', ...env }), waiting: `still at \`${args[2]}\`` });
}

/** The folders of projects and of every workspace project that these depend on. */
function foldersOf(projects) {
  const byName = new Map(workspaces().map((folder) => [readJson(`${folder}/package.json`).name, folder]));
  const folders = new Set();
  const visit = (name) => {
    const folder = byName.get(name);
    if (!folder || folders.has(folder)) return;
    folders.add(folder);
    Object.keys(readJson(`${folder}/package.json`).dependencies ?? {}).forEach(visit);
  };
  projects.forEach(visit);
  return [...folders].sort();
}

function fingerprint(folders) {
  const hash = createHash('sha256');
  for (const file of ['package-lock.json', 'tsconfig.base.json', ...folders.flatMap(sources)]) {
    hash.update(`\0${file}\0`).update(readFileSync(join(ROOT, file)));
  }
  return hash.digest('hex');
}

function sources(folder) {
  const entries = readdirSync(join(ROOT, folder), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return NOT_SOURCE.has(entry.name) ? [] : sources(path);
    return entry.isFile() ? [path] : [];
  });
}
