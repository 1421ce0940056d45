/**
 * How decisions are handed to whoever stores them: as one text, which costs a fraction of objects where it goes to another thread. Its fields
 * are those of {@link COLUMNS}; `at` is in milliseconds since the epoch, `decision` 1 or 0, and an empty `path` is none.
 */
export const COLUMNS = [
  ...['id', 'at', 'subject', 'action', 'resource_type', 'resource', 'tenant', 'decision'],
  ...['reason', 'path', 'errors', 'revision', 'request', 'source', 'api_key'],
];

/** Who decided, where it was this api. No application has that name. */
export const OWN_SOURCE = 'licet';

// The separators that ASCII has for this; JSON text holds neither.
export const FIELD = '\u001f';
export const ROW = '\u001e';

/** The decision that such a text stands for, as the API gives it. */
export function entryOf(row: string): object {
  const [id = '', at, , , , , tenant, decision, reason, path, errors = '', revision, request = '', source, apiKey] = row.split(FIELD);
  return {
    ...{ id, at: new Date(Number(at)).toISOString(), request: JSON.parse(request) as object, tenant, decision: decision === '1', reason },
    ...{ path: path ? (JSON.parse(path) as object) : null, errors: JSON.parse(errors) as object, revision: Number(revision), source, apiKey },
  };
}

/** How many decisions are deleted in one step, so that nobody who writes waits long for it. */
export const DELETED_AT_ONCE = 500;

/** What the thread that writes is told: the text of decisions, or before which time some are deleted. */
export type Write = { rows: string } | { before: number };
