/**
 * How decisions are handed to whoever stores them: as one text, which costs a fraction of objects where it goes to another thread. Its fields
 * are those of {@link COLUMNS}; `at` is in milliseconds since the epoch, `decision` 1 or 0, and an empty `path` is none.
 */
export const COLUMNS = [
  ...['id', 'at', 'subject', 'action', 'resource_type', 'resource', 'tenant', 'decision'],
  ...['reason', 'path', 'errors', 'revision', 'request', 'source', 'api_key'],
];

// The separators that ASCII has for this; JSON text holds neither.
export const FIELD = '\u001f';
export const ROW = '\u001e';

/** How many decisions are deleted in one step, so that nobody who writes waits long for it. */
export const DELETED_AT_ONCE = 500;

/** What the thread that writes says of each text of rows. */
export interface Written {
  turn: number;
  /** How many of the decisions were new, or are gone. */
  count: number;
  error?: string;
}
