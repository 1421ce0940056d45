import { defineConfig } from '@playwright/test';
import { browser, prepare } from './src/installed.ts';

prepare();

/** Makes the pictures of the documentation anew: `npm run screenshots -w @licet/e2e`. */
export default defineConfig({
  testDir: './src',
  testMatch: 'screenshots.ts',
  outputDir: './test-results',
  timeout: 120_000,
  reporter: 'list',
  use: browser(),
});
