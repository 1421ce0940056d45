/**
 * Tokens of search pages (AuthZEN 1.0, section 8.2). A token says where the next page begins, and for which search, and is signed: one
 * that was changed, or is sent with another search, is refused.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { invalid } from './answers.ts';

/** How long a search may pause between two pages, in ms. */
export const TOKEN_MS = 60 * 60_000;

/** Where a search goes on. */
export interface Position {
  /** The `next` of the page before. */
  after: string;
  /** The limit of the page before; the following pages keep it. */
  limit: number;
}

/**
 * What a search is, as a token is bound to it.
 * @param parts everything that makes it this search: kind, caller, question. The order of members means nothing
 * @returns a digest; equal for equal searches
 */
export function searchDigest(parts: unknown): string {
  return createHash('sha256').update(canonical(parts)).digest('base64url');
}

/** Makes a token; `now` in ms since the epoch. */
export function makeToken(key: Buffer, search: string, { after, limit }: Position, now: number): string {
  const content = Buffer.from(JSON.stringify([search, after, limit, now + TOKEN_MS])).toString('base64url');
  return `${content}.${signature(key, content)}`;
}

/**
 * Reads a token.
 * @param search the digest of the search that it is sent with
 * @throws LicetError `invalid_request` where it is none, was changed, belongs to another search or has expired
 */
export function readToken(key: Buffer, search: string, token: string, now: number): Position {
  const [content = '', signed = '', ...more] = token.split('.');
  if (more.length > 0 || !sameText(signed, signature(key, content))) throw refused('is not a token of this decision point');
  const [of, after, limit, expires] = JSON.parse(Buffer.from(content, 'base64url').toString()) as [string, string, number, number];
  if (of !== search) throw refused('belongs to another search: send the rest of the request as it was');
  if (now >= expires) throw refused('has expired');
  return { after, limit };
}

function refused(message: string) {
  return invalid([{ path: 'page.token', message: `${message}; begin again without it` }]);
}

function signature(key: Buffer, content: string): string {
  return createHmac('sha256', key).update(content).digest('base64url');
}

function sameText(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** JSON with the members of every object in order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
