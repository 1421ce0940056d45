import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Licet } from './licet.ts';
import { readSettings } from './settings.ts';
import { backoff, TIMING } from './timing.ts';
import { SDK } from './version.ts';

const env = { LICET_URL: 'https://licet.example.com', LICET_API_KEY: 'lct_a_b' };

describe('the settings', () => {
  it('come from the environment where they are not given', () => {
    const settings = { url: env.LICET_URL, name: 'shop', mode: 'local', decisionLog: true };
    expect(readSettings({}, { ...env, LICET_NAME: 'shop' })).toMatchObject(settings);
    expect(readSettings({ url: 'http://x.test', name: 'mine' }, env)).toMatchObject({ url: 'http://x.test', name: 'mine' });
    expect(readSettings({}, { ...env, npm_package_name: '@acme/shop' }).name).toBe('@acme/shop');
  });

  it.each([
    ['LICET_URL', {}, { LICET_API_KEY: 'k' }],
    ['LICET_API_KEY', {}, { LICET_URL: 'http://x.test' }],
    ['LICET_URL', { url: 'x.test', apiKey: 'k' }, {}],
    ['LICET_URL', { url: 'ftp://x.test', apiKey: 'k' }, {}],
    ['LICET_URL', { url: 'http://user@x.test', apiKey: 'k' }, {}],
    ['LICET_API_KEY', { url: 'http://x.test', apiKey: 'a\r\nb' }, {}],
    ['mode', { mode: 'both' as 'local' }, env],
    ['maxStalenessMs', { maxStalenessMs: -1 }, env],
    ['maxStalenessMs', { maxStalenessMs: NaN }, env],
  ])('that are missing or wrong are named: %s', (setting, options, environment) => {
    const error = { name: 'ConfigError', message: expect.stringContaining(setting) };
    expect(() => readSettings(options, environment)).toThrow(expect.objectContaining(error));
  });

  it('never show the key', () => {
    try {
      new Licet({ url: 'http://x.test', apiKey: 'lct_secret value' });
    } catch (error) {
      expect((error as Error).message).not.toContain('secret');
    }
    expect.assertions(1);
  });
});

it('waits longer after each failure, up to a limit, and never twice alike', () => {
  const waits = [1, 2, 3, 20, 1000].map((failures) => backoff(failures, TIMING));
  const full = [500, 1000, 2000, 30_000, 30_000];
  waits.forEach((ms, index) => expect([ms >= (full[index] ?? 0) / 2, ms <= (full[index] ?? 0)]).toEqual([true, true]));
  expect(new Set(Array.from({ length: 20 }, () => backoff(5, TIMING))).size).toBeGreaterThan(10);
});

it('calls itself by the version of its package', () => {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  expect(SDK).toBe(`node ${version}`);
});
