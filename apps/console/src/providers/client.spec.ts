import { afterEach, describe, expect, it } from '@jest/globals';
import { problem } from '@licet/contract';
import { api, ApiError, onStepUp, readAll } from './client.ts';
import { serve, stopServing } from '../../test/server.ts';

afterEach(stopServing);

describe('api', () => {
  it('sends the version that was seen as If-Match, and the reason so that any text fits into a header', async () => {
    const seen = await serve(() => ({ status: 200, body: { id: 'viewer' }, headers: { 'licet-revision': '7' } }));
    const answer = await api('PATCH', 'roles/viewer', { body: { name: 'x' }, version: 3, reason: ' Größe „ok“ ' });
    expect(answer).toEqual({ body: { id: 'viewer' }, revision: 7 });
    expect(seen[0]?.headers).toMatchObject({
      'if-match': '"3"',
      'licet-reason': encodeURIComponent('Größe „ok“'),
      'content-type': 'application/json',
    });
    expect(seen[0]?.body).toBe('{"name":"x"}');
  });

  it('sends neither where there is none', async () => {
    const seen = await serve(() => ({ status: 200, body: {} }));
    expect((await api('GET', 'roles/viewer', { reason: '  ' })).revision).toBeNull();
    expect(Object.keys(seen[0]?.headers ?? {})).not.toEqual(expect.arrayContaining(['licet-reason']));
    expect(seen[0]?.headers['if-match']).toBeUndefined();
  });

  it('brings the present row along when somebody else was faster', async () => {
    const current = { id: 'viewer', version: 4 };
    await serve(() => ({ status: 412, body: problem('version_mismatch', 'somebody changed it', { current }) }));
    const error = await api('PATCH', 'roles/viewer', { version: 3 }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 412, problem: { current }, message: 'Somebody changed it. Nothing was changed.' });
  });

  it('speaks of no change where a posted question is refused', async () => {
    await serve(() => ({ status: 409, body: problem('revision_ahead', 'revision: 9 is later than the newest, 4') }));
    await expect(api('POST', 'explain', { body: {}, reads: true })).rejects.toMatchObject({
      message: 'Revision: 9 is later than the newest, 4.',
    });
  });

  it('puts faults at the fields of the form', async () => {
    await serve(() => ({ status: 422, body: problem('invalid_policy', 'no', { errors: [{ path: 'expression', message: 'column 3' }] }) }));
    const error = await api('POST', 'conditions', { body: {} }).catch((caught: unknown) => caught);
    expect((error as ApiError).body.errors?.['expression']).toBe('column 3');
  });

  it('does not take a foreign answer for a problem document', async () => {
    await serve(() => ({ status: 502, body: { oops: true } }));
    await expect(api('GET', 'roles')).rejects.toMatchObject({ status: 502, problem: null });
  });

  it('says so when no server is there', async () => {
    globalThis.fetch = () => Promise.reject(new TypeError('fetch failed'));
    await expect(api('DELETE', 'roles/x')).rejects.toMatchObject({
      status: 0,
      message: expect.stringContaining('not known whether') as unknown,
    });
  });
});

describe('readAll', () => {
  it('reads page after page until it has every row', async () => {
    const rows = Array.from({ length: 1203 }, (_, index) => ({ id: `g${index}` }));
    const seen = await serve(({ url }) => {
      const page = Number(new URL(url, 'http://x').searchParams.get('page'));
      return { status: 200, body: { items: rows.slice((page - 1) * 1000, page * 1000), total: rows.length } };
    });
    expect(await readAll('grants', { role: 'viewer' })).toHaveLength(1203);
    expect(seen.map(({ url }) => url)).toEqual([
      '/api/v1/grants?page=1&perPage=1000&role=viewer',
      '/api/v1/grants?page=2&perPage=1000&role=viewer',
    ]);
  });
});

describe('a recent proof of who is there', () => {
  const needed = { status: 403, body: problem('step_up_needed', 'this asks for a proof') };
  const ended = { status: 401, body: problem('unauthenticated', 'sign in') };
  const done = { status: 201, body: { id: 'made' } };
  afterEach(() => onStepUp(null));

  it('is asked for once by all that need it, and what was sent is sent again as it was', async () => {
    let [proven, asked] = [false, 0];
    const seen = await serve(() => (proven ? done : needed));
    onStepUp(async () => {
      asked++;
      await waiting(() => seen.length === 2);
      return (proven = true);
    });
    const sent = { body: { name: 'typed' }, version: 2, reason: 'why' };
    const answers = await Promise.all([api('POST', 'api-keys', sent), api('POST', 'operators', sent)]);
    expect([answers.map(({ body }) => body), asked, seen.length]).toEqual([[done.body, done.body], 1, 4]);
    for (const { headers, body } of seen) expect([headers['if-match'], body]).toEqual(['"2"', '{"name":"typed"}']);
  });

  it('that is not given leaves the refusal; and one that does not help is not asked for again', async () => {
    const seen = await serve(() => needed);
    let asked = 0;
    for (const proven of [false, true]) {
      onStepUp(() => Promise.resolve(asked++ >= 0 && proven));
      await expect(api('POST', 'api-keys')).rejects.toMatchObject({ status: 403, problem: { code: 'step_up_needed' } });
    }
    expect([asked, seen.length]).toEqual([2, 3]);
  });

  it('replaces the session, which ends no other request: it is sent again', async () => {
    let proven = false;
    let give = () => undefined as void;
    const seen = await serve(({ url }) => (proven ? done : url.endsWith('roles') ? ended : needed));
    onStepUp(() => new Promise((resolve) => (give = () => resolve((proven = true)))));
    const key = api('POST', 'api-keys');
    await waiting(() => seen.length === 1);
    await expect(api('POST', 'session/step-up', { proves: true })).rejects.toMatchObject({ status: 403 });
    const roles = api('GET', 'roles');
    await waiting(() => seen.length === 3);
    give();
    expect([(await key).body, (await roles).body]).toEqual([done.body, done.body]);
    proven = false;
    await expect(api('GET', 'roles')).rejects.toMatchObject({ status: 401 });
  });
});

/** Waits until the server has seen what the test is about. */
async function waiting(until: () => boolean): Promise<void> {
  while (!until()) await new Promise((resolve) => setImmediate(resolve));
}
