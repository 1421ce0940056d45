import { Box } from '@mui/material';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef, type KeyboardEvent, type SyntheticEvent } from 'react';
import { markStyles } from './CellMark.tsx';
import { cellOf, closure, type Cell, type Policy } from './cells.ts';
import { FIRST_COLUMN, gridStyles, HEAD } from './gridStyles.ts';
import { cellId, GroupRow, HeadRow, LineRow, placeOfCell } from './MatrixRows.tsx';
import type { MatrixLine } from './rows.ts';
import { useGridFocus, withFocused, type Place } from './useGridFocus.ts';

const COLUMN = 104;
const LINE = 38;

export interface MatrixGridProps {
  lines: readonly MatrixLine[];
  roles: readonly string[];
  policy: Policy;
  onOpen: (cell: Cell, anchor: HTMLElement) => void;
  onQuick: (cell: Cell, key: 'allow' | 'deny' | 'none') => void;
}

const QUICK: Record<string, 'allow' | 'deny' | 'none'> = { a: 'allow', d: 'deny', n: 'none', Delete: 'none', Backspace: 'none' };

function useVirtual(lines: readonly MatrixLine[], roles: readonly string[], focused: Place) {
  const scroller = useRef<HTMLDivElement>(null);
  const getScrollElement = () => scroller.current;
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement,
    estimateSize: () => LINE,
    overscan: 8,
    useFlushSync: false,
    paddingStart: HEAD,
    scrollPaddingStart: HEAD,
    rangeExtractor: withFocused(focused.row),
  });
  const columns = useVirtualizer({
    horizontal: true,
    count: roles.length,
    getScrollElement,
    estimateSize: () => COLUMN,
    overscan: 3,
    useFlushSync: false,
    paddingStart: FIRST_COLUMN,
    scrollPaddingStart: FIRST_COLUMN,
    rangeExtractor: withFocused(focused.column),
  });
  return { scroller, rows, columns };
}

/** Roles by permissions as one grid: one tab stop, arrow keys inside; only what can be seen is in the page. */
export function MatrixGrid({ lines, roles, policy, onOpen, onQuick }: MatrixGridProps) {
  const focus = useGridFocus(lines, roles.length);
  const { scroller, rows, columns } = useVirtual(lines, roles, focus.place);
  const paths = useMemo(() => new Map(roles.map((role) => [role, closure(policy, role)])), [policy, roles]);
  const shown = columns.getVirtualItems();

  const at = ({ row, column }: Place): Cell | null => {
    const line = lines[row];
    const role = roles[column];
    return line?.kind === 'permission' && role !== undefined ? cellOf(policy, role, line.permission, paths.get(role)) : null;
  };
  const open = (place: Place) => {
    const cell = at(place);
    const element = document.getElementById(cellId(place));
    if (cell && element) onOpen(cell, element);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const place = focus.heading.current ?? placeOfCell(event.target);
    if (!place) return undefined;
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      return open(place);
    }
    const cell = at(place);
    const quick = event.ctrlKey || event.metaKey || event.altKey ? undefined : QUICK[event.key];
    if (quick && cell) return onQuick(cell, quick);
    const next = focus.move(event, place);
    if (!next) return undefined;
    event.preventDefault();
    rows.scrollToIndex(next.row);
    columns.scrollToIndex(next.column);
    return focus.enter(next, () => document.getElementById(cellId(next)));
  };
  const onCell = (then: (place: Place) => void) => (event: SyntheticEvent) => {
    const place = placeOfCell(event.target);
    if (place) then(place);
  };

  return (
    <Box
      ref={scroller}
      role="grid"
      aria-label="Permission matrix"
      aria-rowcount={lines.length + 1}
      aria-colcount={roles.length + 1}
      onKeyDown={onKeyDown}
      onClick={onCell(open)}
      onFocus={onCell(focus.put)}
      sx={[gridStyles, markStyles]}
    >
      <div role="presentation" className="sheet" style={{ height: rows.getTotalSize(), minWidth: columns.getTotalSize() }}>
        <HeadRow roles={roles} columns={shown} width={columns.getTotalSize()} />
        {rows.getVirtualItems().map(({ key, index, start, size }) => {
          const line = lines[index];
          if (!line) return null;
          const frame = { row: index, top: start, height: size, width: columns.getTotalSize() };
          if (line.kind === 'group') return <GroupRow key={key} type={line.type} {...frame} />;
          const stop = focus.place.row === index ? focus.place.column : -1;
          return <LineRow key={key} line={line} roles={roles} columns={shown} policy={policy} paths={paths} stop={stop} {...frame} />;
        })}
      </div>
    </Box>
  );
}
