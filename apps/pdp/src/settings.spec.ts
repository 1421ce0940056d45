import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readSettings, Settings } from './settings.ts';

const NEEDED = { LICET_URL: 'http://localhost:4000', LICET_API_KEY: 'lct_x' };

describe('the settings of a decision point', () => {
  it('need the control plane and a key, and say what to do about it', () => {
    expect(() => readSettings({})).toThrow(
      /^LICET_URL: set it to the address .+\nLICET_API_KEY: set it to an API key with the role `licet.decision-point`/,
    );
    expect(() => readSettings({ ...NEEDED, LICET_API_KEY: ' ' })).toThrow(/^LICET_API_KEY: set it/);
  });

  it('have defaults for the rest', () => {
    expect(readSettings(NEEDED)).toEqual({
      url: 'http://localhost:4000',
      apiKey: 'lct_x',
      name: 'pdp',
      port: 4001,
      host: '127.0.0.1',
      publicUrl: 'http://localhost:4001',
      workers: Math.min(128, availableParallelism()),
      snapshotPath: undefined,
      maxStalenessMs: undefined,
      decisionLog: true,
    });
  });

  it('are read from the environment, whatever else stands there', () => {
    const env = {
      ...{ ...NEEDED, LICET_PDP_PORT: '8081', LICET_HOST: '0.0.0.0', LICET_PUBLIC_URL: 'https://pdp.example/', LICET_NAME: 'eu-1' },
      ...{ LICET_WORKERS: '3', LICET_SNAPSHOT_PATH: 'kept', LICET_MAX_STALENESS: '0.5', LICET_DECISION_LOG: 'off', LICET_PORT: '4000' },
    };
    expect(readSettings(env)).toMatchObject({
      ...{ port: 8081, host: '0.0.0.0', publicUrl: 'https://pdp.example', name: 'eu-1', workers: 3 },
      ...{ snapshotPath: resolve('kept'), maxStalenessMs: 500, decisionLog: false },
    });
  });

  it.each([
    ['LICET_URL', 'localhost:4000'],
    ['LICET_URL', 'ftp://licet'],
    ['LICET_PDP_PORT', '65536'],
    ['LICET_PUBLIC_URL', 'https://pdp.example/?x=1'],
    ['LICET_WORKERS', '0'],
    ['LICET_WORKERS', '1.5'],
    ['LICET_MAX_STALENESS', '0'],
    ['LICET_MAX_STALENESS', 'soon'],
    ['LICET_DECISION_LOG', 'no'],
  ])('refuse to start with %s=%s, and name it', (name, value) => {
    expect(() => readSettings({ ...NEEDED, [name]: value })).toThrow(new RegExp(`^${name}: .+`));
  });

  it('may stand beside those of the control plane', () => {
    const page = readFileSync(join(import.meta.dirname, '../../../docs/settings.md'), 'utf8');
    const theirs = [...page.matchAll(/^\| `(LICET_\w+)` \|/gm)].map(([, name]) => name!);
    expect(theirs.length).toBeGreaterThan(20);
    // Those that both have are read here, and one of another form is told of.
    const env = Object.fromEntries(theirs.filter((name) => !(name in Settings.shape)).map((name) => [name, 'x']));
    expect(readSettings({ ...NEEDED, ...env })).toEqual(readSettings(NEEDED));
  });

  it('refuse one that is not known', () => {
    expect(() => readSettings({ ...NEEDED, LICET_WORKER_COUNT: '2' })).toThrow(
      /^unknown setting LICET_WORKER_COUNT; known are LICET_URL, /,
    );
  });
});
