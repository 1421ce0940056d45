export type Row = Record<string, unknown>;

export interface DiffLine {
  /** Dotted, for instance `attributes.department`. */
  path: string;
  kind: 'added' | 'removed' | 'changed' | 'same';
  before?: unknown;
  after?: unknown;
}

const isMap = (value: unknown): value is Row => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether two JSON values are equal, whatever the order of members. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, index) => sameValue(item, b[index]));
  if (!isMap(a) || !isMap(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && sameValue(a[key], b[key]));
}

/** Every leaf of a row by its dotted path. Lists and empty maps are leaves. */
function leaves(row: Row | null, prefix = '', into = new Map<string, unknown>()): Map<string, unknown> {
  for (const [key, value] of Object.entries(row ?? {})) {
    const path = prefix ? `${prefix}.${key}` : key;
    if (isMap(value) && Object.keys(value).length) leaves(value, path, into);
    else into.set(path, value);
  }
  return into;
}

/**
 * What changed between two states of a row.
 * @param before null where the row was created
 * @param after null where it was deleted
 * @returns a line for each leaf in the order of the row, unchanged ones included
 */
export function diff(before: Row | null, after: Row | null): DiffLine[] {
  const old = leaves(before);
  const now = leaves(after);
  const paths = [...old.keys(), ...[...now.keys()].filter((path) => !old.has(path))];
  return paths.map((path): DiffLine => {
    if (!now.has(path)) return { path, kind: 'removed', before: old.get(path) };
    if (!old.has(path)) return { path, kind: 'added', after: now.get(path) };
    const kind = sameValue(old.get(path), now.get(path)) ? 'same' : 'changed';
    return { path, kind, before: old.get(path), after: now.get(path) };
  });
}

const INSTANT = /^(\d{4}-\d\d-\d\d)T([\d:.]+)Z$/;

/** How a value is written in a diff: text as it is, times legibly, the rest as JSON; what is empty has a word. */
export function valueText(value: unknown): string {
  if (value === undefined) return '';
  if (value === null) return 'none';
  if (value === '') return '(empty)';
  if (typeof value === 'string') return value.replace(INSTANT, '$1 $2 UTC');
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value.length ? value.join(', ') : '(empty list)';
  if (isMap(value) && !Object.keys(value).length) return '(empty)';
  return JSON.stringify(value);
}
