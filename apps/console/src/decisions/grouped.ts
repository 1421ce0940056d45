import type { CollectionRow } from '@licet/contract';
import { permissionOf, resourceOf, subjectOf } from './words.ts';

type Decision = CollectionRow<'decisions'>;

/** @returns each different question and answer once, the newest of it, with how often it is among the rows; in the order of the rows */
export function grouped(rows: readonly Decision[]): { row: Decision; times: number }[] {
  const groups = new Map<string, { row: Decision; times: number }>();
  for (const row of rows) {
    const key = JSON.stringify([subjectOf(row), permissionOf(row), resourceOf(row), row.tenant, row.decision, row.reason]);
    const group = groups.get(key);
    if (group) group.times += 1;
    else groups.set(key, { row, times: 1 });
  }
  return [...groups.values()];
}
