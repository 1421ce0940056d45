import type { ApiKeys } from '../api-keys/api-keys.service.ts';
import { Head } from '../changes/change.entity.ts';
import type { Databases } from '../database/orm.ts';
import type { PolicyState } from './policy-state.ts';

const POLL_MS = 250;

/**
 * Keeps the keys at hand true after every change, and, on PostgreSQL, takes over what other api processes commit.
 * Returns how to stop.
 */
export function followOtherProcesses(databases: Databases, state: PolicyState, keys: ApiKeys): () => void {
  let stopped = false;
  // Until it succeeds: a key that was revoked must not live on because the database was away for a moment.
  const reload = () => void keys.reload().catch(() => stopped || setTimeout(reload, POLL_MS).unref());
  const unfollow = state.follow(reload);
  const stop = () => {
    stopped = true;
    unfollow();
  };
  if (databases.dialect === 'sqlite') return stop;
  let busy = false;
  const poll = async () => {
    if (busy) return;
    busy = true;
    try {
      const em = databases.policy.em.fork();
      const head = await em.findOneOrFail(Head, 1);
      if (head.revision > state.revision) await state.catchUp(em);
    } catch {
      // The next poll tries again.
    } finally {
      busy = false;
    }
  };
  const timer = setInterval(() => void poll(), POLL_MS).unref();
  return () => {
    clearInterval(timer);
    stop();
  };
}
