import { type ErrorCode, type ErrorItem, LicetError } from '@licet/contract';
import { plain, type Terminal } from './terminal.ts';

/** The command was written wrongly, or something in the environment is missing. */
export const USAGE = 2;
export const FAILED = 1;

/** Ends a command with one sentence and perhaps a list of items. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly exitCode: number;
  readonly items: readonly ErrorItem[];
  /** Why the server refused. */
  readonly code: ErrorCode | undefined;

  constructor(message: string, details: { exitCode?: number; items?: readonly ErrorItem[] | undefined; code?: ErrorCode } = {}) {
    const { exitCode = FAILED, items = [], code } = details;
    super(message);
    this.code = code;
    this.exitCode = exitCode;
    this.items = items;
  }
}

/** Says what went wrong and gives the exit code for it. */
export function report(error: unknown, { err }: Terminal): number {
  const failure = asFailure(error);
  const [first, ...others] = failure.items;
  // Often the sentence is the one thing that is wrong.
  const saysItAll = first?.message === failure.message && others.length === 0;
  err(`licet: ${saysItAll ? `${plain(first.path)}: ` : ''}${plain(failure.message)}\n`);
  if (!saysItAll) for (const { path, message } of failure.items) err(`  ${plain(path)}: ${plain(message)}\n`);
  return failure.exitCode;
}

function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  if (error instanceof LicetError) return new Failure(error.message, { items: error.errors });
  return new Failure(`something unexpected happened: ${error instanceof Error ? error.message : String(error)}`);
}
