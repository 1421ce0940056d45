import { type ErrorItem, errorItems, faultWords, LicetError } from '@licet/contract';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { isStorable, MAX_DEPTH } from '../database/storable.ts';

/**
 * Makes JSON the only content: a form of another site can send anything else. Members that could change prototypes are refused, since what
 * comes in here is stored and merged.
 * @param questions the addresses where it is not, and a question may have members of any name
 */
export function readBodies(fastify: FastifyInstance, questions: readonly string[]): void {
  const [careful, plain] = (['error', 'ignore'] as const).map((members) => fastify.getDefaultJsonParser(members, members));
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body: string, parsed) => {
    void (questions.includes(request.routeOptions.url ?? '') ? plain! : careful!)(request, body, parsed);
  });
}

/** Checks what came in over HTTP against the contract; a fault names the member. */
export function parse<T extends z.ZodType>(schema: T, input: unknown): z.infer<T> {
  demandStorable(input);
  const parsed = schema.safeParse(input, { error: faultWords });
  if (parsed.success) return parsed.data;
  const errors = errorItems(parsed.error);
  throw new LicetError('invalid_request', `${errors[0]!.path}: ${errors[0]!.message}`, { errors });
}

/** The same for what an operator writes: a member that the contract does not know is a mistake worth saying. */
export function parseStrictly<T extends z.ZodType>(schema: T, input: unknown): z.infer<T> {
  return parse(schema instanceof z.ZodObject ? (schema.strict() as unknown as T) : schema, input);
}

/** The version in `If-Match: "3"`. */
export function ifMatch(header: unknown): number {
  if (typeof header !== 'string' || header === '') {
    throw new LicetError('version_required', 'send `If-Match` with the ETag of the row that you have seen');
  }
  const version = /^(?:W\/)?"(\d{1,9})"$/.exec(header)?.[1];
  if (!version) throw new LicetError('invalid_request', 'If-Match: write it as the ETag was sent, for instance `"3"`');
  return Number(version);
}

/** The reason for the audit trail: percent-encoded UTF-8, at most 1,000 characters. */
export function reasonFrom(header: unknown): string {
  if (typeof header !== 'string') return '';
  let reason: string;
  try {
    reason = decodeURIComponent(header);
  } catch {
    throw new LicetError('invalid_request', 'Licet-Reason: percent-encode it as UTF-8');
  }
  if (!isStorable(reason)) throw new LicetError('invalid_request', 'Licet-Reason: leave out null characters');
  if (reason.length > 1000) throw new LicetError('invalid_request', 'Licet-Reason: use at most 1,000 characters');
  return reason;
}

/** Fails, and names the member, where one database would keep the input and the other would not, or where it nests beyond reason. */
export function demandStorable(input: unknown, path = ''): void {
  const fault = unstorable(input, path);
  if (fault) throw new LicetError('invalid_request', `${fault.path}: ${fault.message}`, { errors: [fault] });
}

/** The first thing in the input that one database would keep and the other would not, or that nests beyond reason. */
export function unstorable(input: unknown, path = '', depth = 0): ErrorItem | undefined {
  if (typeof input === 'string') return isStorable(input) ? undefined : { path, message: 'leave out null characters and halves of characters' };
  if (input === null || typeof input !== 'object') return undefined;
  if (depth > MAX_DEPTH) return { path, message: `nest at most ${MAX_DEPTH} levels deep` };
  for (const [name, value] of Object.entries(input)) {
    const place = Array.isArray(input) ? `${path}[${name}]` : path ? `${path}.${name}` : name;
    const fault = (isStorable(name) ? undefined : { path: place, message: 'leave out null characters and halves of characters' }) ?? unstorable(value, place, depth + 1);
    if (fault) return fault;
  }
  return undefined;
}
