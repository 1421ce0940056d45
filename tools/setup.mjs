// `npm run setup`: installs what package-lock.json names, if that is not there yet. `npm start` and `npm test` begin with it.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { duration, isMain, main, ROOT, run, say, Stop } from './run.mjs';

const OLDEST_NODE = [20, 19];
const NODE_MAJOR = 24;
const NO_NODE =
  `Licet runs on Node.js ${NODE_MAJOR} or later; this is ${process.versions.node}, and npm brought none for ${process.platform} ${process.arch}: ` +
  `install Node.js ${NODE_MAJOR} and run this again.`;
const STAMP = join(ROOT, 'node_modules', '.cache', 'licet', 'installed');
const INSTALL = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
const UNREACHABLE = /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT|ENOTCACHED)\b/;

/**
 * Makes node_modules agree with package-lock.json.
 * @returns the path of the workspace's Node 24, which everything that is not a tool runs on
 */
export async function setup() {
  requireNode();
  const wanted = fingerprint();
  const node = findNode();
  if (node && readIfThere(STAMP) === wanted) return node;
  if (!node || !agreesWithLock()) await install();
  const installed = findNode();
  if (!installed) throw new Stop(NO_NODE);
  mkdirSync(dirname(STAMP), { recursive: true });
  writeFileSync(STAMP, wanted);
  return installed;
}

/** @returns the folders of the npm workspaces, relative to the root */
export function workspaces() {
  return readJson('package.json').workspaces.flatMap((pattern) => {
    if (!pattern.endsWith('/*')) return [pattern];
    const folder = pattern.slice(0, -2);
    return readdirSync(join(ROOT, folder)).map((name) => `${folder}/${name}`);
  }).filter((folder) => existsSync(join(ROOT, folder, 'package.json')));
}

export function readJson(path) {
  return JSON.parse(readFileSync(join(ROOT, path), 'utf8'));
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  throw new Stop(`Licet needs Node.js ${OLDEST_NODE.join('.')} or later to set itself up; this is ${process.versions.node}.`);
}

function fingerprint() {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}`);
  for (const file of ['package.json', 'package-lock.json', '.npmrc', ...workspaces().map((folder) => `${folder}/package.json`)]) {
    hash.update(`\0${file}\0`).update(readIfThere(join(ROOT, file)) ?? '');
  }
  return hash.digest('hex');
}

/** npm notes at the end of an install what it put there: after `npm ci` by hand, or an edit to a script, nothing is to be done. */
function agreesWithLock() {
  const noted = readIfThere(join(ROOT, 'node_modules', '.package-lock.json'));
  if (!noted) return false;
  const installed = JSON.parse(noted).packages;
  const locked = readJson('package-lock.json').packages;
  const satisfied = Object.entries(locked).every(([path, entry]) => {
    if (!path.includes('node_modules/')) return asInLock(path, entry);
    return entry.optional || entry.extraneous || (entry.link ? installed[path]?.link : installed[path]?.version === entry.version);
  });
  return satisfied && workspaces().every((folder) => locked[folder]);
}

function asInLock(folder, entry) {
  const file = join(folder, 'package.json');
  if (!existsSync(join(ROOT, file))) return false;
  const manifest = readJson(file);
  return ['dependencies', 'devDependencies', 'optionalDependencies'].every(
    (part) => JSON.stringify(sorted(manifest[part])) === JSON.stringify(sorted(entry[part])),
  );
}

function sorted(dependencies = {}) {
  return Object.entries(dependencies).sort(([a], [b]) => (a < b ? -1 : 1));
}

async function install() {
  say('Installing dependencies: a minute or so, once.');
  const started = Date.now();
  // Without its registry, npm would try each package again and again for minutes; from its cache alone it succeeds or fails at once.
  const unreachable = UNREACHABLE.exec((await npm(['ping', '--fetch-retries=1', '--fetch-retry-mintimeout=1000'])).output)?.[1];
  const { code, output } = await npm([...INSTALL, unreachable ? '--offline' : '--prefer-offline'], 'still installing');
  if (code === 0) return say(`Installed in ${duration(Date.now() - started)}.`);
  if (code === 127) throw new Stop('Licet needs npm, which comes with Node.js, and there is none on the PATH.');
  const why = unreachable ?? UNREACHABLE.exec(output)?.[1];
  if (!why) throw new Stop(`${output.trim()}\nInstalling the dependencies failed: npm says why above.`);
  throw new Stop(`npm cannot reach its registry (${why}): check the network, or \`npm config get registry\`, and run this again.`);
}

function npm(args, waiting) {
  const running = process.env.npm_execpath;
  const [command, first] = running?.endsWith('npm-cli.js') ? [process.execPath, [running]] : [process.platform === 'win32' ? 'npm.cmd' : 'npm', []];
  return run(command, [...first, ...args], { env: process.env, waiting });
}

/** The workspace's own Node 24, else the running one if it is new enough. */
function findNode() {
  const { platform, arch } = process;
  const binary = platform === 'win32' ? 'node.exe' : 'node';
  const names = Object.keys(readJson('package.json').optionalDependencies ?? {});
  const name = names.find((candidate) => candidate.endsWith(`${platform === 'win32' ? 'win' : platform}-${arch}`));
  const own = name && join(ROOT, 'node_modules', name, 'bin', binary);
  if (own && existsSync(own)) return own;
  return Number(process.versions.node.split('.')[0]) >= NODE_MAJOR && existsSync(process.execPath) ? process.execPath : undefined;
}

function readIfThere(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

if (isMain(import.meta.url)) {
  await main(async () => {
    await setup();
    say('Dependencies are installed.');
  });
}
