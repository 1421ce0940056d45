import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PlaywrightTestOptions } from '@playwright/test';

/** The repository's folder. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const BUILT = ['apps/api/dist/main.js', 'apps/console/dist/index.html', 'apps/cli/dist/main.js', 'examples/express-tasks/dist/main.js'];

/** Finds what the stories need, or says what is missing. Workers inherit what the first process found. */
export function prepare(): void {
  const missing = BUILT.filter((path) => !existsSync(join(ROOT, path)));
  if (missing.length > 0) throw new Error(`not built: ${missing.join(', ')}. Run \`npm run build\` first.`);
  process.env['LICET_CHROMIUM'] ??= lastLine('browser.mjs');
  process.env['E2E_PYTHON'] ??= lastLine('python.mjs');
}

/** The Python of the virtual environment that holds what the Flask application and the SDK need. */
export function python(): string {
  return process.env['E2E_PYTHON'] ?? 'python3';
}

/** The installed Chromium, which finds nothing but this machine. */
export function browser(): Partial<PlaywrightTestOptions> & { launchOptions: object; channel?: string } {
  return {
    viewport: { width: 1280, height: 800 },
    contextOptions: { reducedMotion: 'reduce' },
    launchOptions: {
      executablePath: process.env['LICET_CHROMIUM'],
      args: ['--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1'],
    },
  };
}

/** What a program in tools/ says at its end: the path that it found or made. */
function lastLine(tool: string): string {
  const output = execFileSync(process.execPath, [join(ROOT, 'tools', tool)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  return output.trim().split('\n').at(-1) ?? '';
}
