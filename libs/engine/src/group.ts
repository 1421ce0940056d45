import { ANYONE, EVERYONE, type PolicyRow } from '@licet/contract';
import { editList, editsByOwner, type Changes, type RowTables } from './change.ts';
import type { Pools } from './terms.ts';

/** A group with what is assigned to it. Rows may name a group that does not exist; the built-in ones need no row. */
export interface Group {
  readonly exists: boolean;
  readonly name: string;
  /** In ascending id. */
  readonly rows: readonly PolicyRow<'assignments'>[];
  /** The numbers of their terms. */
  readonly terms: Int32Array;
}

export interface Groups {
  /** By number. The built-in groups are not among them: nobody is a member of those by a row. */
  readonly byNumber: readonly (Group | undefined)[];
  readonly everyone: Group;
  readonly anyone: Group;
}

export const NO_GROUPS: Groups = { byNumber: [], everyone: nobody(EVERYONE), anyone: nobody(ANYONE) };

/**
 * Makes the changes to groups.
 * @param rows all rows, after the change
 */
export function editGroups(before: Groups, rows: RowTables, changes: Changes, pools: Pools): Groups {
  if (changes.groups.length + changes.assignments.length === 0) return before;
  const assignments = editsByOwner(changes.assignments, (row) => row.group);
  const edited = new Set([...changes.groups.map(({ id }) => id), ...assignments.keys()]);
  if (edited.size === 0) return before;
  const byNumber = before.byNumber.slice();
  const edit = (group: Group): Group => {
    const ofGroup = editList(group.rows, assignments.get(group.name), (row) => row.id);
    const terms = ofGroup === group.rows ? group.terms : Int32Array.from(ofGroup, (row) => pools.terms.add({ ...row, group: null }, pools));
    return { exists: rows.groups.get(group.name) !== undefined, name: group.name, rows: ofGroup, terms };
  };
  let { everyone, anyone } = before;
  for (const name of edited) {
    if (name === EVERYONE) everyone = edit(everyone);
    else if (name === ANYONE) anyone = edit(anyone);
    else {
      const number = pools.groups.add(name);
      byNumber[number] = edit(byNumber[number] ?? nobody(name));
    }
  }
  return { byNumber, everyone, anyone };
}

function nobody(name: string): Group {
  return { exists: false, name, rows: [], terms: new Int32Array(0) };
}
