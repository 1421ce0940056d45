import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApi, type TestApi } from '../../test/api.ts';
import { listen, sendRaw } from '../../test/http.ts';

// Ways to write a protected path that have got past guards of others: CVE-2025-69211 (`/%61dmin`), CVE-2026-2293 (`//admin`, `;`).
const SPELLINGS = [
  ...['//api/v1/roles', '///api/v1/roles', '/api//v1/roles', '/api/v1//roles', '/api/v1/roles/', '/api/v1/roles//', '//api//v1//roles//'],
  ...['/API/v1/roles', '/Api/V1/Roles', '/api/v1/ROLES', '/api/V1/roles'],
  ...['/%61pi/v1/roles', '/%61%70%69/v1/roles', '/api/v1/%72oles', '/api/v1/role%73', '/%2561pi/v1/roles', '/api/v%31/roles'],
  ...[
    '/api%2fv1%2froles',
    '/api%2Fv1/roles',
    '/api/v1%2froles',
    '/api%5cv1%5croles',
    '/api\\v1\\roles',
    '/%2fapi/v1/roles',
    '/api/v1/roles%2f',
  ],
  ...['/api/v1/roles;', '/api/v1/roles;x', '/api;x/v1/roles', '/api/v1/roles;x=y', '/;/api/v1/roles', '/api/v1;/roles'],
  ...[
    '/./api/v1/roles',
    '/api/./v1/roles',
    '/api/v1/./roles',
    '/api/v1/x/../roles',
    '/x/../api/v1/roles',
    '/%2e/api/v1/roles',
    '/api/v1/x/%2e%2e/roles',
    '/..;/api/v1/roles',
  ],
  ...[
    '/api/v1/roles%00',
    '/%00/api/v1/roles',
    '/api/v1/roles%00.json',
    '/api/v1/roles%20',
    '/api/v1/roles%09',
    '/api/v1/roles%0a',
    '/%20/api/v1/roles',
  ],
  ...[
    '/api/v1/roles?',
    '/api/v1/roles?/../status',
    '/api/v1/roles#',
    '/api/v1/roles#/status',
    '/api/v1/roles.json',
    '/api/v1/roles*',
    '/api/v1/*',
    '/api/v1/roles%',
  ],
  ...[
    'http://localhost/api/v1/roles',
    'http://localhost:80//api/v1/roles',
    'api/v1/roles',
    '*',
    '/\u00e1pi/v1/roles',
    '/ap\u0131/v1/roles',
    '/api/v1/roles/licet.owner',
    '/api/v1/roles/licet%2eowner',
  ],
];
const REPLICA = [
  '/replica/v1/snapshot',
  '//replica/v1/snapshot',
  '/replica/v1/snapshot/',
  '/%72eplica/v1/snapshot',
  '/Replica/v1/snapshot',
  '/replica/v1/snapshot;x',
  '/replica/v1/./snapshot',
];
const HEADERS = [
  'X-Original-URL: /api/v1/status',
  'X-Rewrite-URL: /api/v1/status',
  'X-HTTP-Method-Override: OPTIONS',
  'X-Forwarded-For: 127.0.0.1',
  'X-Forwarded-Host: localhost',
  'X-Forwarded-Prefix: /api/v1/status',
];

describe('a protected address', () => {
  let api: TestApi;
  let port: number;

  beforeAll(async () => {
    api = await startApi('sqlite');
    ({ port } = await listen(api));
  });
  afterAll(() => api.stop());

  const refuses = async (target: string, headers: string[] = [], method = 'GET') => {
    const { status, text } = await sendRaw(port, target, headers, method);
    expect([method, target, status >= 400 && status < 500 ? 'refused' : text]).toEqual([method, target, 'refused']);
    expect([target, text.includes('"licet.owner"'), text.includes('"items"'), text.includes('"rows"')]).toEqual([
      target,
      false,
      false,
      false,
    ]);
  };

  it('is the address that this test thinks it is', async () => {
    const { authorization } = await api.key('reader', 'licet.auditor');
    const answer = await sendRaw(port, '/api/v1/roles', [`Authorization: ${authorization}`]);
    expect([answer.status, answer.text.includes('licet.owner')]).toEqual([200, true]);
  });

  it.each(SPELLINGS)('gives nothing away without credentials, written as %s', (target) => refuses(target));

  it.each(REPLICA)('gives no replica away without credentials, written as %s', (target) => refuses(target));

  it.each(HEADERS)('gives nothing away for the header %s', (header) => refuses('/api/v1/roles', [header]));

  it.each(['HEAD', 'OPTIONS', 'PUT', 'POST', 'PATCH', 'DELETE', 'QUERY', 'PROPFIND', 'TRACE'])('gives nothing away to %s', (method) =>
    refuses('/api/v1/roles', ['Content-Length: 0'], method),
  );

  it('gives no file of the server away', async () => {
    for (const target of [
      '/../package.json',
      '/..%2f..%2fpackage.json',
      '/%2e%2e/%2e%2e/package.json',
      '/..\\..\\package.json',
      '/assets/../../package.json',
      '/.env',
      '/%00',
    ]) {
      const { status, text } = await sendRaw(port, target);
      expect([target, status >= 400 && status < 500, text.includes('@licet')]).toEqual([target, true, false]);
    }
  });
});
