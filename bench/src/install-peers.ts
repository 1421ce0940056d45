import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { PEERS } from './peers/peer.ts';

const WANTED = fileURLToPath(new URL('../peers/', import.meta.url));
const FILES = ['package.json', 'package-lock.json'];
const STAMP = 'installed';

/**
 * Installs what Licet is measured against, once: about 110 MB, most of it Cerbos. No workspace has these packages, so that nobody pays for
 * them who does not run this. Install scripts do not run. (`npm ci` would demand platform packages that some registries lack.)
 * @throws Error where npm cannot
 */
export async function installPeers(): Promise<void> {
  const texts = await Promise.all(FILES.map((file) => readFile(join(WANTED, file))));
  const wanted = texts.reduce((hash, text) => hash.update(text), createHash('sha256')).digest('hex');
  const installed = await readFile(join(PEERS, STAMP), 'utf8').catch(() => '');
  if (installed === wanted) return;
  console.error('Installing the peers into bench/.peers ...');
  await mkdir(PEERS, { recursive: true });
  for (const file of FILES) await copyFile(join(WANTED, file), join(PEERS, file));
  await promisify(execFile)('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--workspaces=false'], { cwd: PEERS });
  await writeFile(join(PEERS, STAMP), wanted);
}

/** Installs a package from PyPI beside them, once. @returns the folder to import it from */
export async function installPythonPeer(python: string, requirement: string): Promise<string> {
  const folder = join(PEERS, `python-${requirement}`);
  if (existsSync(folder)) return folder;
  console.error(`Installing ${requirement} into bench/.peers ...`);
  await promisify(execFile)(python, ['-m', 'pip', 'install', '--quiet', '--target', folder, requirement]);
  return folder;
}
