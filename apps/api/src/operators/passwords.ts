import { LicetError } from '@licet/contract';
import { hash, verify } from '@node-rs/argon2';

// 64 MiB, three passes: well above the minimum of OWASP ASVS 5.0, appendix C.
const ARGON2ID = 2;
const OPTIONS = { algorithm: ARGON2ID, memoryCost: 65_536, timeCost: 3, parallelism: 1 } as const;
let nobody: Promise<string> | undefined;

export const hashPassword = (password: string): Promise<string> => hash(password, OPTIONS);

/** Checks a password; takes as long for an account that does not exist. */
export async function verifyPassword(stored: string | undefined, password: string): Promise<boolean> {
  nobody ??= hashPassword('nobody has this password');
  const matches = await verify(stored || (await nobody), password); // an operator who was invited has an empty one
  return matches && Boolean(stored);
}

/** Demands the password of somebody who is signed in. @param field the member that it came in */
export async function demandPassword(stored: string, password: string, field: string): Promise<void> {
  if (await verifyPassword(stored, password)) return;
  const message = 'this is not the password of your account';
  throw new LicetError('invalid_request', `${field}: ${message}`, { errors: [{ path: field, message }] });
}
