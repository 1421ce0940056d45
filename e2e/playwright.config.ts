import { defineConfig } from '@playwright/test';
import { browser, prepare } from './src/installed.ts';

prepare();

export default defineConfig({
  testDir: './stories',
  outputDir: './test-results',
  forbidOnly: Boolean(process.env.CI),
  // Each file has a stack of its own and tells one story in order; two files run beside each other.
  workers: 2,
  fullyParallel: false,
  // A story that passes only at the second try has found something.
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [['list'], ['junit', { outputFile: './test-results/junit.xml' }]],
  // A story that fails leaves a picture and what was on the page. A trace, which would be a quarter of the whole run, is made by
  // `npm run e2e -w @licet/e2e -- --trace=on -g STORY`.
  use: { ...browser(), trace: 'off', screenshot: 'only-on-failure' },
});
