import { defaultRangeExtractor, type Range } from '@tanstack/react-virtual';
import { useEffect, useRef, useState } from 'react';
import { step, type Place, type Step } from './gridSteps.ts';
import type { MatrixLine } from './rows.ts';

export type { Place };

/** Keeps the focused line in the page when it is scrolled out of sight, so that the grid's one tab stop is never lost. */
export const withFocused = (index: number) => (range: Range) => {
  const items = defaultRangeExtractor(range);
  return index < 0 || index >= range.count || items.includes(index) ? items : [...items, index].sort((a, b) => a - b);
};

/** Which cell of the grid is its tab stop, and where keys lead from there. */
export function useGridFocus(lines: readonly MatrixLine[], columns: number) {
  const first = lines.findIndex(({ kind }) => kind === 'permission');
  const [place, put] = useState<Place>({ row: first, column: 0 });
  // After filtering, the tab stop is a cell that is there.
  useEffect(() => {
    if (lines[place.row]?.kind !== 'permission' || place.column >= columns) put({ row: first, column: 0 });
  }, [lines, columns, place, first]);
  const move = (event: Step, from: Place): Place | null => step(event, from, lines, columns);
  // Where the focus is on its way to: a key that is typed meanwhile means that cell, not the one being left.
  const heading = useRef<Place | null>(null);
  const enter = (next: Place, element: () => HTMLElement | null) => {
    put(next);
    heading.current = next;
    // The cell may have to be scrolled into the page first.
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        if (heading.current !== next) return;
        heading.current = null;
        element()?.focus({ preventScroll: true });
      }),
    );
  };
  return { place, put, move, enter, heading };
}
