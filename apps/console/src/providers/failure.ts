import type { ErrorItem, Problem } from '@licet/contract';

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** A tree of messages that has the shape of the form's values, as react-admin takes it. */
export interface FieldErrors {
  [field: string]: string | FieldErrors;
}

/**
 * Puts each fault at the field it is about.
 * @param items for instance `[{ path: 'actions[0].name', message: 'is taken' }]`
 * @returns for instance `{ actions: { 0: { name: 'is taken' } } }`; faults of the whole request are left out
 */
export function fieldErrors(items: readonly ErrorItem[] = []): FieldErrors {
  const errors: FieldErrors = Object.create(null) as FieldErrors;
  for (const { path, message } of items) {
    const parts = path.split(/[.[\]]+/).filter(Boolean);
    if (!parts.length || path.startsWith('(')) continue;
    let level = errors;
    parts.slice(0, -1).forEach((part) => {
      const next = level[part];
      level = typeof next === 'object' ? next : (level[part] = Object.create(null) as FieldErrors);
    });
    const last = parts.at(-1) ?? '';
    level[last] ??= placed(message);
  }
  return errors;
}

/** `1:25: it ends too early` as people say it. */
const placed = (text: string) => text.replace(/^(\d+):(\d+): /, 'Line $1, column $2: ');

const UNCHANGED = 'Nothing was changed.';
const UNKNOWN = 'It is not known whether the change was made: reload to see what is stored.';

/**
 * Says what failed and, for a write, whether anything changed.
 * @param problem the server's problem document, or null when no answer came
 */
export function failureText(method: Method, status: number, problem: Problem | null): string {
  const write = method !== 'GET';
  if (!status)
    return write ? `No answer from the server. ${UNKNOWN}` : 'The server cannot be reached. Check the connection, then try again.';
  if (status === 401 && problem?.code === 'unauthenticated' && write)
    return `Your session has ended: sign in in another tab, then try again. ${UNCHANGED}`;
  const said = sentence(problem?.detail || problem?.title || `The server answered with status ${status}`);
  const fault = status >= 500;
  const id = fault && problem?.requestId ? ` (request ${problem.requestId})` : '';
  if (!write) return said + id;
  return fault && status !== 503 ? `${said} ${UNKNOWN}${id}` : `${said} ${UNCHANGED}${id}`;
}

/** Words as a sentence: a capital letter first, a full stop last. */
export function sentence(text: string): string {
  const trimmed = placed(text.trim()).replace(/^[a-z]/, (first) => first.toUpperCase());
  return /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
