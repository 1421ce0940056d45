import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import { Agent, type RequestOptions, request } from 'node:https';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newDatabase, openApi, type TestApi } from '../../test/api.ts';
import { writeCertificate } from '../../test/certificate.ts';
import { listen } from '../../test/http.ts';
import { readSettings } from '../settings.ts';

describe('TLS without a proxy', () => {
  let api: TestApi;
  let port: number;
  let files: ReturnType<typeof writeCertificate>;
  const agent = new Agent({ keepAlive: true });

  beforeAll(async () => {
    const { settings, remove } = await newDatabase('sqlite');
    files = writeCertificate(settings.dataDir);
    api = await openApi({ ...settings, tls: files, publicUrl: 'https://localhost:4000' }, remove);
    ({ port } = await listen(api));
  });
  afterAll(() => agent.destroy());

  const ask = async (path: string, options: RequestOptions = {}) => {
    const sent = request({ host: '127.0.0.1', servername: 'localhost', port, path, ca: files.pem, agent, ...options });
    sent.end(options.method === 'POST' ? '{}' : undefined);
    const [answer] = await once(sent, 'response');
    answer.resume();
    await once(answer, 'end');
    return { status: answer.statusCode as number, headers: answer.headers as Record<string, string> };
  };

  it('serves the admin API and decisions, and tells browsers to stay with it', async () => {
    const { status, headers } = await ask('/api/v1/status');
    expect([status, headers['strict-transport-security']]).toEqual([200, expect.stringContaining('max-age=31536000')]);
    expect((await ask('/access/v1/evaluation', { method: 'POST', headers: { 'content-type': 'application/json' } })).status).toBe(401);
  });

  it('takes nothing older than TLS 1.2, and nothing in the clear', async () => {
    await expect(
      ask('/healthz', { maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0', agent: false }),
    ).rejects.toThrow();
    await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow();
  });

  it('stops at once where connections are kept for later', async () => {
    await ask('/healthz');
    const begun = performance.now();
    await api.stop();
    expect(performance.now() - begun).toBeLessThan(2_000);
  });

  it('takes two files, and no key that others may read', async () => {
    const { settings, remove } = await newDatabase('sqlite');
    const { cert, key } = writeCertificate(settings.dataDir);
    expect(readSettings({ LICET_TLS_CERT: cert, LICET_TLS_KEY: key })).toMatchObject({
      tls: { cert, key },
      publicUrl: 'https://localhost:4000',
    });
    expect(() => readSettings({ LICET_TLS_CERT: cert })).toThrow('give both, or neither');
    chmodSync(key, 0o644);
    expect(() => readSettings({ LICET_TLS_CERT: cert, LICET_TLS_KEY: key })).toThrow('others may read');
    remove();
  });
});
