import { SYSTEM } from '../src/access/access.ts';
import { Changes } from '../src/changes/changes.service.ts';
import { newOperator, setPassword } from '../src/operators/credentials.ts';
import { hashPassword } from '../src/operators/passwords.ts';
import { PASSWORD, type TestApi } from './api.ts';

let hashed: Promise<string> | undefined;

/** Makes an operator with the test password, who may read everything and change nothing unless said otherwise. */
export async function addOperator(api: TestApi, id: string, role: string | null = 'licet.auditor'): Promise<void> {
  await api.create('users', { id });
  if (role) await api.create('assignments', { user: id, role, tenant: '*' });
  const passwordHash = await (hashed ??= hashPassword(PASSWORD));
  await api.app
    .get(Changes)
    .commit(SYSTEM, { reason: 'another operator' }, async (em) => setPassword(newOperator(em, id), passwordHash));
}
