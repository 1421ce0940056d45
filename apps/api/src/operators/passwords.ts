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
