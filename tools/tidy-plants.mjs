// Proves that the boundaries are alive: plants forbidden imports in the projects, lints these as `npm run lint` does, and demands an
// error on every planted line. A lint rule that is switched off, or skips itself, passes everything: this is how it would be noticed.
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nx } from './build.mjs';
import { plain, ROOT } from './run.mjs';

const FILE = 'src/planted-by-tidy.ts';
const BOUNDARY = '@nx/enforce-module-boundaries';

/** `line` must be an error of `rule` in the project. */
export const PLANTS = [
  { project: 'libs/contract', line: "import '@licet/engine';", rule: BOUNDARY },
  { project: 'libs/contract', line: "import '@nestjs/common';", rule: BOUNDARY },
  { project: 'libs/engine', line: "import 'node:fs';", rule: 'no-restricted-imports' },
  { project: 'libs/engine', line: "import '@nestjs/common';", rule: BOUNDARY },
  { project: 'libs/engine', line: "import 'zod';", rule: BOUNDARY },
  { project: 'libs/engine', line: "import '@licet/policy';", rule: BOUNDARY },
  { project: 'libs/engine', line: 'export const now = Date.now();', rule: 'no-restricted-syntax' },
  { project: 'libs/engine', line: 'export const chance = Math.random();', rule: 'no-restricted-syntax' },
  { project: 'libs/engine', line: 'export const home = process.env.HOME;', rule: 'no-restricted-globals' },
  { project: 'libs/sdk-node', line: "import '@nestjs/common';", rule: 'no-restricted-imports' },
  { project: 'libs/sdk-node', line: "import '@licet/policy';", rule: BOUNDARY },
  { project: 'apps/console', line: "import '../../api/src/main.ts';", rule: BOUNDARY },
  { project: 'apps/console', line: "import '@licet/sdk-node';", rule: BOUNDARY },
  { project: 'apps/console', line: "import '@mikro-orm/core';", rule: BOUNDARY },
  { project: 'apps/pdp', line: "import '@licet/policy';", rule: BOUNDARY },
  { project: 'apps/pdp', line: "import '../../api/src/main.ts';", rule: BOUNDARY },
  { project: 'apps/pdp', line: "import '@nestjs/common';", rule: BOUNDARY },
  { project: 'apps/cli', line: "import '@licet/api';", rule: BOUNDARY },
  { project: 'apps/cli', line: "import '../../api/src/main.ts';", rule: BOUNDARY },
  { project: 'apps/cli', line: "import 'react';", rule: BOUNDARY },
];

/**
 * @param node the workspace's Node
 * @returns what was planted and not found by lint, one line each
 */
export async function checkPlants(node) {
  const projects = [...new Set(PLANTS.map((plant) => plant.project))].filter((project) => existsSync(join(ROOT, project, 'src')));
  const weeding = () => weed(projects);
  process.on('exit', weeding); // A Ctrl-C in the middle leaves nothing behind either.
  try {
    for (const project of projects) writeFileSync(join(ROOT, project, FILE), plantsOf(project).map((plant) => `${plant.line}\n`).join(''));
    const { output } = await nx(node, ['run-many', '-t', 'lint', '-p', projects.join(','), '--skip-nx-cache'], { LICET_LINT_ONLY: FILE });
    return PLANTS.filter((plant) => !isReported(plant, plain(output))).map((plant) => `${plant.project}: lint accepts \`${plant.line}\``);
  } finally {
    weeding();
    process.off('exit', weeding);
  }
}

function plantsOf(project) {
  return PLANTS.filter((plant) => plant.project === project);
}

/** ESLint prints the file's path, then a line `  <line>:<column>  error  <message>  <rule>` for each finding, then an empty line. */
export function isReported(plant, output) {
  const number = plantsOf(plant.project).indexOf(plant) + 1;
  const start = output.indexOf(`${join(plant.project, FILE)}\n`);
  if (start < 0) return false;
  const findings = output.slice(start).split(/\n✖/)[0].split(/\n(?= +\d+:\d+ )/);
  return findings.some((finding) => new RegExp(`^ +${number}:\\d+ +error `).test(finding) && finding.includes(plant.rule));
}

function weed(projects) {
  for (const project of projects) rmSync(join(ROOT, project, FILE), { force: true });
}
