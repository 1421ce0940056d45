import { join } from 'node:path';

// One Jest setting for every project. MikroORM 7 and NestJS 12 are ESM only, so tests run as native ES modules, and workspace
// packages resolve to their sources through the `@licet/source` export condition: no build is needed before a test.
export default {
  testEnvironment: join(import.meta.dirname, 'jest.environment.mjs'),
  testEnvironmentOptions: { customExportConditions: ['@licet/source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  roots: ['<rootDir>/src'],
  testMatch: ['**/*.spec.ts'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: true },
          keepClassNames: true,
        },
        module: { type: 'es6' },
      },
    ],
  },
};
