import { readFile } from 'node:fs/promises';
import { LicetError, type PolicyFile } from '@licet/contract';
import { parsePolicyFile } from '@licet/policy';
import { Failure } from './failure.ts';

const PROBLEMS: Record<string, string> = { ENOENT: 'there is no such file', EISDIR: 'this is a folder', EACCES: 'this may not be read' };

/** Reads a policy file from disk. */
export async function readPolicy(path: string): Promise<PolicyFile> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new Failure(`${path}: ${PROBLEMS[error.code ?? ''] ?? error.message}`);
  });
  return inFile(path, () => parsePolicyFile(text));
}

/** Puts the file's name before what is wrong with it. */
export function inFile<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof LicetError) throw new Failure(`${path}: ${error.message}`, { items: error.errors });
    throw error;
  }
}
