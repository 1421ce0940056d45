import { Box, Checkbox, Table, TableBody, TableCell, TableHead, TableRow, TableSortLabel, useMediaQuery, type Theme } from '@mui/material';
import type { ReactNode } from 'react';

export interface Column<T> {
  label: string;
  render: (row: T) => ReactNode;
  /** The field that the server sorts by. */
  sort?: string;
  align?: 'right';
  /** Left out on a telephone. */
  wideOnly?: boolean;
}

/** Which rows are chosen, to do the same to all of them. */
export interface Choice<T> {
  has: (row: T) => boolean;
  set: (rows: readonly T[], chosen: boolean) => void;
  /** Names a row to who cannot see it. */
  nameOf: (row: T) => string;
}

interface SortState {
  field: string;
  order: 'ASC' | 'DESC';
}

interface Props<T> {
  label: string;
  rows: readonly T[];
  columns: readonly Column<T>[];
  rowKey: (row: T) => string;
  sort?: SortState | undefined;
  onSort?: ((sort: SortState) => void) | undefined;
  choice?: Choice<T> | undefined;
  busy?: boolean;
}

function Head<T>({ column, sort, onSort }: { column: Column<T>; sort: SortState | undefined; onSort: Props<T>['onSort'] }) {
  const { sort: field, label, align } = column;
  if (!field || !onSort) return <TableCell align={align ?? 'left'}>{label}</TableCell>;
  const active = sort?.field === field;
  const descending = active && sort.order === 'DESC';
  return (
    <TableCell align={align ?? 'left'} aria-sort={active ? (descending ? 'descending' : 'ascending') : 'none'}>
      <TableSortLabel
        active={active}
        direction={descending ? 'desc' : 'asc'}
        onClick={() => onSort({ field, order: active && !descending ? 'DESC' : 'ASC' })}
        sx={{ minHeight: 24 }}
      >
        {label}
      </TableSortLabel>
    </TableCell>
  );
}

function ChoiceBox<T>({ rows, choice, label }: { rows: readonly T[]; choice: Choice<T>; label: string }) {
  const chosen = rows.filter(choice.has).length;
  return (
    <Checkbox
      size="small"
      checked={chosen > 0 && chosen === rows.length}
      indeterminate={chosen > 0 && chosen < rows.length}
      onChange={(_event, checked) => choice.set(rows, checked)}
      slotProps={{ input: { 'aria-label': label } }}
    />
  );
}

// A word that is longer than this is broken, and takes no room from the other columns.
const CELL = { maxWidth: 280, overflowWrap: 'break-word' };

/** Rows as a table; on a telephone each row is a block. The first column leads to the row, so that it can be reached by keyboard. */
export function Rows<T>({ label, rows, columns, rowKey, sort, onSort, choice, busy = false }: Props<T>) {
  const narrow = useMediaQuery((theme: Theme) => theme.breakpoints.down('sm'), { noSsr: true });
  if (narrow) return <Blocks rows={rows} columns={columns} rowKey={rowKey} label={label} choice={choice} />;
  return (
    <Box sx={{ overflowX: 'auto', opacity: busy ? 0.6 : 1, transition: 'opacity 120ms' }} aria-busy={busy}>
      <Table aria-label={label}>
        <TableHead>
          <TableRow>
            {choice && (
              <TableCell padding="checkbox">
                <ChoiceBox rows={rows} choice={choice} label="Choose all on this page" />
              </TableCell>
            )}
            {columns.map((column) => (
              <Head key={column.label} column={column} sort={sort} onSort={onSort} />
            ))}
          </TableRow>
        </TableHead>
        <TableBody>
          {rows.map((row) => (
            <TableRow key={rowKey(row)} hover>
              {choice && (
                <TableCell padding="checkbox">
                  <ChoiceBox rows={[row]} choice={choice} label={`Choose ${choice.nameOf(row)}`} />
                </TableCell>
              )}
              {columns.map((column, index) => (
                <TableCell
                  key={column.label}
                  align={column.align ?? 'left'}
                  sx={CELL}
                  {...(index ? {} : { component: 'th', scope: 'row' })}
                >
                  {column.render(row)}
                </TableCell>
              ))}
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Box>
  );
}

// What a row does not have, or whoever reads it may not do, has no label either.
const NOTHING_HIDDEN = { '& dd:empty, & dt:has(+ dd:empty)': { display: 'none' } };

function Line({ label, value }: { label: string; value: ReactNode }) {
  return (
    <>
      <Box component="dt" sx={{ color: 'text.secondary' }}>
        {label}
      </Box>
      <Box component="dd" sx={{ m: 0, minWidth: 0, overflowWrap: 'anywhere' }}>
        {value}
      </Box>
    </>
  );
}

function Blocks<T>({ rows, columns, rowKey, label, choice }: Pick<Props<T>, 'rows' | 'columns' | 'rowKey' | 'label' | 'choice'>) {
  const [title, ...others] = columns.filter((column) => !column.wideOnly);
  return (
    <Box component="ul" aria-label={label} sx={{ listStyle: 'none', m: 0, p: 0 }}>
      {rows.map((row) => (
        <Box component="li" key={rowKey(row)} sx={{ px: 2, py: 1.5, borderBottom: 1, borderColor: 'divider' }}>
          <Box sx={{ display: 'flex', alignItems: 'center' }}>
            {choice && (
              <Box sx={{ ml: -1.25 }}>
                <ChoiceBox rows={[row]} choice={choice} label={`Choose ${choice.nameOf(row)}`} />
              </Box>
            )}
            <Box sx={{ minWidth: 0 }}>{title?.render(row)}</Box>
          </Box>
          <Box
            component="dl"
            sx={{
              m: 0,
              mt: 0.5,
              display: 'grid',
              gridTemplateColumns: 'auto 1fr',
              columnGap: 1.5,
              rowGap: 0.5,
              fontSize: 14,
              ...NOTHING_HIDDEN,
            }}
          >
            {others.map((column) => (
              <Line key={column.label} label={column.label} value={column.render(row)} />
            ))}
          </Box>
        </Box>
      ))}
    </Box>
  );
}
