import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openApi, startApi, type TestApi } from '../../test/api.ts';
import { listen } from '../../test/http.ts';

describe('the headers of answers', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startApi('sqlite');
  });
  afterAll(() => api.stop());

  const CONSOLE = join(import.meta.dirname, '../../../console/dist/index.html');
  const PAGES = [
    '/api/v1/status',
    '/api/v1/roles',
    '/api/v1/nope',
    '/replica/v1/snapshot',
    '/healthz',
    ...(existsSync(CONSOLE) ? ['/', '/index.html'] : []),
  ];

  it.each(PAGES)('keep browsers from running, framing or guessing what is not ours: %s', async (url) => {
    const { headers } = await api.call('GET', url);
    const policy = Object.fromEntries(
      headers['content-security-policy']!.split(';').map((part) => [part.split(' ')[0]!, part.split(' ').slice(1).join(' ')]),
    );
    expect(policy).toMatchObject({
      'default-src': "'self'",
      'object-src': "'none'",
      'base-uri': "'none'",
      'frame-ancestors': "'none'",
      'form-action': "'self'",
    });
    for (const directive of ['script-src', 'style-src']) expect(policy[directive]).toMatch(/^'self' 'nonce-[0-9a-f]{32}'$/);
    expect(JSON.stringify(policy)).not.toMatch(/unsafe-|https?:|\*/);
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['referrer-policy']).toBe('no-referrer');
    expect(headers['cross-origin-opener-policy']).toBe('same-origin');
    expect(headers['x-powered-by']).toBeUndefined();
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });

  (existsSync(CONSOLE) ? it : it.skip)('let the console write styles by a nonce that no two pages share', async () => {
    const [first, second] = [await api.call('GET', '/'), await api.call('GET', '/index.html')];
    const nonces = [first, second].map(({ headers }) => /style-src 'self' 'nonce-([^']+)'/.exec(headers['content-security-policy']!)![1]!);
    expect(nonces[0]).not.toBe(nonces[1]);
    for (const [index, { body }] of [first, second].entries()) {
      expect(body).toContain(`nonce="${nonces[index]}"`);
      expect(body).not.toContain('LICET_CSP_NONCE');
    }
  });

  it('let a browser do nothing with what the decision endpoint says', async () => {
    for (const [method, url] of [
      ['GET', '/access/v1/nope'],
      ['POST', '/access/v1/evaluation'],
      ['GET', '/access/v1/evaluation'],
    ] as const) {
      const { headers } = await api.call(method, url, method === 'POST' ? {} : undefined);
      expect([url, headers['content-security-policy'], headers['x-content-type-options'], headers['cache-control']]).toEqual([
        url,
        "default-src 'none'; frame-ancestors 'none'",
        'nosniff',
        'no-store',
      ]);
    }
    const { status, headers } = await api.call('GET', '/.well-known/authzen-configuration');
    expect([status, headers['content-security-policy'], headers['x-content-type-options']]).toEqual([
      200,
      "default-src 'none'; frame-ancestors 'none'",
      'nosniff',
    ]);
  });

  it('let a browser do nothing with a decision or a stream either', async () => {
    const key = await api.key('app');
    const question = { subject: { type: 'user', id: 'ana' }, action: { name: 'read' }, resource: { type: 'task', id: '1' } };
    const decision = await api.call('POST', '/access/v1/evaluation', question, key);
    const { url } = await listen(api);
    const stream = await fetch(`${url}/replica/v1/changes?since=0`, { headers: { ...key, accept: 'text/event-stream' } });
    await stream.body!.cancel();
    for (const [what, status, of] of [
      ['a decision', decision.status, (name: string) => decision.headers[name]],
      ['a stream', stream.status, (name: string) => stream.headers.get(name)],
    ] as const) {
      expect([what, status, of('x-content-type-options'), of('cache-control')]).toEqual([what, 200, 'nosniff', 'no-store']);
      expect([what, of('content-security-policy')]).toEqual([what, expect.stringContaining("frame-ancestors 'none'")]);
    }
  });

  it('ask browsers to stay with TLS only where the public address has it', async () => {
    const pages = ['/api/v1/status', '/access/v1/nope', '/access/v1/evaluation', '/.well-known/authzen-configuration'];
    const stay = (of: TestApi) => Promise.all(pages.map(async (url) => (await of.call('GET', url)).headers['strict-transport-security']));
    expect(await stay(api)).toEqual(pages.map(() => undefined));
    const secure = await openApi({ ...api.settings, publicUrl: 'https://licet.example' });
    expect(await stay(secure)).toEqual(pages.map(() => 'max-age=31536000; includeSubDomains'));
    await secure.close();
  });

  it('keep what an operator saw out of caches', async () => {
    for (const url of ['/api/v1/roles', '/api/v1/session', '/api/v1/status', '/api/v1/roles/licet.owner', '/api/v1/nope']) {
      expect([url, (await api.call('GET', url)).headers['cache-control']]).toEqual([url, 'no-store']);
    }
  });
});
