import type { ApiKeys } from '../api-keys/api-keys.service.ts';
import { Head } from '../changes/change.entity.ts';
import type { Databases } from '../database/orm.ts';
import type { PolicyState } from './policy-state.ts';

const POLL_MS = 250;

/**
 * Keeps the keys at hand true after every change that may touch them, and, on PostgreSQL, takes over what other api processes commit.
 * Returns how to stop: once that resolves, nothing here asks the database any more, so that it can be closed.
 */
export function followOtherProcesses(databases: Databases, state: PolicyState, keys: ApiKeys): () => Promise<void> {
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
  let busy = false;
  const poll = async () => {
    if (busy) return;
    busy = true;
    try {
      const em = databases.policy.em.fork();
      const head = await em.findOneOrFail(Head, 1);
      if (head.revision > state.revision) await state.catchUp(em);
    } finally {
      busy = false; // The next poll tries again what failed.
    }
  };
  const timer = databases.dialect === 'postgres' ? setInterval(() => ask(poll()), POLL_MS).unref() : undefined;
  return async () => {
    stopped = true;
    clearInterval(timer);
    unfollow();
    await Promise.all(asking);
  };
}
