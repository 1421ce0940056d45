import { POLICY_KINDS, type PolicyKind, type PolicyRow } from '@licet/contract';
import type { Table } from './table.ts';

/** One row before and after; undefined where there is none. */
export interface Change<R> {
  readonly id: string;
  readonly before: R | undefined;
  readonly after: R | undefined;
}

/** The kinds whose rows are kept as they came: all but users and their memberships. Of assignments, those that no user holds. */
export type KeptKind = Exclude<PolicyKind, 'users' | 'group-members'>;
export const KEPT_KINDS = POLICY_KINDS.filter((kind) => kind !== 'users' && kind !== 'group-members') as KeptKind[];

/** Everything that changes between two snapshots among the rows that are kept, by kind. Each row at most once. */
export type Changes = { readonly [K in KeptKind]: readonly Change<PolicyRow<K>>[] };

/** The rows that are kept by kind and id. */
export type RowTables = { readonly [K in KeptKind]: Table<PolicyRow<K>> };

/** Makes an object with a member for each kind that is kept. */
export function byKind<T>(make: (kind: KeptKind) => unknown): T {
  const made: Partial<Record<KeptKind, unknown>> = {};
  for (const kind of KEPT_KINDS) made[kind] = make(kind);
  return made as T;
}

/** What changes among the rows that belong to one owner, for instance among the grants of one role. */
export interface Edit<R> {
  /** The ids of the rows that leave the owner, or are replaced. */
  readonly left: string[];
  readonly entered: R[];
}

/**
 * Sorts changes by the owner of the row. A row that moves leaves one owner and enters the other.
 * @param ownerOf the owner's id; null where the row belongs to nobody
 */
export function editsByOwner<R extends { id: string }>(
  changes: readonly Change<R>[],
  ownerOf: (row: R) => string | null,
): Map<string, Edit<R>> {
  const edits = new Map<string, Edit<R>>();
  const editOf = (row: R): Edit<R> | undefined => {
    const owner = ownerOf(row);
    if (owner === null) return undefined;
    let edit = edits.get(owner);
    if (!edit) edits.set(owner, (edit = { left: [], entered: [] }));
    return edit;
  };
  for (const { id, before, after } of changes) {
    if (before) editOf(before)?.left.push(id);
    if (after) editOf(after)?.entered.push(after);
  }
  return edits;
}

/** Makes an edit to a list of rows that is in ascending order of `key`, as the new one is. @returns the list itself where there is no edit */
export function editList<R extends { id: string }>(list: readonly R[], edit: Edit<R> | undefined, key: (row: R) => string): readonly R[] {
  if (!edit) return list;
  const kept = without(list, edit.left);
  if (edit.entered.length > 1) return ascending([...kept, ...edit.entered], key);
  const [entered] = edit.entered;
  if (!entered) return kept;
  // One row that enters is the rule, and finds its place without all others being compared.
  const at = firstAfter(kept, key(entered), key);
  return [...kept.slice(0, at), entered, ...kept.slice(at)];
}

/** Where in an ascending list the first row is whose key comes after this one. */
function firstAfter<R>(list: readonly R[], key: string, keyOf: (row: R) => string): number {
  let [from, to] = [0, list.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (keyOf(list[middle]!) <= key) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** The rows of a list but for those with these ids. */
function without<R extends { id: string }>(list: readonly R[], ids: readonly string[]): readonly R[] {
  if (list.length === 0 || ids.length === 0) return list;
  const left = new Set(ids);
  return list.filter(({ id }) => !left.has(id));
}

/** Orders strings by UTF-16 code unit, which for the keys of a policy (ASCII) is the order of every implementation. */
export function byUnit(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Sorts a list in place where it is not sorted yet, which it is mostly. */
export function ascending<T>(list: T[], key: (item: T) => string): T[] {
  for (let i = 1; i < list.length; i++) {
    if (key(list[i - 1]!) > key(list[i]!)) return list.sort((a, b) => byUnit(key(a), key(b)));
  }
  return list;
}

/** Adds a value to the list that the map has for the key. */
export function addTo<K, T>(lists: Map<K, T[]>, key: K, value: T): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}
