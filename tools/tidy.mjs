// The house rules, executed. `npm test` runs them first; alone: node tools/tidy.mjs
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMain, main, ROOT, say, Stop } from './run.mjs';
import { setup } from './setup.mjs';
import { checkPlants, PLANTS } from './tidy-plants.mjs';
import { RULES } from './tidy-rules.mjs';

/**
 * @param node the workspace's Node
 * @returns how many rules were checked
 */
export async function tidy(node) {
  const tree = trackedTree();
  const found = RULES.flatMap((rule) => rule.check(tree).map((line) => `${line}   (${rule.name})`));
  if (found.length === 0) found.push(...(await checkPlants(node)));
  if (found.length > 0) throw new Stop(found.join('\n'));
  return RULES.length + PLANTS.length;
}

/** The files that are, or would be, in git: what is ignored is nobody's concern. */
function trackedTree() {
  let listed;
  try {
    listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch {
    throw new Stop('The house rules look at the files in git: they need git, and a clone made with it.');
  }
  const files = [...new Set(listed.split('\0'))].filter((file) => file && existsSync(join(ROOT, file))).sort();
  return { files, read: (file) => readFileSync(join(ROOT, file), 'utf8') };
}

if (isMain(import.meta.url)) {
  await main(async () => say(`${await tidy(await setup())} house rules hold.`));
}
