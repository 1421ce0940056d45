import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { cp, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { bundle } from './bundle.fixture.ts';

jest.setTimeout(120_000);

const run = promisify(execFile);
const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
/** The workspace's Node, and another one where the machine has one: that which runs before anything is installed. */
const NODES = new Set([process.execPath, ...(process.env['PATH'] ?? '').split(delimiter).flatMap(nodeIn)]);

function nodeIn(folder: string): string[] {
  const node = join(folder, 'node');
  if (folder.includes('node_modules') || !existsSync(node)) return [];
  return Number(execFileSync(node, ['-p', 'parseInt(process.versions.node)'])) >= 20 ? [realpathSync(node)] : [];
}

const ASKS = `
const plane = new MemoryControlPlane({
  tenants: [{ id: 'default' }],
  'resource-types': [{ id: 'task', attributes: {} }],
  permissions: [{ id: 'task:read' }],
  roles: [{ id: 'reader' }],
  grants: [{ id: 'g', role: 'reader', permission: 'task:read', effect: 'allow', condition: null }],
  users: [{ id: 'alice', enabled: true, attributes: {} }],
  assignments: [{ id: 'a', user: 'alice', group: null, role: 'reader', tenant: 'default', resource: null, startsAt: null, expiresAt: null }],
});
const licet = new Licet({ fetcher: plane.fetcher });
licet.ready().then(async () => {
  const wrong = await Promise.resolve().then(() => licet.require('bob', 'task:read')).catch((error) => error instanceof Forbidden && refused.Forbidden === Forbidden);
  console.log(licet.check('alice', 'task:read').decision, licet.check('bob', 'task:read').decision, wrong);
  await licet.close();
});`;
const NAMES = ['@licet/sdk-node', '@licet/sdk-node/testing'] as const;

describe('the package', () => {
  let folder: string;

  /** An empty project, into which npm installs the package without a network: what else it needs is the workspace's. */
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'licet-package-'));
    const { stdout: tarball } = await run(process.execPath, [at('../pack.mjs'), join(folder, 'a', 'new', 'one')]);
    const zod = fileURLToPath(new URL('./', import.meta.resolve('zod')));
    await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'empty', version: '1.0.0', private: true }));
    const options = ['--offline', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'];
    await run('npm', ['install', ...options, tarball.trim(), zod], { cwd: folder });
    const [main, testing] = NAMES;
    const commonJs = `const { Licet, Forbidden } = require('${main}');\nconst { MemoryControlPlane } = require('${testing}');`;
    await writeFile(join(folder, 'first.cjs'), `${commonJs}\nlet refused;\nimport('${main}').then((all) => (refused = all));${ASKS}`);
    const module = `import * as refused from '${main}';\nimport { Licet, Forbidden } from '${main}';\nimport { MemoryControlPlane } from '${testing}';`;
    await writeFile(join(folder, 'first.mjs'), module + ASKS);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each([...NODES].flatMap((node) => ['first.cjs', 'first.mjs'].map((script) => [node, script])))(
    'makes its first decision with %s in %s, and its errors are the same for import and require',
    async (node, script) => {
      const { stdout } = await run(node, ['--no-warnings', script], { cwd: folder });
      expect(stdout).toBe('true false true\n');
    },
  );

  it('is CommonJS for whoever cannot require a module, as Jest', async () => {
    const ask = `console.log(typeof require('./node_modules/@licet/sdk-node/cjs/sdk/index.js').Licet)`;
    expect((await run(process.execPath, ['-e', ask], { cwd: folder })).stdout).toBe('function\n');
  });

  it('knows its errors also where a process holds it twice, as CommonJS and as ES modules', async () => {
    const ask = `
      const one = require('./node_modules/@licet/sdk-node/cjs/sdk/index.js');
      import('./node_modules/@licet/sdk-node/esm/sdk/index.js').then((other) => {
        const names = Object.keys(one).filter((name) => one[name].prototype instanceof Error);
        const made = (from, name) => (name === 'Forbidden' ? new from.Forbidden('a:b', { reason: 'stale' }) : new from[name]('x'));
        const known = (error, to) => names.filter((name) => error instanceof to[name]).sort().join();
        class Own extends other.Forbidden {}
        for (const name of names) console.log(one[name] === other[name], known(made(one, name), other), known(made(other, name), one));
        const own = new Own('a:b', { reason: 'stale' });
        console.log(own instanceof Own, own instanceof one.Forbidden, made(other, 'Forbidden') instanceof Own, [null, 5, {}, new Error()].some((each) => each instanceof one.LicetError));
      });`;
    const names = ['ConfigError', 'FetchError', 'Forbidden', 'LicetError', 'NotFound', 'SnapshotError', 'Unauthenticated', 'Unavailable'];
    const { stdout } = await run(process.execPath, ['-e', ask], { cwd: folder });
    const said = stdout.trim().split('\n');
    const kinds = (name: string) => [...new Set([name, 'LicetError'])].sort().join();
    expect(said.slice(0, -1).sort()).toEqual(names.map((name) => `false ${kinds(name)} ${kinds(name)}`).sort());
    expect(said.at(-1)).toBe('true true false false');
  });

  it('has its types where TypeScript does not read exports', () => {
    const { main, types } = JSON.parse(readFileSync(join(folder, 'node_modules/@licet/sdk-node/package.json'), 'utf8')) as Record<
      string,
      string
    >;
    for (const path of [main, types]) expect([path, existsSync(join(folder, 'node_modules/@licet/sdk-node', path!))]).toEqual([path, true]);
  });

  it('says in one sentence what to do where nothing is built', async () => {
    const unbuilt = join(folder, 'libs/sdk-node');
    await cp(at('../pack.mjs'), join(unbuilt, 'pack.mjs'));
    await symlink(at('../../../node_modules'), join(folder, 'libs/node_modules'));
    const refused = { stderr: 'there is nothing to pack yet: run `npm run build` at the top of the repository first\n', code: 1 };
    await expect(run(process.execPath, [join(unbuilt, 'pack.mjs'), folder])).rejects.toMatchObject(refused);
  });

  it('gives browsers the hook alone: React is all that it imports', () => {
    const { imports, dynamicImports, moduleIds } = bundle('@licet/sdk-node/react', { cwd: folder, external: ['react'] });
    expect([imports, dynamicImports, moduleIds.map((id) => basename(id))]).toEqual([['react'], [], ['react.js']]);
  });

  it('needs nothing but zod, and nothing of this workspace', async () => {
    const installed = join(folder, 'node_modules');
    expect((await readdir(installed)).filter((name) => !name.startsWith('.')).sort()).toEqual(['@licet', 'zod']);
    expect(await readdir(join(installed, '@licet'))).toEqual(['sdk-node']);
  });
});
