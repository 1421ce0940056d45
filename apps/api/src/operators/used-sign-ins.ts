import { createHash } from 'node:crypto';
import { UniqueConstraintViolationException } from '@mikro-orm/core';
import type { EntityManager } from '../database/orm.ts';
import { UsedSignIn } from './identity.entity.ts';

/** Uses up a value that is good once, whichever process it comes to. Says whether this was the first time. */
export async function isFirstUse(em: EntityManager, value: string, until: number): Promise<boolean> {
  await em.nativeDelete(UsedSignIn, { expiresAt: { $lt: new Date() } });
  em.create(UsedSignIn, { id: createHash('sha256').update(value).digest('hex'), expiresAt: new Date(until) });
  return em.flush().then(
    () => true,
    (error: unknown) => {
      if (error instanceof UniqueConstraintViolationException) return false;
      throw error;
    },
  );
}
