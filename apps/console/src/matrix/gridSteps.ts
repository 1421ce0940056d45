import type { MatrixLine } from './rows.ts';

/** A cell of the grid: the index of its line and of its role. */
export interface Place {
  row: number;
  column: number;
}

export interface Step {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
}

const PAGE = 10;

/**
 * Where a key leads in the grid (ARIA Authoring Practices, "Grid"); headings of groups are passed over.
 * @returns null when the key does not move
 */
export function step({ key, ctrlKey, metaKey }: Step, { row, column }: Place, lines: readonly MatrixLine[], columns: number): Place | null {
  const rows = lines.flatMap(({ kind }, index) => (kind === 'permission' ? [index] : []));
  const current = Math.max(0, rows.indexOf(row));
  const to = (rowIndex: number, columnIndex: number): Place | null => {
    const next = rows[Math.min(Math.max(rowIndex, 0), rows.length - 1)];
    return next === undefined ? null : { row: next, column: Math.min(Math.max(columnIndex, 0), columns - 1) };
  };
  const whole = ctrlKey || metaKey;
  switch (key) {
    case 'ArrowDown':
      return to(current + 1, column);
    case 'ArrowUp':
      return to(current - 1, column);
    case 'ArrowRight':
      return to(current, column + 1);
    case 'ArrowLeft':
      return to(current, column - 1);
    case 'PageDown':
      return to(current + PAGE, column);
    case 'PageUp':
      return to(current - PAGE, column);
    case 'Home':
      return to(whole ? 0 : current, 0);
    case 'End':
      return to(whole ? rows.length - 1 : current, columns - 1);
    default:
      return null;
  }
}
