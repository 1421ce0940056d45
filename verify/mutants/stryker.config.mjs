// How the mutants of one file of the engine are made and run; `main.mjs` says of which.
const file = process.env.LICET_MUTATED;

export default {
  mutate: [`libs/engine/src/${file}.ts`],
  ignorePatterns: [
    ...[
      '/*',
      '!/libs',
      '/libs/*',
      '!/libs/engine',
      '!/libs/contract',
      '!/libs/conformance',
      '!/verify',
      '!/package.json',
      '!/tsconfig.base.json',
    ],
    ...['dist', '.stryker-tmp'],
  ],
  testRunner: 'engine',
  plugins: ['./verify/mutants/runner.mjs'],
  testRunnerNodeArgs: ['--conditions=@licet/source', '--no-warnings'],
  checkers: [],
  coverageAnalysis: 'perTest',
  concurrency: 1,
  timeoutMS: 60_000,
  tempDirName: `verify/.stryker-tmp/${file}`,
  cleanTempDir: 'always',
  allowEmpty: true,
  reporters: ['json', 'progress-append-only'],
  jsonReporter: { fileName: `verify/reports/mutants/${file}.json` },
  allowConsoleColors: false,
};
