import RefreshIcon from '@mui/icons-material/RefreshOutlined';
import type { CollectionName, CollectionRow } from '@licet/contract';
import { Box, Button, Card } from '@mui/material';
import type { ReactNode } from 'react';
import { useListContext } from 'react-admin';
import { ExportButton } from './ExportButton.tsx';
import { FilterBar, SearchFilter } from './Filters.tsx';
import { ListContents, ListFrame } from './ListPage.tsx';
import { LogRows, type LogRow } from './LogRows.tsx';
import { Page } from './Page.tsx';
import { Pager } from './Pager.tsx';

const NO_DEFAULTS: Record<string, unknown> = {};

interface Props<N extends CollectionName> {
  resource: N;
  title: string;
  lead: ReactNode;
  search: string;
  filters: ReactNode;
  empty: ReactNode;
  row: (row: CollectionRow<N>) => LogRow;
}

function Refresh() {
  const { refetch, isFetching } = useListContext();
  return (
    <Button color="inherit" startIcon={<RefreshIcon />} onClick={() => void refetch()} disabled={isFetching}>
      Refresh
    </Button>
  );
}

function Actions({ resource }: { resource: CollectionName }) {
  return (
    <Box sx={{ display: 'flex', gap: 1, ml: 'auto' }}>
      <ExportButton resource={resource} />
      <Refresh />
    </Box>
  );
}

function Entries({ rows, label }: { rows: LogRow[]; label: string }) {
  const { isPlaceholderData } = useListContext();
  return (
    <>
      <LogRows label={label} rows={rows} busy={Boolean(isPlaceholderData)} />
      <Pager />
    </>
  );
}

/** A log: searched and filtered on the server, its state in the URL. */
export function LogPage<N extends CollectionName>({ resource, title, lead, search, filters, empty, row }: Props<N>) {
  return (
    <Page title={title} lead={lead}>
      <ListFrame resource={resource} defaults={NO_DEFAULTS} perPage={25}>
        <Card>
          <FilterBar search={<SearchFilter label={search} />} end={<Actions resource={resource} />}>
            {filters}
          </FilterBar>
          <ListContents<N> label={title} defaults={NO_DEFAULTS} empty={empty}>
            {(rows) => <Entries rows={rows.map(row)} label={title} />}
          </ListContents>
        </Card>
      </ListFrame>
    </Page>
  );
}
