import { problem, type ErrorCode, type Problem } from '@licet/contract';
import { Forbidden, NotFound, Unauthenticated, Unavailable } from './errors.ts';

/** What a web application answers when a guard refused: a page for people, a problem document (RFC 9457) for programs. */
export interface Refusal {
  status: number;
  headers: Record<string, string>;
  html: string;
  problem: Problem;
}

const RETRY_SECONDS = '5';

/**
 * Puts a guard's refusal into words. They say which permission is missing, and nothing about roles or policy.
 * @returns undefined for any other error
 */
export function refusalOf(error: unknown): Refusal | undefined {
  if (error instanceof Unauthenticated) {
    return refusal('unauthenticated', 'Please sign in', 'You need to sign in to do this.');
  }
  if (error instanceof NotFound) return refusal('not_found', 'Not found', 'There is nothing here.');
  if (!(error instanceof Forbidden) && !(error instanceof Unavailable)) return undefined;
  if (error.status === 503) {
    const text = 'Your permissions could not be checked just now. Please try again in a moment.';
    return refusal('unavailable', 'Please try again', text, { 'retry-after': RETRY_SECONDS });
  }
  const text = `You do not have the permission ${error.permission} here. If you need it, ask whoever manages access for it by that name.`;
  return refusal('forbidden', 'This is not permitted', text);
}

/** A browser names text/html; a program names JSON or takes anything. */
export function prefersHtml(accept = ''): boolean {
  const html = accept.indexOf('text/html');
  const json = accept.search(/application\/(?:problem\+)?json/);
  return html >= 0 && (json < 0 || html < json);
}

function refusal(code: ErrorCode, title: string, text: string, headers: Record<string, string> = {}): Refusal {
  const document = problem(code, text);
  return { status: document.status, headers: { 'cache-control': 'no-store', ...headers }, html: page(title, text), problem: document };
}

/** A page without scripts, styles or anything else to load: a strict Content-Security-Policy lets it through. */
function page(title: string, text: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escape(title)}</title></head>
<body><main><h1>${escape(title)}</h1><p>${escape(text)}</p></main></body>
</html>
`;
}

function escape(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
