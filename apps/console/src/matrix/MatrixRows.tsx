import type { VirtualItem } from '@tanstack/react-virtual';
import { memo } from 'react';
import { Link } from 'react-router-dom';
import { recordPath } from '../kit/RecordLink.tsx';
import { CellMark, markOf } from './CellMark.tsx';
import { cellLabel, cellOf, type Policy } from './cells.ts';
import type { PermissionLine } from './rows.ts';
import type { Place } from './useGridFocus.ts';

export const cellId = ({ row, column }: Place) => `cell-${row}-${column}`;

/** The cell that an element belongs to. */
export function placeOfCell(target: EventTarget): Place | null {
  const id = target instanceof Element ? (target.closest('[role=gridcell]')?.id ?? '') : '';
  const [, row, column] = /^cell-(\d+)-(\d+)$/.exec(id) ?? [];
  return row === undefined ? null : { row: Number(row), column: Number(column) };
}

interface Frame {
  row: number;
  top: number;
  height: number;
  width: number;
}

const frameStyle = ({ top, height, width }: Frame) => ({ top, height, minWidth: width });

// Links in the headings are for the pointer; from the keyboard the same links are in the editor of each cell.
export const HeadRow = memo(function HeadRow({
  roles,
  columns,
  width,
}: {
  roles: readonly string[];
  columns: readonly VirtualItem[];
  width: number;
}) {
  return (
    <div role="row" aria-rowindex={1} className="head" style={{ minWidth: width }}>
      <div role="columnheader" aria-colindex={1} className="corner">
        Permission
      </div>
      {columns.map(({ key, index, start, size }) => {
        const role = roles[index] ?? '';
        return (
          <div key={key} role="columnheader" aria-colindex={index + 2} style={{ left: start, width: size }}>
            <Link to={recordPath('roles', role)} tabIndex={-1} title={role}>
              {role}
            </Link>
          </div>
        );
      })}
    </div>
  );
});

export const GroupRow = memo(function GroupRow({ type, ...frame }: Frame & { type: string }) {
  return (
    <div role="row" aria-rowindex={frame.row + 2} className="group" style={frameStyle(frame)}>
      <div role="rowheader" aria-colindex={1}>
        {type === '*' ? (
          'All resource types'
        ) : (
          <Link to={recordPath('resource-types', type)} tabIndex={-1}>
            {type}
          </Link>
        )}
      </div>
    </div>
  );
});

interface LineProps extends Frame {
  line: PermissionLine;
  roles: readonly string[];
  columns: readonly VirtualItem[];
  policy: Policy;
  paths: ReadonlyMap<string, string[][]>;
  /** The column that is the grid's tab stop; -1 when that is in another line. */
  stop: number;
}

export const LineRow = memo(function LineRow({ line, roles, columns, policy, paths, stop, ...frame }: LineProps) {
  const wildcard = line.permission.endsWith(':*') || line.permission.startsWith('*:');
  return (
    <div role="row" aria-rowindex={frame.row + 2} className="line" style={frameStyle(frame)}>
      <div role="rowheader" aria-colindex={1} title={line.description} className={wildcard ? 'wildcard' : ''}>
        <span>{line.permission}</span>
      </div>
      {columns.map(({ key, index, start, size }) => {
        const role = roles[index] ?? '';
        const cell = cellOf(policy, role, line.permission, paths.get(role));
        return (
          <div
            key={key}
            role="gridcell"
            id={cellId({ row: frame.row, column: index })}
            aria-colindex={index + 2}
            aria-label={cellLabel(cell)}
            aria-haspopup="dialog"
            tabIndex={index === stop ? 0 : -1}
            style={{ left: start, width: size }}
          >
            <CellMark {...markOf(cell)} />
          </div>
        );
      })}
    </div>
  );
});
