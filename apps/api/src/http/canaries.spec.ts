import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type Api, createApi } from '../app.ts';
import { newDatabase, PASSWORD } from '../../test/api.ts';
import { Setup } from '../operators/setup.service.ts';
import type { ApiSettings } from '../settings.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

/** Secrets of every kind, sent through whatever takes them, and where each of them must not turn up. */
describe('a secret', () => {
  let api: Api;
  let settings: ApiSettings;
  let remove: () => void;
  const canaries = new Map<string, string>();
  const seen: string[] = [];
  let cookie = '';

  const plant = (kind: string, secret: string) => {
    expect(secret.length).toBeGreaterThan(9);
    canaries.set(kind, secret);
    return secret;
  };
  const send = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const url = path.startsWith('/') ? path : `/api/v1/${path}`;
    const to = url.startsWith('/access') ? api.decisions : api.fastify;
    const sent = 'authorization' in headers || 'cookie' in headers ? headers : { ...headers, cookie };
    const answer = await to.inject({ method, url, headers: sent, ...(body === undefined ? {} : { payload: body as object }) });
    const { 'set-cookie': _, ...rest } = answer.headers;
    seen.push(JSON.stringify(rest));
    return { status: answer.statusCode, text: answer.body, cookie: String(answer.headers['set-cookie'] ?? '').split(';')[0]! };
  };
  /** An answer that holds nothing that is shown once. */
  const ask = async (...[method, path, body, headers]: Parameters<typeof send>) => {
    const answer = await send(method, path, body, headers);
    seen.push(answer.text);
    return answer;
  };
  /** An answer that shows a secret once: everything else in it is looked through as well. */
  const once = async (kind: string, member: string, ...[method, path, body, headers]: Parameters<typeof send>) => {
    const { status, text } = await send(method, path, body, headers);
    expect([kind, status]).toEqual([kind, 201]);
    const { [member]: secret, ...rest } = JSON.parse(text) as Record<string, string>;
    seen.push(JSON.stringify(rest));
    plant(kind, secret!.split('token=').at(-1)!);
    return { ...rest, secret: secret! } as Record<string, string>;
  };
  const session = (kind: string, answer: { status: number; cookie: string }) => {
    expect([kind, [200, 201].includes(answer.status)]).toEqual([kind, true]);
    plant(kind, answer.cookie.split('=')[1]!);
    return answer.cookie;
  };

  const output: { mockRestore(): void }[] = [];
  beforeAll(async () => {
    for (const stream of [process.stdout, process.stderr]) {
      const write = jest.spyOn(stream, 'write').mockImplementation((text) => (seen.push(String(text)), true));
      output.push(write);
    }
    ({ settings, remove } = await newDatabase('sqlite'));
    const clientSecret = plant('client secret of a provider', 'canary-client-secret');
    const provider = { issuer: 'http://127.0.0.1:1', clientId: 'licet', label: 'Nobody', scopes: 'openid', roles: {}, demand: {} };
    // All that can be written out is.
    api = await createApi({ ...settings, log: 'json', logRecords: ['audit', 'decisions'], oidc: { ...provider, clientSecret } });
    await operators();
    await keys();
    await mistakes();
    await readings();
    await api.close();
    output.forEach((write) => write.mockRestore());
  });
  afterAll(() => remove());

  async function operators() {
    const token = plant('set-up token', api.app.get(Setup).newLink().split('token=')[1]!);
    const first = await ask('POST', 'setup', { token, username: 'ana', password: plant('first password', PASSWORD) });
    cookie = session('session of the set-up', first);
    await ask('POST', 'setup', { token, username: 'ana', password: PASSWORD });
    const signIn = (password: string) => ask('POST', 'session', { username: 'ana', password }, { cookie: '' });
    await signIn(plant('wrong password', 'canary-wrong-password-1'));
    cookie = session('session of a sign-in', await signIn(PASSWORD));
    const newPassword = plant('changed password', 'canary-changed-password-1');
    await ask('POST', 'session/password', { currentPassword: plant('wrong current password', 'canary-wrong-current-1'), newPassword });
    cookie = session('session after a new password', await ask('POST', 'session/password', { currentPassword: PASSWORD, newPassword }));
    const invited = await once('invitation', 'link', 'POST', 'operators', { id: 'otto', role: 'licet.auditor' });
    const password = plant('password of an invited operator', 'canary-invited-password-1');
    const joined = await ask('POST', 'session/link', { token: canaries.get('invitation'), password }, { cookie: '' });
    session('session of an invited operator', joined);
    await once('link of a reset', 'link', 'POST', `operators/${invited['id']}/link`);
    await ask('POST', 'session/link', { token: 'canary-link-that-is-none', password }, { cookie: '' });
    plant('link that is none', 'canary-link-that-is-none');
    await ask('POST', 'session/oidc', {}, { cookie: '' });
    await ask('POST', 'session/oidc', { token: canaries.get('invitation') }, { cookie: '' });
    const [code, carried] = [plant('code of a provider', 'canary-code-of-a-provider'), plant('sealed cookie', 'canary-sealed-cookie')];
    await ask('GET', `session/oidc/callback?code=${code}&state=x`, undefined, { cookie: `licet_provider=${carried}` });
  }

  async function keys() {
    const made = (kind: string, role: string, expiresAt: string | null = null) =>
      once(kind, 'secret', 'POST', 'api-keys', { name: kind.replaceAll(' ', '-'), role, expiresAt });
    const application = await made('application key', 'licet.application');
    await made('assigning key', 'licet.assigning-application');
    const point = await made('decision point key', 'licet.decision-point');
    const revoked = await made('revoked key', 'licet.owner');
    await ask('DELETE', `api-keys/${revoked['id']}`, undefined, { cookie, 'if-match': '"1"' });
    const expired = await made('expired key', 'licet.owner', new Date(0).toISOString());
    const rotation = { oldUntil: new Date().toISOString() };
    await once('rotated key', 'secret', 'POST', `api-keys/${application['id']}/rotate`, rotation, { cookie, 'if-match': '"1"' });
    for (const secret of [application, point, revoked, expired].map((key) => key['secret']!)) {
      for (const authorization of [`Bearer ${secret}`, `Basic ${secret}`, `Bearer ${secret} x`, secret]) {
        for (const path of ['/replica/v1/snapshot', '/replica/v1/api-keys', '/api/v1/roles', '/api/v1/session']) {
          await ask('GET', path, undefined, { authorization });
        }
        await ask('POST', '/access/v1/evaluation', {}, { authorization });
      }
    }
  }

  async function mistakes() {
    const rest = { ...JSON_TYPE, cookie: '' };
    await ask('POST', 'session', `{"username":"ana","password":"${plant('password in broken JSON', 'canary-in-broken-json')}`, rest);
    await ask('POST', 'session', { username: 'ana', password: [plant('password of a wrong type', 'canary-of-wrong-type')] }, rest);
    await ask('POST', 'session', { username: 'ana', passwort: plant('password in a wrong member', 'canary-in-wrong-member') }, rest);
    await ask('POST', 'session/link', { token: 'x'.repeat(43), password: plant('password that is too short', 'canary-shrt') }, rest);
    await ask('POST', 'session', plant('password as a form', 'password=canary-as-a-form'), { ...rest, 'content-type': 'text/plain' });
    await ask('GET', `roles?access_token=${plant('key in a query', 'canary-key-in-a-query')}`, undefined, { cookie: '' });
    await ask('GET', 'roles', undefined, { cookie: `licet_session=${plant('cookie that is none', 'canary-cookie-that-is-none')}` });
    await ask('GET', 'roles', undefined, { authorization: `Basic ${plant('basic credentials', 'Y2FuYXJ5OmNhbmFyeQ')}` });
  }

  async function readings() {
    const collections = [
      'users',
      'operators',
      'api-keys',
      'changes',
      'audit-entries',
      'assignments',
      'roles',
      'decisions',
      'decision-points',
    ];
    for (const name of collections) await ask('GET', `${name}?perPage=1000`);
    for (const name of ['audit-entries', 'security-events', 'decisions']) await ask('GET', `${name}/export`);
    for (const path of ['policy', 'session', 'sessions?user=*', 'status', 'openapi.json', '/', '/healthz', '/readyz', '/metrics'])
      await ask('GET', path);
    const text = seen.join('');
    for (const witness of ['"audit', 'service:application-key', 'licet.operator:update'])
      expect([witness, text.includes(witness)]).toEqual([witness, true]);
  }

  it('of more than twenty kinds has been sent', () => {
    expect(canaries.size).toBeGreaterThan(20);
    expect(new Set(canaries.values()).size).toBe(canaries.size);
  });

  it('turns up in no other answer, no header, no log, no export and no page', () => {
    const found = [...canaries].flatMap(([kind, secret]) =>
      seen.filter((text) => text.includes(secret)).map((text) => `${kind}: ${text.slice(0, 200)}`),
    );
    expect(found).toEqual([]);
  });

  it('turns up in no file of the database, which others cannot read', () => {
    const files = readdirSync(settings.dataDir);
    expect(files).toEqual(expect.arrayContaining(['policy.db', 'decisions.db']));
    for (const file of files) {
      const path = join(settings.dataDir, file);
      expect([file, (statSync(path).mode & 0o777).toString(8)]).toEqual([file, '600']);
      const content = readFileSync(path);
      for (const [kind, secret] of canaries) expect([file, kind, content.includes(secret)]).toEqual([file, kind, false]);
    }
  });
});
