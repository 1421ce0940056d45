import { hash } from '@node-rs/argon2';
import { SYSTEM } from '../src/access/access.ts';
import { Changes } from '../src/changes/changes.service.ts';
import { newOperator, setPassword } from '../src/operators/credentials.ts';
import { PASSWORD, type TestApi } from './api.ts';

// As it is kept, but cheap: a check costs what its hash says. At the price of real ones, signing in was an eighth of what these specs do.
const CHEAP = { algorithm: 2, memoryCost: 1024, timeCost: 1, parallelism: 1 } as const;
let hashed: Promise<string> | undefined;

/** Makes an operator with the test password, who may read everything and change nothing unless said otherwise. */
export async function addOperator(api: TestApi, id: string, role: string | null = 'licet.auditor'): Promise<void> {
  await api.create('users', { id });
  if (role) await api.create('assignments', { user: id, role, tenant: '*' });
  const passwordHash = await (hashed ??= hash(PASSWORD, CHEAP));
  await api.app.get(Changes).commit(SYSTEM, { reason: 'another operator' }, async (em) => setPassword(newOperator(em, id), passwordHash));
}
