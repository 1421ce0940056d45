/** Order by UTF-16 unit: the same in every place and language. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The same rows in the order of their ids. */
export function byId<T extends { id: string }>(rows: readonly T[]): T[] {
  return byKey(rows, ({ id }) => id);
}

/** The same rows in the order of their keys, each of which is made once. */
export function byKey<T>(rows: readonly T[], keyOf: (row: T) => string): T[] {
  const keyed = rows.map((row) => ({ key: keyOf(row), row }));
  return keyed.sort((a, b) => compareText(a.key, b.key)).map(({ row }) => row);
}
