import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { operations, RESERVED_PERMISSIONS } from '@licet/contract';
import { startApi, type TestApi } from '../../test/api.ts';
import { ApiKey } from '../api-keys/api-key.entity.ts';
import { ApiKeysCollection } from '../api-keys/api-keys.collection.ts';
import { Changes } from '../changes/changes.service.ts';
import { metaOf } from '../database/rows.ts';
import { SYSTEM } from './access.ts';

// Invariant: whoever adds a route that needs nobody's permission adds it here too.
const PUBLIC = [
  'GET /.well-known/authzen-configuration',
  'GET /.well-known/authzen-configuration/tenants/{tenant}',
  'GET /api/v1/openapi.json',
  'GET /api/v1/status',
  'GET /healthz',
  'GET /readyz',
  'POST /api/v1/setup',
  'POST /api/v1/session',
  'DELETE /api/v1/session',
  'POST /api/v1/session/link',
  'POST /api/v1/session/passkey/start',
  'POST /api/v1/session/passkey',
  'POST /api/v1/session/oidc',
  'GET /api/v1/session/oidc/callback',
  'POST /api/v1/session/oidc/code',
];
/** Where no identity provider is set up, there is nothing. */
const OF_A_PROVIDER = /\/session\/oidc/;
// Whoever is signed in may look after the own account; it takes no permission. What a key is answered there, which has no password.
const SIGNED_IN = new Map([
  ['GET /api/v1/session', 200],
  ['POST /api/v1/session/password', 400],
  ['POST /api/v1/session/second-factor/start', 403],
  ['POST /api/v1/session/second-factor', 400],
  ['POST /api/v1/session/second-factor/remove', 400],
  ['POST /api/v1/session/passkeys/start', 403],
  ['GET /api/v1/session/passkeys', 403],
  ['POST /api/v1/session/passkeys', 403],
  ['PATCH /api/v1/session/passkeys/{id}', 403],
  ['DELETE /api/v1/session/passkeys/{id}', 403],
  ['POST /api/v1/session/step-up', 400],
  ['POST /api/v1/session/step-up/oidc', 403],
  ['GET /api/v1/session/identity', 200],
  ['POST /api/v1/session/identity', 400],
  ['POST /api/v1/session/identity/remove', 400],
  ['GET /api/v1/sessions', 200],
  ['DELETE /api/v1/sessions/{id}', 404],
]);
const JUNK = `Bearer lct_${'0'.repeat(12)}_${'0'.repeat(64)}_${'0'.repeat(8)}`;

const ROUTES = Object.entries(operations()).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, { needs }]) => ({ route: `${method.toUpperCase()} ${path}`, needs })),
);
const GUARDED = ROUTES.filter(({ needs }) => needs);

describe('a route', () => {
  let api: TestApi;
  const keys = new Map<string, { authorization: string }>();

  beforeAll(async () => {
    api = await startApi('sqlite');
    const roles = Object.fromEntries([
      ['none', {}],
      ['all', { grants: RESERVED_PERMISSIONS }],
      ...RESERVED_PERMISSIONS.map((permission) => [nameOf('only', permission), { grants: [permission] }]),
      ...RESERVED_PERMISSIONS.map((permission) => [
        nameOf('but', permission),
        { inherits: ['all'], grants: [{ permission, effect: 'deny' }] },
      ]),
    ]);
    const applied = await api.call('POST', '/api/v1/policy/apply', { file: { licet: 1, roles } });
    expect([applied.status, applied.body.applied]).toEqual([200, true]);
    const names = ['none', ...RESERVED_PERMISSIONS.flatMap((permission) => [nameOf('only', permission), nameOf('but', permission)])];
    const collection = new ApiKeysCollection();
    const { result } = await api.app.get(Changes).commit(SYSTEM, { reason: 'a key for each role' }, async (em) => {
      const made: ApiKey[] = [];
      for (const name of names) made.push(await collection.create(em, { name, role: name, tenant: '*', expiresAt: null }, 'licet'));
      return collection.present(em, made, metaOf(em, ApiKey));
    });
    for (const { name, secret } of result) keys.set(String(name), { authorization: `Bearer ${String(secret)}` });
  });
  afterAll(() => api.stop());

  const ask = async (route: string, headers: Record<string, string>) => {
    const [method, path] = route.split(' ') as ['GET', string];
    const answer = await api.call(method, path.replace(/\{(id|tenant)\}/, 'x'), method === 'GET' ? undefined : {}, {
      cookie: '',
      ...headers,
    });
    return { route, status: answer.status, code: answer.body.code as string | undefined };
  };
  const refused = (route: string, status: number) => ({ route, status, code: status === 401 ? 'unauthenticated' : 'forbidden' });

  it('is open to all only where this list says so', () => {
    expect(
      ROUTES.filter(({ needs }) => !needs)
        .map(({ route }) => route)
        .sort(),
    ).toEqual(PUBLIC.toSorted());
    expect(GUARDED.length).toBeGreaterThan(60);
  });

  it.each(PUBLIC)('%s answers callers without credentials', async (route) => {
    const { status } = await ask(route, {});
    expect(OF_A_PROVIDER.test(route) ? [400, 404] : [200, 204, 400]).toContain(status);
  });

  it('answers 401 to a caller without credentials, and HEAD does too', async () => {
    for (const { route } of GUARDED) expect(await ask(route, {})).toEqual(refused(route, 401));
    for (const { route } of GUARDED.filter((each) => each.route.startsWith('GET '))) {
      expect([route, (await ask(route.replace('GET', 'HEAD'), {})).status]).toEqual([route, 401]);
    }
  });

  it('answers 401 to a junk key, a key of another form and a junk cookie', async () => {
    for (const { route } of GUARDED) {
      for (const headers of [
        { authorization: JUNK },
        { authorization: 'Bearer x' },
        { authorization: 'Basic YTpi' },
        { cookie: 'licet_session=junk' },
      ] as Record<string, string>[]) {
        expect(await ask(route, headers)).toEqual(refused(route, 401));
      }
    }
  });

  it('takes a key however its scheme is written', async () => {
    const [, secret] = (await api.key('any-scheme', 'all')).authorization.split(' ');
    const asked = ['GET /api/v1/roles', 'GET /replica/v1/snapshot', 'POST /access/v1/evaluation'];
    for (const scheme of ['Bearer ', 'bearer ', 'BEARER   ']) {
      const answers = await Promise.all(asked.map((route) => ask(route, { authorization: scheme + secret })));
      expect([scheme, ...answers.map(({ status }) => status)]).toEqual([scheme, 200, 200, 400]);
    }
  });

  it('answers 401 to a revoked key', async () => {
    const key = await api.key('revoked', 'all');
    expect((await ask('GET /api/v1/roles', key)).status).toBe(200);
    const { body } = await api.call('GET', '/api/v1/api-keys?q=revoked');
    await api.call('DELETE', `/api/v1/api-keys/${body.items[0].id}`, undefined, { 'if-match': `"${body.items[0].version}"` });
    for (const { route } of GUARDED) expect(await ask(route, key)).toEqual(refused(route, 401));
  });

  it('answers 401 to an expired key', async () => {
    const { body } = await api.create('api-keys', { name: 'expired', role: 'all', expiresAt: new Date(Date.now() - 1).toISOString() });
    const key = { authorization: `Bearer ${body.secret}` };
    for (const { route } of GUARDED) expect(await ask(route, key)).toEqual(refused(route, 401));
  });

  it('answers 403 to a key that may do nothing', async () => {
    for (const { route } of GUARDED.filter(({ route }) => !SIGNED_IN.has(route)))
      expect(await ask(route, keys.get('none')!)).toEqual(refused(route, 403));
    for (const [route, status] of SIGNED_IN) expect(await ask(route, keys.get('none')!)).toMatchObject({ route, status });
  });

  it('asks for exactly the permission that its documentation names', async () => {
    for (const { route, needs } of GUARDED.filter(({ route }) => !SIGNED_IN.has(route))) {
      expect(await ask(route, keys.get(nameOf('but', needs!))!)).toEqual(refused(route, 403));
      const { status } = await ask(route, keys.get(nameOf('only', needs!))!);
      // An empty body or a missing row is as far as it gets: the permission was enough.
      expect([route, [200, 202, 204, 400, 404, 428].includes(status)]).toEqual([route, true]);
    }
  });

  it('lets a disabled service account do nothing', async () => {
    const key = await api.key('disabled', 'all');
    const { etag } = await api.call('GET', '/api/v1/users/service:disabled');
    const answer = await api.call('PATCH', '/api/v1/users/service:disabled', { enabled: false }, { 'if-match': etag });
    expect(answer.status).toBe(200);
    for (const { route } of GUARDED.filter(({ route }) => !SIGNED_IN.has(route)))
      expect(await ask(route, key)).toEqual(refused(route, 403));
  });
});

function nameOf(kind: 'only' | 'but', permission: string): string {
  return `${kind}-${permission.replace('licet.', '').replace(':', '.')}`;
}
