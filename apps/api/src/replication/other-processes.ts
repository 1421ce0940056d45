import { Client } from 'pg';
import type { ApiKeys } from '../api-keys/api-keys.service.ts';
import { Head } from '../changes/change.entity.ts';
import type { Databases, EntityManager } from '../database/orm.ts';
import type { PolicyState } from './policy-state.ts';

const POLL_MS = 250;
const LISTEN_AGAIN_MS = 1_000;
const CHANNEL = 'licet_commits';

/** Within the transaction of a commit: PostgreSQL passes it on to all who listen once that is committed, and never before. */
export async function tellOtherProcesses(em: EntityManager, revision: number): Promise<void> {
  await em.execute('select pg_notify(?, ?)', [CHANNEL, String(revision)]);
}

/**
 * Keeps the keys at hand true after every change that may touch them, and, on PostgreSQL, takes over what other api processes commit: as
 * soon as the database tells of it, and by asking, since what listens may be cut off, or a pool in between may let nothing through.
 * Returns how to stop: once that resolves, nothing here asks the database any more, so that it can be closed.
 */
export function followOtherProcesses(databases: Databases, state: PolicyState, keys: ApiKeys, pollMs = POLL_MS): () => Promise<void> {
  let stopped = false;
  const asking = new Set<Promise<void>>();
  const ask = (question: Promise<void>) => {
    const asked = question.catch(() => undefined).finally(() => asking.delete(asked));
    asking.add(asked);
  };
  // Until it succeeds: a key that was revoked must not live on because the database was away for a moment.
  const reload = () => {
    if (!stopped) ask(keys.reload().catch(() => void setTimeout(reload, POLL_MS).unref()));
  };
  const unfollow = state.follow((_delta, changed) => changed && reload());
  state.onReload(reload);
  let busy = false;
  let wanted = false;
  const look = async () => {
    wanted = true;
    if (busy) return;
    busy = true;
    try {
      while (wanted) {
        wanted = false; // What is heard of meanwhile may have come too late for this look.
        const em = databases.policy.em.fork();
        const held = state.revision;
        const head = await em.findOneOrFail(Head, 1);
        // Behind: a backup was restored while this process ran.
        if (head.revision > state.revision || head.revision < held) await state.catchUp(em);
      }
    } finally {
      busy = false; // The next poll tries again what failed.
    }
  };
  const others = databases.dialect === 'postgres';
  const timer = others ? setInterval(() => ask(look()), pollMs).unref() : undefined;
  const heard = (revision: number) => revision > state.revision && ask(look());
  const deafen = others ? listen(databases.policy.config.get('clientUrl')!, heard) : undefined;
  return async () => {
    stopped = true;
    clearInterval(timer);
    unfollow();
    await deafen?.();
    await Promise.all(asking);
  };
}

/** Hears of the commits of all processes, on a connection of its own, which is made anew when it is lost. Returns how to stop. */
function listen(url: string, heard: (revision: number) => void): () => Promise<void> {
  let again: NodeJS.Timeout | undefined;
  let client: Client | undefined;
  const connect = () => {
    const mine = (client = new Client({ connectionString: url, keepAlive: true, application_name: 'licet, listening' }));
    const lost = () => {
      if (mine !== client) return;
      client = undefined;
      mine.end().catch(() => undefined);
      again = setTimeout(connect, LISTEN_AGAIN_MS).unref();
    };
    mine.on('notification', ({ payload }) => heard(Number(payload)));
    mine.on('error', lost).on('end', lost);
    mine
      .connect()
      .then(() => mine.query(`listen ${CHANNEL}`))
      .then(() => heard(Infinity)) // what was committed before anybody listened
      .catch(lost);
  };
  connect();
  return async () => {
    const last = client;
    client = undefined;
    clearTimeout(again);
    await last?.end().catch(() => undefined);
  };
}
