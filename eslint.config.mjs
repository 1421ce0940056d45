import { globSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname } from 'node:path';
import eslint from '@eslint/js';
import devkit from '@nx/devkit';
import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';
import { MAY_IMPORT } from './tools/boundaries.mjs';

// Invariant: the boundary rule never runs without a project graph. Without one it would print a warning, skip itself and pass.
await projectGraph();

const SERVER_PACKAGES = ['@nestjs/*', '@mikro-orm/*', 'passport', 'passport-*'];
const BROWSER_PACKAGES = ['react', 'react-*', 'ra-*', '@mui/*', '@emotion/*', '@tanstack/*'];
const TEST_PACKAGES = ['@jest/globals', 'fast-check'];
const NODE_BUILTINS = ['node:*', ...builtinModules];

const IMPURE_GLOBALS = [
  'process', 'fetch', 'performance', 'crypto', 'console', 'globalThis', 'global', 'window', 'self', 'document', 'navigator', 'localStorage',
  'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'require', 'Buffer', 'XMLHttpRequest', 'WebSocket', 'EventSource', 'Worker',
];
const NO_ENUMS = [{ selector: 'TSEnumDeclaration', message: 'Write a union of literals or a const object instead of an enum.' }];
const ERASABLE_ONLY = [
  ...NO_ENUMS,
  { selector: 'TSParameterProperty', message: 'Declare the field and assign it in the constructor.' },
  { selector: 'TSModuleDeclaration[kind!=/global|module/]', message: 'Use a module instead of a namespace.' },
];
const NAMED_EXPORTS = [{ selector: 'ExportDefaultDeclaration', message: 'Use a named export.' }];
const NO_CLOCK_NO_CHANCE = [
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'The engine has no clock: time comes in with the request.' },
  { selector: "CallExpression[callee.name='Date']", message: 'The engine has no clock: time comes in with the request.' },
  { selector: "MemberExpression[object.name='Date'][property.name='now']", message: 'The engine has no clock: time comes in with the request.' },
  { selector: "MemberExpression[object.name='Math'][property.name='random']", message: 'The engine is a pure function: nothing random.' },
];

export default tseslint.config(
  {
    ignores: [
      ...['**/dist/**', '**/node_modules/**', '**/.venv/**', '**/test-results/**', '**/playwright-report/**', '**/data/**', '**/.stryker-tmp/**'],
      'bench/.peers/**',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  eslint.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // An async method may have nothing to await where its interface is async; and the check of assertions contradicts tsc at times.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unnecessary-type-assertion': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      eqeqeq: 'error',
      'no-restricted-syntax': ['error', ...NO_ENUMS, ...NAMED_EXPORTS],
    },
  },
  { files: ['libs/*/src/**/*.ts'], rules: { 'no-restricted-syntax': ['error', ...ERASABLE_ONLY, ...NAMED_EXPORTS] } },
  // A project whose build leaves out its tests names all of its files in tsconfig.test.json.
  ...globSync('{apps,libs,examples}/*/tsconfig.test.json', { cwd: import.meta.dirname }).map((project) => ({
    files: [`${dirname(project)}/**/*.{ts,tsx}`],
    languageOptions: { parserOptions: { projectService: false, project } },
  })),
  {
    files: ['**/*.{ts,tsx,mjs}'],
    plugins: { '@nx': nx },
    rules: {
      'max-lines': ['error', 300],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true, IIFEs: true }],
      'no-console': 'off',
      '@nx/enforce-module-boundaries': boundaries({ tests: false }),
    },
  },
  {
    // Jest gives tests as one long function for each `describe`; a React component is its markup.
    files: ['**/*.spec.{ts,tsx,mjs}', '**/*.fixture.ts', '**/test/**', 'e2e/**'],
    rules: {
      'max-lines-per-function': 'off',
      // What a test gets over HTTP is any JSON: the assertion is the check.
      ...Object.fromEntries(['argument', 'assignment', 'call', 'member-access', 'return'].map((what) => [`@typescript-eslint/no-unsafe-${what}`, 'off'])),
      '@nx/enforce-module-boundaries': boundaries({ tests: true }),
    },
  },
  {
    // The rows of react-admin are `any`: what a page reads from them is checked by the schemas of the contract.
    files: ['apps/console/src/**/*.{ts,tsx}'],
    rules: { '@typescript-eslint/no-unsafe-assignment': 'off', '@typescript-eslint/no-unsafe-argument': 'off' },
  },
  { files: ['**/*.tsx'], rules: { 'max-lines-per-function': ['error', { max: 120, skipBlankLines: true, skipComments: true }] } },
  {
    files: ['libs/engine/src/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: {
      'no-restricted-imports': ['error', { patterns: [{ group: NODE_BUILTINS, message: 'The engine is pure: no packages, no node:*.' }] }],
      'no-restricted-globals': ['error', ...IMPURE_GLOBALS.map((name) => ({ name, message: 'The engine is a pure function: no I/O, no clock.' }))],
      'no-restricted-syntax': ['error', ...ERASABLE_ONLY, ...NAMED_EXPORTS, ...NO_CLOCK_NO_CHANCE],
    },
  },
  {
    files: ['libs/sdk-node/src/*.ts'],
    ignores: ['**/*.{spec,fixture}.ts', '**/{nest*,mikro-orm*,react}.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: [...SERVER_PACKAGES, ...BROWSER_PACKAGES], message: 'Only the entry for a framework imports it.' }] },
      ],
    },
  },
  {
    files: ['libs/contract/src/**/*.ts', 'apps/console/src/**/*.{ts,tsx}'],
    ignores: ['**/*.spec.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: [{ group: NODE_BUILTINS, message: 'This runs in browsers too: no node:*.' }] }] },
  },
  {
    files: ['apps/api/src/*/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['../*/*.controller.ts'], message: 'Call the service of another folder, never its controller.' }] },
      ],
    },
  },
  // What react-admin and the tools read is a default export; the tools are plain modules for the bootstrap Node.
  { files: ['apps/console/src/**/index.ts', '**/*.config.ts'], rules: { 'no-restricted-syntax': ['error', ...NO_ENUMS] } },
  { files: ['**/jest.config.mjs'], rules: { '@nx/enforce-module-boundaries': 'off' } },
  { files: ['**/*.{js,mjs,cjs}'], languageOptions: { globals: nodeGlobals() } },
  ...onlyPlanted(process.env.LICET_LINT_ONLY),
);

/** tools/tidy.mjs plants forbidden imports and has only these linted, without types: a proof in seconds. */
function onlyPlanted(file) {
  if (!file) return [];
  return [{ ignores: ['**/*.{ts,tsx}', `!**/${file}`] }, { files: ['**/*.ts'], ...tseslint.configs.disableTypeChecked }];
}

function boundaries({ tests }) {
  const kinds = Object.entries(MAY_IMPORT);
  return ['error', { banTransitiveDependencies: true, depConstraints: kinds.map(([kind, imports]) => constraint(kind, imports, tests)) }];
}

function constraint(kind, imports, tests) {
  const rule = { sourceTag: `kind:${kind}`, onlyDependOnLibsWithTags: imports.map((name) => `kind:${name}`) };
  if (kind === 'engine') return { ...rule, allowedExternalImports: tests ? TEST_PACKAGES : [] };
  const [server, browser] = [['api', 'sdk', 'example'].includes(kind), ['console', 'sdk'].includes(kind)];
  const banned = [...(server ? [] : SERVER_PACKAGES), ...(browser ? [] : BROWSER_PACKAGES), ...(tests ? [] : TEST_PACKAGES)];
  return { ...rule, bannedExternalImports: banned };
}

/** Lint tasks of Nx find the graph in its cache; an editor or a plain `eslint .` may have to make it first. */
async function projectGraph() {
  try {
    return devkit.readCachedProjectGraph();
  } catch {
    return devkit.createProjectGraphAsync({ exitOnError: false });
  }
}

function nodeGlobals() {
  const names = ['process', 'console', 'URL', 'Buffer', 'fetch', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'AbortController', 'AbortSignal'];
  return Object.fromEntries(names.map((name) => [name, 'readonly']));
}
