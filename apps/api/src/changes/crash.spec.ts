import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DIALECTS, newDatabase, PASSWORD } from '../../test/api.ts';
import { type Server, startServer } from '../../test/server.ts';
import { AuditEntry } from '../audit/audit-entry.entity.ts';
import { openPart } from '../database/orm.ts';
import type { ApiSettings } from '../settings.ts';
import { User } from '../users/user.entity.ts';
import { Change, Head } from './change.entity.ts';

const ROUNDS = 20;
const WRITERS = 8;

// `kill -9` in the middle of writing: what was acknowledged is there, with its audit entry, and no audit entry without its change.
describe.each(DIALECTS)('a killed api (%s)', (dialect) => {
  let settings: ApiSettings;
  let remove: () => void;
  let cookie: string;
  let running: Server | undefined;
  const acknowledged = new Map<string, number>();

  beforeAll(async () => {
    ({ settings, remove } = await newDatabase(dialect));
    const server = (running = await startServer(settings));
    const answer = await post(server, '/api/v1/setup', { token: server.setupToken, username: 'ana', password: PASSWORD });
    cookie = answer.headers.getSetCookie()[0]!.split(';')[0]!;
    const stopped = await server.kill('SIGTERM');
    expect([stopped.code, stopped.output]).toEqual([0, expect.stringContaining('Nothing is lost')]);
  });
  afterAll(async () => {
    await running?.kill('SIGKILL');
    remove();
  });

  const post = (server: Server, path: string, body: object) =>
    fetch(server.url + path, { method: 'POST', headers: { 'content-type': 'application/json', ...(cookie ? { cookie } : {}) }, body: JSON.stringify(body) });

  /** Writes users one after the other until the api is gone; remembers those that it said were saved. */
  async function write(server: Server, name: string, saved: () => void): Promise<void> {
    for (let index = 0; ; index++) {
      const id = `${name}-${index}`;
      try {
        const answer = await post(server, '/api/v1/users', { id });
        await answer.arrayBuffer();
        if (answer.status !== 201) throw new Error(`${answer.status}`);
        acknowledged.set(id, Number(answer.headers.get('licet-revision')));
        saved();
      } catch {
        return;
      }
    }
  }

  async function verify(): Promise<void> {
    const orm = await openPart('policy', dialect, settings);
    const em = orm.em.fork();
    const users = new Set((await em.find(User, {}, { fields: ['id'] })).map(({ id }) => id));
    const entries = await em.find(AuditEntry, { kind: 'users' });
    const changes = new Map((await em.find(Change, {}, { orderBy: { revision: 'asc' } })).map((change) => [change.revision, change]));
    const head = await em.findOneOrFail(Head, 1);
    const audited = new Map(entries.map(({ target, revision }) => [target, revision]));
    for (const [id, revision] of acknowledged) expect([id, users.has(id), audited.get(id)]).toEqual([id, true, revision]);
    for (const { revision } of entries) expect(changes.has(revision)).toBe(true);
    for (const id of users) expect([id, audited.has(id)]).toEqual([id, true]);
    expect([...changes.keys()]).toEqual(Array.from({ length: head.revision }, (_, index) => index + 1));
    await orm.close(true);
  }

  it(
    `keeps every acknowledged change with its audit entry, ${ROUNDS} times`,
    async () => {
      for (let round = 0; round < ROUNDS; round++) {
        const server = (running = await startServer(settings));
        // Each round ends after another number of writes, with eight more of them somewhere between request and answer.
        let left = 5 + 2 * round;
        const writers: Promise<void>[] = [];
        await new Promise<void>((resolve) => {
          const saved = () => --left === 0 && resolve();
          for (let writer = 0; writer < WRITERS; writer++) writers.push(write(server, `r${round}w${writer}`, saved));
        });
        await server.kill('SIGKILL');
        await Promise.all(writers);
        await verify();
      }
      expect(acknowledged.size).toBeGreaterThanOrEqual(ROUNDS * 20);
    },
    180_000,
  );
});
