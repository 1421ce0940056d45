// The steps of `npm test`, in order: cheap and telling first. Each says what it did; a step that finds something wrong throws.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findChromium } from './browser.mjs';
import { nx } from './build.mjs';
import { fromJest, fromJunit, fromNodeTest, fromPlaywright } from './counts.mjs';
import { pythonEnvironment } from './python.mjs';
import { plain, ROOT, run, Stop, workspaceEnv } from './run.mjs';
import { readJson, workspaces } from './setup.mjs';
import { tidy } from './tidy.mjs';

/**
 * `run(node)` gives `{ note, counts? }`. `node` is the path of the workspace's Node. A step that stands `beside` another begins with it and is
 * told of in its turn: it needs nothing that other steps make, and a single processor.
 */
export const STEPS = [
  { name: 'tidy', title: 'house rules, each proven alive', run: tidyStep },
  { name: 'lint', title: 'lint with module boundaries', run: lintStep },
  { name: 'types', title: 'types and builds', run: typesStep },
  { name: 'unit', title: 'unit tests: SQLite, PostgreSQL, conformance', run: unitStep },
  { name: 'python', title: 'Python SDK and Flask examples: ruff, mypy, pytest', run: pythonStep, beside: 'lint' },
  { name: 'compose', title: 'docker-compose.yml', run: composeStep },
  { name: 'e2e', title: 'stories in Chromium', run: e2eStep },
];

async function tidyStep(node) {
  const { code, output } = await run(node, ['--test', 'tools/*.spec.mjs']);
  const counts = fromNodeTest(plain(output));
  if (code !== 0) throw failure(output, counts);
  try {
    return { note: `${await tidy(node)} rules`, counts };
  } catch (error) {
    throw Object.assign(error, { counts: { ...counts, failed: 1 } });
  }
}

async function lintStep(node) {
  const output = await mustNx(node, ['run-many', '-t', 'lint']);
  const beside = ['tools', 'eslint.config.mjs', 'jest.preset.mjs', 'jest.environment.mjs'];
  await must(node, [join('node_modules', 'eslint', 'bin', 'eslint.js'), ...beside], ROOT);
  return { note: nxNote(output) };
}

async function typesStep(node) {
  const output = await mustNx(node, ['run-many', '-t', 'build', 'types']);
  return { note: nxNote(output) };
}

async function unitStep(node) {
  await pythonEnvironment(); // which the engine is compared with
  const { code, output } = await nx(node, ['run-many', '-t', 'test', ...(process.env.CI ? ['--skip-nx-cache'] : [])]);
  const { projects, counts } = fromJest(plain(output));
  if (code !== 0) throw failure(output, counts);
  const expected = workspaces().filter((folder) => readJson(`${folder}/package.json`).scripts?.test?.includes('jest')).length;
  if (projects !== expected) throw new Stop(`${output}\n${expected} projects have Jest tests and ${projects} gave a summary.`);
  return { note: nxNote(output), counts };
}

/** What is checked on the Python side: the SDK, and each application that uses it. */
const PYTHON = ['libs/sdk-python', ...['flask-task-manager', 'flask-inventory', 'flask-projects'].map((name) => `examples/${name}`)];

async function pythonStep() {
  const python = await pythonEnvironment();
  const counts = [];
  const env = { MYPY_CACHE_DIR: join(ROOT, PYTHON[0], '.mypy_cache') }; // they import much the same
  for (const folder of PYTHON) {
    for (const check of [['ruff', 'check', '.'], ['mypy']]) await must(python, ['-m', ...check], join(ROOT, folder), env);
    counts.push(await pytest(python, join(ROOT, folder)));
  }
  return { note: '', counts };
}

async function pytest(python, folder) {
  return withTemporary(async (temporary) => {
    const report = join(temporary, 'pytest.xml');
    const { code, output } = await run(python, ['-m', 'pytest', `--junitxml=${report}`], { cwd: folder, waiting: 'still testing Python' });
    const counts = existsSync(report) ? fromJunit(readFileSync(report, 'utf8')) : undefined;
    if (code !== 0 || !counts) throw failure(output, counts);
    return counts;
  });
}

async function composeStep() {
  for (const [command, ...first] of [['docker', 'compose'], ['docker-compose']]) {
    if ((await run(command, [...first, 'version'])).code !== 0) continue;
    await must(command, [...first, 'config', '--quiet'], ROOT, { POSTGRES_PASSWORD: 'for-the-check-only' });
    return { note: 'valid' };
  }
  return { note: 'not checked: Docker Compose is not installed' };
}

async function e2eStep(node) {
  const chromium = await findChromium(node);
  const python = await pythonEnvironment();
  return withTemporary(async (temporary) => {
    const report = join(temporary, 'playwright.json');
    const env = workspaceEnv({ LICET_CHROMIUM: chromium, E2E_PYTHON: python, PLAYWRIGHT_JSON_OUTPUT_FILE: report });
    const program = join(ROOT, 'node_modules', '@playwright', 'test', 'cli.js');
    const options = { cwd: join(ROOT, 'e2e'), env, waiting: 'still testing' };
    const { code, output } = await run(node, [program, 'test', '--reporter=list,json'], options);
    const counts = existsSync(report) ? fromPlaywright(readFileSync(report, 'utf8')) : undefined;
    if (code !== 0 || !counts) throw failure(output, counts);
    return { note: '', counts };
  });
}

async function must(command, args, cwd, extra = {}) {
  const { code, output } = await run(command, args, { cwd, env: workspaceEnv(extra), waiting: 'still checking' });
  if (code !== 0) throw new Stop(output);
  return output;
}

async function mustNx(node, args) {
  const { code, output } = await nx(node, args);
  if (code !== 0) throw new Stop(output);
  return output;
}

function failure(output, counts) {
  return Object.assign(new Stop(output), { counts });
}

/** `13 projects, 11 unchanged since the last run`, from Nx's own last lines. */
function nxNote(output) {
  const projects = /for (\d+) projects/.exec(plain(output))?.[1];
  const cached = /read the output from the cache[^\d]*(\d+)/.exec(plain(output))?.[1];
  return [projects && `${projects} projects`, cached && `${cached} tasks unchanged since the last run`].filter(Boolean).join(', ');
}

async function withTemporary(use) {
  const folder = mkdtempSync(join(tmpdir(), 'licet-test-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
