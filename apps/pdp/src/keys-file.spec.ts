import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FetchError } from '@licet/sdk-node/decision-point';
import { CallerKeys } from './caller-keys.ts';
import { within } from './control-plane.fixture.ts';
import { KeysFile } from './keys-file.ts';

const URL_ = 'http://control-plane';
const SAVED = JSON.stringify({ url: URL_, currentAt: 1, keys: [] });
const NOBODY = 65_534;
const run = promisify(execFile);

describe('the file of keys', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'licet-keys-'));
    path = join(folder, 'snap.keys');
  });
  afterEach(async () => {
    await chmod(folder, 0o700);
    await rm(folder, { recursive: true });
  });

  /** In a process of a user whom the modes of files bind: they do not bind root. */
  const byUser = async (call: string): Promise<unknown> => {
    const script = `
      const { KeysFile } = await import(${JSON.stringify(join(import.meta.dirname, 'keys-file.ts'))});
      const errors = [];
      const file = new KeysFile(${JSON.stringify(path)}, '${URL_}', true);
      const found = await file.${call}((error) => errors.push(error.message));
      console.log(JSON.stringify({ found: found?.keys, errors }));`;
    const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
    const args = ['--conditions=@licet/source', '--no-warnings', '--input-type=module', '-e', script];
    return JSON.parse((await run(process.execPath, args, { ...user, env: {} })).stdout);
  };
  const owned = async (text: string) => {
    await writeFile(path, text);
    if (process.getuid?.() !== 0) return;
    await chown(path, NOBODY, NOBODY);
    await chown(folder, NOBODY, NOBODY);
  };

  it.each([
    ['the folder', () => chmod(folder, 0o500)],
    ['the file', () => chmod(path, 0o400)],
  ])('is not used where this process may not write %s: it could not take it away again', async (_, close) => {
    await owned(SAVED);
    expect(await byUser('load')).toEqual({ found: [], errors: [] });
    await close();
    expect(await byUser('load')).toEqual({ errors: [expect.stringContaining('let it write the file and its folder')] });
  });

  it('is emptied where it may not be removed, and that is said', async () => {
    await owned(SAVED);
    await chmod(folder, 0o500);
    expect(await byUser('remove')).toEqual({ errors: [expect.stringContaining('could not be removed')] });
    expect(await readFile(path, 'utf8')).toBe('');
  });

  it('does not end whoever cannot remove it once it is shut out, and is spoken of once', async () => {
    await mkdir(path);
    const errors: string[] = [];
    let asked = 0;
    const plane = {
      apiKeys: () => {
        asked += 1;
        return Promise.reject(new FetchError('no', { status: 403, code: 'forbidden' }));
      },
    };
    const keys = new CallerKeys(plane, new KeysFile(path, URL_, true), (error) => errors.push(error.message));
    await within(2_000, () => asked >= 3);
    expect(keys.held).toBe(false);
    await keys.close();
    expect(errors.filter((error) => error.includes('could not be removed'))).toHaveLength(1);
  });
});
