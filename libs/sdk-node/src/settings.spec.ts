import { readFileSync } from 'node:fs';
import { describe, expect, it, jest } from '@jest/globals';
import { Licet } from './licet.ts';
import { readSettings, type LicetOptions } from './settings.ts';
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

  type Wrong = [setting: string, options: LicetOptions, environment: Record<string, string>];
  it.each<Wrong>([
    ['LICET_URL', {}, { LICET_API_KEY: 'k' }],
    ['LICET_API_KEY', {}, { LICET_URL: 'http://x.test' }],
    ['LICET_URL', { url: 'x.test', apiKey: 'k' }, {}],
    ['LICET_URL', { url: 'ftp://x.test', apiKey: 'k' }, {}],
    ['LICET_URL', { url: 'http://user@x.test', apiKey: 'k' }, {}],
    ['LICET_API_KEY', { url: 'http://x.test', apiKey: 'a\r\nb' }, {}],
    ['mode', { mode: 'both' as 'local' }, env],
    ['maxStalenessMs', { maxStalenessMs: -1 }, env],
    ['maxStalenessMs', { maxStalenessMs: NaN }, env],
    ['maxStalenessMs', { maxStalenessMs: '5' as unknown as number }, env],
    ...[0, -1, NaN, Infinity, 2 ** 31, null, '5'].map((timeoutMs): Wrong => ['timeoutMs', { timeoutMs: timeoutMs as number }, env]),
    ...['url', 'apiKey', 'name', 'snapshotPath'].map((setting): Wrong => [setting, { [setting]: 5 }, env]),
  ])('that are missing or wrong are named: %s', (setting, options, environment) => {
    const error = { name: 'ConfigError', message: expect.stringContaining(setting) };
    expect(() => readSettings(options, environment)).toThrow(expect.objectContaining(error));
  });

  it('take the address as a URL, fractions of a ms, and what is undefined as left out', () => {
    const { url, timing } = readSettings({ url: new URL(env.LICET_URL), timeoutMs: 0.5, timing: { pollMs: undefined } }, env);
    expect([url, timing.timeoutMs, timing.pollMs]).toEqual([`${env.LICET_URL}/`, 1, TIMING.pollMs]);
    const none = { url: undefined, name: undefined, timeoutMs: undefined, maxStalenessMs: undefined, snapshotPath: undefined };
    expect(readSettings({ ...none, mode: 'remote' }, env)).toMatchObject({ url: env.LICET_URL, timing: { timeoutMs: 2_000 } });
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

describe('an address that is reached unencrypted', () => {
  const told = (urls: string[]): string[] => {
    const warnings = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    try {
      for (const url of [...urls, ...urls]) readSettings({ url, apiKey: env.LICET_API_KEY }, {});
      return warnings.mock.calls.map(([message]) => String(message));
    } finally {
      warnings.mockRestore();
    }
  };

  it.each(['http://licet.example.com', 'http://8.8.8.8:4000', 'http://[2606:4700::1111]:4000'])(
    'is named once where it lies beyond the own network: %s',
    (url) => {
      const [message, ...more] = told([url]);
      expect([message, more]).toEqual([expect.stringMatching(/unencrypted.*LICET_URL/), []]);
      expect(message).toContain(url);
      expect(message).not.toContain(env.LICET_API_KEY);
    },
  );

  it('is not named on this machine, in a network of its own, or with https', () => {
    const hosts = ['localhost', 'licet', '127.0.0.1', '10.1.2.3', '192.168.0.9', '[::1]', '[fd00::1]', 'licet.prod.svc.cluster.local'];
    expect(told(['https://licet.example.com', ...hosts.map((host) => `http://${host}:4000`)])).toEqual([]);
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
