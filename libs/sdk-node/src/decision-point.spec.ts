import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { openDecisionPoint, type DecisionPointOptions } from './decision-point.ts';
import type { Fetcher } from './fetcher.ts';
import { QUICK, TASKS } from './tasks.fixture.ts';
import { MemoryControlPlane } from './testing.ts';

const events = { onChange: () => undefined, onOnline: () => undefined, onError: () => undefined };
const HASH = 'a'.repeat(64);
const keys = [{ id: 'k', hash: HASH, user: 'service:tasks', expiresAt: null }];
const open = new Set<{ close(): Promise<void> }>();

function start(options: DecisionPointOptions) {
  const opened = openDecisionPoint({ ...options, timing: QUICK }, events);
  open.add(opened.point);
  return opened;
}
afterEach(async () => {
  await Promise.all([...open].map((point) => point.close()));
  open.clear();
});

describe('a decision point', () => {
  const answering = (make: () => Response) => {
    const plane = new MemoryControlPlane(TASKS);
    const fetcher: Fetcher = (path, request) => (path === '/replica/v1/api-keys' ? Promise.resolve(make()) : plane.fetcher(path, request));
    return start({ fetcher }).plane.apiKeys('"1"', AbortSignal.timeout(1_000));
  };

  it('reads the hashes of API keys with their ETag', async () => {
    expect(await answering(() => Response.json({ keys }, { headers: { etag: '"2"' } }))).toEqual({ etag: '"2"', keys });
    expect(await answering(() => new Response(null, { status: 304 }))).toBeUndefined();
  });

  it.each([{ hash: 'x' }, { expiresAt: 'never' }, { expiresAt: '+010000-01-01T09:59:59.000Z' }, { user: '' }])(
    'takes a key with %j for nobody’s, and reads the others: one that is revoked must not stay for its sake',
    async (fault) => {
      const read = await answering(() => Response.json({ keys: [{ ...keys[0], ...fault }, keys[0]] }));
      expect(read?.keys).toEqual([keys[0]]);
    },
  );

  it.each([{ keys: {} }, {}, []])('takes no list like %j', async (body) => {
    await expect(answering(() => Response.json(body))).rejects.toThrow('the list of API keys is not one');
  });

  it('says by its code who refused', async () => {
    const refused = answering(() => Response.json({ status: 403, code: 'forbidden', detail: 'no' }, { status: 403 }));
    await expect(refused).rejects.toThrow(expect.objectContaining({ status: 403, code: 'forbidden' }));
  });

  it('leaves the file of the snapshot to another process where it is told to', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'licet-sdk-'));
    const { fetcher } = new MemoryControlPlane(TASKS);
    const snapshotPath = join(folder, 'kept');
    for (const savesSnapshot of [false, true]) {
      const { point } = start({ fetcher, snapshotPath, savesSnapshot });
      await point.reach(1, 1_000);
      await point.close();
      const written = await readFile(snapshotPath).then(
        () => true,
        () => false,
      );
      expect(written).toBe(savesSnapshot);
    }
    await rm(folder, { recursive: true });
  });
});
