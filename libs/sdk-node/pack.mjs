// Makes the package that applications install: the SDK with the contract and the engine inside, as ES modules and as CommonJS, with zod
// as its one dependency. `node libs/sdk-node/pack.mjs FOLDER` leaves the tarball there; what is packed is what was built.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/core';

const HERE = dirname(fileURLToPath(import.meta.url));
const STAGE = join(HERE, 'dist', 'package');
const PARTS = { sdk: HERE, contract: join(HERE, '../contract'), engine: join(HERE, '../engine') };
const TESTS = /\.(?:spec|fixture)\./;

/**
 * @param folder where the tarball goes; it is made where it is not there
 * @returns the path of the tarball
 * @throws Error where nothing is built yet
 */
export function pack(folder) {
  const unbuilt = Object.values(PARTS).some((home) => !existsSync(join(home, 'dist', 'index.js')));
  if (unbuilt) throw new Error('there is nothing to pack yet: run `npm run build` at the top of the repository first');
  mkdirSync(folder, { recursive: true });
  rmSync(STAGE, { recursive: true, force: true });
  for (const [part, home] of Object.entries(PARTS)) {
    for (const name of readdirSync(join(home, 'dist'))) {
      if (/\.(?:js|d\.ts)$/.test(name) && !TESTS.test(name)) stage(part, name, readFileSync(join(home, 'dist', name), 'utf8'));
    }
  }
  write('cjs/package.json', JSON.stringify({ type: 'commonjs' }));
  write('package.json', JSON.stringify(manifest(), undefined, 2));
  cpSync(join(HERE, 'README.md'), join(STAGE, 'README.md'));
  cpSync(join(HERE, '../../LICENSE'), join(STAGE, 'LICENSE'));
  const [packed] = JSON.parse(execFileSync('npm', ['pack', '--json', '--pack-destination', folder], { cwd: STAGE, encoding: 'utf8' }));
  return join(folder, packed.filename);
}

function stage(part, name, text) {
  const inside = text
    .replace(/(from |import\()(['"])@licet\/(contract|engine)\2/g, '$1$2../$3/index.js$2')
    .replace(/^\/\/# sourceMappingURL.*$/m, '');
  write(`esm/${part}/${name}`, inside);
  const isCode = name.endsWith('.js');
  write(
    `cjs/${part}/${name}`,
    isCode ? transformSync(inside, { module: { type: 'commonjs' }, jsc: { target: 'es2022' }, swcrc: false }).code : inside,
  );
}

function write(path, text) {
  mkdirSync(dirname(join(STAGE, path)), { recursive: true });
  writeFileSync(join(STAGE, path), text);
}

function manifest() {
  const { name, version, description, license, type, engines, exports, peerDependencies, peerDependenciesMeta } = manifestOf(HERE);
  const { zod } = manifestOf(PARTS.contract).dependencies;
  return {
    ...{ name, version, description, license, type, engines, sideEffects: false },
    // For `moduleResolution: node10`, which does not read `exports`.
    ...{ main: './cjs/sdk/index.js', types: './cjs/sdk/index.d.ts' },
    exports: Object.fromEntries(Object.entries(exports).map(([entry, { types }]) => [entry, entryOf(types.replace('./dist/', ''))])),
    dependencies: { zod: `^${zod}` },
    ...{ peerDependencies, peerDependenciesMeta },
  };
}

/** Where Node can `require` an ES module, `require` and `import` give the same one; elsewhere, as in Jest, `require` gives CommonJS. */
function entryOf(types) {
  const at = (format) => ({ types: `./${format}/sdk/${types}`, default: `./${format}/sdk/${types.replace(/\.d\.ts$/, '.js')}` });
  return { 'module-sync': at('esm'), import: at('esm'), require: at('cjs') };
}

function manifestOf(home) {
  return JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    process.stdout.write(`${pack(resolve(process.env.INIT_CWD ?? '.', process.argv[2] ?? '.'))}\n`);
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
