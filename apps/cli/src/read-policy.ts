import { readFile } from 'node:fs/promises';
import { LicetError, type PolicyFile } from '@licet/contract';
import { parsePolicyFile } from '@licet/policy';
import { Failure } from './failure.ts';

const PROBLEMS: Record<string, string> = { ENOENT: 'there is no such file', EISDIR: 'this is a folder', EACCES: 'this may not be read' };

/** Reads a policy file from disk. */
export async function readPolicy(path: string): Promise<PolicyFile> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new Failure(`${path}: ${PROBLEMS[error.code ?? ''] ?? error.message}`);
  });
  return inFile(path, () => parsePolicyFile(decode(path, bytes)));
}

/** Other encodings would be read as if they were UTF-8, with other characters in names and keys. */
function decode(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Failure(`${path}: this is not UTF-8; save the file in that encoding`);
  }
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
