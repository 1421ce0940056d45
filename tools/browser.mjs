// Finds a Chromium for the stories in e2e/, and installs one where it may.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { isMain, main, ROOT, run, say, Stop } from './run.mjs';
import { setup } from './setup.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const REMEDY = 'install Chromium, or name one in LICET_CHROMIUM';

/**
 * In this order: LICET_CHROMIUM, an installed Chromium or Chrome, Playwright's own download, Debian's package if this is root.
 * @param node the workspace's Node
 * @returns the path of the program
 */
export async function findChromium(node) {
  const named = process.env.LICET_CHROMIUM;
  if (named && !existsSync(named)) throw new Stop(`LICET_CHROMIUM names \`${named}\`, and there is no such file.`);
  const found = named || installed() || (await downloaded(node)) || (await fromDebian());
  if (!found) throw new Stop(`The browser tests need Chromium and it could not be downloaded: ${REMEDY}.`);
  return found;
}

function installed() {
  const folders = ['/usr/bin', ...(process.env.PATH ?? '').split(delimiter)];
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
}

async function downloaded(node) {
  const { chromium } = await import('@playwright/test');
  if (existsSync(chromium.executablePath())) return chromium.executablePath();
  say('  downloading Chromium (Playwright)');
  const cli = join('node_modules', '@playwright', 'test', 'cli.js');
  await run(node, [cli, 'install', 'chromium'], { cwd: ROOT, waiting: 'still downloading' });
  return existsSync(chromium.executablePath()) && (await starts(chromium.executablePath())) ? chromium.executablePath() : undefined;
}

/** A downloaded Chromium may lack the system's libraries. */
async function starts(path) {
  return (await run(path, ['--version'])).code === 0;
}

async function fromDebian() {
  if (process.getuid?.() !== 0 || (await run('apt-get', ['--version'])).code !== 0) return undefined;
  say('  installing Debian\'s chromium');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-q'], { env });
  await run('apt-get', ['install', '-q', '-y', '--no-install-recommends', 'chromium'], { env, waiting: 'still installing' });
  return installed();
}

if (isMain(import.meta.url)) await main(async () => say(await findChromium(await setup())));
