import { AuditEntry } from '../audit/audit-entry.entity.ts';
import type { EntityManager } from '../database/orm.ts';

/** Who disabled users that are disabled now, by the audit trail: what applications disable is theirs to enable again, and nothing else is. */
export async function disabledBy(em: EntityManager, users: readonly string[]): Promise<Map<string, string>> {
  const by = new Map<string, string>();
  if (users.length === 0) return by;
  // Attributes may say the same, so that the text only narrows down what is read.
  const where = { kind: 'users', target: { $in: [...users] }, content: { $like: '%"enabled":false%' } };
  const entries = await em.find(AuditEntry, where, { orderBy: { revision: 'desc' }, disableIdentityMap: true });
  for (const { target, actor, before, after } of entries) {
    if (!by.has(target) && after?.['enabled'] === false && before?.['enabled'] !== false) by.set(target, actor);
  }
  return by;
}
