import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readSettings, Settings } from './settings.ts';

describe('the settings', () => {
  it('have a default each, so that nothing need be set', () => {
    expect(readSettings({})).toEqual({
      port: 4000,
      host: '127.0.0.1',
      dataDir: resolve('data'),
      databaseUrl: undefined,
      publicUrl: 'http://localhost:4000',
      decisionLog: true,
      ...{ trustProxy: false, tls: undefined, requestsPerMinute: 6000, streamsPerKey: 200 },
      ...{ secret: undefined, secretPrevious: undefined },
      ...{ log: 'text', logRecords: [], securityEventDays: 90, decisionDays: undefined, secondFactor: 'optional' },
    });
    expect(readSettings({ LICET_PORT: ' ', LICET_DATABASE_URL: '', LICET_PUBLIC_URL: '' })).toEqual(readSettings({}));
  });

  it('are read from the environment, whatever else stands there', () => {
    const env = {
      ...{ LICET_PORT: '8080', LICET_HOST: '0.0.0.0', LICET_DATA_DIR: '/var/lib/licet', LICET_DECISION_LOG: 'off' },
      ...{ LICET_DATABASE_URL: 'postgresql://licet:secret@db:5432/licet', LICET_PUBLIC_URL: 'https://licet.example/' },
      ...{ PATH: '/bin', LICET_URL: 'http://localhost:4000', LICET_API_KEY: 'lct_x', LICET_NAME: 'tasks', LICET_MAX_STALENESS: '60' },
      ...{ LICET_TRUST_PROXY: '10.0.0.0/8, ::1', LICET_REQUESTS_PER_MINUTE: '600', LICET_STREAMS_PER_KEY: '1000' },
      LICET_LOG_RECORDS: 'audit,decisions',
      ...{ LICET_LOG: 'json', LICET_SECURITY_EVENT_DAYS: '30', LICET_DECISION_DAYS: '365', LICET_SECOND_FACTOR: 'required' },
    };
    expect(readSettings(env)).toEqual({
      port: 8080,
      host: '0.0.0.0',
      dataDir: '/var/lib/licet',
      databaseUrl: 'postgresql://licet:secret@db:5432/licet',
      publicUrl: 'https://licet.example',
      decisionLog: false,
      ...{ trustProxy: ['10.0.0.0/8', '::1'], tls: undefined, requestsPerMinute: 600, streamsPerKey: 1000 },
      ...{ log: 'json', logRecords: ['audit', 'decisions'], securityEventDays: 30, decisionDays: 365, secondFactor: 'required' },
    });
    expect(readSettings({ LICET_DATABASE_URL: 'postgres://db/licet' }).databaseUrl).toBe('postgres://db/licet');
  });

  it('may stand beside those of a decision point', () => {
    const page = readFileSync(join(import.meta.dirname, '../../../docs/settings-pdp.md'), 'utf8');
    const theirs = [...page.matchAll(/^\| `(LICET_\w+)` \|/gm)].map(([, name]) => name!).filter((name) => !(name in Settings.shape));
    expect(theirs).toContain('LICET_PDP_PORT');
    expect(readSettings(Object.fromEntries(theirs.map((name) => [name, 'x'])))).toEqual(readSettings({}));
  });

  it('take the port into the address that is shown, unless one is given', () => {
    expect(readSettings({ LICET_PORT: '4711' }).publicUrl).toBe('http://localhost:4711');
    expect(readSettings({ LICET_PORT: '4711', LICET_PUBLIC_URL: 'http://licet.local:99' }).publicUrl).toBe('http://licet.local:99');
  });

  it.each([
    ['LICET_PORT', 'http'],
    ['LICET_PORT', '65536'],
    ['LICET_PORT', '-1'],
    ['LICET_PORT', '4000.5'],
    ['LICET_DATABASE_URL', 'mysql://db/licet'],
    ['LICET_DATABASE_URL', 'licet.db'],
    ['LICET_PUBLIC_URL', 'licet.example'],
    ['LICET_PUBLIC_URL', 'ftp://licet.example'],
    ['LICET_PUBLIC_URL', 'javascript:alert(1)'],
    ['LICET_PUBLIC_URL', 'https://licet.example/?x=1'],
    ['LICET_PUBLIC_URL', 'https://licet.example/#x'],
    ['LICET_DECISION_LOG', 'no'],
    ['LICET_LOG_RECORDS', 'audit'], // without LICET_LOG=json
    ['LICET_LOG_RECORDS', 'everything'],
    ['LICET_SECOND_FACTOR', 'yes'],
    ['LICET_TRUST_PROXY', 'true'],
    ['LICET_TRUST_PROXY', '10.0.0.1, everybody'],
    ['LICET_REQUESTS_PER_MINUTE', '0'],
    ['LICET_STREAMS_PER_KEY', '0'],
  ])('refuse to start with %s=%s, and name it', (name, value) => {
    expect(() => readSettings({ [name]: value })).toThrow(new RegExp(`^${name}: .+`));
  });

  const OIDC = { LICET_OIDC_ISSUER: 'https://login.example/', LICET_OIDC_CLIENT_ID: 'licet', LICET_OIDC_CLIENT_SECRET: 'canary' };
  const PUBLIC = { LICET_PUBLIC_URL: 'https://licet.example' };

  it('take an identity provider, with an explicit table of what its claims give', () => {
    const { oidc } = readSettings({ ...OIDC, ...PUBLIC });
    const common = { issuer: 'https://login.example/', clientId: 'licet', clientSecret: 'canary' };
    expect(oidc).toEqual({ ...common, label: 'login.example', scopes: 'openid', roles: {}, demand: {} });
    const more = { LICET_OIDC_LABEL: 'Example', LICET_OIDC_SCOPES: 'groups openid', LICET_OIDC_ROLES: '{"groups":{"a, b":"licet.owner"}}', LICET_OIDC_DEMAND: '{"amr":["mfa","hwk"]}' };
    expect(readSettings({ ...OIDC, ...PUBLIC, ...more }).oidc).toEqual({
      ...common,
      ...{ label: 'Example', scopes: 'openid groups', roles: { groups: { 'a, b': 'licet.owner' } }, demand: { amr: ['mfa', 'hwk'] } },
    });
    for (const host of ['localhost:8080', '127.0.0.1:8080', '[::1]:8080']) {
      expect(readSettings({ ...OIDC, LICET_OIDC_ISSUER: `http://${host}` }).oidc?.issuer).toBe(`http://${host}`);
    }
  });

  it.each([
    ['LICET_OIDC_ISSUER, .* all three', { LICET_OIDC_CLIENT_ID: '' }],
    ['LICET_OIDC_ISSUER, .* all three', { LICET_OIDC_CLIENT_SECRET: '' }],
    ['LICET_OIDC_ISSUER, .* all three', { LICET_OIDC_ISSUER: '' }],
    ['LICET_OIDC_ISSUER: .*https', { LICET_OIDC_ISSUER: 'http://login.example' }],
    ['LICET_OIDC_ISSUER: .*https', { LICET_OIDC_ISSUER: 'http://127.0.0.1.login.example' }],
    ['LICET_OIDC_ISSUER: ', { LICET_OIDC_ISSUER: 'https://user:canary@login.example' }],
    ['LICET_OIDC_ISSUER: ', { LICET_OIDC_ISSUER: 'https://login.example/?x' }],
    ['LICET_PUBLIC_URL: .*https', { LICET_PUBLIC_URL: 'http://licet.example' }],
    ['LICET_OIDC_SCOPES: ', { LICET_OIDC_SCOPES: 'openid,groups' }],
    ['LICET_OIDC_ROLES: .*licet.auditor', { LICET_OIDC_ROLES: '{"groups":{"admins":"licet.admin"}}' }],
    ['LICET_OIDC_ROLES: ', { LICET_OIDC_ROLES: '{"groups":"licet.owner"}' }],
    ['LICET_OIDC_ROLES: ', { LICET_OIDC_ROLES: 'admins=licet.owner' }],
    ['LICET_OIDC_DEMAND: ', { LICET_OIDC_DEMAND: '{"amr":"mfa"}' }],
    ['LICET_OIDC_DEMAND: ', { LICET_OIDC_DEMAND: '{"amr":[]}' }],
    ['LICET_OIDC_DEMAND: ', { LICET_OIDC_DEMAND: '{"acr":["a b"]}' }],
    ['LICET_OIDC_DEMAND: .*LICET_OIDC_ISSUER', { LICET_OIDC_ISSUER: '', LICET_OIDC_CLIENT_ID: '', LICET_OIDC_CLIENT_SECRET: '', LICET_OIDC_DEMAND: '{}' }],
    ['LICET_OIDC_ROLES: .*LICET_OIDC_ISSUER', { LICET_OIDC_ISSUER: '', LICET_OIDC_CLIENT_ID: '', LICET_OIDC_CLIENT_SECRET: '', LICET_OIDC_ROLES: '{}' }],
  ] as [string, Record<string, string>][])('refuse an identity provider, and say why: %s', (words, env) => {
    expect(() => readSettings({ ...OIDC, ...PUBLIC, ...env })).toThrow(
      expect.objectContaining({ message: expect.stringMatching(new RegExp(`^${words}`)) }),
    );
    expect(() => readSettings({ ...OIDC, ...PUBLIC, ...env })).toThrow(expect.objectContaining({ message: expect.not.stringContaining('canary') }));
  });

  it('name every wrong one at once', () => {
    expect(() => readSettings({ LICET_PORT: 'x', LICET_DECISION_LOG: 'y' })).toThrow(
      'LICET_PORT: must be a number\nLICET_DECISION_LOG: must be `on` or `off`',
    );
  });

  it('refuse one that is not known, and say which are', () => {
    expect(() => readSettings({ LICET_DATABASE: 'x', LICET_PROT: '1' })).toThrow(
      /^unknown setting LICET_DATABASE, LICET_PROT; known are LICET_PORT, .*LICET_PUBLIC_URL/,
    );
    expect(() => readSettings({ constructor: 'x', licet_port: '1' })).not.toThrow();
  });

  it('never repeat a password in what they say', () => {
    expect(() => readSettings({ LICET_DATABASE_URL: 'mysql://licet:secret@db/licet' })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('secret') }),
    );
  });
});
