import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { ApiSettings } from '../settings.ts';
import { Seal } from './seal.ts';

const folder = mkdtempSync(join(tmpdir(), 'licet-seal-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const seal = (settings: Partial<ApiSettings>) => new Seal({ dataDir: join(folder, 'data'), ...settings } as ApiSettings);

describe('the key for something else', () => {
  it('is the same for all who have the secret, and another for each purpose and each secret', () => {
    const keys = [
      seal({ secret: 'a'.repeat(32) }).keyFor('pages'),
      seal({ secret: 'a'.repeat(32) }).keyFor('pages'),
      seal({ secret: 'a'.repeat(32) }).keyFor('others'),
      seal({ secret: 'b'.repeat(32) }).keyFor('pages'),
    ].map((key) => key.toString('hex'));
    expect(keys[1]).toBe(keys[0]);
    expect(new Set(keys).size).toBe(3);
  });

  it('stays the same after a restart where the secret lies in the data directory', () => {
    expect(seal({}).keyFor('pages')).toEqual(seal({}).keyFor('pages'));
  });

  it('is refused, with the remedy, where no secret was given and none can be kept', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => seal({ dataDir: join(folder, 'file', 'data') }).keyFor('pages')).toThrow(/set LICET_SECRET/);
  });
});
