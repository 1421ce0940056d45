import { errorItems, LicetError } from '@licet/contract';
import { z } from 'zod';

/** Checks what came in over HTTP against the contract; a fault names the member. */
export function parse<T extends z.ZodType>(schema: T, input: unknown): z.infer<T> {
  const parsed = schema.safeParse(input);
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
  if (reason.length > 1000) throw new LicetError('invalid_request', 'Licet-Reason: use at most 1,000 characters');
  return reason;
}
