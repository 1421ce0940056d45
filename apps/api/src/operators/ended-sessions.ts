import type { Touched } from '../changes/collector.ts';
import type { EntityManager } from '../database/orm.ts';
import { Session } from './operator.entity.ts';

/**
 * Ends the sessions of whoever a change shuts out, whichever way it came in: in the same transaction, so that enabling somebody again
 * brings no old session back. An identity that is unlinked may have opened some.
 */
export async function endSessionsOf(em: EntityManager, touched: readonly Touched[]): Promise<void> {
  const shutOut = touched.filter(
    ({ kind, after }) =>
      ((kind === 'users' || kind === 'operators') && (after === null || after['enabled'] === false)) ||
      (kind === 'operator-identities' && after === null),
  );
  const users = shutOut.map(({ id }) => id);
  if (users.length > 0) await em.nativeDelete(Session, { user: { $in: users } });
}
