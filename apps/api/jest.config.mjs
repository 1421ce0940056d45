import preset from '../../jest.preset.mjs';

export default {
  ...preset,
  globalSetup: '<rootDir>/test/global-setup.mjs',
  globalTeardown: '<rootDir>/test/global-teardown.mjs',
  testSequencer: '<rootDir>/test/longest-first.mjs',
  testTimeout: 30_000,
  maxWorkers: 2,
};
