import { type Delta, DeltaOp, LicetError } from '@licet/contract';
import { z } from 'zod';
import type { EntityManager } from '../database/orm.ts';
import { Change } from './change.entity.ts';

const Ops = z.array(DeltaOp);

/** How large the changes after `since` are, in characters of JSON, oldest first, at most `limit`: what is not read takes no memory. */
export async function sizesOf(em: EntityManager, since: number, limit: number): Promise<number[]> {
  const sql = 'select length(cast(ops as text)) as size from changes where revision > ? order by revision limit ?';
  const rows: { size: number | string }[] = await em.execute(sql, [since, limit]);
  return rows.map(({ size }) => Number(size));
}

/**
 * The deltas after `since`, up to `until`, as the database has them, oldest first, at most `limit`.
 * Invariant: revisions have no gaps. What follows from a part of the changes is not the policy that was in force.
 * @throws LicetError `revision_gone`, with the first revision that is not there, or whose ops are none
 */
export async function readDeltas(em: EntityManager, since: number, until: number, limit = until - since): Promise<Delta[]> {
  if (until <= since) return [];
  const changes = await em.find(
    Change,
    { revision: { $gt: since, $lte: until } },
    { fields: ['revision', 'at', 'ops'], orderBy: { revision: 'asc' }, limit, disableIdentityMap: true },
  );
  return Array.from({ length: Math.min(limit, until - since) }, (_, index) => {
    const revision = since + 1 + index;
    const change = changes[index];
    if (change?.revision === revision && Ops.safeParse(change.ops).success) return { revision, at: change.at.toISOString(), ops: change.ops };
    throw new LicetError('revision_gone', `the change of revision ${revision} is missing or cannot be read, so that what it led to is not known`);
  });
}
