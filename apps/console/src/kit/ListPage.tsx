import AddIcon from '@mui/icons-material/AddOutlined';
import type { CollectionName, CollectionRow, ReservedPermission } from '@licet/contract';
import { Box, Button, Card, Typography } from '@mui/material';
import { useState, type ReactNode } from 'react';
import { ListBase, useListContext, type RaRecord } from 'react-admin';
import { Link } from 'react-router-dom';
import { defaultSort } from '../providers/query.ts';
import { Can } from './access.tsx';
import { EmptyState } from './EmptyState.tsx';
import { Failure } from './Failure.tsx';
import { FilterBar, SearchFilter, useFilters } from './Filters.tsx';
import { Page } from './Page.tsx';
import { Pager } from './Pager.tsx';
import { createPath } from './RecordLink.tsx';
import { Rows, type Column } from './Rows.tsx';
import { Waiting } from './Waiting.tsx';

export function CreateButton({ resource, permission, label }: { resource: CollectionName; permission: ReservedPermission; label: string }) {
  return (
    <Can permission={permission}>
      <Button component={Link} to={createPath(resource)} variant="contained" startIcon={<AddIcon />}>
        {label}
      </Button>
    </Can>
  );
}

const FIXED: Record<string, unknown> = {};

interface ContentsProps<N extends CollectionName> {
  label: string;
  defaults: Record<string, unknown>;
  empty: ReactNode;
  children: (rows: CollectionRow<N>[]) => ReactNode;
}

/** What a list shows: rows, or why there are none. */
export function ListContents<N extends CollectionName>({ label, defaults, empty, children }: ContentsProps<N>) {
  const { data, error, isPending, total, refetch } = useListContext<RaRecord & CollectionRow<N>>();
  const { values, set } = useFilters();
  if (error && !data?.length) {
    return (
      <Box sx={{ p: 2 }}>
        <Failure title={`${label} could not be read`} error={error} onRetry={() => void refetch()} />
      </Box>
    );
  }
  if (isPending || !data) {
    return (
      <Box sx={{ p: 2 }}>
        <Waiting />
      </Box>
    );
  }
  if (data.length) return <>{children(data)}</>;
  const filtered = Object.keys(values).some((key) => String(values[key]) !== String(defaults[key]));
  if (!filtered && !total) return <>{empty}</>;
  return (
    <EmptyState
      title="Nothing matches"
      actions={
        <Button variant="outlined" onClick={() => set(defaults)}>
          Clear filters
        </Button>
      }
    >
      The search finds parts of words; a filter by an id finds the whole id only. Both were applied to all rows, not only to this page.
    </EmptyState>
  );
}

interface Props<N extends CollectionName> {
  resource: N;
  title: string;
  lead: ReactNode;
  actions?: ReactNode;
  /** Filters beside the search. */
  filters?: ReactNode;
  search?: string;
  defaults?: Record<string, unknown>;
  columns: readonly Column<CollectionRow<N>>[];
  /** What can be done to many rows at once. */
  many?: Many<CollectionRow<N>> | undefined;
  empty: ReactNode;
}

interface Many<T> {
  nameOf: (row: T) => string;
  /** What stands beside the number of rows that are chosen. */
  actions: (rows: T[], done: () => void) => ReactNode;
}

/** In sight however far one goes on choosing; on a telephone below the bar with the menu. */
const STAYS = { position: 'sticky', top: { xs: 56, md: 0 }, zIndex: 2, bgcolor: 'background.paper' };

const keyOf = (row: object) => String((row as { id: string }).id);

/** The rows that are chosen, on other pages too; those of this page as they are now. */
function useChoice<T extends object>(rows: readonly T[]) {
  const [held, setHeld] = useState<ReadonlyMap<string, T>>(new Map());
  const now = new Map(rows.map((row) => [keyOf(row), row]));
  const set = (of: readonly T[], chosen: boolean) => {
    const next = new Map(held);
    for (const row of of) {
      if (chosen) next.set(keyOf(row), row);
      else next.delete(keyOf(row));
    }
    setHeld(next);
  };
  const chosen = [...held].map(([key, row]) => now.get(key) ?? row);
  return { chosen, set, has: (row: T) => held.has(keyOf(row)), clear: () => setHeld(new Map()) };
}

function SortedRows<N extends CollectionName>({
  rows,
  columns,
  label,
  many,
}: Pick<Props<N>, 'columns' | 'many'> & { rows: CollectionRow<N>[]; label: string }) {
  const { sort, setSort, isPlaceholderData } = useListContext();
  const { chosen, set, has, clear } = useChoice<CollectionRow<N>>(rows);
  return (
    <>
      {many && chosen.length > 0 && (
        <Box sx={STAYS}>
          <Box
            role="group"
            aria-label="Chosen rows"
            sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: 1.5, px: 2, py: 1, bgcolor: 'action.selected' }}
          >
            <Typography variant="body2" role="status" sx={{ mr: 'auto' }}>
              {chosen.length} chosen
            </Typography>
            {many.actions(chosen, clear)}
            <Button size="small" color="inherit" onClick={clear}>
              Clear
            </Button>
          </Box>
        </Box>
      )}
      <Rows
        label={label}
        rows={rows}
        columns={columns}
        rowKey={keyOf}
        sort={sort}
        onSort={setSort}
        choice={many && { has, set, nameOf: many.nameOf }}
        busy={Boolean(isPlaceholderData)}
      />
      <Pager />
    </>
  );
}

/** react-admin's list of a collection, with its state in the URL and searched on the server. */
export function ListFrame({
  resource,
  defaults,
  children,
  perPage = 25,
}: {
  resource: CollectionName;
  defaults: Record<string, unknown>;
  children: ReactNode;
  perPage?: number;
}) {
  return (
    <ListBase
      resource={resource}
      perPage={perPage}
      sort={defaultSort(resource)}
      filterDefaultValues={defaults}
      storeKey={false}
      exporter={false}
      queryOptions={{ onError: () => undefined }}
    >
      {children}
    </ListBase>
  );
}

export function ListPage<N extends CollectionName>({
  resource,
  title,
  lead,
  actions,
  filters,
  search,
  defaults = FIXED,
  columns,
  many,
  empty,
}: Props<N>) {
  return (
    <Page title={title} lead={lead} actions={actions}>
      <ListFrame resource={resource} defaults={defaults}>
        <Card sx={{ overflow: 'clip' }}>
          <FilterBar search={<SearchFilter {...(search ? { label: search } : {})} />}>{filters}</FilterBar>
          <ListContents<N> label={title} defaults={defaults} empty={empty}>
            {(rows) => <SortedRows<N> rows={rows} columns={columns} label={title} many={many} />}
          </ListContents>
        </Card>
      </ListFrame>
    </Page>
  );
}
