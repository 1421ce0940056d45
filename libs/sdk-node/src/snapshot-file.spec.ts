import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MemoryControlPlane } from './testing.ts';
import type { Fetcher } from './fetcher.ts';
import { TASKS, admitBob, closeAll, connect, dismissBob, until } from './tasks.fixture.ts';

let folder: string;
let snapshotPath: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'licet-'));
  snapshotPath = join(folder, 'policy.json');
});
afterEach(async () => {
  await closeAll();
  await rm(folder, { recursive: true });
});

const URL = 'http://licet.test';

function offline(options = {}) {
  const plane = new MemoryControlPlane(TASKS);
  plane.down = true;
  return connect({ url: URL, snapshotPath, ...options }, plane);
}

async function savedOnce() {
  const at = connect({ url: URL, snapshotPath });
  await at.licet.ready();
  await at.licet.reach(at.plane.commit(admitBob));
  await at.licet.close();
}

/** Changes what was saved; a character stands for a byte. */
async function edit(change: (text: string) => string) {
  await writeFile(snapshotPath, change(await readFile(snapshotPath, 'latin1')), 'latin1');
}

describe('the snapshot on disk', () => {
  it('lets an application start while the control plane is away', async () => {
    await savedOnce();
    const { licet } = offline();
    await licet.ready();
    expect(licet.check('bob', 'task:read')).toMatchObject({ decision: true, revision: 2 });
  });

  it('is not enough for a command, which may wait for the newest policy: one change of several does not make it that', async () => {
    await savedOnce();
    const plane = new MemoryControlPlane(TASKS);
    plane.commit(admitBob);
    const missed = [plane.commit(dismissBob), plane.commit({ kind: 'groups', id: 'g', row: { id: 'g' } })];
    const deltas = Promise.withResolvers<void>();
    const fetcher: Fetcher = async (path, request) => {
      const answer = await plane.fetcher(path, request);
      if (!path.startsWith('/replica/v1/changes')) return answer;
      const pieces = answer.body!.pipeThrough(
        new TransformStream<Uint8Array, Uint8Array>({
          async transform(piece, to) {
            const [first, ...rest] = new TextDecoder().decode(piece).split(/(?<=\n\n)/);
            to.enqueue(new TextEncoder().encode(first));
            await deltas.promise;
            to.enqueue(new TextEncoder().encode(rest.join('')));
          },
        }),
      );
      return new Response(pieces, { headers: answer.headers });
    };
    plane.down = true;
    const { licet } = connect({ url: URL, snapshotPath, fetcher }, plane);
    await licet.ready();
    expect(licet.check('bob', 'task:read')).toMatchObject({ decision: true, revision: 2 });
    await expect(licet.ready({ fresh: true, timeoutMs: 20 })).rejects.toThrow(
      /no policy that is known to be the newest after 20 ms: .*is down/,
    );
    plane.down = false;
    await licet.reach(missed[0]!);
    let isFresh = false;
    const fresh = licet.ready({ fresh: true }).then(() => (isFresh = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(isFresh).toBe(false);
    deltas.resolve();
    await fresh;
    expect(licet.revision).toBe(missed[1]);
  });

  it('that holds the newest policy already is said to do so at once', async () => {
    await savedOnce();
    const plane = new MemoryControlPlane(TASKS);
    plane.commit(admitBob);
    const { licet } = connect({ url: URL, snapshotPath }, plane);
    await licet.ready({ fresh: true, timeoutMs: 2_000 });
    expect(licet.revision).toBe(2);
  });

  it('is as old as it was', async () => {
    await savedOnce();
    await edit((text) => text.replace(/(?<="currentAt":)\d+/, (at) => String(Number(at) - 3_600_000)));
    const { licet } = offline({ maxStalenessMs: 1_800_000 });
    await licet.ready();
    expect(licet.ageMs).toBeGreaterThan(3_600_000);
    expect(licet.check('bob', 'task:read').reason).toBe('stale');
  });

  it('is written while the application runs, and readable by its owner only', async () => {
    const { licet, plane } = connect({ url: URL, snapshotPath });
    await licet.ready();
    await licet.reach(plane.commit(admitBob));
    for (;;) {
      const text = await readFile(snapshotPath, 'latin1').catch(() => '');
      if (text.includes('a-bob')) break;
    }
    expect((await stat(snapshotPath)).mode & 0o777).toBe(0o600);
  });

  it('is brought up to date from the revision that it holds', async () => {
    await savedOnce();
    const plane = new MemoryControlPlane(TASKS);
    plane.commit(admitBob);
    const { licet } = connect({ url: URL, snapshotPath }, plane);
    await licet.reach(plane.commit({ kind: 'groups', id: 'g', row: { id: 'g' } }));
    expect(plane.requests.some((request) => request.path === '/replica/v1/snapshot')).toBe(false);
  });

  it.each<[string, (text: string) => string, string]>([
    ['is of a version before, which had no line to begin with', () => '{"url":"http://licet.test","currentAt":0}', 'begin with a line'],
    ['came from another control plane', (text) => text.replace('licet.test', 'other.test'), 'it came from http://other.test'],
    ['is cut off', (text) => text.slice(0, -8), 'take it anew'],
    ['is cut off after its first line', (text) => text.slice(0, text.indexOf('\n') + 1), 'cut off'],
    ['is damaged in one bit', (text) => text.replace('a-bob', 'a-boc'), 'is damaged'],
    ['is of another version', (text) => text.replace('LICT', 'LICU'), 'no binary snapshot'],
  ])('is left alone, and that is said, where it %s', async (_, change, message) => {
    await savedOnce();
    await edit(change);
    const { licet, errors } = offline();
    await until(() => errors.length > 1);
    expect(errors[0]?.message).toContain(message);
    expect(licet.check('alice', 'task:read').reason).toBe('not_ready');
  });

  it('that cannot be written is reported, and harms nothing', async () => {
    const { licet, errors } = connect({ url: URL, snapshotPath: join(folder, 'missing', 'policy.json') });
    await licet.ready();
    await until(() => errors.length > 0);
    expect(errors[0]?.message).toContain('could not be saved');
    expect(licet.check('alice', 'task:read').decision).toBe(true);
  });
});
