import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { main } from './main.ts';

async function licet(args: string[]) {
  let [out, err] = ['', ''];
  const exitCode = await main(args, { out: (text) => void (out += text), err: (text) => void (err += text), env: {}, color: false });
  return { exitCode, out, err };
}

describe('the words on the command line', () => {
  it('explains itself', async () => {
    expect(await licet(['--help'])).toMatchObject({
      exitCode: 0,
      out: expect.stringMatching(/apply [^]*export [^]*test [^]*LICET_API_KEY/),
    });
    expect(await licet(['--version'])).toMatchObject({ exitCode: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  });

  it.each([[[]], [['fly']], [['apply']], [['apply', 'a', '--key', 'x']], [['test']], [['export', 'x']]])(
    'refuses %j as written wrongly',
    async (words) => {
      expect((await licet(words)).exitCode).toBe(2);
    },
  );
});

describe('bin/licet.js', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'licet-bin-'));
    cpSync(fileURLToPath(new URL('../bin/licet.js', import.meta.url)), join(folder, 'bin', 'licet.js'));
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('says in a sentence that it is not built', () => {
    const { status, stderr } = spawnSync(process.execPath, [join(folder, 'bin', 'licet.js'), '--help'], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([1, 'licet: the command line is not built yet; run `npm run build` in the repository first\n']);
  });
});
