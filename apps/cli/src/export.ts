import { writeFile } from 'node:fs/promises';
import { PolicyFile } from '@licet/contract';
import { formatPolicyFile } from '@licet/policy';
import { Client } from './client.ts';
import { Failure } from './failure.ts';
import type { Terminal } from './terminal.ts';

/** Writes the policy of an installation as a file, or to the terminal. */
export async function exportPolicy(options: { url?: string | undefined; output?: string }, terminal: Terminal): Promise<void> {
  const file = await new Client(options.url, terminal.env).get('/api/v1/policy', PolicyFile);
  const text = formatPolicyFile(file);
  if (options.output === undefined) return terminal.out(text);
  await writeFile(options.output, text).catch((error: NodeJS.ErrnoException) => {
    throw new Failure(`${options.output} cannot be written (${error.code ?? error.message})`);
  });
  terminal.err(`wrote ${options.output}\n`);
}
