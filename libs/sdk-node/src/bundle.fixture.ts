import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What a browser would load. */
export interface Bundle {
  code: string;
  imports: string[];
  dynamicImports: string[];
  moduleIds: string[];
}

// In a process of its own: the bundler takes no objects from Jest's context.
const BUNDLES = `
import { rolldown } from 'rolldown';
const { input, ...options } = JSON.parse(process.argv.at(-1));
const build = await rolldown({ input, logLevel: 'silent', platform: 'browser', transform: { define: { 'process.env.NODE_ENV': '"development"' } }, ...options });
const { output: [{ code, imports, dynamicImports, moduleIds }] } = await build.generate({ format: 'esm' });
await build.close();
process.stdout.write(JSON.stringify({ code, imports, dynamicImports, moduleIds }));`;

/** Bundles a module for browsers. @param options of the bundler, as far as they have a form in JSON */
export function bundle(input: string, options: object): Bundle {
  const cwd = fileURLToPath(new URL('../', import.meta.url));
  const settings = JSON.stringify({ input, ...options });
  const text = execFileSync(process.execPath, ['--input-type=module', '-e', BUNDLES, settings], {
    cwd,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  return JSON.parse(text) as Bundle;
}
