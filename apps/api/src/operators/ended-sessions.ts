import type { Actor } from '../access/access.ts';
import type { Touched } from '../changes/collector.ts';
import { accountEvents } from '../security-events/account-events.ts';
import type { EntityManager } from '../database/orm.ts';
import { Session } from './operator.entity.ts';

/** After these whoever is signed in elsewhere must sign in anew: a way in was added or taken away (ASVS 5.0, 7.4.3). */
const WAYS_IN = new Set([
  ...['password-changed', 'second-factor-added', 'second-factor-removed', 'passkey-added', 'passkey-removed'],
  ...['identity-linked', 'identity-unlinked'],
]);

/**
 * Ends the sessions of whoever a change shuts out, whichever way it came in, and the others of whoever has one way in more or fewer: in the
 * same transaction, so that enabling somebody again brings no old session back. The session that made the change stays.
 */
export async function endSessionsOf(em: EntityManager, touched: readonly Touched[], { session }: Actor): Promise<void> {
  const shutOut = touched.filter(
    ({ kind, after }) => (kind === 'users' || kind === 'operators') && (after === null || after['enabled'] === false),
  );
  const changed = accountEvents(touched).filter(({ event }) => WAYS_IN.has(event));
  const [out, others] = [shutOut.map(({ id }) => id), changed.map(({ target }) => target)];
  if (out.length > 0) await em.nativeDelete(Session, { user: { $in: out } });
  if (others.length > 0)
    await em.nativeDelete(Session, { user: { $in: others }, ...(session === undefined ? {} : { id: { $ne: session } }) });
}
