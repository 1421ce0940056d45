import { sameValue, type Row } from './diff.ts';

export interface MergeField {
  field: string;
  base: unknown;
  theirs: unknown;
  mine: unknown;
  /** `both`: the two differ, and somebody has to choose. `agreed`: both made the same change. */
  changed: 'theirs' | 'mine' | 'both' | 'agreed';
}

/**
 * The members of a row that changed since a form was filled, in the form or on the server.
 * @param base the row as the form was filled with it
 * @param theirs the row as the server holds it now
 * @param mine the form's values
 * @param fields the members that can be edited
 */
export function threeWay(base: Row, theirs: Row, mine: Row, fields: readonly string[]): MergeField[] {
  return fields.flatMap((field): MergeField[] => {
    const row = { field, base: base[field], theirs: theirs[field], mine: mine[field] };
    const byThem = !sameValue(row.base, row.theirs);
    const byMe = !sameValue(row.base, row.mine);
    if (!byThem && !byMe) return [];
    if (byThem && byMe) return [{ ...row, changed: sameValue(row.theirs, row.mine) ? 'agreed' : 'both' }];
    return [{ ...row, changed: byThem ? 'theirs' : 'mine' }];
  });
}

/**
 * The values that the form goes on with: what only one side changed is kept, what both changed is as chosen.
 * @param choices for each field that both changed; `mine` where nothing was chosen
 */
export function merged(fields: readonly MergeField[], choices: Readonly<Record<string, 'theirs' | 'mine'>>): Row {
  return Object.fromEntries(
    fields.map(({ field, theirs, mine, changed }) => {
      if (changed === 'both') return [field, choices[field] === 'theirs' ? theirs : mine];
      return [field, changed === 'mine' ? mine : theirs];
    }),
  );
}
